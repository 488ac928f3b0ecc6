"""What is recorded of a broadcast is read back by FFmpeg, whatever happened meanwhile."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import pytest

from kernel.clock import SystemClock
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.model import StorageFull
from streaming.live.llhls.adapters.sink import HlsSink
from streaming.live.llhls.broadcast import VIDEO, Broadcast
from streaming.live.llhls.rendition import Rendition
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.slate import Slate
from streaming.live.model import ChannelId
from streaming.live.recordings.adapters import writer as writing
from streaming.live.recordings.adapters.assembly import assembled
from streaming.live.recordings.adapters.files import LocalRecordings, read_stretch
from streaming.live.recordings.adapters.writer import RecordingWriter
from streaming.live.recordings.model import EndedBy
from streaming.live.recordings.pieces import Piece, PieceMaker
from tests.integration.streaming.live.llhls.conftest import FUTURE_MS, Source, again
from tests.support.media.rtp_packets import PICTURE, SOUND, TimedPacket, rtp_of

RICH_BYTES = 1 << 40
ID = "recording"


class Taken:
    """A broadcast and its recording."""

    def __init__(self, folder: Path, slate: Slate) -> None:
        self.files = LocalRecordings(folder)
        self.threads = ThreadPoolExecutor(1)
        self.writer = RecordingWriter(self.files.create(ID), self.threads)
        self.maker = PieceMaker()
        self.pieces: list[Piece] = []
        self.sink = HlsSink(ChannelId("c"), Source(), SystemClock(), self.threads, lambda _: None, self._segment)
        self.sink.show(slate)
        self.begin_ms = SystemClock().monotonic_ms() + FUTURE_MS

    def _segment(self, _: ChannelId, broadcast: Broadcast, rendition: Rendition, segment: Segment) -> None:
        if rendition.name == VIDEO:
            section = rendition.init_section(segment.init_number)
            piece = self.maker.picture(segment, None if broadcast.is_slate(section) else section)
        else:
            piece = self.maker.sound(segment) if rendition.name == "opus" else None
        if piece is not None:
            self.pieces.append(piece)
            assert self.writer.write(piece)

    def send(self, packets: list[TimedPacket], at_ms: float = 0) -> None:
        self.sink.started([PICTURE, SOUND])
        for each in packets:
            self.sink.packet(each.track, each.packet, self.begin_ms + at_ms + each.at_ms)
        self.sink.ended()

    def wait(self, then_ms: float) -> None:
        """Nobody sends until then."""
        self.sink.broadcast.tick(self.begin_ms + then_ms)

    def end(self) -> None:
        self.sink.closed()
        written = threading.Event()
        self.writer.close(written.set)
        assert written.wait(20)


@pytest.fixture
async def taken(tmp_path: Path, slate: Slate) -> Taken:
    return Taken(tmp_path / "recordings", slate)


def shown(path: Path) -> tuple[list[tuple[float, int]], list[float]]:
    """Time and width of each picture, times of sound."""
    with av.open(str(path)) as file:
        frames = list(file.decode(video=0, audio=0))
    pictures = [(float(each.time or 0), each.width) for each in frames if isinstance(each, av.VideoFrame)]
    return pictures, [float(each.time or 0) for each in frames if isinstance(each, av.AudioFrame)]


async def test_one_publisher_is_one_file_that_plays(taken: Taken, rtp: list[TimedPacket]) -> None:
    taken.send(rtp)
    taken.end()
    [stretch] = await taken.files.stretches(ID)
    pictures, sounds = shown(stretch.path)
    assert [round(time * 25) for time, _ in pictures] == list(range(100))
    assert (round(sounds[0], 1), round(sounds[-1], 1)) == (0, 4.0)
    assert (stretch.width_px, stretch.height_px, stretch.size_bytes) == (320, 180, stretch.path.stat().st_size)
    assert (await taken.files.extent(ID)).duration_ms == stretch.duration_ms == pytest.approx(4_000, abs=40)
    assert taken.writer.extent.duration_ms == pytest.approx(4_000, abs=40)


async def test_a_reconnect_is_joined_as_it_is_and_the_slate_is_left_out(
    taken: Taken, rtp: list[TimedPacket], tmp_path: Path
) -> None:
    taken.send(rtp)
    taken.wait(9_000)
    taken.send(again(rtp, after_ms=12_000))
    taken.end()
    stretches = await taken.files.stretches(ID)
    assert len(stretches) == 2
    film = await assembled(Tools.bundled(), stretches, tmp_path, free_bytes=RICH_BYTES, report=lambda _: None)
    pictures, sounds = shown(film)
    length_s = sum(each.duration_ms for each in stretches) / 1000
    assert 7.5 < length_s < 8.5, "and not the eight seconds between"
    assert pictures[-1][0] == pytest.approx(length_s - 0.04, abs=0.1)
    assert sounds[-1] == pytest.approx(length_s, abs=0.1)
    assert len(pictures) == pytest.approx(200, abs=3)
    sent = [packet for each in stretches for packet in packets_of(each.path)]
    made = packets_of(film)
    assert all(one.endswith(other) for one, other in zip(made, sent, strict=True)), "not encoded again"


def packets_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(file.streams.video[0]) if packet.size]


async def test_another_size_is_fitted_into_the_largest(
    taken: Taken, rtp: list[TimedPacket], clip: Callable[..., Path], tmp_path: Path
) -> None:
    taken.send(rtp)
    taken.send(rtp_of(clip(width_px=640, height_px=360)), at_ms=4_100)
    taken.end()
    stretches = await taken.files.stretches(ID)
    assert [(each.width_px, each.height_px) for each in stretches] == [(320, 180), (640, 360)]
    told: list[float] = []
    film = await assembled(Tools.bundled(), stretches, tmp_path, free_bytes=RICH_BYTES, report=told.append)
    pictures, sounds = shown(film)
    assert {width for _, width in pictures} == {640}
    assert pictures[-1][0] == pytest.approx(sounds[-1], abs=0.2)
    assert pictures[-1][0] == pytest.approx(8, abs=0.3)
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(StorageFull):
        await assembled(Tools.bundled(), stretches, tmp_path, free_bytes=0, report=told.append)


async def test_a_torn_file_is_good_up_to_its_last_whole_fragment(taken: Taken, rtp: list[TimedPacket]) -> None:
    taken.send(rtp)
    taken.end()
    [stretch] = await taken.files.stretches(ID)
    whole = stretch.path.read_bytes()
    lengths = []
    for size in range(len(whole), 0, -997):
        stretch.path.write_bytes(whole[:size])
        found = read_stretch(stretch.path)
        if found is None:
            assert size < len(whole) // 4
            break
        assert found.size_bytes <= size
        lengths.append(found.duration_ms)
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) > 5
    stretch.path.write_bytes(whole[: len(whole) * 2 // 3])
    [trimmed] = await taken.files.trimmed(ID)
    pictures, sounds = shown(trimmed.path)
    assert len(pictures) > 50
    assert pictures[-1][0] == pytest.approx(trimmed.duration_ms / 1000 - 0.04, abs=0.01)
    assert sounds


async def test_a_full_disk_ends_the_recording_and_keeps_what_is_there(
    taken: Taken, rtp: list[TimedPacket], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken.send(rtp)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    taken.threads.submit(lambda: monkeypatch.setattr(os, "fdatasync", full)).result()
    taken.send(again(rtp, after_ms=4_000), 0)
    taken.end()
    assert taken.writer.failure is EndedBy.DISK_FULL
    assert not taken.writer.write(taken.pieces[-1])
    assert (await taken.files.extent(ID)).duration_ms > 2_000


async def test_what_a_slow_disk_has_no_time_for_is_another_stretch(
    taken: Taken, rtp: list[TimedPacket], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken.send(rtp)
    first, second = taken.pieces[:2]
    monkeypatch.setattr(writing, "MAX_QUEUED_BYTES", 10)
    assert not taken.writer.write(second)
    monkeypatch.undo()
    taken.maker.interrupt()
    assert first.header is not None
    assert second.header is None
    taken.send(again(rtp, after_ms=4_000))
    taken.end()
    assert taken.pieces[-1].header is None
    assert sum(piece.header is not None for piece in taken.pieces) == 2
