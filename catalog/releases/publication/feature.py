"""What publications bind for themselves."""

from catalog.releases.publication import jobs, routes
from catalog.releases.publication.repository import SqlScheduledReleases
from catalog.releases.publication.usecases import ScheduledReleases
from kernel.feature import Feature
from kernel.jobs import PeriodicTask

FEATURE = Feature(
    ports={ScheduledReleases: lambda scope: SqlScheduledReleases(scope.uow)},
    routers=[routes.router],
    periodic_tasks=[PeriodicTask("publish_due_releases", jobs.PUBLISH_INTERVAL_S, jobs.publish_due)],
)
