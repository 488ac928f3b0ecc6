"""Votes and what they come to, in the database.

Locks are taken in one order everywhere: votes by (release, user), then the rows of ``release_stats`` by release, which come last
because everybody who votes on one release needs the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    SmallInteger,
    Table,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.ratings import trending
from catalog.ratings.model import BUCKETS, Key, ReleaseStats, Tally, Vote
from catalog.ratings.usecases import Totals
from catalog.ratings.weighted import Prior, weighted
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

AT_ONCE: Final = 500
"""Keys in one statement: two values each, of the 32,767 that PostgreSQL's protocol takes."""

vote_table = Table(
    "release_vote",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    # No foreign key to accounts, which are another feature: votes follow their owner by its events.
    Column("user_id", Id, primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("voted_at", UtcDateTime, nullable=False),
    Column("watched", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "release_id"),
    Index(None, "watched", "checked_at"),
)
_BUCKETS: Final = tuple(f"votes_{score}" for score in range(1, BUCKETS + 1))
stats_table = Table(
    "release_stats",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    *(Column(name, Integer, nullable=False, server_default="0") for name in _BUCKETS),
    Column("ranked_votes", Integer, nullable=False, server_default="0"),
    Column("ranked_total", Integer, nullable=False, server_default="0"),
    Column("weighted", Float(53)),
    Column("members", Integer, nullable=False, server_default="0"),
    Column("trend", Float(53), nullable=False, server_default="0"),
    Index(None, "weighted"),
    Index(None, "members"),
    Index(None, "trend"),
)
prior_table = Table(
    "rating_prior",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("votes", Float(53), nullable=False),
    Column("mean", Float(53), nullable=False),
)
epoch_table = Table(
    "trend_epoch",
    metadata,
    Column("id", SmallInteger, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
ONLY: Final = 1
"""The key of tables of one row."""


def upsert(session: AsyncSession, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: SQLAlchemy has no common base for the two dialects."""
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


class SqlVotes:
    """Votes of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def claim(self, votes: Sequence[Vote]) -> set[Key]:
        """See ``Votes``."""
        c, claimed = vote_table.c, set[Key]()
        for first in range(0, len(votes), AT_ONCE):
            rows = [{**_values(vote), "checked_at": vote.at} for vote in votes[first : first + AT_ONCE]]
            statement = upsert(self._session, vote_table).on_conflict_do_nothing().returning(c.release_id, c.user_id)
            claimed.update((row.release_id, row.user_id) for row in await self._session.execute(statement, rows))
        return claimed

    async def lock(self, keys: Sequence[Key]) -> dict[Key, Vote]:
        """See ``Votes``."""
        found: dict[Key, Vote] = {}
        for first in range(0, len(keys), AT_ONCE):
            query = (
                select(vote_table)
                .where(_one_of(keys[first : first + AT_ONCE]))
                .order_by(vote_table.c.release_id, vote_table.c.user_id)
                .with_for_update()
            )
            found.update(((row.release_id, row.user_id), read_vote(row)) for row in await self._session.execute(query))
        return found

    async def store(self, votes: Sequence[Vote]) -> None:
        """See ``Votes``."""
        if not votes:
            return
        c = vote_table.c
        statement = (
            update(vote_table)
            .where(c.release_id == bindparam("of_release"), c.user_id == bindparam("of_user"))
            .values({name: bindparam(f"new_{name}") for name in ("score", "voted_at", "watched", "suspended")})
        )
        connection = await self._session.connection()
        await connection.execute(
            statement,
            [
                {
                    "of_release": vote.release_id,
                    "of_user": vote.user_id,
                    "new_score": vote.score,
                    "new_voted_at": vote.at,
                    "new_watched": vote.watched,
                    "new_suspended": vote.suspended,
                }
                for vote in votes
            ],
        )

    async def remove(self, keys: Sequence[Key]) -> None:
        """See ``Votes``."""
        for first in range(0, len(keys), AT_ONCE):
            await self._session.execute(delete(vote_table).where(_one_of(keys[first : first + AT_ONCE])))

    async def count(self, changes: Mapping[str, Tally]) -> dict[str, ReleaseStats]:
        """See ``Votes``."""
        names = (*_BUCKETS, "ranked_votes", "ranked_total")
        statement = upsert(self._session, stats_table)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"],
            set_={name: stats_table.c[name] + statement.excluded[name] for name in names},
        ).returning(*stats_table.c)
        rows = [
            {
                "release_id": release_id,
                **dict(zip(_BUCKETS, change.counts, strict=True)),
                "ranked_votes": change.ranked_votes,
                "ranked_total": change.ranked_total,
            }
            for release_id, change in sorted(changes.items())
        ]
        ratings = SqlRatings(self._uow)
        prior = await ratings.prior()
        counted = [read_stats(row) for row in await self._session.execute(statement, rows)]
        weighed = [_weighed(one, prior) for one in counted]
        await ratings.weigh([now for now, before in zip(weighed, counted, strict=True) if now != before])
        return {one.release_id: one for one in weighed}

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """See ``Votes``."""
        c = episode_table.c
        aired = (
            select(func.count())
            .where(c.release_id == release_table.c.id, c.status == Status.PUBLISHED)
            .scalar_subquery()
        )
        found: dict[str, int] = {}
        for part in _parts(release_ids):
            rows = await self._session.execute(
                select(release_table.c.id, aired, release_table.c.episodes_total).where(release_table.c.id.in_(part))
            )
            found.update((release_id, count or total) for release_id, count, total in rows if count or total)
        return found

    async def of_user(self, user_id: str, after: str | None, limit: int) -> list[Vote]:
        """See ``Votes``."""
        c = vote_table.c
        query = select(vote_table).where(c.user_id == user_id).order_by(c.release_id).limit(limit)
        if after is not None:
            query = query.where(c.release_id > after)
        return [read_vote(row) for row in await self._session.execute(query)]

    async def unwatched(self, before: datetime, now: datetime, limit: int) -> list[Key]:
        """See ``Votes``."""
        c = vote_table.c
        query = (
            select(c.release_id, c.user_id).where(~c.watched, c.checked_at < before).order_by(c.checked_at).limit(limit)
        )
        keys = sorted((row.release_id, row.user_id) for row in await self._session.execute(query))
        await self.lock(keys)
        for first in range(0, len(keys), AT_ONCE):
            looked_at = update(vote_table).where(_one_of(keys[first : first + AT_ONCE])).values(checked_at=now)
            await self._session.execute(looked_at)
        return keys

    def announce(self, event: Event) -> None:
        """See ``Votes``."""
        self._uow.record(event)


class SqlRatings:
    """What votes, collections and interest come to, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def stats(self, release_ids: Collection[str]) -> Mapping[str, ReleaseStats]:
        """See ``Ratings``."""
        return await stats_of(self._session, release_ids)

    async def follow(self, *, members: Mapping[str, int], interest: Mapping[str, float], epoch_at: datetime) -> None:
        """See ``Ratings``."""
        epoch = await self._epoch(epoch_at) if interest else epoch_at
        wanted = sorted({*members, *interest})
        # An event comes after its transaction: its release may be gone.
        known = set[str]()
        for part in _parts(wanted):
            known.update(await self._session.scalars(select(release_table.c.id).where(release_table.c.id.in_(part))))
        c = stats_table.c
        left = [release_id for release_id in wanted if members.get(release_id, 0) < 0]
        for part in _parts(left):
            # What was counted anew in between may have known of it before the event came.
            fewer = update(stats_table).where(c.release_id.in_(part), c.members > 0).values(members=c.members - 1)
            await self._session.execute(fewer)
        rows = [
            {
                "release_id": release_id,
                "members": max(0, members.get(release_id, 0)),
                "trend": trending.increment(interest.get(release_id, 0.0), epoch, epoch_at),
            }
            for release_id in wanted
            if release_id in known and (members.get(release_id, 0) > 0 or release_id in interest)
        ]
        if not rows:
            return
        statement = upsert(self._session, stats_table)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"],
            set_={"members": c.members + statement.excluded.members, "trend": c.trend + statement.excluded.trend},
        )
        await self._session.execute(statement, rows)

    async def move_trend(
        self, from_id: str, into_id: str, now: datetime, counted: tuple[float, datetime] | None = None
    ) -> tuple[float, datetime]:
        """Count the interest in one release for another: all of it, or what was ``counted`` from another epoch.

        Returns what was moved, and its epoch.
        """
        epoch, c = await self._epoch(now), stats_table.c
        held = select(c.release_id, c.trend).where(c.release_id.in_((from_id, into_id)))
        rows = await self._session.execute(held.order_by(c.release_id).with_for_update())
        there = {row.release_id: row.trend for row in rows}.get(from_id, 0.0)
        moved = there if counted is None else min(there, counted[0] * trending.rebase_factor(counted[1], epoch))
        if moved <= 0:
            return 0.0, epoch
        await self._session.execute(update(stats_table).where(c.release_id == from_id).values(trend=there - moved))
        statement = upsert(self._session, stats_table).values(release_id=into_id, trend=moved)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"], set_={"trend": c.trend + statement.excluded.trend}
        )
        await self._session.execute(statement)
        return moved, epoch

    async def _epoch(self, now: datetime) -> datetime:
        """The epoch of all counters, held so that nobody moves it; moved on first where that is due."""
        held = select(epoch_table.c.at).where(epoch_table.c.id == ONLY)
        epoch: datetime | None = await self._session.scalar(held.with_for_update(read=True))
        if epoch is None:
            first = upsert(self._session, epoch_table).values(id=ONLY, at=now).on_conflict_do_nothing()
            await self._session.execute(first)
            epoch = await self._session.scalar(held.with_for_update(read=True))
            assert epoch is not None, "it was inserted if it was not there"
        return await self._rebased(now) if trending.is_due(epoch, now) else epoch

    async def _rebased(self, now: datetime) -> datetime:
        held = select(epoch_table.c.at).where(epoch_table.c.id == ONLY).with_for_update()
        epoch: datetime | None = await self._session.scalar(held)
        assert epoch is not None, "it was read before"
        if not trending.is_due(epoch, now):
            return epoch  # somebody else was here first
        factor = trending.rebase_factor(epoch, now)
        await self._session.execute(update(stats_table).values(trend=stats_table.c.trend * factor))
        await self._session.execute(update(epoch_table).where(epoch_table.c.id == ONLY).values(at=now))
        return now

    async def set_members(self, members: Mapping[str, int]) -> None:
        """See ``Ratings``."""
        rows = [{"release_id": release_id, "members": count} for release_id, count in sorted(members.items())]
        if not rows:
            return
        statement = upsert(self._session, stats_table)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"], set_={"members": statement.excluded.members}
        )
        await self._session.execute(statement, rows)

    async def after(self, release_id: str | None, limit: int) -> list[ReleaseStats]:
        """See ``Ratings``."""
        c = stats_table.c
        query = select(stats_table).order_by(c.release_id).limit(limit).with_for_update()
        if release_id is not None:
            query = query.where(c.release_id > release_id)
        return [read_stats(row) for row in await self._session.execute(query)]

    async def totals(self) -> Totals:
        """See ``Ratings``."""
        c = stats_table.c
        sums = select(func.count(), func.sum(c.ranked_votes), func.sum(c.ranked_total)).where(c.ranked_votes > 0)
        releases, votes, total = (await self._session.execute(sums)).one()
        if not releases:
            return Totals(median_votes=0.0, votes=0, total=0)
        # The one in the middle, or the two; in the database, where 100,000 of them hold up nobody.
        middle = select(c.ranked_votes).where(c.ranked_votes > 0).order_by(c.ranked_votes)
        middle = middle.offset((releases - 1) // 2).limit(2 - releases % 2)
        counts = (await self._session.scalars(middle)).all()
        return Totals(median_votes=sum(counts) / len(counts), votes=int(votes), total=int(total))

    async def prior(self) -> Prior:
        """See ``Ratings``."""
        c = prior_table.c
        row = (await self._session.execute(select(c.votes, c.mean).where(c.id == ONLY))).one_or_none()
        return Prior() if row is None else Prior(row.votes, row.mean)

    async def set_prior(self, prior: Prior) -> None:
        """See ``Ratings``."""
        values = {"votes": prior.votes, "mean": prior.mean}
        statement = upsert(self._session, prior_table).values(id=ONLY, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    async def weigh(self, stats: Sequence[ReleaseStats]) -> None:
        """See ``Ratings``."""
        if not stats:
            return
        statement = (
            update(stats_table)
            .where(stats_table.c.release_id == bindparam("of_release"))
            .values(weighted=bindparam("new_weighted"))
        )
        connection = await self._session.connection()
        await connection.execute(
            statement, [{"of_release": one.release_id, "new_weighted": one.weighted} for one in stats]
        )


async def stats_of(session: AsyncSession, release_ids: Collection[str]) -> dict[str, ReleaseStats]:
    """Those of ``release_ids`` that anybody voted for, collected or started."""
    found: dict[str, ReleaseStats] = {}
    for part in _parts(release_ids):
        rows = await session.execute(select(stats_table).where(stats_table.c.release_id.in_(part)))
        found.update((row.release_id, read_stats(row)) for row in rows)
    return found


def _weighed(stats: ReleaseStats, prior: Prior) -> ReleaseStats:
    return replace(stats, weighted=weighted(stats.tally.ranked_votes, stats.tally.ranked_total, prior))


def _one_of(keys: Sequence[Key]) -> ColumnElement[bool]:
    return tuple_(vote_table.c.release_id, vote_table.c.user_id).in_(keys)


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    held = list(values)
    for first in range(0, len(held), AT_ONCE):
        yield held[first : first + AT_ONCE]


def _values(vote: Vote) -> dict[str, Any]:
    return {
        "release_id": vote.release_id,
        "user_id": vote.user_id,
        "score": vote.score,
        "voted_at": vote.at,
        "watched": vote.watched,
        "suspended": vote.suspended,
    }


def read_vote(row: Row[Any]) -> Vote:
    return Vote(
        release_id=row.release_id,
        user_id=row.user_id,
        score=row.score,
        at=row.voted_at,
        watched=row.watched,
        suspended=row.suspended,
    )


def read_stats(row: Row[Any]) -> ReleaseStats:
    return ReleaseStats(
        release_id=row.release_id,
        tally=Tally(tuple(getattr(row, name) for name in _BUCKETS), row.ranked_votes, row.ranked_total),
        weighted=row.weighted,
        members=row.members,
        trend=row.trend,
    )
