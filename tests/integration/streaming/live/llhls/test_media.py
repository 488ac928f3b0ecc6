"""What is served is what was sent: read back by FFmpeg, and its playlists by a parser nobody here wrote."""

import asyncio
import io
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tests.integration.streaming.clients import STRICT, WEB, node, run
from tests.integration.streaming.live.llhls.conftest import FUTURE_MS, Channel, again
from tests.support.media.rtp_packets import PICTURE, SOUND, TimedPacket, rtp_of


async def segments_of(channel: Channel, name: str) -> list[bytes]:
    """Each run of one rendition between discontinuities, as a file."""
    playlist = await channel.text(f"{name}.m3u8")
    files: list[bytes] = []
    for line in playlist.split("\n"):
        if line.startswith("#EXT-X-MAP"):
            files.append((await channel.get(line.split('"')[1]))[1])
        elif line.endswith(".m4s") and not line.startswith("#"):
            files[-1] += (await channel.get(line))[1]
    return files


def frames_of(data: bytes) -> list[tuple[float, av.VideoFrame | av.AudioFrame]]:
    frames: list[tuple[float, av.VideoFrame | av.AudioFrame]] = []
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(container.streams[0]):
            assert isinstance(frame, (av.VideoFrame, av.AudioFrame))
            frames.append((float(frame.time or 0), frame))
    return frames


async def until_aac_reaches(channel: Channel, seconds: float) -> None:
    """The thread encodes what was handed on at once."""
    async with asyncio.timeout(30):
        while True:
            segments = channel.sink.broadcast.renditions["aac"].segments
            if segments and (segments[-1].start + segments[-1].duration) / 48_000 >= seconds:
                return
            await asyncio.sleep(0.02)


async def test_picture_and_sound_are_read_back_as_they_were_sent(channel: Channel, rtp: list[TimedPacket]) -> None:
    channel.send(rtp)
    await until_aac_reaches(channel, 3.3)
    channel.sink.closed()

    (picture,) = await segments_of(channel, "video")
    shown = frames_of(picture)
    assert len(shown) == 100
    assert [round(time * 25) for time, _ in shown] == list(range(100))
    assert {(frame.width, frame.height) for _, frame in shown if isinstance(frame, av.VideoFrame)} == {(320, 180)}

    for name, seconds in (("opus", 3.9), ("aac", 3.3)):
        (sound,) = await segments_of(channel, name)
        heard = frames_of(sound)
        ends = [time + frame.samples / 48_000 for time, frame in heard if isinstance(frame, av.AudioFrame)]
        assert ends[-1] >= seconds
        tone = [frame.to_ndarray() for time, frame in heard if 1 < time < 2 and isinstance(frame, av.AudioFrame)]
        assert max(float(np.abs(each).max()) for each in tone) > 0.05, f"{name} is silent"
        crossings = sum(int((each[0][1:] * each[0][:-1] < 0).sum()) for each in tone)
        assert crossings == pytest.approx(880 * len(tone) * tone[0].shape[1] / 48_000, rel=0.1)  # 440 Hz


async def test_parts_are_the_segment_cut_in_pieces(channel: Channel, rtp: list[TimedPacket]) -> None:
    channel.send(rtp)
    playlist = await channel.text("video.m3u8")
    number = re.findall(r"^video/(\d+)\.m4s$", playlist, re.MULTILINE)[-1]
    parts = re.findall(rf'#EXT-X-PART:[^\n]*URI="(video/{number}\.\d+\.m4s)"', playlist)
    assert len(parts) == 4
    pieces = [(await channel.get(part))[1] for part in parts]
    assert b"".join(pieces) == (await channel.get(f"video/{number}.m4s"))[1]


async def test_another_size_mid_stream_is_read_back_after_a_discontinuity(
    channel: Channel, rtp: list[TimedPacket], clip: Callable[..., Path]
) -> None:
    begin_ms = channel.send(rtp)
    channel.sink.ended()
    channel.sink.started([PICTURE, SOUND])
    channel.send(rtp_of(clip(width_px=640, height_px=360)), begin_ms=begin_ms + 4000)
    channel.sink.closed()

    one, two = await segments_of(channel, "video")
    assert {frame.width for _, frame in frames_of(one) if isinstance(frame, av.VideoFrame)} == {320}
    later = frames_of(two)
    assert {frame.width for _, frame in later if isinstance(frame, av.VideoFrame)} == {640}
    assert later[0][0] == pytest.approx(4, abs=0.1)
    assert (await channel.text("opus.m3u8")).count("#EXT-X-DISCONTINUITY\n") == 1


async def test_a_pause_of_the_publisher_is_slate_and_silence_and_the_picture_goes_on(
    channel: Channel, rtp: list[TimedPacket]
) -> None:
    begin_ms = channel.send(rtp)
    channel.sink.broadcast.unpublish(begin_ms + 4000)
    for now_ms in range(4000, 8000, 50):
        channel.sink.broadcast.tick(begin_ms + now_ms)
    channel.sink.started([PICTURE, SOUND])
    channel.send(rtp, begin_ms=begin_ms + 8000)
    channel.sink.closed()

    runs = [frames_of(data) for data in await segments_of(channel, "video")]
    assert [len(run) for run in runs] == [100, pytest.approx(39, abs=2), 100]
    for one, two in itertools.pairwise(runs):
        assert 0 < two[0][0] - one[-1][0] < 0.25
    sound = [frame for data in await segments_of(channel, "opus") for frame in frames_of(data)]
    assert sum(frame.samples for _, frame in sound if isinstance(frame, av.AudioFrame)) / 48_000 == pytest.approx(
        12, abs=0.1
    )


@pytest.mark.parametrize("alone", [PICTURE, SOUND], ids=["picture", "sound"])
async def test_a_publisher_of_one_track_has_both_renditions(
    channel: Channel, rtp: list[TimedPacket], alone: object
) -> None:
    own = [each for each in rtp if each.track is alone]
    begin_ms = channel.clock.monotonic_ms() + FUTURE_MS
    channel.sink.broadcast.publish([own[0].track], begin_ms)
    for each in own:
        channel.send([each], begin_ms=begin_ms)
        channel.sink.broadcast.tick(begin_ms + each.at_ms)
    channel.sink.closed()
    for name in ("video", "opus"):
        (data,) = await segments_of(channel, name)
        assert frames_of(data)[-1][0] > 3.4


async def test_hls_parser_accepts_every_playlist_of_a_broadcast_in_strict_mode(
    channel: Channel, rtp: list[TimedPacket]
) -> None:
    if not (WEB / "node_modules" / "hls-parser").is_dir():
        pytest.skip("hls-parser is not installed: run npm ci in web/")
    playlists: dict[str, str] = {}

    async def look(moment: str) -> None:
        for name in ("master", "video", "opus", "aac"):
            playlists[f"{moment} {name}"] = await channel.text(f"{name}.m3u8")
        playlists[f"{moment} delta"] = await channel.text("video.m3u8?_HLS_skip=YES")

    begin_ms = channel.send(rtp)
    await until_aac_reaches(channel, 1)
    await look("early")
    packets = rtp
    for round_ in range(1, 9):
        packets = again(packets, after_ms=4000)
        channel.send(packets, begin_ms=begin_ms)
        if round_ == 5:
            channel.sink.broadcast.unpublish(begin_ms + 24_000)
            for now_ms in range(24_000, 28_000, 50):
                channel.sink.broadcast.tick(begin_ms + now_ms)
            channel.sink.started([PICTURE, SOUND])
            await look("slate")
    await look("late")
    channel.sink.closed()
    await look("over")

    assert "#EXT-X-SKIP" in playlists["late delta"]
    assert "#EXT-X-DISCONTINUITY\n" in playlists["slate video"]
    # hls-parser knows no list that begins with a skip by itself.
    seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps(playlists), cwd=WEB))
    for name, media in seen.items():
        if "master" in name:
            assert media["variants"] == 2
        else:
            assert media["endlist"] is name.startswith("over"), name
            assert media["segments"], name
