"""Locks in SQL."""

from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, delete, func, insert, select

from catalog.releases.merge_locks.model import REASON_MAX, MergeLock
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

release_merge_lock_table = Table(
    "release_merge_lock",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("reason", String(REASON_MAX), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)


class SqlMergeLocks:
    """Locks of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def pair(self, one_id: str, other_id: str) -> MergeLock | None:
        """By primary key."""
        c, (first, second) = release_merge_lock_table.c, sorted((one_id, other_id))
        query = select(release_merge_lock_table).where(c.release_id == first, c.other_id == second)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _lock(row)

    async def pairs(self, *, offset: int, limit: int) -> tuple[list[MergeLock], int]:
        """By when they were made."""
        c = release_merge_lock_table.c
        total = await self._session.scalar(select(func.count()).select_from(release_merge_lock_table))
        query = select(release_merge_lock_table).order_by(c.created_at.desc(), c.release_id, c.other_id)
        rows = await self._session.execute(query.offset(offset).limit(limit))
        return [_lock(row) for row in rows], total or 0

    async def keep_pair(self, lock: MergeLock) -> None:
        """One row."""
        values = {
            "release_id": lock.release_id,
            "other_id": lock.other_id,
            "reason": lock.reason,
            "created_at": lock.created_at,
        }
        await self._session.execute(insert(release_merge_lock_table).values(values))

    async def remove_pair(self, lock: MergeLock) -> None:
        """One row."""
        c = release_merge_lock_table.c
        await self._session.execute(
            delete(release_merge_lock_table).where(c.release_id == lock.release_id, c.other_id == lock.other_id)
        )

    def announce(self, event: Event) -> None:
        """With the next commit."""
        self._uow.record(event)


def _lock(row: Any) -> MergeLock:
    return MergeLock(row.release_id, row.other_id, row.reason, row.created_at)
