"""Voting, and following what people watch, like and collect: the verbs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from catalog.ratings.model import (
    NOTHING_WATCHED,
    Ballot,
    Key,
    Miscount,
    RatingChanged,
    ReleaseStats,
    Tally,
    Vote,
    Watched,
    replaced,
    watched_enough,
)
from catalog.ratings.trending import WEIGHTS, Interest
from catalog.ratings.weighted import Prior, differs, prior_of, weighted
from kernel.errors import Conflict
from kernel.events import Event

CHUNK: Final = 200
"""Votes of one transaction that is nobody's request: some 50 ms, in which nobody else writes to an embedded database."""
WEIGHED_AT_ONCE: Final = 500
"""Releases in one transaction: one statement for those whose score moved, some 20 ms."""
CLAIMS: Final = 3
"""Times a vote is looked for that others cast and withdraw at the same moment."""


class VoterState(StrEnum):
    """What an account is to its votes."""

    VOTES = "votes"
    BANNED = "banned"
    GONE = "gone"


class Viewing(Protocol):
    """What people watched; bound in ``server/wiring.py``."""

    async def watched(self, user_ids: Collection[str], release_ids: Collection[str]) -> Mapping[Key, Watched]:
        """(Release, user) → how much of it they saw, of those of them who saw anything."""
        ...

    async def members(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """Release → how many people have it in a collection, of those that anybody has."""
        ...

    async def undelivered(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """Release → by how much :func:`show_interest` will change its members for what was done and not delivered yet."""
        ...


class Voters(Protocol):
    """Accounts; bound in ``server/wiring.py``."""

    async def state(self, user_id: str) -> VoterState:
        """What the account is to its votes by now."""
        ...


class Votes(Protocol):
    """Where votes are kept, and how they are counted."""

    async def claim(self, votes: Sequence[Vote]) -> set[Key]:
        """Insert those for which there is no vote, in the order given; returns their keys."""
        ...

    async def lock(self, keys: Sequence[Key]) -> dict[Key, Vote]:
        """Those that are there, held until the transaction ends; ``keys`` in their order."""
        ...

    async def store(self, votes: Sequence[Vote]) -> None:
        """Replace those that are there."""
        ...

    async def remove(self, keys: Sequence[Key]) -> None:
        """Delete them."""
        ...

    async def count(self, changes: Mapping[str, Tally]) -> dict[str, ReleaseStats]:
        """Change the counts of releases; returns them as they are now.

        The last thing in a transaction that casts votes: rows that many vote for are held from here to its end.
        """
        ...

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """Release → episodes that can be watched, or are to come where there are none yet."""
        ...

    async def of_user(self, user_id: str, after: str | None, limit: int) -> list[Vote]:
        """Votes of one person by release, from behind ``after``."""
        ...

    async def unwatched(self, before: datetime, now: datetime, limit: int) -> list[Key]:
        """Votes of people who had not watched enough when that was looked at last, before ``before``; looked at ``now``."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Ranked votes of all releases together."""

    median_votes: float
    """Of the releases that have any."""
    votes: int
    total: int
    """Their scores together."""


class Ratings(Protocol):
    """What the votes come to, by release."""

    async def stats(self, release_ids: Collection[str]) -> Mapping[str, ReleaseStats]:
        """Those of ``release_ids`` that anybody voted for, collected or started."""
        ...

    async def follow(self, *, members: Mapping[str, int], interest: Mapping[str, float], epoch_at: datetime) -> None:
        """Add to how many have releases, and to the counters of what is trending."""
        ...

    async def set_members(self, members: Mapping[str, int]) -> None:
        """Say how many people have releases."""
        ...

    async def correct_members(self, wrong: Mapping[str, Miscount]) -> None:
        """The same, but for releases whose members were counted differently meanwhile."""
        ...

    async def after(self, release_id: str | None, limit: int) -> list[ReleaseStats]:
        """The next ``limit`` by identifier, held until the transaction ends."""
        ...

    async def totals(self) -> Totals:
        """All ranked votes together."""
        ...

    async def prior(self) -> Prior:
        """What scores are mixed with."""
        ...

    async def set_prior(self, prior: Prior) -> None:
        """Mix scores with ``prior`` from now on."""
        ...

    async def weigh(self, stats: Sequence[ReleaseStats]) -> None:
        """Store the weighted scores of these."""
        ...


class RecentInterest(Protocol):
    """Remembers what people did lately; may forget."""

    async def is_news(self, kind: Interest, user_id: str, release_id: str) -> bool:
        """Whether this person has not done so within ``trending.REPEATED_AFTER``; from now on they have."""
        ...


class VoteWriter(Protocol):
    """Writes the votes of many people in few transactions."""

    async def cast(self, ballot: Ballot) -> ReleaseStats:
        """The release's stats after it; durable when it returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingsContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    votes: Votes
    ratings: Ratings
    viewing: Viewing
    now: datetime


async def cast(context: RatingsContext, ballots: Iterable[Ballot]) -> dict[str, ReleaseStats]:
    """Take ballots of one person or many; of several that one gave on a release the last holds.

    Returns the stats of each release voted on.  Raises :class:`Conflict` where others keep changing the same votes.
    """
    wanted = dict(sorted({ballot.key: ballot for ballot in ballots}.items()))
    watched = await _watched(context, [key for key, ballot in wanted.items() if ballot.score is not None])
    known = await _hold(context, wanted, watched)
    store, remove, changes = replaced(known, wanted.values(), watched)
    await context.votes.store([vote for key, vote in store.items() if key in known and known[key] != vote])
    await context.votes.remove(remove)
    interested: dict[str, int] = {}
    for ballot in wanted.values():
        if ballot.is_news and ballot.score is not None:
            interested[ballot.release_id] = interested.get(ballot.release_id, 0) + 1
    return await count(context, changes, interested)


async def _hold(context: RatingsContext, wanted: Mapping[Key, Ballot], watched: Mapping[Key, bool]) -> dict[Key, Vote]:
    """The votes there were before, locked; new ones are inserted already."""
    known: dict[Key, Vote] = {}
    missing = list(wanted)
    for _ in range(CLAIMS):
        fresh = [
            Vote(user_id=user_id, release_id=release_id, score=score, at=wanted[key].at, watched=watched[key])
            for key in missing
            if (score := wanted[key].score) is not None
            for release_id, user_id in [key]
        ]
        new = await context.votes.claim(fresh)
        found = await context.votes.lock([key for key in missing if key not in new])
        known |= found
        missing = [vote.key for vote in fresh if vote.key not in new and vote.key not in found]
        if not missing:
            return known
    raise Conflict


async def count(
    context: RatingsContext, changes: Mapping[str, Tally], interested: Mapping[str, int]
) -> dict[str, ReleaseStats]:
    """Change the counts of releases, ``interested`` of which so many voted who had not lately; the last statement best."""
    changed = {release_id: change for release_id, change in changes.items() if change}
    quiet = [release_id for release_id in changes if release_id not in changed]
    stats = {release_id: ReleaseStats(release_id=release_id) for release_id in quiet}
    stats.update(await context.ratings.stats(quiet) if quiet else {})
    counted = await context.votes.count(changed) if changed else {}
    for release_id, now in counted.items():
        context.votes.announce(
            RatingChanged(
                at=context.now,
                release_id=release_id,
                votes=now.tally.votes,
                weighted=now.weighted,
                interested=interested.get(release_id, 0),
            )
        )
    return stats | counted


async def _watched(context: RatingsContext, keys: Collection[Key]) -> dict[Key, bool]:
    """Which of these voters saw enough of what they vote on."""
    if not keys:
        return {}
    releases = {release_id for release_id, _ in keys}
    seen = await context.viewing.watched({user_id for _, user_id in keys}, releases)
    episodes = await context.votes.episodes(releases)
    return {key: watched_enough(seen.get(key, NOTHING_WATCHED), episodes.get(key[0])) for key in keys}


async def count_those_who_watched(context: RatingsContext, keys: Sequence[Key]) -> None:
    """Let votes count in the ranking whose voters have seen enough by now."""
    watched = await _watched(context, keys)
    known = await context.votes.lock(sorted(key for key, enough in watched.items() if enough))
    changes: dict[str, Tally] = {}
    now_count = [replace(vote, watched=True) for vote in known.values() if not vote.watched]
    for vote in now_count:
        change = Tally.of(vote) - Tally.of(known[vote.key])
        changes[vote.release_id] = changes.get(vote.release_id, Tally()) + change
    await context.votes.store(now_count)
    await count(context, changes, {})


async def follow_voter(context: RatingsContext, voters: Voters, user_id: str, after: str | None) -> str | None:
    """Bring the next :data:`CHUNK` votes of an account to what it is now: counted, suspended with it, or gone with it.

    Returns the release to go on behind, ``None`` at the end.  Doing it again, or in another order, ends the same.
    """
    state = await voters.state(user_id)
    page = await context.votes.of_user(user_id, after, CHUNK)
    known = await context.votes.lock(sorted(vote.key for vote in page))
    changes: dict[str, Tally] = {}
    if state is VoterState.GONE:
        changes = {vote.release_id: Tally() - Tally.of(vote) for vote in known.values()}
        await context.votes.remove(list(known))
    else:
        suspended = state is VoterState.BANNED
        moved = [replace(vote, suspended=suspended) for vote in known.values() if vote.suspended is not suspended]
        changes = {vote.release_id: Tally.of(vote) - Tally.of(known[vote.key]) for vote in moved}
        await context.votes.store(moved)
    await count(context, changes, {})
    return page[-1].release_id if len(page) == CHUNK else None


async def show_interest(
    context: RatingsContext,
    recent: RecentInterest,
    *,
    user_id: str,
    release_ids: Sequence[str],
    kind: Interest | None,
    members: int = 0,
) -> None:
    """Somebody did ``kind`` with releases, which have so many ``members`` more."""
    news = [id_ for id_ in release_ids if kind is not None and await recent.is_news(kind, user_id, id_)]
    await context.ratings.follow(
        members=dict.fromkeys(release_ids, members) if members else {},
        interest=dict.fromkeys(news, WEIGHTS[kind]) if kind is not None else {},
        epoch_at=context.now,
    )


async def moved_prior(ratings: Ratings) -> Prior | None:
    """What scores are to be mixed with, where that moved so far that all have to be weighed again."""
    totals = await ratings.totals()
    before = await ratings.prior()
    after = prior_of(median_votes=totals.median_votes, votes=totals.votes, total=totals.total)
    return after if differs(before, after) else None


async def weigh_next(ratings: Ratings, after: str | None) -> str | None:
    """Weigh the next releases anew; returns the one to go on behind, ``None`` at the end."""
    page = await ratings.after(after, WEIGHED_AT_ONCE)
    prior = await ratings.prior()
    anew = [replace(one, weighted=weighted(one.tally.ranked_votes, one.tally.ranked_total, prior)) for one in page]
    await ratings.weigh([now for now, before in zip(anew, page, strict=True) if now != before])
    return page[-1].release_id if len(page) == WEIGHED_AT_ONCE else None


async def miscounted(ratings: Ratings, viewing: Viewing, release_ids: Collection[str]) -> Mapping[str, Miscount]:
    """Those of these releases that are said to have more or fewer members than they have: deleted accounts say nothing of each.

    What is not delivered yet is in libraries already and will be counted, so it is left out; exact where all is read at one moment.
    """
    counted, known = await viewing.members(release_ids), await ratings.stats(release_ids)
    waiting = await viewing.undelivered(release_ids)
    each = {
        id_: Miscount(said=known[id_].members if id_ in known else 0, counted=counted.get(id_, 0) - waiting.get(id_, 0))
        for id_ in release_ids
    }
    return {id_: one for id_, one in each.items() if one.said != one.counted}


async def recount_members(ratings: Ratings, viewing: Viewing, release_ids: Collection[str]) -> None:
    """Correct how many people have these releases, in the transaction of who moved them from one to another."""
    wrong = await miscounted(ratings, viewing, release_ids)
    await ratings.set_members({id_: one.counted for id_, one in wrong.items()})
