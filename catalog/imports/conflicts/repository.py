"""Conflicts in SQL."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Integer, String, Table, func, select

from catalog.imports.conflicts.model import Decision, ImportConflict
from catalog.imports.conflicts.ports import KnownRelease
from catalog.imports.limits import KEY_MAX
from catalog.imports.matching.rules import Doubt
from catalog.releases.external_ids import PATTERNS
from catalog.releases.names import NAME_MAX
from catalog.releases.repository import release_table
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

import_conflict_table = Table(
    "import_conflict",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(KEY_MAX), nullable=False),
    Column("title", String(NAME_MAX), nullable=False),
    Column("record_json", Json, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("doubt", text_enum(Doubt, length=20), nullable=False),
    Column("candidates", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("decision", text_enum(Decision, length=20)),
    Column("release_id", Id),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Index("ix_import_conflict_key", "source_id", "key"),
    Index("ix_import_conflict_decision", "decision", "created_at"),
)
mapper_registry.map_imperatively(ImportConflict, import_conflict_table, version_id_col=import_conflict_table.c.version)


class SqlConflicts:
    """Conflicts of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, conflict_id: str) -> ImportConflict | None:
        """By primary key."""
        return await self._session.get(ImportConflict, conflict_id)

    async def page(
        self, source_id: str | None, *, decided: bool, offset: int, limit: int
    ) -> tuple[Sequence[ImportConflict], int]:
        """By age."""
        c = import_conflict_table.c
        conditions: list[ColumnElement[bool]] = [c.decision.is_not(None) if decided else c.decision.is_(None)]
        if source_id is not None:
            conditions.append(c.source_id == source_id)
        order = [c.decided_at.desc(), c.id.desc()] if decided else [c.created_at, c.id]
        found = await self._session.execute(
            select(ImportConflict).where(*conditions).order_by(*order).offset(offset).limit(limit)
        )
        total = await self._session.scalar(select(func.count()).select_from(import_conflict_table).where(*conditions))
        return list(found.scalars()), total or 0

    async def releases(self, release_ids: Collection[str]) -> Mapping[str, KnownRelease]:
        """What identifies them."""
        c = release_table.c
        columns = [c.id, c.alias, c.name_main, c.name_english, c.type, c.year, c.episodes_total, c.poster_url]
        ids = [c[f"external_{catalogue}"] for catalogue in PATTERNS]
        found = await self._session.execute(select(*columns, *ids).where(c.id.in_(list(release_ids))))
        return {
            row.id: KnownRelease(
                id=row.id,
                alias=row.alias,
                title=row.name_main,
                english=row.name_english,
                type=row.type.value,
                year=row.year,
                episodes_total=row.episodes_total,
                external_ids={
                    catalogue: number
                    for catalogue in PATTERNS
                    if (number := row._mapping[f"external_{catalogue}"]) is not None
                },
                poster_url=row.poster_url,
            )
            for row in found
        }

    async def open_of(self, source_id: str, keys: Collection[str]) -> Mapping[str, ImportConflict]:
        """By the index of sources and keys."""
        c = import_conflict_table.c
        found = await self._session.execute(
            select(ImportConflict).where(c.source_id == source_id, c.key.in_(keys), c.decision.is_(None))
        )
        return {conflict.key: conflict for conflict in found.scalars()}

    def add(self, conflict: ImportConflict) -> None:
        """Written with the next flush."""
        self._session.add(conflict)
