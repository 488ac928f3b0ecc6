"""Adding, editing and removing the subtitles of an episode."""

import pytest

from catalog.subtitles import usecases
from catalog.subtitles.model import (
    TRACKS_MAX,
    Subtitle,
    SubtitleChanged,
    SubtitleDraft,
    SubtitleNotFound,
    SubtitleRemoved,
    SubtitleTaken,
    TooManySubtitles,
)
from kernel.errors import Stale
from tests.unit.catalog.subtitles.memory import Memory


def draft(language: str = "en", label: str = "", text: str = "WEBVTT\n") -> SubtitleDraft:
    return SubtitleDraft(language, label, forced=False, sdh=False, text=text)


async def added(memory: Memory, *, episode: str = "e", language: str = "en", label: str = "") -> Subtitle:
    subtitle = await usecases.add(memory.context, episode, "r", draft(language, label))
    subtitle.pull_events()
    return subtitle


async def test_a_track_is_added_edited_and_removed() -> None:
    memory = Memory()
    subtitle = await usecases.add(memory.context, "e", "r", draft())
    assert memory.kept == {subtitle.id: subtitle}
    await usecases.edit(memory.context, subtitle.id, draft(text="WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"), version=1)
    assert subtitle.text.endswith("Hi\n")
    await usecases.remove(memory.context, subtitle.id)
    assert memory.kept == {}
    assert [type(event) for event in subtitle.pull_events()] == [SubtitleChanged, SubtitleChanged, SubtitleRemoved]


async def test_a_player_must_be_able_to_tell_the_tracks_apart() -> None:
    memory = Memory()
    await added(memory)
    signs = await added(memory, label="Signs")
    await added(memory, language="de")
    await added(memory, episode="another")
    with pytest.raises(SubtitleTaken):
        await usecases.add(memory.context, "e", "r", draft())
    with pytest.raises(SubtitleTaken):
        await usecases.edit(memory.context, signs.id, draft(), version=None)
    await usecases.edit(memory.context, signs.id, draft(label="Signs"), version=None)  # its own place is free to it


async def test_an_episode_has_so_many_tracks() -> None:
    memory = Memory()
    for number in range(TRACKS_MAX):
        await added(memory, label=str(number))
    with pytest.raises(TooManySubtitles):
        await added(memory)
    await added(memory, episode="another")


async def test_what_somebody_else_edited_is_stale() -> None:
    memory = Memory()
    subtitle = await added(memory)
    subtitle.version = 2
    with pytest.raises(Stale):
        await usecases.edit(memory.context, subtitle.id, draft(label="mine"), version=1)
    assert subtitle.label == ""


async def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(SubtitleNotFound):
        await usecases.edit(Memory().context, "x", draft(), version=None)
    with pytest.raises(SubtitleNotFound):
        await usecases.remove(Memory().context, "x")
