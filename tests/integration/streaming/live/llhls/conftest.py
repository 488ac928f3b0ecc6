"""A channel that sends what FFmpeg packetised of a clip, and the server's routes for it."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from kernel.clock import SystemClock
from kernel.ids import new_id
from streaming.live.llhls.adapters.sink import HlsSink
from streaming.live.llhls.adapters.slates import encode_slate
from streaming.live.llhls.adapters.station import LiveHls
from streaming.live.llhls.slate import Slate
from streaming.live.model import ChannelId
from streaming.origin.access.token import Keyring
from tests.support.media.rtp_packets import PICTURE, SOUND, TimedPacket, rtp_of

Client = TestClient[web.Request, web.Application]

FUTURE_MS = 600_000


async def everybody(_channel_id: str, _login_id: str | None) -> None:
    """May watch.  Who may not is tried over a real database, in ``../test_credentials.py``."""


class Source:
    """A publisher that sends a key frame every second whatever it is asked."""

    def request_key_frame(self) -> None: ...


@pytest.fixture(scope="session")
def rtp(clip: Callable[..., Path]) -> list[TimedPacket]:
    """Four seconds of picture and sound."""
    return rtp_of(clip())


@pytest.fixture(scope="session")
def slate() -> Slate:
    return encode_slate(320, 180)


class Channel:
    """What is sent to a channel, in a time to come: the broadcast's own clock then makes nothing up, however slow the machine is."""

    def __init__(self, live_hls: LiveHls, client: Client, slate: Slate) -> None:
        self.clock = SystemClock()
        self.id = ChannelId(new_id())
        sink = live_hls.open(self.id, Source())[0]
        assert isinstance(sink, HlsSink)
        self.sink = sink
        self.sink.show(slate)
        self.client = client
        self.base = live_hls.address(self.id, None).rpartition("/")[0]

    def send(self, packets: Sequence[TimedPacket], *, begin_ms: float | None = None) -> float:
        """Hand on ``packets`` in no time; when the first seemed to come."""
        begin_ms = self.clock.monotonic_ms() + FUTURE_MS if begin_ms is None else begin_ms
        for each in packets:
            self.sink.packet(each.track, each.packet, begin_ms + each.at_ms)
        return begin_ms

    async def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        async with self.client.get(f"{self.base}/{path}", headers=headers) as answer:
            return answer.status, await answer.read()

    async def text(self, path: str) -> str:
        status, body = await self.get(path)
        assert status == 200, body
        return body.decode()


@pytest.fixture
async def live_hls() -> LiveHls:
    return LiveHls(SystemClock(), Keyring.of([b"k" * 32]), everybody)


@pytest.fixture
async def client(live_hls: LiveHls) -> AsyncIterator[Client]:
    app = web.Application()
    app.cleanup_ctx.append(live_hls.running)
    app.router.add_get("/internal/verify-live", live_hls.verify)
    app.router.add_route("*", "/llhls/{token}/{channel}/{path:.+}", live_hls.serve)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def channel(live_hls: LiveHls, client: Client, slate: Slate) -> Channel:
    """One whose publisher has just begun."""
    channel = Channel(live_hls, client, slate)
    channel.sink.started([PICTURE, SOUND])
    return channel


def again(packets: Sequence[TimedPacket], *, after_ms: float) -> list[TimedPacket]:
    """The same packets once more, numbered on."""
    moved = []
    for track in (PICTURE, SOUND):
        own = [each for each in packets if each.track is track]
        for each in own:
            packet = dataclasses.replace(
                each.packet,
                sequence=(each.packet.sequence + len(own)) & 0xFFFF,
                timestamp=(each.packet.timestamp + round(after_ms * track.clock_rate / 1000)) & 0xFFFFFFFF,
            )
            moved.append(TimedPacket(each.at_ms + after_ms, track, packet))
    return sorted(moved, key=lambda each: each.at_ms)
