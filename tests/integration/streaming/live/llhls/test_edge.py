"""A broadcast through nginx with the shipped template."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import REGISTRY

from server.local_stack import Nginx, render
from server.local_stack.service import free_port
from streaming.live.llhls.adapters.station import LiveHls
from tests.integration.streaming.live.llhls.conftest import Channel, again
from tests.integration.streaming.live.llhls.hints import hinted, waiting
from tests.support.media.rtp_packets import TimedPacket

TEMPLATE = Path(__file__).parents[5] / "nginx" / "nginx.conf.template"


@pytest.fixture
async def edge(channel: Channel, live_hls: LiveHls, tmp_path: Path) -> AsyncIterator[aiohttp.ClientSession]:
    port, upstream = free_port(), channel.client.server.port
    variables = {
        "ANI_LISTEN": f"127.0.0.1:{port}",
        "ANI_UPSTREAM": f"127.0.0.1:{upstream}",
        "ANI_RESOLVER": "127.0.0.1",
        "ANI_MEDIA_DIR": str(tmp_path),
        "ANI_GRANTS_DIR": "/none",
        "ANI_EDGE_SECRET": "",
        "ANI_RUN_DIR": ".",
        "ANI_WORKERS": "1",
    }
    with contextlib.ExitStack() as running:
        await asyncio.to_thread(running.enter_context, Nginx(render(TEMPLATE.read_text(), variables), port=port))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(20)) as session:
            yield session


async def get(edge: aiohttp.ClientSession, path: str) -> tuple[int, bytes]:
    async with edge.get(path) as answer:
        return answer.status, await answer.read()


def answered() -> float:
    return REGISTRY.get_sample_value("ani_live_pieces_total") or 0


async def test_blocked_reloads_pass_and_each_part_is_asked_for_once_whoever_watches(
    channel: Channel, edge: aiohttp.ClientSession, rtp: list[TimedPacket]
) -> None:
    begin_ms = channel.send(rtp)
    status, body = await get(edge, f"{channel.base}/video.m3u8")
    assert status == 200
    msn, part = hinted(body.decode())
    before = answered()
    reload = asyncio.create_task(get(edge, f"{channel.base}/video.m3u8?_HLS_msn={msn}&_HLS_part={part}"))
    hints = [asyncio.create_task(get(edge, f"{channel.base}/video/{msn}.{part}.m4s")) for _ in range(5)]
    await waiting(channel, 2)  # of the five one
    channel.send(again(rtp, after_ms=4000), begin_ms=begin_ms)
    status, body = await reload
    assert status == 200
    assert f"video/{msn}.{part}.m4s".encode() in body
    parts = await asyncio.gather(*hints)
    assert len({data for _, data in parts}) == 1
    assert {status for status, _ in parts} == {200}
    assert answered() - before == 1

    segment = re.findall(rb"^video/\d+\.m4s$", body, re.MULTILINE)[0].decode()
    assert await get(edge, f"{channel.base}/{segment}") == await channel.get(segment)


async def test_the_edge_lets_nobody_have_what_it_keeps_without_a_token(
    channel: Channel, edge: aiohttp.ClientSession, rtp: list[TimedPacket]
) -> None:
    channel.send(rtp)
    playlist = await channel.text("video.m3u8")
    segment = re.findall(r"^video/\d+\.m4s$", playlist, re.MULTILINE)[0]
    assert (await get(edge, f"{channel.base}/{segment}"))[0] == 200
    assert (await get(edge, f"/llhls/{'A' * 76}/{channel.id}/{segment}"))[0] == 403
    assert (await get(edge, "/internal/verify-live"))[0] == 404
    assert (await get(edge, f"{channel.base}/video.m3u8?_HLS_part=1"))[0] == 400
    assert (await get(edge, f"{channel.base}/video/1.m4s"))[0] == 404
