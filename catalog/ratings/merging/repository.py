"""What merges remember of votes, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, insert, select

from catalog.ratings.merging.rules import JoinedVote
from catalog.ratings.model import Key, Vote
from catalog.ratings.repository import vote_table
from kernel.db import Id, Json, UnitOfWork, metadata

vote_merge_table = Table(
    "release_vote_merge",
    metadata,
    Column("merge_id", Id, primary_key=True),
    # No foreign key to accounts, as votes have none: it goes with them.
    Column("user_id", Id, primary_key=True, index=True),
    Column("other", Json, nullable=False),
    Column("own", Json(none_as_null=True)),
    Column("after", Json, nullable=False),
)


class SqlVoteMerges:
    """What merges made of votes, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def voters(self, release_id: str) -> list[str]:
        """Who voted on a release."""
        query = select(vote_table.c.user_id).where(vote_table.c.release_id == release_id)
        return list(await self._session.scalars(query.order_by(vote_table.c.user_id)))

    async def keep(self, merge_id: str, votes: Sequence[JoinedVote]) -> None:
        """Remember these."""
        rows = [
            {
                "merge_id": merge_id,
                "user_id": one.other.user_id,
                "other": _document(one.other),
                "own": None if one.own is None else _document(one.own),
                "after": _document(one.after),
            }
            for one in votes
        ]
        if rows:
            await self._session.execute(insert(vote_merge_table), rows)

    async def take(self, merge_id: str) -> list[JoinedVote]:
        """What a merge made of votes; forgotten from now on."""
        c = vote_merge_table.c
        rows = (await self._session.execute(select(vote_merge_table).where(c.merge_id == merge_id))).all()
        await self._session.execute(delete(vote_merge_table).where(c.merge_id == merge_id))
        return [
            JoinedVote(_vote(row.other), None if row.own is None else _vote(row.own), _vote(row.after)) for row in rows
        ]

    async def of_user(self, user_id: str) -> Sequence[tuple[str, str, dict[str, Any] | None, dict[str, Any] | None]]:
        """Merge, kind, and a vote of theirs before and after."""
        c = vote_merge_table.c
        query = select(c.merge_id, c.other, c.after).where(c.user_id == user_id).order_by(c.merge_id)
        return [(row[0], "vote", row[1], row[2]) for row in await self._session.execute(query)]

    async def forget(self, user_id: str) -> None:
        """Everything of an account that is gone."""
        await self._session.execute(delete(vote_merge_table).where(vote_merge_table.c.user_id == user_id))


def keys(release_id: str, voters: Sequence[str]) -> list[Key]:
    """In the order in which votes are locked."""
    return [(release_id, user_id) for user_id in sorted(voters)]


def _document(vote: Vote) -> dict[str, Any]:
    return {
        "user_id": vote.user_id,
        "release_id": vote.release_id,
        "score": vote.score,
        "at": vote.at.isoformat(),
        "watched": vote.watched,
        "suspended": vote.suspended,
    }


def _vote(values: dict[str, Any]) -> Vote:
    return Vote(**{**values, "at": datetime.fromisoformat(values["at"])})
