"""Episodes in SQL."""

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
)

from catalog.releases.episodes.model import Episode, EpisodePlace, Span, SpanSource
from catalog.releases.model import Status
from catalog.releases.names import NAME_MAX
from catalog.releases.repository import release_table
from kernel.db import Id, JsonOf, Texts, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum


def _kept(span: Span) -> list[Any]:
    """A list of two is an editor's; so were all of 0.2."""
    by_program = [] if span.source is SpanSource.EDITOR else [span.source.value, span.confidence]
    return [span.start_ms, span.stop_ms, *by_program]


def _span(kept: list[Any]) -> Span:
    start_ms, stop_ms, *by_program = kept
    return Span(start_ms, stop_ms, SpanSource(by_program[0]), by_program[1]) if by_program else Span(start_ms, stop_ms)


_SPAN: Final = JsonOf[Span](_kept, _span)

episode_table = Table(
    "episode",
    metadata,
    Column("id", Id, primary_key=True),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Float, nullable=False),
    Column("name", String(NAME_MAX), nullable=False),
    Column("recap", _SPAN),
    Column("opening", _SPAN),
    Column("ending", _SPAN),
    Column("preview", _SPAN),
    Column("status", text_enum(Status, length=20), nullable=False),
    Column("playable", Boolean, nullable=False),
    Column("duration_ms", Integer),
    Column("thumbnail_url", String(500)),
    Column("marked_by_hand", Texts, nullable=False, server_default="[]"),
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

    async def places(self, release_id: str, *, held: bool = False) -> list[EpisodePlace]:
        """Without the ORM, which takes 40 ms for two thousand; held by locks of their rows."""
        c = episode_table.c
        query = select(c.id, c.release_id, c.ordinal, c.playable, c.thumbnail_url)
        query = query.where(c.release_id == release_id).order_by(c.ordinal)
        found = await self._session.execute(query.with_for_update() if held else query)
        return [EpisodePlace(*row) for row in found]

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
