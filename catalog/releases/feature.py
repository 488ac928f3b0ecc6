"""What releases and episodes bind for themselves."""

from catalog.releases import routes
from catalog.releases.repository import SqlEpisodes, SqlReleases, TranslatedNames
from catalog.releases.usecases import Episodes, Releases
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Releases: lambda scope: SqlReleases(scope.uow, scope.port(TranslatedNames)),
        Episodes: lambda scope: SqlEpisodes(scope.uow),
    },
    routers=[routes.router],
)
