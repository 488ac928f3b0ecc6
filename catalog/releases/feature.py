"""What releases bind for themselves."""

from catalog.releases import routes
from catalog.releases.repository import SqlReleases
from catalog.releases.usecases import Releases
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Releases: lambda scope: SqlReleases(scope.uow),
    },
    routers=[routes.router],
)
