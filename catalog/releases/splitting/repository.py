"""Splits in SQL."""

from sqlalchemy import Column, Integer, String, Table, func, select

from catalog.releases.names import NAME_MAX
from catalog.releases.splitting.model import Split
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata

release_split_table = Table(
    "release_split",
    metadata,
    Column("id", Id, primary_key=True),
    # Without foreign keys: what was split is told even when both are gone.
    Column("source_id", Id, nullable=False, index=True),
    Column("target_id", Id, nullable=False),
    Column("source_title", String(NAME_MAX), nullable=False),
    Column("target_title", String(NAME_MAX), nullable=False),
    Column("split_by", Id),
    Column("split_at", UtcDateTime, nullable=False, index=True),
    Column("fields", Json, nullable=False),
    Column("placements", Json, nullable=False),
    Column("locked_fields", Json, nullable=False),
    Column("undone_by", Id),
    Column("undone_at", UtcDateTime),
    Column("version", Integer, nullable=False),
)
mapper_registry.map_imperatively(Split, release_split_table, version_id_col=release_split_table.c.version)


class SqlSplits:
    """Splits of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, split_id: str) -> Split | None:
        """Locked."""
        query = select(Split).where(release_split_table.c.id == split_id).with_for_update()
        return (await self._session.execute(query)).scalar_one_or_none()

    async def page(self, *, offset: int, limit: int) -> tuple[list[Split], int]:
        """By when they were done."""
        c = release_split_table.c
        total = await self._session.scalar(select(func.count()).select_from(release_split_table))
        query = select(Split).order_by(c.split_at.desc(), c.id.desc()).offset(offset).limit(limit)
        return list((await self._session.execute(query)).scalars()), total or 0

    def add(self, split: Split) -> None:
        """Written with the next flush."""
        self._session.add(split)
