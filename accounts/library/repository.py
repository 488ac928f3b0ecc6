"""The revision counter of each library, and what the repositories of its parts share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.db import Id, metadata

library_revisions = Table(
    "library_revisions",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
)


def upsert(session: AsyncSession, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: the same in both dialects, but SQLAlchemy has no common base for it."""
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


async def next_revisions(session: AsyncSession, user_ids: Sequence[str]) -> dict[str, int]:
    """One more for each user, and their row locked until the end of the transaction.

    So whoever commits later has the higher number, and a device that has seen a revision has seen everything up to it.
    """
    statement = upsert(session, library_revisions)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id"], set_={"revision": library_revisions.c.revision + 1}
    ).returning(library_revisions.c.user_id, library_revisions.c.revision)
    rows = await session.execute(statement, [{"user_id": user_id, "revision": 1} for user_id in user_ids])
    return {row.user_id: row.revision for row in rows}
