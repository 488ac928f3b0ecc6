"""What the last comparison of all files with their checksums came to: for whoever looks later, from another process."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.db import Id, Json, UtcDateTime, metadata
from kernel.ids import new_id

KEPT_FAULTS: Final = 50
"""Sentences; who has more faults than that reads them where the check ran."""

storage_check_table = Table(
    "storage_check",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("videos", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("fault_count", Integer, nullable=False),
    Column("faults", Json, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Check:
    """A check that ran to its end."""

    ended_at: datetime
    videos: int
    files: int
    size_bytes: int
    fault_count: int
    faults: list[str]
    """The first :data:`KEPT_FAULTS` of them, a sentence each."""


async def record(session: AsyncSession, check: Check) -> None:
    """Keep ``check``, in place of the one before."""
    await session.execute(delete(storage_check_table))
    await session.execute(
        insert(storage_check_table).values(
            id=new_id(),
            ended_at=check.ended_at,
            videos=check.videos,
            files=check.files,
            size_bytes=check.size_bytes,
            fault_count=check.fault_count,
            faults=check.faults[:KEPT_FAULTS],
        )
    )


async def last(session: AsyncSession) -> Check | None:
    """The newest; ``None``: there was none yet."""
    c = storage_check_table.c
    query = select(c.ended_at, c.videos, c.files, c.size_bytes, c.fault_count, c.faults)
    row = (await session.execute(query.order_by(c.id.desc()).limit(1))).one_or_none()
    return None if row is None else Check(*row)
