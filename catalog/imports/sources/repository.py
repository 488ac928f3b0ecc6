"""Sources in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from catalog.imports.limits import KEY_MAX
from catalog.imports.sources.cron import TEXT_MAX
from catalog.imports.sources.model import ERROR_MAX, SLUG_MAX, TITLE_MAX, ImportSource, SourceKind
from catalog.imports.sources.usecases import token_bound
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.events import Event
from kernel.outbound.url_vetting import MAX_URL_LENGTH
from kernel.secrets.reencryption import StoredSecret

import_source_table = Table(
    "import_source",
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", String(SLUG_MAX), nullable=False, unique=True),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("kind", text_enum(SourceKind, length=20), nullable=False),
    Column("url", String(MAX_URL_LENGTH), nullable=False),
    Column("options", Json, nullable=False),
    Column("cron", String(TEXT_MAX), nullable=False),
    Column("time_zone", String(60), nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("stopped", Boolean, nullable=False),
    Column("sealed_token", String(2000), nullable=False),
    Column("next_run_at", UtcDateTime, index=True),
    Column("failures", Integer, nullable=False),
    Column("resting_until", UtcDateTime),
    Column("last_error", String(ERROR_MAX), nullable=False),
    Column("last_success_at", UtcDateTime),
    Column("mark", String(KEY_MAX), nullable=False),
    Column("mark_id", String(KEY_MAX), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)
import_stop_table = Table(
    "import_stop",
    metadata,
    # One row while all imports are stopped, none otherwise.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stopped_by", Id),
    Column("stopped_at", UtcDateTime, nullable=False),
)

import_file_table = Table(
    "import_file",
    metadata,
    Column("source_id", Id, ForeignKey("import_source.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
)

mapper_registry.map_imperatively(ImportSource, import_source_table, version_id_col=import_source_table.c.version)


class SqlSources:
    """Sources of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def get(self, source_id: str) -> ImportSource | None:
        """By primary key."""
        return await self._session.get(ImportSource, source_id)

    async def by_slug(self, slug: str) -> ImportSource | None:
        """By the unique index."""
        found = await self._session.execute(select(ImportSource).where(import_source_table.c.slug == slug))
        return found.scalar_one_or_none()

    async def all_stopped(self) -> bool:
        """Whether there is the row."""
        return (await self._session.execute(select(import_stop_table.c.id))).first() is not None

    async def all(self) -> Sequence[ImportSource]:
        """By slug."""
        return list(await self._session.scalars(select(ImportSource).order_by(import_source_table.c.slug)))

    async def due(self, now: datetime) -> Sequence[ImportSource]:
        """By the index of times."""
        c = import_source_table.c
        return list(await self._session.scalars(select(ImportSource).where(c.next_run_at <= now, c.stopped.is_(False))))

    async def stop_all(self, *, stopped: bool, by: str | None, now: datetime) -> None:
        """One row, or none."""
        await self._session.execute(delete(import_stop_table))
        if stopped:
            await self._session.execute(insert(import_stop_table).values(id=1, stopped_by=by, stopped_at=now))

    async def keep_file(self, source_id: str, name: str, data: bytes, now: datetime) -> None:
        """In the database, where every worker finds it."""
        await self._session.execute(delete(import_file_table).where(import_file_table.c.source_id == source_id))
        await self._session.execute(
            insert(import_file_table).values(source_id=source_id, name=name, data=data, uploaded_at=now)
        )

    async def file(self, source_id: str) -> tuple[str, bytes] | None:
        """By primary key."""
        c = import_file_table.c
        found = await self._session.execute(select(c.name, c.data).where(c.source_id == source_id))
        row = found.one_or_none()
        return None if row is None else (row.name, row.data)

    def add(self, source: ImportSource) -> None:
        """Written with the next flush."""
        self._session.add(source)

    async def remove(self, source: ImportSource) -> None:
        """With what hangs on it, by foreign key."""
        await self._session.execute(delete(import_source_table).where(import_source_table.c.id == source.id))

    def announce(self, event: Event) -> None:
        """Into the outbox of the unit of work."""
        self._uow.record(event)


class SourceTokens:
    """The sealed tokens of sources, for a new key."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def secrets(self) -> Sequence[StoredSecret]:
        """Of the sources that have one."""
        c = import_source_table.c
        found = await self._session.execute(select(c.id, c.sealed_token).where(c.sealed_token != ""))
        return [StoredSecret(row.id, row.sealed_token, token_bound(row.id)) for row in found]

    async def replace(self, owner_id: str, before: str, after: str) -> None:
        """Where it is still the same."""
        c = import_source_table.c
        await self._session.execute(
            update(import_source_table).where(c.id == owner_id, c.sealed_token == before).values(sealed_token=after)
        )
