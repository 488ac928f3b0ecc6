"""Requests for a broadcast: rights, headers, and what is waited for (rfc8216bis §6.2.5)."""

import asyncio
import re
import time

import pytest
from prometheus_client import REGISTRY

from kernel.ids import new_id
from streaming.live.llhls.adapters import feed
from streaming.live.llhls.adapters.station import LiveHls
from streaming.live.llhls.reload import Reload
from tests.integration.streaming.live.llhls.conftest import Channel, again
from tests.integration.streaming.live.llhls.hints import hinted, waiting
from tests.support.media.rtp_packets import TimedPacket


def rendered() -> float:
    return REGISTRY.get_sample_value("ani_live_playlists_rendered_total") or 0


async def test_a_blocked_reload_is_answered_with_the_part_it_waited_for(
    channel: Channel, rtp: list[TimedPacket]
) -> None:
    begin_ms = channel.send(rtp)
    msn, part = hinted(await channel.text("video.m3u8"))
    asked = asyncio.create_task(channel.text(f"video.m3u8?_HLS_msn={msn}&_HLS_part={part}"))
    hint = asyncio.create_task(channel.get(f"video/{msn}.{part}.m4s"))
    await waiting(channel, 2)
    assert not asked.done()
    channel.send(again(rtp, after_ms=4000), begin_ms=begin_ms)
    assert f"video/{msn}.{part}.m4s" in await asked
    status, data = await hint
    assert (status, data[4:8]) == (200, b"moof")


async def test_a_blocked_reload_outlasts_the_publisher_and_is_answered_with_the_end(
    channel: Channel, rtp: list[TimedPacket]
) -> None:
    channel.send(rtp)
    msn, _ = hinted(await channel.text("video.m3u8"))
    asked = asyncio.create_task(channel.text(f"video.m3u8?_HLS_msn={msn + 1}"))
    await waiting(channel, 1)
    channel.sink.ended()
    assert "#EXT-X-ENDLIST" not in await channel.text("video.m3u8")
    channel.sink.closed()
    assert (await asked).endswith("#EXT-X-ENDLIST\n")


async def test_a_wait_that_lasts_too_long_is_503_and_leaves_nothing_behind(
    channel: Channel, rtp: list[TimedPacket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BLOCK_TIMEOUT_S", 0.05)
    channel.send(rtp)
    msn, _ = hinted(await channel.text("opus.m3u8".replace("opus", "video")))
    status, body = await channel.get(f"video.m3u8?_HLS_msn={msn + 1}")
    assert status == 503, body
    video = channel.sink.feeds["video"]
    assert (video.waiting, video._blocked) == (0, {})


async def test_a_player_that_goes_away_leaves_nothing_behind(channel: Channel, rtp: list[TimedPacket]) -> None:
    channel.send(rtp)
    msn, _ = hinted(await channel.text("video.m3u8"))
    asked = asyncio.create_task(channel.sink.feeds["video"].reload(Reload(msn + 1)))
    video = await waiting(channel, 1)
    asked.cancel()
    await asyncio.wait([asked])
    assert (video.waiting, video._blocked) == (0, {})


async def test_too_many_that_wait_are_refused(
    channel: Channel, rtp: list[TimedPacket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_WAITING", 1)
    channel.send(rtp)
    msn, _ = hinted(await channel.text("video.m3u8"))
    asked = asyncio.create_task(channel.get(f"video.m3u8?_HLS_msn={msn + 1}"))
    await waiting(channel, 1)
    assert (await channel.get(f"video.m3u8?_HLS_msn={msn + 1}"))[0] == 503
    channel.sink.closed()
    assert (await asked)[0] == 200


@pytest.mark.parametrize("directive", ["_HLS_part=0", "_HLS_msn=99999999999", "_HLS_msn=x", "_HLS_skip=maybe"])
async def test_directives_that_cannot_be_met_are_400(channel: Channel, rtp: list[TimedPacket], directive: str) -> None:
    channel.send(rtp)
    status, body = await channel.get(f"video.m3u8?{directive}")
    assert status == 400, body


async def test_nobody_gets_in_without_a_token_of_this_channel(
    channel: Channel, rtp: list[TimedPacket], live_hls: LiveHls
) -> None:
    channel.send(rtp)
    for base in (
        f"/llhls/{'A' * 76}/{channel.id}",
        live_hls.address(new_id(), None).rpartition("/")[0].rpartition("/")[0] + f"/{channel.id}",
    ):
        async with channel.client.get(f"{base}/video.m3u8") as answer:
            assert answer.status == 403
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
    async with channel.client.get(live_hls.address(new_id(), None)) as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "video/1.m4s",
        "video/1.0.m4s",
        "video/init1.mp4",
        "dolby.m3u8",
        "x",
        "video/9999999999999.9999.m4s",
    ],
)
async def test_what_is_not_there_is_404_and_kept_by_nobody(channel: Channel, rtp: list[TimedPacket], path: str) -> None:
    channel.send(rtp)
    async with channel.client.get(f"{channel.base}/{path}") as answer:
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "no-store"


async def test_before_the_first_frame_there_is_nothing(channel: Channel) -> None:
    for path in ("master.m3u8", "video.m3u8", "video/1.m4s"):
        assert (await channel.get(path))[0] == 404


async def test_pieces_are_kept_and_playlists_are_not(channel: Channel, rtp: list[TimedPacket]) -> None:
    channel.send(rtp)
    playlist = await channel.text("video.m3u8")
    segment = re.findall(r"^video/\d+\.m4s$", playlist, re.MULTILINE)[0]
    init = playlist.split('EXT-X-MAP:URI="')[1].split('"')[0]
    for path, kind, cached in (
        ("master.m3u8", "application/vnd.apple.mpegurl", "no-cache"),
        ("video.m3u8", "application/vnd.apple.mpegurl", "no-cache"),
        (segment, "video/iso.segment", "public, max-age=80, immutable"),
        (init, "video/mp4", "public, max-age=80, immutable"),
    ):
        async with channel.client.get(f"{channel.base}/{path}") as answer:
            assert (answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
                200,
                kind,
                cached,
            )
        async with channel.client.head(f"{channel.base}/{path}") as answer:
            assert answer.status == 200
    async with channel.client.options(f"{channel.base}/video.m3u8") as answer:
        assert answer.status == 204


async def test_a_thousand_that_wait_get_one_body_and_each_costs_no_more_than_one_of_a_hundred(
    channel: Channel, rtp: list[TimedPacket]
) -> None:
    begin_ms = channel.send(rtp)
    video = channel.sink.feeds["video"]
    packets, cost_s = rtp, {}
    for count in (100, 1000):
        msn, part = hinted(await channel.text("video.m3u8"))
        asked = [asyncio.create_task(video.reload(Reload(msn, part))) for _ in range(count)]
        await waiting(channel, count)
        packets = again(packets, after_ms=4000)
        before, began_s = rendered(), time.process_time()
        for index, each in enumerate(packets):
            channel.send([each], begin_ms=begin_ms)
            if not video.waiting or index > 200:
                break
            if video.rendition.edge() >= (msn, part):
                break
        bodies = await asyncio.gather(*asked)
        cost_s[count] = (time.process_time() - began_s) / count
        assert len({id(body) for body in bodies}) == 1
        assert rendered() - before == 1
        channel.send(packets, begin_ms=begin_ms)
    assert cost_s[1000] < 3 * cost_s[100] + 0.0002
