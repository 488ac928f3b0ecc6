"""What schedules bind for themselves."""

from catalog.schedule import routes
from catalog.schedule.repository import SqlListings, SqlSchedules
from catalog.schedule.usecases import Listings, Schedules
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Schedules: lambda scope: SqlSchedules(scope.uow),
        Listings: lambda scope: SqlListings(scope.uow),
    },
    routers=[routes.router],
)
