"""Which posters have files, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, String, Table, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from catalog.releases.posters.usecases import PosterRecords
from catalog.releases.repository import release_table
from kernel.db import UnitOfWork, UtcDateTime, metadata

poster_file_table = Table(
    "poster_file",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("noted_at", UtcDateTime, nullable=False, index=True),
)


class SqlPosterRecords(PosterRecords):
    """Posters of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def note(self, key: str, now: datetime) -> None:
        """The same picture sent again is noted anew."""
        c = poster_file_table.c
        known = await self._session.scalar(select(c.key).where(c.key == key))
        if known is None:
            await self._session.execute(insert(poster_file_table).values(key=key, noted_at=now))
        else:
            await self._session.execute(update(poster_file_table).where(c.key == key).values(noted_at=now))

    async def unused(self, *, before: datetime, limit: int, key: str | None = None) -> Sequence[str]:
        """The oldest first."""
        c = poster_file_table.c
        query = select(c.key).where(c.noted_at < before, ~exists(select(1).where(release_table.c.poster_key == c.key)))
        if key is not None:
            query = query.where(c.key == key)
        return list(await self._session.scalars(query.order_by(c.noted_at).limit(limit)))

    @override
    async def forget(self, key: str) -> None:
        await self._session.execute(delete(poster_file_table).where(poster_file_table.c.key == key))


async def main_name(session: AsyncSession, release_id: str) -> str | None:
    """What a release is called, a draft too; ``None`` where there is none."""
    name: str | None = await session.scalar(select(release_table.c.name_main).where(release_table.c.id == release_id))
    return name
