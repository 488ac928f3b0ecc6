"""What releases and episodes bind for themselves."""

from catalog.releases import routes
from catalog.releases.repository import SqlEpisodes, SqlReleases
from catalog.releases.usecases import Episodes, Releases
from kernel.feature import Feature

FEATURE = Feature(
    ports={Releases: lambda scope: SqlReleases(scope.uow), Episodes: lambda scope: SqlEpisodes(scope.uow)},
    routers=[routes.router],
)
