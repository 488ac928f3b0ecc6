"""Runs in SQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from catalog.imports.applying.model import TAKEN, Action
from catalog.imports.limits import KEY_MAX
from catalog.imports.runs.model import ImportRun, RunRow, RunState, Trigger
from catalog.releases.names import NAME_MAX
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

MESSAGE_MAX: Final = 500
_IDS_MAX: Final = 500
"""In one list of a statement."""

import_run_table = Table(
    "import_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), nullable=False),
    Column("active_source_id", Id, unique=True),
    Column("trigger", text_enum(Trigger, length=20), nullable=False),
    Column("state", text_enum(RunState, length=20), nullable=False),
    Column("dry", Boolean, nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("started_by", Id),
    Column("input", Json, nullable=False),
    Column("checkpoint", Json, nullable=False),
    Column("counts", Json, nullable=False),
    Column("total", Integer),
    Column("stop_requested", Boolean, nullable=False),
    Column("worker", String(200), nullable=False),
    Column("job_id", Id),
    Column("error", String(MESSAGE_MAX), nullable=False),
    Column("rows_kept", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("heartbeat_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    Index("ix_import_run_source", "source_id", "created_at"),
)
import_run_row_table = Table(
    "import_run_row",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", Id, ForeignKey("import_run.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(KEY_MAX), nullable=False),
    Column("title", String(NAME_MAX), nullable=False),
    Column("action", text_enum(Action, length=20), nullable=False),
    Column("release_id", Id),
    Column("message", Text, nullable=False),
    Column("changes", Json, nullable=False),
    Column("relations", Json),
    Index("ix_import_run_row_run", "run_id", "action", "id"),
)
mapper_registry.map_imperatively(ImportRun, import_run_table, version_id_col=import_run_table.c.version)


class SqlRuns:
    """Runs of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, run_id: str) -> ImportRun | None:
        """By primary key."""
        return await self._session.get(ImportRun, run_id)

    async def active_of(self, source_id: str) -> ImportRun | None:
        """By the unique index."""
        found = await self._session.execute(select(ImportRun).where(import_run_table.c.active_source_id == source_id))
        return found.scalar_one_or_none()

    def add(self, run: ImportRun) -> None:
        """Written with the next flush."""
        self._session.add(run)

    async def page(self, source_id: str | None, *, offset: int, limit: int) -> tuple[Sequence[ImportRun], int]:
        """By age."""
        c = import_run_table.c
        conditions = [] if source_id is None else [c.source_id == source_id]
        found = await self._session.execute(
            select(ImportRun).where(*conditions).order_by(c.created_at.desc(), c.id.desc()).offset(offset).limit(limit)
        )
        total = await self._session.scalar(select(func.count()).select_from(import_run_table).where(*conditions))
        return list(found.scalars()), total or 0

    async def rows(
        self, run_id: str, action: Action | None, *, offset: int, limit: int
    ) -> tuple[Sequence[RunRow], int]:
        """By their identifiers, which count up."""
        c = import_run_row_table.c
        conditions = [c.run_id == run_id, *([] if action is None else [c.action == action])]
        total = await self._session.scalar(select(func.count()).select_from(import_run_row_table).where(*conditions))
        found = await self._session.execute(
            select(import_run_row_table).where(*conditions).order_by(c.id).offset(offset).limit(limit)
        )
        return [RunRow(**row._mapping) for row in found], total or 0

    async def keep_rows(self, rows: Sequence[RunRow]) -> None:
        """Insert."""
        if rows:
            await self._session.execute(
                insert(import_run_row_table),
                [
                    {
                        "id": row.id,
                        "run_id": row.run_id,
                        "key": row.key,
                        "title": row.title,
                        "action": row.action,
                        "release_id": row.release_id,
                        "message": row.message,
                        "changes": dict(row.changes),
                        "relations": row.relations,
                    }
                    for row in rows
                ],
            )

    async def taken(self, run_id: str) -> Mapping[str, RunRow]:
        """Along the index of actions."""
        c = import_run_row_table.c
        query = select(c.id, c.run_id, c.key, c.title, c.action, c.release_id, c.message, c.relations)
        found = await self._session.execute(query.where(c.run_id == run_id, c.action.in_(TAKEN)))
        return {row.key: RunRow(**row._mapping, changes={}) for row in found}

    async def foresee(self, relations: Mapping[str, Sequence[Sequence[str | None]]]) -> None:
        """By primary key."""
        if relations:
            c = import_run_row_table.c
            await self._session.execute(
                update(import_run_row_table).where(c.id == bindparam("row")).values(relations=bindparam("made")),
                [{"row": row_id, "made": made} for row_id, made in relations.items()],
            )

    async def drop_rows(self, row_ids: Collection[str]) -> None:
        """By primary key."""
        every, c = list(row_ids), import_run_row_table.c
        for first in range(0, len(every), _IDS_MAX):
            await self._session.execute(delete(import_run_row_table).where(c.id.in_(every[first : first + _IDS_MAX])))

    async def forget_old(self, source_id: str, keep: int) -> None:
        """With their rows, by foreign key."""
        c = import_run_table.c
        newest = select(c.id).where(c.source_id == source_id).order_by(c.created_at.desc(), c.id.desc()).limit(keep)
        kept = list(await self._session.scalars(newest))
        await self._session.execute(
            delete(import_run_table).where(c.source_id == source_id, c.id.not_in(kept), c.active_source_id.is_(None))
        )

    async def flush(self) -> None:
        """Of the session."""
        await self._session.flush()
