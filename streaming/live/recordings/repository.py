"""Recordings in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, String, Table, and_, func, select

from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from streaming.live.channels.model import TITLE_MAX
from streaming.live.channels.repository import NODE_CHARS
from streaming.live.recordings.model import EndedBy, Recording

recording_table = Table(
    "live_recordings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel_id", Id, nullable=False),
    Column("owner_id", Id, nullable=False),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("node_id", String(NODE_CHARS), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", text_enum(EndedBy, length=16)),
    Column("expires_at", UtcDateTime),
    Column("job_id", Id),
    Column("episode_id", Id),
    Index(None, "channel_id"),
    Index(None, "owner_id"),
    Index(None, "expires_at"),
)

mapper_registry.map_imperatively(Recording, recording_table)

EXPIRED_AT_ONCE = 50
"""Removed in one transaction; the next run takes the next ones."""


class SqlRecordings:
    """Recordings behind the port ``Recordings``."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, recording: Recording) -> None:
        """Written with the next flush."""
        self._session.add(recording)

    async def get(self, recording_id: str) -> Recording | None:
        """By primary key."""
        return await self._session.get(Recording, recording_id)

    async def lock(self, recording_id: str) -> Recording | None:
        """With a row lock where there are any."""
        return await self._session.get(Recording, recording_id, with_for_update=True)

    async def listed(
        self, owner_id: str, channel_id: str | None, offset: int, limit: int
    ) -> tuple[Sequence[Recording], int]:
        """One statement for the page, one for the count."""
        conditions: list[ColumnElement[bool]] = [recording_table.c.owner_id == owner_id]
        if channel_id is not None:
            conditions.append(recording_table.c.channel_id == channel_id)
        page = select(Recording).where(and_(*conditions)).order_by(recording_table.c.id.desc())
        rows = (await self._session.scalars(page.offset(offset).limit(limit))).all()
        count = select(func.count()).select_from(recording_table).where(and_(*conditions))
        return rows, (await self._session.execute(count)).scalar_one()

    async def used_bytes(self, owner_id: str) -> int:
        """By the index of owners."""
        query = select(func.coalesce(func.sum(recording_table.c.size_bytes), 0))
        found = await self._session.execute(query.where(recording_table.c.owner_id == owner_id))
        return int(found.scalar_one())

    async def of_channel(self, channel_id: str) -> Sequence[Recording]:
        """By the index of channels."""
        return (await self._session.scalars(select(Recording).where(recording_table.c.channel_id == channel_id))).all()

    async def expired(self, before: datetime) -> Sequence[Recording]:
        """Those that expired by ``before``, oldest first and a bounded number at once."""
        query = select(Recording).where(recording_table.c.expires_at <= before).order_by(recording_table.c.expires_at)
        return (await self._session.scalars(query.limit(EXPIRED_AT_ONCE))).all()

    async def unseen(self, since: datetime) -> Sequence[Recording]:
        """Those that go on have no time of expiry, which its index finds."""
        query = select(Recording).where(recording_table.c.expires_at.is_(None), recording_table.c.seen_at < since)
        return (await self._session.scalars(query.limit(EXPIRED_AT_ONCE))).all()

    async def remove(self, recording: Recording) -> None:
        """Delete the row; the files are for ``RecordingFiles``."""
        await self._session.delete(recording)
