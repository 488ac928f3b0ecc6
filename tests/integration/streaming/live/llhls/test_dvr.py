"""Segments that viewers seek back to lie on the disk for as long as they may be asked for, and no longer."""

import asyncio
import io
import re
import stat
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from prometheus_client import REGISTRY

from kernel.clock import SystemClock
from kernel.ids import new_id
from streaming.live.llhls import model
from streaming.live.llhls.adapters import dvr, station
from streaming.live.llhls.adapters.dvr import DvrFolder, DvrLimits
from streaming.live.llhls.adapters.station import LiveHls
from streaming.live.model import ChannelId
from streaming.origin.access.token import Keyring
from tests.integration.streaming.live.llhls.conftest import Channel, Source, again, everybody
from tests.support.media.rtp_packets import PICTURE, SOUND, TimedPacket

WINDOW_S = 60
PATIENCE_S = 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DvrFolder:
    monkeypatch.setattr(dvr, "DISK_RESERVE_BYTES", 0)
    return DvrFolder(tmp_path / "live-dvr", DvrLimits(WINDOW_S, 1 << 30))


@pytest.fixture
async def live_hls(folder: DvrFolder) -> LiveHls:
    return LiveHls(SystemClock(), Keyring.of([b"k" * 32]), everybody, dvr=folder)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.01)


async def play(channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], seconds: int) -> None:
    """So much of the clip over and over, no faster than the disk is."""
    begin_ms, packets = None, rtp
    for _ in range(seconds // 4):
        begin_ms = channel.send(packets, begin_ms=begin_ms)
        packets = again(packets, after_ms=4000)
        await until(lambda: not folder.queue._queued_bytes)


def files(folder: DvrFolder) -> set[str]:
    return set() if folder.queue.folder is None else {each.name for each in folder.queue.folder.rglob("*.m4s")}


async def test_what_is_older_than_memory_is_played_from_the_disk_until_it_has_left_the_window(
    channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], live_hls: LiveHls
) -> None:
    await play(channel, folder, rtp, 60)
    playlist = await channel.text("video.m3u8")
    uris = re.findall(r"^video/\d+\.m4s$", playlist, re.MULTILINE)
    video = channel.sink.feeds["video"].rendition
    on_disk = [uri for uri in uris if video.segment(int(uri[6:-4])).body is None]  # type: ignore[union-attr]
    assert len(uris) > len(on_disk) > 5
    assert live_hls.rewind_s(channel.id) == pytest.approx(60, abs=3)
    init = playlist.split('EXT-X-MAP:URI="')[1].split('"')[0]
    whole = io.BytesIO(b"".join([(await channel.get(uri))[1] for uri in [init, *uris]]))
    with av.open(whole, "r", format="mp4") as container:
        rate = container.streams.video[0].average_rate
        pictures = len(list(container.decode(video=0)))
    listed_s = sum(float(each) for each in re.findall(r"#EXTINF:([\d.]+)", playlist))
    assert rate is not None
    assert pictures == pytest.approx(listed_s * float(rate), rel=0.02)

    sample = next(each for each in files(folder))
    assert folder.queue.folder is not None
    [path] = folder.queue.folder.rglob(sample)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    oldest = uris[0]
    await play_on(channel, folder, rtp, 60, WINDOW_S + 8)
    assert (await channel.get(oldest))[0] == 404
    assert f"video-{oldest[6:]}" not in files(folder)
    await until(lambda: len(files(folder)) <= 3 * (2 * WINDOW_S + 4))
    assert len(re.findall(r"^#EXTINF", await channel.text("video.m3u8"), re.MULTILINE)) >= WINDOW_S // 4


async def play_on(channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], played_s: int, seconds: int) -> None:
    """Go on after :func:`play`."""
    renditions = channel.sink.broadcast.renditions
    begin_ms = channel.sink.broadcast._epoch_ms
    assert renditions
    packets = rtp
    for _ in range(played_s // 4):
        packets = again(packets, after_ms=4000)
    for _ in range(seconds // 4):
        channel.send(packets, begin_ms=begin_ms)
        packets = again(packets, after_ms=4000)
        await until(lambda: not folder.queue._queued_bytes)


async def test_a_broadcast_that_is_over_can_be_seen_to_its_end_and_the_next_one_takes_its_place(
    channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], live_hls: LiveHls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "LINGER_S", 0)
    await play(channel, folder, rtp, 8)
    await until(lambda: not folder.queue._queued_bytes)
    channel.sink.closed()
    await until(lambda: not any(each.parts for each in channel.sink.feeds["video"].rendition.segments))
    playlist = await channel.text("video.m3u8")
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    for uri in re.findall(r"^video/\d+\.m4s$", playlist, re.MULTILINE):
        assert (await channel.get(uri))[0] == 200
    assert files(folder)
    live_hls.open(channel.id, Source())
    await until(lambda: not files(folder))
    assert folder.kept_bytes == 0
    assert live_hls.rewind_s(channel.id) == 0


async def test_everything_is_removed_when_the_process_ends(
    channel: Channel, folder: DvrFolder, rtp: list[TimedPacket]
) -> None:
    await play(channel, folder, rtp, 8)
    own = folder.queue.folder
    assert own is not None
    await channel.client.close()
    await until(lambda: not own.exists())


async def test_what_a_process_left_that_was_killed_is_removed_and_what_another_uses_is_not(
    channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], tmp_path: Path
) -> None:
    left = tmp_path / "live-dvr" / "node-dead"
    left.mkdir(parents=True)
    (left / "lock").touch()
    await play(channel, folder, rtp, 8)
    assert not left.exists()
    other = DvrFolder(tmp_path / "live-dvr", DvrLimits(WINDOW_S, 1 << 30))
    archive = other.open(ChannelId(new_id()))
    archive.keep("video", next(each for each in channel.sink.feeds["video"].rendition.segments if each.body))
    await until(lambda: bool(files(other)))
    assert files(folder)
    other.close()


@pytest.mark.parametrize("why", ["no reserve", "no folder"])
async def test_a_disk_that_takes_nothing_costs_the_past_alone(
    channel: Channel,
    folder: DvrFolder,
    rtp: list[TimedPacket],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    if why == "no reserve":
        monkeypatch.setattr(dvr, "DISK_RESERVE_BYTES", 1 << 60)
    else:
        (tmp_path / "live-dvr").touch()
    before = REGISTRY.get_sample_value("ani_live_segments_unkept_total") or 0
    await play(channel, folder, rtp, 60)
    playlist = await channel.text("video.m3u8")
    uris = re.findall(r"^video/\d+\.m4s$", playlist, re.MULTILINE)
    assert sum(float(each) for each in re.findall(r"#EXTINF:([\d.]+)", playlist)) <= model.WINDOW_S + 3
    assert {(await channel.get(uri))[0] for uri in uris} == {200}
    assert (REGISTRY.get_sample_value("ani_live_segments_unkept_total") or 0) > before


async def test_a_process_has_one_budget_for_all_its_channels(
    channel: Channel, folder: DvrFolder, rtp: list[TimedPacket], live_hls: LiveHls
) -> None:
    folder.limits = DvrLimits(WINDOW_S, 2_000_000)
    [other] = live_hls.open(ChannelId(new_id()), Source())
    other.started([PICTURE, SOUND])
    assert channel.sink.broadcast.window.max_bytes == 1_000_000
    await play(channel, folder, rtp, 100)
    await until(lambda: not folder.queue._queued_bytes)
    assert folder.kept_bytes <= 2_000_000
    other.closed()
