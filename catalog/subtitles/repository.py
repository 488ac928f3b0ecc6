"""Added subtitles in SQL."""

from collections.abc import Sequence
from dataclasses import fields
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
    UniqueConstraint,
    delete,
    select,
    update,
)

from catalog.languages.tags import TAG_MAX
from catalog.subtitles.model import LABEL_MAX, Subtitle, SubtitleTrack
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata

subtitle_table = Table(
    "subtitle",
    metadata,
    Column("id", Id, primary_key=True),
    Column("episode_id", Id, ForeignKey("episode.id", ondelete="CASCADE"), nullable=False),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False),
    Column("language", String(TAG_MAX), nullable=False),
    Column("label", String(LABEL_MAX), nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("sdh", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("episode_id", "language", "label"),
    Index("ix_subtitle_release_id", "release_id"),
)

EPISODES_AT_ONCE: Final = 500
"""In one statement, which takes some thousands of values."""

mapper_registry.map_imperatively(Subtitle, subtitle_table, version_id_col=subtitle_table.c.version)


class SqlSubtitles:
    """Added subtitles of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, subtitle_id: str) -> Subtitle | None:
        """With its text."""
        return await self._session.get(Subtitle, subtitle_id)

    async def of_episode(self, episode_id: str) -> list[SubtitleTrack]:
        """Without texts, which are 400 kB each."""
        c = subtitle_table.c
        found = await self._session.execute(
            select(*(c[field.name] for field in fields(SubtitleTrack)))
            .where(c.episode_id == episode_id)
            .order_by(c.language, c.label)
        )
        return [SubtitleTrack(*row) for row in found]

    def add(self, subtitle: Subtitle) -> None:
        """Written with the next flush."""
        self._session.add(subtitle)

    async def remove(self, subtitle: Subtitle) -> None:
        """Delete the row."""
        await self._session.execute(delete(subtitle_table).where(subtitle_table.c.id == subtitle.id))


class SqlSubtitleMoves:
    """Added subtitles whose episodes change their release, of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def follow(self, episode_ids: Sequence[str], release_id: str) -> None:
        """The episodes belong to this release from now on."""
        c = subtitle_table.c
        for first in range(0, len(episode_ids), EPISODES_AT_ONCE):
            part = episode_ids[first : first + EPISODES_AT_ONCE]
            await self._session.execute(
                update(subtitle_table).where(c.episode_id.in_(part)).values(release_id=release_id)
            )
