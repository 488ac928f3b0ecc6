"""Translations in SQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from catalog.languages.tags import TAG_MAX, lookup
from catalog.releases.names import NAME_MAX
from catalog.translations.model import SubjectKind, Translation
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.text.titles import KEY_CHARS

translation_table = Table(
    "translation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", text_enum(SubjectKind, length=20), nullable=False),
    # A release or an episode; what belongs to an episode goes with its release.
    Column("subject_id", Id, nullable=False),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False),
    Column("language", String(TAG_MAX), nullable=False),
    Column("name", String(NAME_MAX), nullable=False),
    Column("description", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("name_key", String(KEY_CHARS), nullable=False, server_default="", index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("subject_id", "language"),
    Index("ix_translation_release_id", "release_id"),
)

SUBJECTS_AT_ONCE: Final = 500
"""In one statement, which takes some thousands of values."""

mapper_registry.map_imperatively(Translation, translation_table, version_id_col=translation_table.c.version)

_OF_LANGUAGE: Final = select(Translation).where(
    translation_table.c.subject_id.in_(bindparam("subject_ids", expanding=True)),
    or_(
        translation_table.c.language == bindparam("primary"),
        translation_table.c.language.startswith(bindparam("beginning")),
    ),
)
"""Of every page of the catalogue, and put together once: that would take as long as to carry it out."""


class SqlTranslations:
    """Translations of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, translation_id: str) -> Translation | None:
        """By primary key."""
        return await self._session.get(Translation, translation_id)

    async def into(self, subject_id: str, language: str) -> Translation | None:
        """By the unique key of subject and language."""
        found = await self._session.execute(
            select(Translation).where(
                translation_table.c.subject_id == subject_id, translation_table.c.language == language
            )
        )
        return found.scalar_one_or_none()

    async def of_subject(self, subject_id: str) -> list[Translation]:
        """By language."""
        found = await self._session.execute(
            select(Translation)
            .where(translation_table.c.subject_id == subject_id)
            .order_by(translation_table.c.language)
        )
        return list(found.scalars())

    async def best(self, subject_ids: Collection[str], language: str) -> Mapping[str, Translation]:
        """All of the same primary language are read, and the best is chosen here."""
        primary = language.partition("-")[0]
        wanted = {"subject_ids": list(subject_ids), "primary": primary, "beginning": f"{primary}-"}
        found = await self._session.execute(_OF_LANGUAGE, wanted)
        by_subject: dict[str, dict[str, Translation]] = {}
        for translation in found.scalars():
            by_subject.setdefault(translation.subject_id, {})[translation.language] = translation
        chosen = {subject_id: lookup(language, known) for subject_id, known in by_subject.items()}
        return {subject_id: by_subject[subject_id][tag] for subject_id, tag in chosen.items() if tag is not None}

    def add(self, translation: Translation) -> None:
        """Written with the next flush."""
        self._session.add(translation)

    async def remove(self, translation: Translation) -> None:
        """Delete the row."""
        await self._session.execute(delete(translation_table).where(translation_table.c.id == translation.id))


class SqlTranslationMoves:
    """Translations whose subjects are merged, of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, translation_id: str) -> Translation | None:
        """By primary key."""
        return await self._session.get(Translation, translation_id)

    async def of_subjects(self, subject_ids: Sequence[str]) -> list[Translation]:
        """By subject and language."""
        c, found = translation_table.c, list[Translation]()
        for first in range(0, len(subject_ids), SUBJECTS_AT_ONCE):
            part = subject_ids[first : first + SUBJECTS_AT_ONCE]
            query = select(Translation).where(c.subject_id.in_(part)).order_by(c.subject_id, c.language)
            found += (await self._session.execute(query)).scalars()
        return found

    async def follow(self, episode_ids: Sequence[str], release_id: str) -> None:
        """The episodes belong to this release from now on."""
        c = translation_table.c
        for first in range(0, len(episode_ids), SUBJECTS_AT_ONCE):
            part = episode_ids[first : first + SUBJECTS_AT_ONCE]
            await self._session.execute(
                update(translation_table).where(c.subject_id.in_(part)).values(release_id=release_id)
            )
