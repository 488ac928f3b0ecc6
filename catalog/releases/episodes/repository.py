"""Episodes in SQL."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    delete,
    select,
)

from catalog.releases.episodes.model import Episode, Span
from catalog.releases.model import Status
from catalog.releases.names import NAME_MAX
from catalog.releases.repository import release_table
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum


class _Span(TypeDecorator[Span]):
    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Span | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        return None if value is None else [value.start_ms, value.stop_ms]

    def process_result_value(self, value: Any, dialect: Dialect) -> Span | None:  # noqa: ARG002 - signature
        return None if value is None else Span(*value)


episode_table = Table(
    "episode",
    metadata,
    Column("id", Id, primary_key=True),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Float, nullable=False),
    Column("name", String(NAME_MAX), nullable=False),
    Column("opening", _Span),
    Column("ending", _Span),
    Column("status", text_enum(Status, length=20), nullable=False),
    Column("playable", Boolean, nullable=False),
    Column("duration_ms", Integer),
    Column("thumbnail_url", String(500)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    UniqueConstraint("release_id", "ordinal"),
    Index("ix_episode_status", "release_id", "status"),
)


mapper_registry.map_imperatively(Episode, episode_table, version_id_col=episode_table.c.version)


class SqlEpisodes:
    """Episodes of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, episode_id: str) -> Episode | None:
        """One whose release is there."""
        c = episode_table.c
        query = select(Episode).join(release_table, release_table.c.id == c.release_id)
        found = await self._session.scalars(query.where(c.id == episode_id, release_table.c.deleted_at.is_(None)))
        return found.one_or_none()

    async def stored(self, episode_id: str) -> Episode | None:
        """By primary key."""
        return await self._session.get(Episode, episode_id)

    async def of_release(self, release_id: str) -> list[Episode]:
        """By ordinal."""
        found = await self._session.execute(
            select(Episode).where(episode_table.c.release_id == release_id).order_by(episode_table.c.ordinal)
        )
        return list(found.scalars())

    async def ids_of_release(self, release_id: str) -> tuple[str, ...]:
        """By ordinal, drafts too."""
        found = await self._session.scalars(
            select(episode_table.c.id).where(episode_table.c.release_id == release_id).order_by(episode_table.c.ordinal)
        )
        return tuple(found)

    def add(self, episode: Episode) -> None:
        """Written with the next flush."""
        self._session.add(episode)

    async def remove(self, episode: Episode) -> None:
        """The row; its subtitles go by foreign key."""
        await self._session.execute(delete(episode_table).where(episode_table.c.id == episode.id))
