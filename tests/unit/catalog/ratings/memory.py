"""Votes in memory, as the use cases see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from catalog.ratings import trending
from catalog.ratings.model import Key, Miscount, ReleaseStats, Tally, Vote, Watched
from catalog.ratings.trending import Interest
from catalog.ratings.usecases import RatingsContext, Totals, VoterState
from catalog.ratings.weighted import Prior, weighted
from kernel.events import Event

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Memory:
    """Every port of the use cases at once."""

    def __init__(self) -> None:
        self.votes: dict[Key, Vote] = {}
        self.known: dict[str, ReleaseStats] = {}
        self.mixed = Prior()
        self.lengths: dict[str, int] = {}
        self.seen: dict[Key, Watched] = {}
        self.members_of: dict[str, int] = {}
        self.on_the_way: dict[str, int] = {}
        self.events: list[Event] = []
        self.did: set[tuple[Interest, str, str]] = set()
        self.banned: set[str] = set()
        self.gone: set[str] = set()

    @property
    def context(self) -> RatingsContext:
        return RatingsContext(votes=self, ratings=self, viewing=self, now=NOW)

    def histogram(self, release_id: str) -> Tally:
        """Counted anew from the votes."""
        return sum((Tally.of(vote) for vote in self.votes.values() if vote.release_id == release_id), Tally())

    async def claim(self, votes: Sequence[Vote]) -> set[Key]:
        assert [vote.key for vote in votes] == sorted(vote.key for vote in votes), "in one order everywhere"
        new = {vote.key: vote for vote in votes if vote.key not in self.votes}
        self.votes |= new
        return set(new)

    async def lock(self, keys: Sequence[Key]) -> dict[Key, Vote]:
        assert list(keys) == sorted(keys), "in one order everywhere"
        return {key: self.votes[key] for key in keys if key in self.votes}

    async def store(self, votes: Sequence[Vote]) -> None:
        for vote in votes:
            assert vote.key in self.votes
            self.votes[vote.key] = vote

    async def remove(self, keys: Sequence[Key]) -> None:
        for key in keys:
            del self.votes[key]

    async def count(self, changes: Mapping[str, Tally]) -> dict[str, ReleaseStats]:
        for release_id, change in changes.items():
            before = self.known.get(release_id, ReleaseStats(release_id=release_id))
            tally = before.tally + change
            score = weighted(tally.ranked_votes, tally.ranked_total, self.mixed)
            self.known[release_id] = replace(before, tally=tally, weighted=score)
        return {release_id: self.known[release_id] for release_id in changes}

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        return {id_: self.lengths[id_] for id_ in release_ids if id_ in self.lengths}

    async def of_user(self, user_id: str, after: str | None, limit: int) -> list[Vote]:
        mine = sorted((vote for vote in self.votes.values() if vote.user_id == user_id), key=lambda vote: vote.key)
        return [vote for vote in mine if after is None or vote.release_id > after][:limit]

    async def unwatched(self, before: datetime, now: datetime, limit: int) -> list[Key]:
        return sorted(vote.key for vote in self.votes.values() if not vote.watched)[:limit]

    def announce(self, event: Event) -> None:
        self.events.append(event)

    async def stats(self, release_ids: Collection[str]) -> Mapping[str, ReleaseStats]:
        return {id_: self.known[id_] for id_ in release_ids if id_ in self.known}

    async def follow(self, *, members: Mapping[str, int], interest: Mapping[str, float], epoch_at: datetime) -> None:
        for id_ in {*members, *interest}:
            before = self.known.get(id_, ReleaseStats(release_id=id_))
            more = trending.increment(interest.get(id_, 0.0), NOW, epoch_at)
            self.known[id_] = replace(before, members=before.members + members.get(id_, 0), trend=before.trend + more)

    async def set_members(self, members: Mapping[str, int]) -> None:
        for id_, count in members.items():
            self.known[id_] = replace(self.known.get(id_, ReleaseStats(release_id=id_)), members=count)

    async def correct_members(self, wrong: Mapping[str, Miscount]) -> None:
        same = {id_ for id_ in wrong if self.known.get(id_, ReleaseStats(release_id=id_)).members == wrong[id_].said}
        await self.set_members({id_: wrong[id_].counted for id_ in same})

    async def after(self, release_id: str | None, limit: int) -> list[ReleaseStats]:
        return [self.known[id_] for id_ in sorted(self.known) if release_id is None or id_ > release_id][:limit]

    async def totals(self) -> Totals:
        tallies = sorted(
            (one.tally for one in self.known.values() if one.tally.ranked_votes), key=lambda tally: tally.ranked_votes
        )
        if not tallies:
            return Totals(median_votes=0, votes=0, total=0)
        return Totals(
            median_votes=tallies[len(tallies) // 2].ranked_votes,
            votes=sum(tally.ranked_votes for tally in tallies),
            total=sum(tally.ranked_total for tally in tallies),
        )

    async def prior(self) -> Prior:
        return self.mixed

    async def set_prior(self, prior: Prior) -> None:
        self.mixed = prior

    async def weigh(self, stats: Sequence[ReleaseStats]) -> None:
        for one in stats:
            self.known[one.release_id] = replace(self.known[one.release_id], weighted=one.weighted)

    async def watched(self, user_ids: Collection[str], release_ids: Collection[str]) -> Mapping[Key, Watched]:
        return {key: seen for key, seen in self.seen.items() if key[0] in release_ids and key[1] in user_ids}

    async def members(self, release_ids: Collection[str]) -> Mapping[str, int]:
        return {id_: self.members_of[id_] for id_ in release_ids if id_ in self.members_of}

    async def undelivered(self, release_ids: Collection[str]) -> Mapping[str, int]:
        return {id_: self.on_the_way[id_] for id_ in release_ids if id_ in self.on_the_way}

    async def is_news(self, kind: Interest, user_id: str, release_id: str) -> bool:
        before = (kind, user_id, release_id) in self.did
        self.did.add((kind, user_id, release_id))
        return not before

    async def state(self, user_id: str) -> VoterState:
        if user_id in self.gone:
            return VoterState.GONE
        return VoterState.BANNED if user_id in self.banned else VoterState.VOTES
