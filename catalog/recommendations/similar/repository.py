"""Pairs of similar releases in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Table,
    UniqueConstraint,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from catalog.recommendations.repository import upsert
from catalog.recommendations.similar.model import OwnVote, Pair, SimilarPair, VotedSimilar
from catalog.releases.model import Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event
from kernel.ids import new_id

pair_table = Table(
    "similar_pair",
    metadata,
    Column("id", Id, primary_key=True),
    # The smaller id first, so that a pair is one row whichever way round it is suggested.
    Column("low_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False),
    Column("high_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("suggested_at", UtcDateTime, nullable=False),
    Column("removed", Boolean, nullable=False),
    UniqueConstraint("low_id", "high_id"),
)
vote_table = Table(
    "similar_vote",
    metadata,
    Column("pair_id", Id, ForeignKey("similar_pair.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("voted_at", UtcDateTime, nullable=False),
)


class SqlSimilarPairs:
    """Pairs of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def get(self, pair: Pair) -> SimilarPair | None:
        """By the unique key."""
        c = pair_table.c
        found = await self._session.execute(
            select(c.id, c.removed).where(c.low_id == pair.low_id, c.high_id == pair.high_id)
        )
        row = found.one_or_none()
        return None if row is None else SimilarPair(id=row.id, removed=row.removed)

    async def add(self, pair: Pair, now: datetime) -> SimilarPair:
        """One upsert that leaves a row alone that came in the meantime."""
        one = upsert(self._session, pair_table).values(
            id=new_id(),
            low_id=pair.low_id,
            high_id=pair.high_id,
            suggested_at=now,
            removed=False,
        )
        await self._session.execute(one.on_conflict_do_nothing(index_elements=["low_id", "high_id"]))
        known = await self.get(pair)
        assert known is not None, "it was inserted, or was there"
        return known

    async def vote(self, pair_id: str, user_id: str, now: datetime) -> bool:
        """One insert; a vote that is there stays as it is."""
        one = upsert(self._session, vote_table).values(pair_id=pair_id, user_id=user_id, voted_at=now)
        done = await self._session.execute(one.on_conflict_do_nothing().returning(vote_table.c.pair_id))
        return done.first() is not None

    async def withdraw(self, pair_id: str, user_id: str) -> bool:
        """One delete."""
        c = vote_table.c
        gone = await self._session.execute(
            delete(vote_table).where(c.pair_id == pair_id, c.user_id == user_id).returning(c.pair_id)
        )
        return gone.first() is not None

    async def remove(self, pair_id: str) -> None:
        """The row stays, without votes."""
        await self._session.execute(delete(vote_table).where(vote_table.c.pair_id == pair_id))
        await self._session.execute(update(pair_table).where(pair_table.c.id == pair_id).values(removed=True))

    async def of_release(
        self, release_id: str, reader: Reader, reader_id: str | None, limit: int
    ) -> list[VotedSimilar]:
        """Published ones; among those with as many votes the older pair comes first."""
        p, v = pair_table.c, vote_table.c
        other = case((p.low_id == release_id, p.high_id), else_=p.low_id)
        votes = func.count(v.user_id)
        own = func.sum(case((v.user_id == reader_id, 1), else_=0)) if reader_id is not None else func.min(0)
        found = await self._session.execute(
            select(p.id, other.label("other_id"), votes.label("votes"), own.label("own"))
            .select_from(pair_table)
            .join(vote_table, v.pair_id == p.id)
            .join(release_table, release_table.c.id == other)
            .where(
                or_(p.low_id == release_id, p.high_id == release_id),
                ~p.removed,
                release_table.c.status == Status.PUBLISHED,
                seen_by(reader),
            )
            .group_by(p.id, p.low_id, p.high_id, p.suggested_at)
            .order_by(votes.desc(), p.suggested_at, p.id)
            .limit(limit)
        )
        return [
            VotedSimilar(release_id=row.other_id, pair_id=row.id, votes=row.votes, voted=bool(row.own)) for row in found
        ]

    async def votes_of(self, user_id: str) -> Sequence[OwnVote]:
        """Oldest first."""
        p, v = pair_table.c, vote_table.c
        found = await self._session.execute(
            select(p.low_id, p.high_id, v.voted_at)
            .join(pair_table, p.id == v.pair_id)
            .where(v.user_id == user_id)
            .order_by(v.voted_at, p.id)
        )
        return [OwnVote(release_id=row.low_id, other_id=row.high_id, voted_at=row.voted_at) for row in found]

    def announce(self, event: Event) -> None:
        """With this transaction."""
        self._uow.record(event)
