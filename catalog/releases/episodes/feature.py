"""What episodes bind for themselves."""

from catalog.releases.episodes import routes
from catalog.releases.episodes.repository import SqlEpisodes
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import EpisodeIds
from kernel.feature import Feature

FEATURE = Feature(
    ports={
        Episodes: lambda scope: SqlEpisodes(scope.uow),
        EpisodeIds: lambda scope: SqlEpisodes(scope.uow),
    },
    routers=[routes.router],
)
