"""Conflicts in SQL."""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, select

from catalog.imports.conflicts.model import Decision, ImportConflict
from catalog.imports.limits import KEY_MAX
from catalog.imports.matching.rules import Doubt
from catalog.releases.names import NAME_MAX
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
