"""What deleted releases bind for themselves."""

from catalog.releases.deletion import jobs, routes
from catalog.releases.deletion.repository import SqlDeletedReleases
from catalog.releases.deletion.usecases import DeletedReleases
from kernel.feature import Feature
from kernel.jobs import PeriodicTask

FEATURE = Feature(
    ports={DeletedReleases: lambda scope: SqlDeletedReleases(scope.uow)},
    routers=[routes.router],
    periodic_tasks=[PeriodicTask("purge_deleted_releases", 3_600, jobs.purge_expired)],
)
