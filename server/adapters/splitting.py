"""What hangs on the episodes of a release that is split."""

from accounts.library.merging.repository import SqlLibraryMerges
from catalog.ratings.adapters.context import context_of
from catalog.ratings.adapters.merging import VoteFollower
from catalog.ratings.usecases import recount_members
from catalog.releases.merging.model import Move
from catalog.releases.splitting.model import Relocation
from catalog.releases.splitting.usecases import EpisodeCompanions
from catalog.subtitles.repository import SqlSubtitleMoves
from catalog.translations.repository import SqlTranslationMoves
from kernel.feature import Feature
from kernel.scope import Scope


class SqlEpisodeCompanions:
    """Translations, subtitles and progress name the release beside the episode; videos and streams know the episode alone."""

    def __init__(self, scope: Scope) -> None:
        self._translations = SqlTranslationMoves(scope.uow)
        self._subtitles = SqlSubtitleMoves(scope.uow)
        self._library = SqlLibraryMerges(scope.uow)
        self._votes = VoteFollower(scope)
        self._ratings = context_of(scope)

    async def follow(self, relocation: Relocation) -> None:
        """Progress counts for who watches the new one from now on."""
        await self._texts(relocation)
        await self._library.follow(relocation.episode_ids, relocation.to_release)
        pair = (relocation.from_release, relocation.to_release)
        await recount_members(self._ratings.ratings, self._ratings.viewing, pair)

    async def absorb(self, relocation: Relocation) -> None:
        """Libraries and votes join as in a merge."""
        await self._texts(relocation)
        move = Move(
            relocation.split_id,
            relocation.from_release,
            relocation.to_release,
            relocation.episode_ids,
            {},
            relocation.now,
        )
        await self._library.merge(move.merge_id, move.source_id, move.target_id, move.moved, move.replaced)
        await self._votes.merge(move)

    async def _texts(self, relocation: Relocation) -> None:
        await self._translations.follow(relocation.episode_ids, relocation.to_release)
        await self._subtitles.follow(relocation.episode_ids, relocation.to_release)


JOINED = Feature(ports={EpisodeCompanions: SqlEpisodeCompanions})
"""A part of ``server/wiring.py``."""
