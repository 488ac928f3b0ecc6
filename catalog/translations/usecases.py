"""What translators and readers do with translations, and what that needs from outside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.languages.tags import canonical
from catalog.releases import usecases as catalogue
from catalog.releases.episodes import usecases as episode_usecases
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import Reader, Releases
from catalog.translations.model import (
    Subject,
    SubjectKind,
    Translation,
    TranslationDraft,
    TranslationId,
    TranslationNotFound,
    TranslationTaken,
)
from kernel.errors import Stale
from kernel.ids import new_id


class Translations(Protocol):
    """Where translations are kept."""

    async def get(self, translation_id: str) -> Translation | None:
        """``None`` where there is none with this id."""
        ...

    async def into(self, subject_id: str, language: str) -> Translation | None:
        """That of a subject into exactly this language."""
        ...

    async def of_subject(self, subject_id: str) -> list[Translation]:
        """All of a subject, by language."""
        ...

    async def best(self, subject_ids: Collection[str], language: str) -> Mapping[str, Translation]:
        """For each subject that has one, its translation for a reader of ``language`` (see ``language.lookup``)."""
        ...

    def add(self, translation: Translation) -> None:
        """Keep a new one."""
        ...

    async def remove(self, translation: Translation) -> None:
        """Delete it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    translations: Translations
    releases: Releases
    episodes: Episodes
    now: datetime


async def subject_of(context: TranslationContext, reader: Reader, kind: SubjectKind, subject_id: str) -> Subject:
    """A release or an episode that ``reader`` can see.  Raises ``ReleaseNotFound``, ``EpisodeNotFound``."""
    if kind is SubjectKind.RELEASE:
        await catalogue.release(context.releases, reader, subject_id)
        return Subject(kind, subject_id, subject_id)
    _, release = await episode_usecases.episode(context.episodes, context.releases, reader, subject_id)
    return Subject(kind, subject_id, release.id)


async def add(context: TranslationContext, subject: Subject, language: str, draft: TranslationDraft) -> Translation:
    """Raises ``BadLanguage``, :class:`TranslationTaken`, ``NothingTranslated``."""
    tag = canonical(language)
    if await context.translations.into(subject.id, tag) is not None:
        raise TranslationTaken(language=tag)
    added = Translation.add(TranslationId(new_id()), subject, tag, draft, context.now)
    context.translations.add(added)
    return added


async def edit(context: TranslationContext, translation_id: str, draft: TranslationDraft) -> Translation:
    """Raises :class:`TranslationNotFound`, ``NothingTranslated``."""
    found = await context.translations.get(translation_id)
    if found is None:
        raise TranslationNotFound
    found.edit(draft, context.now)
    return found


async def put(
    context: TranslationContext,
    subject: Subject,
    language: str,
    draft: TranslationDraft,
    *,
    version: int | None,
) -> Translation:
    """Add the translation into ``language``, or replace it if it still is the ``version`` the editor saw."""
    found = await context.translations.into(subject.id, canonical(language))
    if version is not None and version != (0 if found is None else found.version):
        raise Stale
    if found is None:
        return await add(context, subject, language, draft)
    found.edit(draft, context.now)
    return found


async def remove(context: TranslationContext, subject: Subject, language: str) -> None:
    """Raises :class:`TranslationNotFound`."""
    found = await context.translations.into(subject.id, canonical(language))
    if found is None:
        raise TranslationNotFound
    await forget(context, found)


async def forget(context: TranslationContext, translation: Translation) -> None:
    """Take a translation away."""
    translation.removed(context.now)
    await context.translations.remove(translation)
