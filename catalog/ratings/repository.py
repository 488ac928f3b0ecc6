"""Votes in the database; what they come to is in ``figures``.

Locks are taken in one order everywhere: votes by (release, user), then the rows of ``release_stats`` by release, which come last
because everybody who votes on one release needs the same.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
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
from typing_extensions import override

from catalog.ratings.figures.repository import (
    AT_ONCE,
    BUCKET_COLUMNS,
    SqlRatings,
    parts,
    read_stats,
    stats_table,
    upsert,
    with_score,
)
from catalog.ratings.model import Key, ReleaseStats, Tally, Vote
from catalog.ratings.usecases import Votes
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

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


class SqlVotes(Votes):
    """Votes of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    @override
    async def claim(self, votes: Sequence[Vote]) -> set[Key]:
        c, claimed = vote_table.c, set[Key]()
        for first in range(0, len(votes), AT_ONCE):
            rows = [{**_values(vote), "checked_at": vote.at} for vote in votes[first : first + AT_ONCE]]
            statement = upsert(self._session, vote_table).on_conflict_do_nothing().returning(c.release_id, c.user_id)
            claimed.update((row.release_id, row.user_id) for row in await self._session.execute(statement, rows))
        return claimed

    @override
    async def lock(self, keys: Sequence[Key]) -> dict[Key, Vote]:
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

    @override
    async def store(self, votes: Sequence[Vote]) -> None:
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

    @override
    async def remove(self, keys: Sequence[Key]) -> None:
        for first in range(0, len(keys), AT_ONCE):
            await self._session.execute(delete(vote_table).where(_one_of(keys[first : first + AT_ONCE])))

    @override
    async def count(self, changes: Mapping[str, Tally]) -> dict[str, ReleaseStats]:
        names = (*BUCKET_COLUMNS, "ranked_votes", "ranked_total")
        statement = upsert(self._session, stats_table)
        statement = statement.on_conflict_do_update(
            index_elements=["release_id"],
            set_={name: stats_table.c[name] + statement.excluded[name] for name in names},
        ).returning(*stats_table.c)
        rows = [
            {
                "release_id": release_id,
                **dict(zip(BUCKET_COLUMNS, change.counts, strict=True)),
                "ranked_votes": change.ranked_votes,
                "ranked_total": change.ranked_total,
            }
            for release_id, change in sorted(changes.items())
        ]
        ratings = SqlRatings(self._uow)
        prior = await ratings.prior()
        counted = [read_stats(row) for row in await self._session.execute(statement, rows)]
        weighed = [with_score(one, prior) for one in counted]
        await ratings.weigh([now for now, before in zip(weighed, counted, strict=True) if now != before])
        return {one.release_id: one for one in weighed}

    @override
    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        c = episode_table.c
        aired = (
            select(func.count())
            .where(c.release_id == release_table.c.id, c.status == Status.PUBLISHED)
            .scalar_subquery()
        )
        found: dict[str, int] = {}
        for part in parts(release_ids):
            rows = await self._session.execute(
                select(release_table.c.id, aired, release_table.c.episodes_total).where(release_table.c.id.in_(part))
            )
            found.update((release_id, count or total) for release_id, count, total in rows if count or total)
        return found

    @override
    async def of_user(self, user_id: str, after: str | None, limit: int) -> list[Vote]:
        c = vote_table.c
        query = select(vote_table).where(c.user_id == user_id).order_by(c.release_id).limit(limit)
        if after is not None:
            query = query.where(c.release_id > after)
        return [read_vote(row) for row in await self._session.execute(query)]

    @override
    async def unwatched(self, before: datetime, now: datetime, limit: int) -> list[Key]:
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

    @override
    def announce(self, event: Event) -> None:
        self._uow.record(event)


def _one_of(keys: Sequence[Key]) -> ColumnElement[bool]:
    return tuple_(vote_table.c.release_id, vote_table.c.user_id).in_(keys)


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
    """Out of a row with all columns of ``vote_table``."""
    return Vote(
        release_id=row.release_id,
        user_id=row.user_id,
        score=row.score,
        at=row.voted_at,
        watched=row.watched,
        suspended=row.suspended,
    )
