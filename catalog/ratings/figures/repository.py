"""What votes come to: the figures of releases, the prior they are weighed by, and the epoch of trends.

Rows of ``release_stats`` are locked by release and last: everybody who votes on one release needs the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    SmallInteger,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from catalog.ratings import trending
from catalog.ratings.model import BUCKETS, Miscount, ReleaseStats, Tally
from catalog.ratings.usecases import Ratings, Totals
from catalog.ratings.weighted import Prior, weighted
from catalog.releases.repository import release_table
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata

AT_ONCE: Final = 500
"""Keys in one statement: two values each, of the 32,767 that PostgreSQL's protocol takes."""

BUCKET_COLUMNS: Final = tuple(f"votes_{score}" for score in range(1, BUCKETS + 1))
stats_table = Table(
    "release_stats",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    *(Column(name, Integer, nullable=False, server_default="0") for name in BUCKET_COLUMNS),
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


class SqlRatings(Ratings):
    """What votes, collections and interest come to, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def stats(self, release_ids: Collection[str]) -> Mapping[str, ReleaseStats]:
        return await stats_of(self._session, release_ids)

    @override
    async def follow(self, *, members: Mapping[str, int], interest: Mapping[str, float], epoch_at: datetime) -> None:
        epoch = await self._epoch(epoch_at) if interest else epoch_at
        wanted = sorted({*members, *interest})
        # An event comes after its transaction: its release may be gone.
        known = set[str]()
        for part in parts(wanted):
            known.update(await self._session.scalars(select(release_table.c.id).where(release_table.c.id.in_(part))))
        c = stats_table.c
        # Below 0 where a later event was delivered first, by another process: then the earlier one makes up for it.
        rows = [
            {
                "release_id": release_id,
                "members": members.get(release_id, 0),
                "trend": trending.increment(interest.get(release_id, 0.0), epoch, epoch_at),
            }
            for release_id in wanted
            if release_id in known and (members.get(release_id, 0) or release_id in interest)
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

    @override
    async def set_members(self, members: Mapping[str, int]) -> None:
        rows = [{"release_id": release_id, "members": count} for release_id, count in sorted(members.items())]
        if not rows:
            return
        statement = upsert(self._session, stats_table)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"], set_={"members": statement.excluded.members}
        )
        await self._session.execute(statement, rows)

    @override
    async def correct_members(self, wrong: Mapping[str, Miscount]) -> None:
        c = stats_table.c
        statement = upsert(self._session, stats_table).values(
            {c.release_id: bindparam("wrong_id"), c.members: bindparam("counted")}
        )
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"],
            set_={"members": statement.excluded.members},
            where=c.members == bindparam("said"),
        )
        # A release may be gone by now.
        known = set[str]()
        for part in parts(sorted(wrong)):
            known.update(await self._session.scalars(select(release_table.c.id).where(release_table.c.id.in_(part))))
        rows = [{"wrong_id": id_, "counted": wrong[id_].counted, "said": wrong[id_].said} for id_ in sorted(known)]
        if rows:
            await self._session.execute(statement, rows)

    @override
    async def after(self, release_id: str | None, limit: int) -> list[ReleaseStats]:
        c = stats_table.c
        query = select(stats_table).order_by(c.release_id).limit(limit).with_for_update()
        if release_id is not None:
            query = query.where(c.release_id > release_id)
        return [read_stats(row) for row in await self._session.execute(query)]

    @override
    async def totals(self) -> Totals:
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

    @override
    async def prior(self) -> Prior:
        c = prior_table.c
        row = (await self._session.execute(select(c.votes, c.mean).where(c.id == ONLY))).one_or_none()
        return Prior() if row is None else Prior(row.votes, row.mean)

    @override
    async def set_prior(self, prior: Prior) -> None:
        values = {"votes": prior.votes, "mean": prior.mean}
        statement = upsert(self._session, prior_table).values(id=ONLY, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    @override
    async def weigh(self, stats: Sequence[ReleaseStats]) -> None:
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
    for part in parts(release_ids):
        rows = await session.execute(select(stats_table).where(stats_table.c.release_id.in_(part)))
        found.update((row.release_id, read_stats(row)) for row in rows)
    return found


def with_score(stats: ReleaseStats, prior: Prior) -> ReleaseStats:
    """With its score as ``prior`` has it."""
    return replace(stats, weighted=weighted(stats.tally.ranked_votes, stats.tally.ranked_total, prior))


def parts(values: Collection[str]) -> Iterator[list[str]]:
    """:data:`AT_ONCE` at a time."""
    held = list(values)
    for first in range(0, len(held), AT_ONCE):
        yield held[first : first + AT_ONCE]


def read_stats(row: Row[Any]) -> ReleaseStats:
    """Out of a row with all columns of ``stats_table``."""
    return ReleaseStats(
        release_id=row.release_id,
        tally=Tally(tuple(getattr(row, name) for name in BUCKET_COLUMNS), row.ranked_votes, row.ranked_total),
        weighted=row.weighted,
        members=row.members,
        trend=row.trend,
    )
