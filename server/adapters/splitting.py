"""What hangs on the episodes of a release that is split."""

from accounts.library.merging.repository import SqlLibraryMerges
from catalog.ratings.adapters.context import context_of
from catalog.ratings.usecases import recount_members
from catalog.releases.merging.model import Move
from catalog.releases.splitting.model import Relocation
from catalog.releases.splitting.usecases import EpisodeCompanions
from catalog.subtitles.repository import SqlSubtitleMoves
from catalog.translations.repository import SqlTranslationMoves
from kernel.feature import Feature
from kernel.scope import Scope
from server.adapters.merging import followers_of_people


class SqlEpisodeCompanions:
    """Translations, subtitles and progress name the release beside the episode; videos and streams know the episode alone."""

    def __init__(self, scope: Scope) -> None:
        self._translations = SqlTranslationMoves(scope.uow)
        self._subtitles = SqlSubtitleMoves(scope.uow)
        self._library = SqlLibraryMerges(scope.uow)
        self._people = followers_of_people(scope)
        self._ratings = context_of(scope)

    async def follow(self, relocation: Relocation) -> None:
        """Progress counts for who watches the new one from now on."""
        await self._texts(relocation)
        await self._library.follow(relocation.episode_ids, relocation.to_release)
        pair = (relocation.from_release, relocation.to_release)
        await recount_members(self._ratings.ratings, self._ratings.viewing, pair)

    async def absorb(self, relocation: Relocation) -> None:
        """What people keep of both is joined as in a merge."""
        await self._texts(relocation)
        move = Move(
            relocation.split_id,
            relocation.from_release,
            relocation.to_release,
            relocation.episode_ids,
            {},
            relocation.now,
        )
        for follower in self._people:
            await follower.merge(move)

    async def _texts(self, relocation: Relocation) -> None:
        await self._translations.follow(relocation.episode_ids, relocation.to_release)
        await self._subtitles.follow(relocation.episode_ids, relocation.to_release)


JOINED = Feature(ports={EpisodeCompanions: SqlEpisodeCompanions})
"""A part of ``server/wiring.py``."""
