"""Translations in memory, as the use cases see them."""

from collections.abc import Collection, Mapping

from catalog.languages.tags import lookup
from catalog.translations.model import Translation
from catalog.translations.usecases import TranslationContext
from tests.unit.catalog.releases.memory import NOW, MemoryEpisodes, MemoryReleases


class MemoryTranslations:
    """Where translations are kept; their versions stay 1, for it is the database that counts them."""

    def __init__(self) -> None:
        self.kept: dict[str, Translation] = {}

    async def get(self, translation_id: str) -> Translation | None:
        return self.kept.get(translation_id)

    async def into(self, subject_id: str, language: str) -> Translation | None:
        return next((one for one in await self.of_subject(subject_id) if one.language == language), None)

    async def of_subject(self, subject_id: str) -> list[Translation]:
        found = [one for one in self.kept.values() if one.subject_id == subject_id]
        return sorted(found, key=lambda one: one.language)

    async def best(self, subject_ids: Collection[str], language: str) -> Mapping[str, Translation]:
        found = {}
        for subject_id in subject_ids:
            by_language = {one.language: one for one in await self.of_subject(subject_id)}
            tag = lookup(language, by_language)
            if tag is not None:
                found[subject_id] = by_language[tag]
        return found

    def add(self, translation: Translation) -> None:
        self.kept[translation.id] = translation

    async def remove(self, translation: Translation) -> None:
        del self.kept[translation.id]


class Memory:
    """The ports of the use cases."""

    def __init__(self) -> None:
        self.releases = MemoryReleases()
        self.episodes = MemoryEpisodes(self.releases)
        self.translations = MemoryTranslations()

    @property
    def context(self) -> TranslationContext:
        return TranslationContext(
            translations=self.translations, releases=self.releases, episodes=self.episodes, now=NOW
        )
