"""What releases bind for themselves."""

from catalog.releases import routes
from catalog.releases.repository import SqlReleases, TranslatedNames
from catalog.releases.usecases import Releases
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Releases: lambda scope: SqlReleases(scope.uow, scope.port(TranslatedNames)),
    },
    routers=[routes.router],
)
