"""Sources in SQL."""

from sqlalchemy import Boolean, Column, Integer, String, Table, select

from catalog.imports.limits import KEY_MAX
from catalog.imports.sources.cron import TEXT_MAX
from catalog.imports.sources.model import ERROR_MAX, SLUG_MAX, TITLE_MAX, ImportSource, SourceKind
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.outbound.url_vetting import MAX_URL_LENGTH

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

mapper_registry.map_imperatively(ImportSource, import_source_table, version_id_col=import_source_table.c.version)


class SqlSources:
    """Sources of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
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

    def add(self, source: ImportSource) -> None:
        """Written with the next flush."""
        self._session.add(source)
