"""Marks of real films, found by their sound and by their chapters, and left alone where people say otherwise."""

import asyncio
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import catalog.releases.episodes.usecases as episodes_usecases
import catalog.releases.usecases as releases_usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import Episode, EpisodeDraft, Span, SpanSource
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.ids import new_id
from kernel.scope import Container
from server.boot import background_work
from server.services import Services
from streaming.ingest.adapters.context import context_of as ingest_context
from streaming.ingest.jobs import ingest
from streaming.ingest.model import AssetId
from streaming.ingest.usecases import Assets, register
from streaming.keys.model import Protection
from streaming.markers.fingerprint import SAMPLE_RATE_HZ, Samples
from streaming.markers.model import AssetSound, Mark, MarkKind, MarkSource
from streaming.markers.usecases import AssetSounds, MarkedEpisodes
from tests.integration.streaming.ingest.conftest import TOOLS
from tests.support.media.songs import song, speech, write_wav

LENGTH_S: Final = 160
SONG_S: Final = 20
OPENING_AT_S: Final = (2, 16, 10)
ENDING_AT_S: Final = 125
CUTS_AT_S: Final = (10, 35, 60)
"""Where in the story of a film scenes begin that its neighbours show."""
CUT_S: Final = 5
NEAR_MS: Final = 1_500
RETOLD: Final = 1
"""The film that begins with scenes of the one before, which ends with scenes of this one."""


def film(folder: Path, number: int, *, chapters: str = "") -> Path:
    """An episode of two minutes with the opening and the ending of all, and a story of its own."""
    at_s = OPENING_AT_S[number % len(OPENING_AT_S)]
    rest_s = LENGTH_S - ENDING_AT_S - SONG_S
    wav = write_wav(
        folder / f"{number}.wav",
        *((speech(number, 1), *scenes(number - 1)) if number == RETOLD else (speech(number, at_s),)),
        song(1, SONG_S),
        story(number),
        song(2, SONG_S),
        *(scenes(number + 1) if number + 1 == RETOLD else (speech(number + 20, rest_s),)),
    )
    (folder / "chapters.txt").write_text(f";FFMETADATA1\n{chapters}", "utf-8")
    path = folder / f"{number}.mkv"
    picture = f"color=c=0x{number}0{number}080:size=160x90:rate=10:duration={LENGTH_S}"
    command = [
        TOOLS.ffmpeg, "-v", "error", "-nostdin", "-f", "lavfi", "-i", picture, "-i", str(wav), "-i", str(folder / "chapters.txt"), "-map_metadata", "2",
        "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "96k", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=120)
    return path


def story(number: int) -> Samples:
    return speech(number + 10, ENDING_AT_S - OPENING_AT_S[number % len(OPENING_AT_S)] - SONG_S)


def scenes(number: int) -> list[Samples]:
    """Of the story of a film, as the one before announces it, and the next one tells it again."""
    told = story(number)
    return [told[at_s * SAMPLE_RATE_HZ : (at_s + CUT_S) * SAMPLE_RATE_HZ] for at_s in CUTS_AT_S]


async def add_release(container: Container) -> str:
    async with container.scope(write=True) as scope:
        draft = ReleaseDraft(f"show-{new_id()}", ReleaseType.TV, Names("Show"), episodes_total=12)
        return (await releases_usecases.create_release(context_of(scope), draft, ())).id


async def add_episode(container: Container, release_id: str, ordinal: float, **facts: Any) -> str:
    async with container.scope(write=True) as scope:
        draft = EpisodeDraft(ordinal=ordinal, **facts)
        return (await episodes_usecases.add_episode(context_of(scope), release_id, draft)).id


async def episode(container: Container, episode_id: str) -> Episode:
    async with container.scope(write=False) as scope:
        found = await scope.port(Episodes).get(episode_id)
    assert found is not None
    return found


async def marked(container: Container, episode_id: str, like: Callable[[Episode], bool]) -> Episode:
    async with asyncio.timeout(120):
        while not like(found := await episode(container, episode_id)):
            await asyncio.sleep(0.05)
    return found


def assert_near(span: Span | None, at_s: float, length_s: float = SONG_S) -> None:
    assert span is not None
    assert span.source is SpanSource.SOUND
    assert 0.5 < span.confidence < 1
    assert at_s * 1000 - 200 <= span.start_ms <= at_s * 1000 + NEAR_MS
    assert (at_s + length_s) * 1000 - NEAR_MS <= span.stop_ms <= (at_s + length_s) * 1000 + 200


async def test_three_episodes_tell_their_opening(services: Services, container: Container, tmp_path: Path) -> None:
    """However they are encrypted; the fourth by its chapters; and what a person says of one stays."""
    release_id = await add_release(container)
    ids = [await add_episode(container, release_id, number + 1) for number in range(4)]
    modes = (Protection.NONE, Protection.AES_128, Protection.CBCS)
    async with background_work(services, worker=True):
        for number, mode in enumerate(modes):
            if number == 2:
                assert (await episode(container, ids[0])).opening is None, "two may have a summary in common"
            await ingest(container, film(tmp_path, number), ids[number], protection=mode)
        for number in range(3):
            found = await marked(container, ids[number], lambda each: None not in {each.opening, each.ending})
            assert_near(found.opening, OPENING_AT_S[number])
            assert_near(found.ending, ENDING_AT_S)
        first, second, third = [await episode(container, each) for each in ids[:3]]
        assert_near(second.recap, 1, len(CUTS_AT_S) * CUT_S)
        assert_near(first.preview, ENDING_AT_S + SONG_S, len(CUTS_AT_S) * CUT_S)
        assert first.recap is second.preview is third.recap is third.preview is None

        async with container.scope(write=True) as scope:
            corrected = EpisodeDraft(ordinal=2, opening=None, ending=second.ending, recap=second.recap)
            await episodes_usecases.edit_episode(context_of(scope), ids[1], corrected, version=None)
        chapters = "[CHAPTER]\nTIMEBASE=1/1000\nSTART=5000\nEND=25000\ntitle=Opening\n"
        await ingest(container, film(tmp_path, 3, chapters=chapters), ids[3])
        last = await marked(container, ids[3], lambda each: None not in {each.opening, each.ending})
        assert last.opening == Span(5_000, 25_000, SpanSource.CHAPTERS, 1.0)
        assert_near(last.ending, ENDING_AT_S)
    second = await episode(container, ids[1])
    assert second.opening is None, "somebody took it away"
    assert second.ending is not None
    assert second.ending.source is SpanSource.SOUND, "which leaves the other as it was"


@pytest.mark.both_adapters
async def test_fingerprints_are_kept_as_long_as_their_video(services: Services, container: Container) -> None:
    release_id = await add_release(container)
    episode_id = await add_episode(container, release_id, 1)
    async with container.scope(write=True) as scope:
        asset = await register(ingest_context(scope), episode_id=episode_id, fingerprint="f", source_name="1.mkv")
    head = np.array([1, 0, 0xFFFFFFFF], np.uint32)
    sound = AssetSound(asset_id=asset.id, head=head, tail=head[:0], tail_start_ms=105_000)
    heard_whole = replace(sound, whole=head[1:])
    for each in (sound, heard_whole):
        async with container.scope(write=True) as scope:
            await scope.port(AssetSounds).keep(each)
    async with container.scope(write=False) as scope:
        kept = (await scope.port(AssetSounds).of([asset.id, new_id()]))[asset.id]
    assert (kept.head.tolist(), kept.tail.tolist(), kept.tail_start_ms) == (head.tolist(), [], 105_000)
    assert kept.whole is not None
    assert kept.whole.tolist() == head[1:].tolist()
    async with container.scope(write=True) as scope:
        stored = await scope.port(Assets).get(AssetId(asset.id))
        assert stored is not None
        await scope.port(Assets).remove(stored)
    async with container.scope(write=True) as scope:
        assert await scope.port(AssetSounds).of([asset.id]) == {}
        await scope.port(AssetSounds).keep(sound)
        assert await scope.port(AssetSounds).of([asset.id]) == {}, "it is gone, and so is its sound"


@pytest.mark.both_adapters
async def test_what_people_say_stays(services: Services, container: Container) -> None:
    release_id = await add_release(container)
    by_hand = await add_episode(container, release_id, 1, opening=Span(0, 30_000))
    ids = [by_hand, *[await add_episode(container, release_id, ordinal) for ordinal in (2, 3, 40)]]
    async with container.scope(write=True) as scope:
        for each in ids:
            await episodes_usecases.media_ready(context_of(scope), each, duration_ms=100_000, thumbnail_url=None)

    async def mark(episode_id: str, found: Mapping[MarkKind, Mark | None]) -> Episode:
        async with container.scope(write=True) as scope:
            await scope.port(MarkedEpisodes).mark(episode_id, found)
        return await episode(container, episode_id)

    async def edit(episode_id: str, **facts: Any) -> Episode:
        async with container.scope(write=True) as scope:
            draft = EpisodeDraft(ordinal=ids.index(episode_id) + 1, **facts)
            await episodes_usecases.edit_episode(context_of(scope), episode_id, draft, version=None)
        return await episode(container, episode_id)

    found = Mark(1_000, 31_000, MarkSource.SOUND, 0.75)
    span = Span(1_000, 31_000, SpanSource.SOUND, 0.75)
    both = {MarkKind.OPENING: found, MarkKind.ENDING: found}
    first = await mark(by_hand, both)
    assert (first.opening, first.ending) == (Span(0, 30_000), span)
    second = await mark(ids[1], both)
    assert (second.opening, second.ending) == (span, span)
    # Saved again with another name, it is still the program that says so.
    named = await edit(ids[1], name="Named", opening=Span(1_000, 31_000), ending=Span(2_000, 31_000))
    assert (named.opening, named.ending) == (span, Span(2_000, 31_000))
    gone = await mark(ids[1], {MarkKind.OPENING: None, MarkKind.ENDING: None})
    assert (gone.opening, gone.ending) == (None, Span(2_000, 31_000))
    # Taken away by hand, it does not come back.
    await mark(ids[2], both)
    await edit(ids[2])
    third = await mark(ids[2], both)
    assert (third.opening, third.ending) == (None, None)
    behind = await mark(ids[3], {MarkKind.OPENING: Mark(90_000, 100_001, MarkSource.SOUND, 0.9)})
    assert behind.opening is None
    assert (await mark(ids[3], {MarkKind.OPENING: found})).opening == span
    async with container.scope(write=False) as scope:
        around = await scope.port(MarkedEpisodes).around(ids[1], 2)
        nobody = await scope.port(MarkedEpisodes).around(new_id(), 2)
        edge = await scope.port(MarkedEpisodes).around(ids[3], 1)
    assert [each.episode_id for each in around] == [ids[1], ids[0], ids[2]]
    retellings = {MarkKind.RECAP, MarkKind.PREVIEW}
    assert [each.kinds - retellings for each in around] == [{MarkKind.OPENING}, {MarkKind.ENDING}, set()]
    assert [each.marked for each in edge] == [{MarkKind.OPENING}, set()]
    assert not nobody
    async with container.scope(write=True) as scope:
        await scope.port(MarkedEpisodes).mark(new_id(), both)
