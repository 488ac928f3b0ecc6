"""Translating releases and episodes."""

import pytest

from catalog.languages.tags import BadLanguage
from catalog.releases.episodes.model import EpisodeNotFound
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Reader
from catalog.translations import usecases
from catalog.translations.model import (
    NothingTranslated,
    Subject,
    SubjectKind,
    TranslationDraft,
    TranslationNotFound,
    TranslationTaken,
)
from kernel.errors import Stale
from tests.unit.catalog.releases.memory import NOW
from tests.unit.catalog.translations.memory import Memory

VIEWER, EDITOR = Reader(sees_drafts=False), Reader(sees_drafts=True)
RELEASE = Subject(SubjectKind.RELEASE, "r", "r")


async def test_the_subject_of_an_episode_belongs_to_its_release() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    episode = memory.episodes.published(release)
    of_release = await usecases.subject_of(memory.context, VIEWER, SubjectKind.RELEASE, release.id)
    of_episode = await usecases.subject_of(memory.context, VIEWER, SubjectKind.EPISODE, episode.id)
    assert of_release == Subject(SubjectKind.RELEASE, release.id, release.id)
    assert of_episode == Subject(SubjectKind.EPISODE, episode.id, release.id)


async def test_nobody_translates_what_they_do_not_see() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    episode = memory.episodes.published(release)
    release.unpublish(NOW)
    with pytest.raises(ReleaseNotFound):
        await usecases.subject_of(memory.context, VIEWER, SubjectKind.RELEASE, release.id)
    with pytest.raises(EpisodeNotFound):
        await usecases.subject_of(memory.context, VIEWER, SubjectKind.EPISODE, episode.id)
    assert (await usecases.subject_of(memory.context, EDITOR, SubjectKind.EPISODE, episode.id)).id == episode.id


async def test_one_translation_a_language_however_its_tag_is_spelt() -> None:
    memory = Memory()
    first = await usecases.add(memory.context, RELEASE, "PT-br", TranslationDraft("Coelho"))
    assert first.language == "pt-BR"
    with pytest.raises(TranslationTaken):
        await usecases.add(memory.context, RELEASE, "pt-BR", TranslationDraft("Outro"))
    replaced = await usecases.put(memory.context, RELEASE, "pt-br", TranslationDraft("Outro"), version=1)
    assert replaced is first
    assert first.name == "Outro"
    with pytest.raises(BadLanguage):
        await usecases.add(memory.context, RELEASE, "no language", TranslationDraft("Nothing"))


async def test_who_saw_none_does_not_replace_one() -> None:
    memory = Memory()
    await usecases.put(memory.context, RELEASE, "de", TranslationDraft("Hase"), version=0)
    for seen in (0, 2):
        with pytest.raises(Stale):
            await usecases.put(memory.context, RELEASE, "de", TranslationDraft("Kaninchen"), version=seen)
    with pytest.raises(Stale):
        await usecases.put(memory.context, RELEASE, "fr", TranslationDraft("Lapin"), version=1)
    assert [one.name for one in await memory.translations.of_subject("r")] == ["Hase"]


async def test_a_translation_says_something() -> None:
    memory = Memory()
    with pytest.raises(NothingTranslated):
        await usecases.add(memory.context, RELEASE, "de", TranslationDraft())
    episode = Subject(SubjectKind.EPISODE, "e", "r")
    with pytest.raises(NothingTranslated):
        await usecases.add(memory.context, episode, "de", TranslationDraft("Folge", "Episodes have no description."))
    assert memory.translations.kept == {}


async def test_a_removed_translation_is_gone_and_says_so() -> None:
    memory = Memory()
    translation = await usecases.add(memory.context, RELEASE, "de", TranslationDraft("Hase"))
    await usecases.remove(memory.context, RELEASE, "de")
    assert [event.name for event in translation.pull_events()] == ["TranslationChanged", "TranslationRemoved"]
    with pytest.raises(TranslationNotFound):
        await usecases.remove(memory.context, RELEASE, "de")
    with pytest.raises(TranslationNotFound):
        await usecases.edit(memory.context, translation.id, TranslationDraft("Hase"))
