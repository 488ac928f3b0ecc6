"""What translators and readers do with translations, and what that needs from outside."""

from collections.abc import Collection, Mapping
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


async def subject_of(
    releases: Releases, episodes: Episodes, reader: Reader, kind: SubjectKind, subject_id: str
) -> Subject:
    """A release or an episode that ``reader`` can see.  Raises ``ReleaseNotFound``, ``EpisodeNotFound``."""
    if kind is SubjectKind.RELEASE:
        await catalogue.release(releases, reader, subject_id)
        return Subject(kind, subject_id, subject_id)
    _, release = await episode_usecases.episode(episodes, releases, reader, subject_id)
    return Subject(kind, subject_id, release.id)


async def add(
    translations: Translations, subject: Subject, language: str, draft: TranslationDraft, now: datetime
) -> Translation:
    """Raises ``BadLanguage``, :class:`TranslationTaken`, ``NothingTranslated``."""
    tag = canonical(language)
    if await translations.into(subject.id, tag) is not None:
        raise TranslationTaken(language=tag)
    added = Translation.add(TranslationId(new_id()), subject, tag, draft, now)
    translations.add(added)
    return added


async def edit(translations: Translations, translation_id: str, draft: TranslationDraft, now: datetime) -> Translation:
    """Raises :class:`TranslationNotFound`, ``NothingTranslated``."""
    found = await translations.get(translation_id)
    if found is None:
        raise TranslationNotFound
    found.edit(draft, now)
    return found


async def put(
    translations: Translations,
    subject: Subject,
    language: str,
    draft: TranslationDraft,
    now: datetime,
    *,
    version: int | None,
) -> Translation:
    """Add the translation into ``language``, or replace it if it still is the ``version`` the editor saw."""
    found = await translations.into(subject.id, canonical(language))
    if version is not None and version != (0 if found is None else found.version):
        raise Stale
    if found is None:
        return await add(translations, subject, language, draft, now)
    found.edit(draft, now)
    return found


async def remove(translations: Translations, subject: Subject, language: str, now: datetime) -> None:
    """Raises :class:`TranslationNotFound`."""
    found = await translations.into(subject.id, canonical(language))
    if found is None:
        raise TranslationNotFound
    await forget(translations, found, now)


async def forget(translations: Translations, translation: Translation, now: datetime) -> None:
    """Take a translation away."""
    translation.removed(now)
    await translations.remove(translation)
