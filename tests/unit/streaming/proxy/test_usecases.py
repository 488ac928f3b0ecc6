"""Registering, changing, correcting and removing sources."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kernel.errors import Stale
from kernel.ids import new_id
from streaming.proxy import usecases
from streaming.proxy.detect.corrections import MAX_CORRECTIONS, Clock
from streaming.proxy.model import (
    CorrectionNotFound,
    EpisodeHasSource,
    EpisodeUnknown,
    Findings,
    SourceNotFound,
    SourceSettings,
    TooManyCorrections,
    VideoSource,
)
from streaming.proxy.usecases import SourceContext

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = SourceSettings("Channel", "https://cdn.example.com/a.m3u8")
FINDINGS = Findings(is_live=False, variants=1, height_px=720, duration_ms=1_000)


class Memory:
    """Sources, and the episodes there are."""

    def __init__(self) -> None:
        self.kept: dict[str, VideoSource] = {}
        self.episodes = {"e", "another"}

    @property
    def context(self) -> SourceContext:
        return SourceContext(sources=self, targets=self, now=NOW)

    async def exists(self, episode_id: str) -> bool:
        return episode_id in self.episodes

    def add(self, source: VideoSource) -> None:
        self.kept[source.id] = source

    async def get(self, source_id: str) -> VideoSource | None:
        return self.kept.get(source_id)

    async def of_episode(self, episode_id: str) -> VideoSource | None:
        return next((source for source in self.kept.values() if source.episode_id == episode_id), None)

    async def page(self, *, limit: int, offset: int) -> tuple[Sequence[VideoSource], int]:
        newest_first = sorted(self.kept.values(), key=lambda source: source.id, reverse=True)
        return newest_first[offset : offset + limit], len(newest_first)

    async def remove(self, source: VideoSource) -> None:
        del self.kept[source.id]


async def registered(memory: Memory, episode_id: str = "e") -> VideoSource:
    return await usecases.register(memory.context, episode_id, SETTINGS, "sealed", FINDINGS)


async def correct(memory: Memory, source: VideoSource) -> VideoSource:
    return await usecases.correct(
        memory.context, source.id, is_ad=True, clock=Clock.MEASURED, start=10, end=20, by="operator"
    )


async def test_an_episode_has_one_source() -> None:
    memory = Memory()
    await registered(memory)
    with pytest.raises(EpisodeHasSource):
        await registered(memory)
    await registered(memory, "another")
    with pytest.raises(EpisodeUnknown):
        await registered(memory, "gone")
    assert len(memory.kept) == 2


async def test_a_change_of_what_somebody_else_changed_is_stale() -> None:
    memory = Memory()
    source = await registered(memory)
    moved = replace(SETTINGS, name="Mine")
    with pytest.raises(Stale):
        await usecases.change(memory.context, source.id, moved, "sealed", FINDINGS, if_version=2)
    await usecases.change(memory.context, source.id, moved, "anew", FINDINGS, if_version=1)
    assert (source.settings.name, source.sealed_headers) == ("Mine", "anew")


async def test_corrections_are_taken_back_and_have_an_end() -> None:
    memory = Memory()
    source = await registered(memory)
    said = (await correct(memory, source)).settings.corrections[0]
    full = tuple(replace(said, id=str(number)) for number in range(MAX_CORRECTIONS))
    source.settings = replace(source.settings, corrections=full)
    with pytest.raises(TooManyCorrections):
        await correct(memory, source)
    [first, *others] = source.settings.corrections
    assert (first.by, first.at) == ("operator", NOW)
    await usecases.withdraw(memory.context, source.id, first.id)
    assert source.settings.corrections == tuple(others)
    with pytest.raises(CorrectionNotFound):
        await usecases.withdraw(memory.context, source.id, first.id)


async def test_a_removed_source_is_gone_and_says_so() -> None:
    memory = Memory()
    source = await registered(memory)
    source.pull_events()
    await usecases.remove(memory.context, source.id)
    assert memory.kept == {}
    assert [event.name for event in source.pull_events()] == ["SourceRemoved"]


async def test_what_is_not_there_is_not_found() -> None:
    context, nowhere = Memory().context, new_id()
    for work in (
        usecases.get(context, nowhere),
        usecases.change(context, nowhere, SETTINGS, "", FINDINGS, if_version=None),
        usecases.withdraw(context, nowhere, "x"),
        usecases.remove(context, nowhere),
    ):
        with pytest.raises(SourceNotFound):
            await work
