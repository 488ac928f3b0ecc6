"""What notifications bind for themselves; who is told what joins features, and stands in ``server``."""

from kernel.feature import Feature
from kernel.jobs import PeriodicTask
from notify.notifications import jobs, routes
from notify.notifications.repository import SqlNotifications
from notify.notifications.usecases import Notifications

FEATURE = Feature(
    ports={Notifications: lambda scope: SqlNotifications(scope.uow)},
    routers=[routes.router],
    periodic_tasks=[PeriodicTask("delete_old_notifications", 3600, jobs.forget_old)],
)
