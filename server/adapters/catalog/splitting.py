"""What hangs on the episodes of a release that is split."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from accounts.library.merging.repository import SqlLibraryMerges
from catalog.people.adapters.merging import ListFollower, credit_follower, studio_follower, tag_follower
from catalog.ratings.adapters.context import context_of
from catalog.ratings.usecases import recount_members
from catalog.releases.merging.model import Move
from catalog.releases.splitting.model import Relocation
from catalog.releases.splitting.plan import CopiedList
from catalog.releases.splitting.usecases import DescribingLists, EpisodeCompanions
from catalog.subtitles.repository import SqlSubtitleMoves
from catalog.translations.repository import SqlTranslationMoves
from kernel.feature import Feature
from kernel.scope import Scope
from server.adapters.catalog.merging import followers_of_people, forget_of_people


class SqlEpisodeCompanions:
    """Translations, subtitles and progress name the release beside the episode; videos and streams know the episode alone."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
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
        # The undo of a split is not undone: what was written down of it is of no use.
        await forget_of_people(self._scope, relocation.split_id)

    async def _texts(self, relocation: Relocation) -> None:
        await self._translations.follow(relocation.episode_ids, relocation.to_release)
        await self._subtitles.follow(relocation.episode_ids, relocation.to_release)


class ListsOfReleases:
    """Each list by what takes it along in a merge: into an empty one that is a copy."""

    def __init__(self, scope: Scope) -> None:
        self._followers: Mapping[CopiedList, ListFollower[Any]] = {
            CopiedList.CREDITS: credit_follower(scope),
            CopiedList.STUDIOS: studio_follower(scope),
            CopiedList.TAGS: tag_follower(scope),
        }

    async def copy(self, split: Relocation, lists: Collection[CopiedList]) -> None:
        """In one order, with an event of each that is not empty."""
        move = Move(split.split_id, split.from_release, split.to_release, (), {}, split.now)
        for kind, follower in self._followers.items():
            if kind in lists:
                await follower.merge(move)

    async def clear(self, release_id: str, now: datetime) -> None:
        """All three."""
        for follower in self._followers.values():
            await follower.clear(release_id, now)


JOINED = Feature(ports={EpisodeCompanions: SqlEpisodeCompanions, DescribingLists: ListsOfReleases})
"""A part of ``server/wiring.py``."""
