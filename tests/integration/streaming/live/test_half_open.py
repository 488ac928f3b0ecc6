"""Sessions that were asked for and never begun: nothing of them stays."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from kernel.clock import SystemClock
from kernel.rtc.adapters import transport
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.adapters.transport import SecureTransport
from kernel.rtc.ports import OfferNotAcceptable, RtcSettings
from streaming.live.adapters.connections import RtcConnections
from streaming.live.media.channel import EndReason
from streaming.live.media.hub import LiveHub
from streaming.live.model import ChannelId
from streaming.live.sinks import ManySinks
from tests.support.realtime.live import live_offer

CHANNEL = ChannelId("0" * 36)
MANY = 1_000


@pytest.fixture
async def server() -> AsyncIterator[SharedPortServer]:
    made = SharedPortServer(RtcSettings())
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def hub(server: SharedPortServer) -> AsyncIterator[LiveHub]:
    made = LiveHub(
        node_id="here",
        connections=RtcConnections(server),
        sinks=ManySinks([]),
        clock=SystemClock(),
        viewers=MANY,
        max_kbps=8_000,
    )
    yield made
    await made.close()


async def asked(hub: LiveHub, kind: str, sdp: str) -> dict[str, Any]:
    question = {"kind": kind, "channel_id": CHANNEL, "sdp": sdp, "user_session": None}
    return await hub.answer({**question, "takeover": True, "key": None})


def held() -> tuple[int, int, int]:
    """Tasks, open files, and paths to peers."""
    gc.collect()
    peers = sum(isinstance(each, SecureTransport) for each in gc.get_objects())
    return len(asyncio.all_tasks()), len(list(Path("/proc/self/fd").iterdir())), peers


async def until_held(before: tuple[int, int, int]) -> None:
    async with asyncio.timeout(20):
        while held() != before:
            await asyncio.sleep(0.1)


async def test_whoever_never_comes_leaves_nothing(
    hub: LiveHub, server: SharedPortServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(hub, "publish", live_offer(("video", "h264")))
    await hub.close_channel(CHANNEL, EndReason.ENDED)
    assert hub._stepping is not None
    await asyncio.wait([hub._stepping])
    before = held()
    await many_that_never_come(hub, server, monkeypatch)
    await until_held(before)
    assert (server._port and server._port._by_fragment, server._port and server._port.peers_count) == ({}, 0)
    blocks = sys.getallocatedblocks()
    await many_that_never_come(hub, server, monkeypatch)
    await until_held(before)
    assert sys.getallocatedblocks() - blocks < MANY, "less than one block of memory for each: none of them has one"


async def many_that_never_come(hub: LiveHub, server: SharedPortServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many publishers one after another, and as many viewers at once; all are over at the end."""
    for _ in range(MANY):
        await asked(hub, "publish", live_offer(("video", "h264")))
    for number in range(MANY):
        codec = "vp8" if number % 2 else "h264"
        answer = await asked(hub, "watch", live_offer(("video", codec), direction="recvonly"))
        assert answer["counter_offer"] is (number % 2 == 1)
    assert server._port is not None
    with monkeypatch.context() as patched, capture_logs() as logs:
        for limit in ("HANDSHAKE_TIMEOUT_S", "OFFER_TIMEOUT_S"):
            patched.setattr(transport, limit, -1.0)
        async with asyncio.timeout(20):
            while hub.viewers or hub.live or hub._sessions:
                await asyncio.sleep(0.1)
        await hub.close_channel(CHANNEL, EndReason.ENDED)
    assert not any("exc_info" in line for line in logs), "a traceback for each would fill the log"


async def test_an_offer_that_is_no_good_leaves_nothing(hub: LiveHub, server: SharedPortServer) -> None:
    await asked(hub, "publish", live_offer(("video", "h264")))
    before = held()
    for number in range(MANY):
        with pytest.raises(OfferNotAcceptable):
            await asked(hub, "watch" if number % 2 else "publish", live_offer(("video", "vp9")).replace("a=mid:0", ""))
    assert (len(hub.viewers), len(hub.live), len(hub._sessions)) == (0, 1, 1)
    await until_held(before)
    assert server._port is not None
    assert len(server._port._by_fragment) == 1
