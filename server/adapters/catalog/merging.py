"""What goes along when releases are merged."""

from collections.abc import Sequence
from typing import Any

from accounts.library.merging.repository import SqlLibraryMerges
from catalog.franchises.adapters.merging import FranchiseFollower
from catalog.people.adapters.merging import credit_follower, studio_follower, tag_follower
from catalog.ratings.adapters.context import context_of
from catalog.ratings.adapters.merging import TrendFollower, VoteFollower
from catalog.ratings.merging.repository import SqlVoteMerges
from catalog.ratings.usecases import recount_members
from catalog.recommendations.adapters.merging import ChoiceFollower
from catalog.recommendations.merging.repository import SqlChoiceMerges
from catalog.releases.merging.model import Move
from catalog.releases.merging.usecases import Follower, Followers
from catalog.schedule.adapters.merging import ScheduleFollower
from catalog.subtitles.adapters.merging import SubtitleFollower
from catalog.translations.adapters.merging import TranslationFollower
from kernel.feature import Feature
from kernel.scope import Scope


class MergeFollowers:
    """Everybody who keeps things under the ids of releases."""

    def __init__(self, scope: Scope) -> None:
        self._followers: Sequence[Follower] = (
            FranchiseFollower(scope),
            credit_follower(scope),
            studio_follower(scope),
            tag_follower(scope),
            ScheduleFollower(scope),
            TranslationFollower(scope),
            SubtitleFollower(scope),
            *followers_of_people(scope),
        )

    def all(self) -> Sequence[Follower]:
        """What describes a release, then what people keep of it."""
        return self._followers


def followers_of_people(scope: Scope) -> Sequence[Follower]:
    """Those that take along what people keep of a release."""
    return (
        LibraryFollower(scope),
        ChoiceFollower(scope),
        # The last: others vote on the same releases, and libraries say who watched.
        VoteFollower(scope),
        TrendFollower(scope),
    )


async def forget_of_people(scope: Scope, merge_id: str) -> None:
    """Nobody will undo what :func:`followers_of_people` did under this id."""
    await SqlLibraryMerges(scope.uow).forget(merge_id)
    await SqlChoiceMerges(scope.uow).forget(merge_id)
    await SqlVoteMerges(scope.uow).take(merge_id)


class LibraryFollower:
    """Favourites, shelves, lists and progress; what somebody changed since stays theirs, so nothing contradicts."""

    name = "library"

    def __init__(self, scope: Scope) -> None:
        self._rows = SqlLibraryMerges(scope.uow)
        self._ratings = context_of(scope)

    async def merge(self, move: Move) -> Any:
        """The rows are written down beside the libraries; here how many."""
        return await self._rows.merge(move.merge_id, move.source_id, move.target_id, move.moved, move.replaced)

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return []

    async def undo(self, move: Move, record: Any) -> None:  # noqa: ARG002 - the port's signature
        """Every row that still is as the merge left it."""
        await self._rows.undo(move.merge_id)
        ratings = self._ratings
        await recount_members(ratings.ratings, ratings.viewing, (move.source_id, move.target_id))


JOINED = Feature(ports={Followers: MergeFollowers})
"""A part of ``server/wiring.py``."""
