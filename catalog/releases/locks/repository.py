"""Locks in SQL."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, Table, delete, insert, select

from catalog.releases.locks.model import Lock, LockedField
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata, text_enum
from kernel.events import Event

release_lock_table = Table(
    "release_lock",
    metadata,
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("field", text_enum(LockedField, length=40), primary_key=True),
    Column("locked_by", Id),
    Column("locked_at", UtcDateTime, nullable=False),
)


class SqlLocks:
    """Locks of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def of(self, release_id: str) -> Sequence[Lock]:
        """By the name of the field."""
        c = release_lock_table.c
        found = await self._uow.session.execute(
            select(c.field, c.locked_by, c.locked_at).where(c.release_id == release_id).order_by(c.field)
        )
        return [Lock(row.field, row.locked_by, row.locked_at) for row in found]

    async def replace(self, release_id: str, locks: Sequence[Lock]) -> None:
        """Delete and insert."""
        c = release_lock_table.c
        await self._uow.session.execute(delete(release_lock_table).where(c.release_id == release_id))
        rows = [
            {"release_id": release_id, "field": lock.field, "locked_by": lock.locked_by, "locked_at": lock.locked_at}
            for lock in locks
        ]
        if rows:
            await self._uow.session.execute(insert(release_lock_table), rows)

    def announce(self, event: Event) -> None:
        """Into the outbox of the unit of work."""
        self._uow.record(event)
