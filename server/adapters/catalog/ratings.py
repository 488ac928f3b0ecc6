"""What ratings need of libraries and accounts, and what follows for them from what happens there."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from typing_extensions import override

import accounts.identity.queries
import accounts.library.queries
import catalog.ratings.queries
import catalog.ratings.usecases
import kernel.outbox.queries
from accounts.identity.events import UserBanned, UserDeleted, UserUnbanned
from accounts.library.collections.model import CollectionChanged, FavoritesChanged, ShelfName
from accounts.library.scores import OwnScore, OwnScores
from catalog.ratings.adapters.context import context_of
from catalog.ratings.jobs import FOLLOW_VOTER
from catalog.ratings.model import Ballot, Key, Vote, Watched
from catalog.ratings.trending import Interest
from catalog.ratings.usecases import RecentInterest, Viewing, Voters, VoterState
from kernel.feature import Feature
from kernel.jobs import Jobs
from kernel.outbox.outbox import Delivery, Subscriber
from kernel.scope import Scope


class LibraryViewing(Viewing):
    """What people watched and collected, out of their libraries."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def watched(self, user_ids: Collection[str], release_ids: Collection[str]) -> Mapping[Key, Watched]:
        found = await accounts.library.queries.seen(self._session, user_ids, release_ids)
        return {(one.release_id, one.user_id): Watched(one.episodes, one.finished) for one in found}

    @override
    async def members(self, release_ids: Collection[str]) -> Mapping[str, int]:
        return await accounts.library.queries.members(self._session, release_ids)

    @override
    async def undelivered(self, release_ids: Collection[str]) -> Mapping[str, int]:
        change: Counter[str] = Counter()
        for event in await kernel.outbox.queries.waiting(
            self._session, _FOLLOW_COLLECTIONS.name, "release_id", release_ids
        ):
            assert isinstance(event, CollectionChanged)
            change[event.release_id] += _members(event)
        return change


class VotersAccounts(Voters):
    """Accounts, as far as their votes follow them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def state(self, user_id: str) -> VoterState:
        person = (await accounts.identity.queries.people(self._session, [user_id])).get(user_id)
        if person is None:
            return VoterState.GONE
        return VoterState.BANNED if person.is_banned else VoterState.VOTES


async def follow_voter(scope: Scope, event: UserBanned | UserUnbanned | UserDeleted) -> None:
    """The votes of an account go with it; there may be thousands."""
    await scope.port(Jobs).enqueue(FOLLOW_VOTER, {"user_id": event.user_id})


_STARTED = frozenset({ShelfName.WATCHING, ShelfName.WATCHED})


async def follow_collections(scope: Scope, event: CollectionChanged) -> None:
    """Who begins a release is interested in it, who has watched it counts as a voter, and all who have it are its members."""
    await _follow_collections(scope, [event])


async def follow_many_collections(scope: Scope, deliveries: Sequence[Delivery]) -> None:
    """The same for several, as an import of a library leaves them."""
    await _follow_collections(scope, [delivery.event for delivery in deliveries])


async def _follow_collections(scope: Scope, events: Sequence[CollectionChanged]) -> None:
    context = context_of(scope)
    started = dict.fromkeys((event.release_id, event.user_id) for event in events if event.after in _STARTED)
    if started:
        await catalog.ratings.usecases.count_those_who_watched(context, list(started))
    for (user_id, kind, members), release_ids in _alike(events):
        await catalog.ratings.usecases.show_interest(
            context,
            scope.port(RecentInterest),
            user_id=user_id,
            release_ids=release_ids,
            kind=kind,
            members=members,
        )


def _members(event: CollectionChanged) -> int:
    """How many more have the release."""
    return int(bool(event.after)) - int(bool(event.before))


def _alike(events: Sequence[CollectionChanged]) -> list[tuple[tuple[str, Interest | None, int], list[str]]]:
    """In their order, those that say the same of different releases together."""
    groups: list[tuple[tuple[str, Interest | None, int], list[str]]] = []
    for event in events:
        kind = None
        if event.after in _STARTED and event.before not in _STARTED:
            kind = Interest.STARTED
        elif event.after == ShelfName.PLANNED:
            kind = Interest.PLANNED
        says = event.user_id, kind, _members(event)
        if not groups or groups[-1][0] != says or event.release_id in groups[-1][1]:
            groups.append((says, []))
        groups[-1][1].append(event.release_id)
    return groups


async def follow_favorites(scope: Scope, event: FavoritesChanged) -> None:
    """Who likes a release is interested in it."""
    await catalog.ratings.usecases.show_interest(
        context_of(scope),
        scope.port(RecentInterest),
        user_id=event.user_id,
        release_ids=event.added,
        kind=Interest.FAVORITE,
    )


class VotesAsScores(OwnScores):
    """What somebody voted, as the scores in their library."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._session = scope.uow.session

    @override
    async def of(self, user_id: str, release_ids: Collection[str]) -> Mapping[str, OwnScore]:
        return _scores(await catalog.ratings.queries.votes_of(self._session, user_id, release_ids))

    @override
    async def all_of(self, user_id: str) -> Mapping[str, OwnScore]:
        return _scores(await catalog.ratings.queries.all_votes_of(self._session, user_id))

    @override
    async def give(self, user_id: str, scores: Mapping[str, OwnScore]) -> None:
        ballots = [
            Ballot(user_id=user_id, release_id=release_id, score=given.score, at=given.at)
            for release_id, given in scores.items()
        ]
        await catalog.ratings.usecases.cast(context_of(self._scope), ballots)


def _scores(votes: Mapping[str, Vote]) -> dict[str, OwnScore]:
    return {release_id: OwnScore(vote.score, vote.at) for release_id, vote in votes.items()}


_FOLLOW_COLLECTIONS = Subscriber("follow_collections", follow_collections, follow_many_collections)
_FOLLOW_VOTER = Subscriber("follow_voter", follow_voter)
JOINED = Feature(
    ports={Viewing: LibraryViewing, Voters: VotersAccounts, OwnScores: VotesAsScores},
    subscribers={
        CollectionChanged: [_FOLLOW_COLLECTIONS],
        FavoritesChanged: [Subscriber("follow_favorites", follow_favorites)],
        UserBanned: [_FOLLOW_VOTER],
        UserUnbanned: [_FOLLOW_VOTER],
        UserDeleted: [_FOLLOW_VOTER],
    },
)
"""What joins ratings to accounts and libraries; a part of ``server/wiring.py``."""
