"""Realtime nodes on real ports over real adapters, and players that connect to them like any client."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import socketio
from aiohttp import web
from redis.asyncio import Redis

from kernel.access import Actor, Role
from kernel.cache import MemoryCache, ValkeyCache
from kernel.ids import new_id
from kernel.nodes.bus import MemoryBus, ValkeyBus
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcSettings
from kernel.rtc.turn import TurnSettings
from kernel.scope import Container
from kernel.throttle import CacheThrottle, LenientThrottle
from realtime.feature import Ports, RealtimeGateway, build
from realtime.party.ports import Episode
from realtime.progress.usecases import ProgressMark
from server.services import connect_redis

NAMESPACE = "/party"
KEY = b"k" * 32
EPISODE_ID = new_id()
EPISODE = Episode(title="Pilot", duration_ms=1_440_000, playable=True)


async def authenticate(token: str) -> Actor | None:
    """Tokens of the tests: ``user:<id>:<nickname>``."""
    kind, _, rest = token.partition(":")
    user_id, _, nickname = rest.partition(":")
    return Actor(user_id, nickname, Role.USER, session_id=f"session-of-{nickname}") if kind == "user" else None


async def session_roles(session_ids: Collection[str]) -> Mapping[str, Role]:
    """Everybody stays who they were."""
    return dict.fromkeys(session_ids, Role.USER)


async def episodes(episode_id: str) -> Episode | None:
    return EPISODE if episode_id == EPISODE_ID else None


@dataclass
class RecordedProgress:
    """A sink that takes its time, like a database does."""

    delay_s: float = 0.02
    durable: list[ProgressMark] = field(default_factory=list)
    batches: int = 0

    async def record(self, marks: Sequence[ProgressMark]) -> None:
        await asyncio.sleep(self.delay_s)
        self.durable += marks
        self.batches += 1


@dataclass
class Node:
    """One realtime server."""

    url: str
    gateway: RealtimeGateway
    progress: RecordedProgress
    redis: Redis | None


async def no_channels(channel_id: str) -> None:
    """Nobody is live here: ``tests/acceptance/live/test_live.py`` has a party around a real channel."""


@asynccontextmanager
async def running_node(
    container: Container,
    redis_url: str,
    *,
    graceful: bool = True,
    address_connections: int = 0,
    voice_capacity: int = 100,
    turn: TurnSettings | None = None,
) -> AsyncIterator[Node]:
    """A node on a free port; ``graceful=False`` ends it without a word, as a crash would."""
    redis = connect_redis(redis_url) if redis_url else None
    progress = RecordedProgress()
    rtc = SharedPortServer(RtcSettings(turn=turn or TurnSettings()))
    gateway = build(
        Ports(
            container=container,
            bus=MemoryBus() if redis is None else ValkeyBus(redis),
            redis=redis,
            authenticate=authenticate,
            session_roles=session_roles,
            episodes=episodes,
            channels=no_channels,
            progress=progress,
            keys=[KEY],
            public_url="http://ani.test",
            throttle=LenientThrottle(
                CacheThrottle(MemoryCache() if redis is None else ValkeyCache(redis), container.clock)
            ),
            address_connections=address_connections,
            voice_capacity=voice_capacity,
            rtc=rtc,
        )
    )
    app = web.Application()
    gateway.attach(app)
    await gateway.start()
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # a started site has a server
    try:
        yield Node(f"http://127.0.0.1:{port}", gateway, progress, redis)
    finally:
        if graceful:
            await gateway.stop()
            await rtc.close()
        await runner.cleanup()
        if redis is not None:
            await redis.aclose()


class Server(Protocol):
    """Whatever answers at an address: a :class:`Node`, or a server process."""

    url: str


class Player:
    """A client of the party, with everything it was told, in order."""

    def __init__(self, node: Server, nickname: str = "", *, user_id: str | None = None, **auth: Any) -> None:
        self.node: Server = node
        self.user_id = user_id or new_id()
        self.auth: dict[str, Any] = auth or {"token": f"user:{self.user_id}:{nickname}"}
        self.heard: list[tuple[str, Any]] = []
        self._news = asyncio.Event()
        self._client = self._make()

    def _make(self) -> socketio.AsyncClient:
        client = socketio.AsyncClient(reconnection=False)

        async def hear(event: str, *arguments: Any) -> None:
            self.heard.append((event, arguments[0] if arguments else None))
            self._news.set()

        client.on("*", hear, namespace=NAMESPACE)
        client.on("disconnect", lambda *_: self._news.set(), namespace=NAMESPACE)
        return client

    async def connect(
        self, node: Server | None = None, *, transports: list[Literal["websocket", "polling"]] | None = None
    ) -> "Player":
        self.node = node or self.node
        self._client = self._make()
        await self._client.connect(
            self.node.url,
            auth=self.auth,
            namespaces=[NAMESPACE],
            transports=transports or ["websocket"],
            wait_timeout=10,
        )
        return self

    async def __aenter__(self) -> "Player":
        return await self.connect()

    async def __aexit__(self, *_: object) -> None:
        await self._client.disconnect()
        await self._client.shutdown()

    @property
    def connected(self) -> bool:
        return NAMESPACE in self._client.namespaces

    async def vanish(self) -> None:
        """Lose the connection without a goodbye."""
        transport = self._client.eio.ws._response.connection.transport
        transport.abort()
        for _ in range(200):
            if not self.connected:
                return
            await asyncio.sleep(0.01)

    async def ask(self, event: str, *payload: Any) -> Any:
        """The ack."""
        data = payload[0] if len(payload) == 1 else payload or None
        return await self._client.call(event, data, namespace=NAMESPACE, timeout=10)

    async def ok(self, event: str, payload: Any = None) -> dict[str, Any]:
        """The ack, which must be a success."""
        answer = await self.ask(event, {} if payload is None else payload)
        assert answer["ok"] is True, answer
        return dict(answer)

    async def refused(self, event: str, payload: Any = None) -> str:
        """The code of the ack, which must be a refusal."""
        answer = await self.ask(event, {} if payload is None else payload)
        assert answer["ok"] is False, answer
        assert answer["error"]["message"]
        return str(answer["error"]["code"])

    async def command(self, kind: str, **arguments: Any) -> int:
        """The version it made."""
        answer = await self.ok("party:command", {"id": new_id(), "kind": kind, **arguments})
        return int(answer["version"])

    async def hears(self, event: str, timeout_s: float = 15, **expected: Any) -> Any:
        """The first message of this kind (with these values), now or soon."""
        async with asyncio.timeout(timeout_s):
            while True:
                self._news.clear()
                for name, body in self.heard:
                    if name == event and all(body.get(key) == value for key, value in expected.items()):
                        return body
                await self._news.wait()

    def all(self, event: str) -> list[Any]:
        return [body for name, body in self.heard if name == event]

    def versions(self) -> list[int]:
        return [body["version"] for body in self.all("party:state")]

    async def create(self, **options: Any) -> tuple[str, str]:
        """A party and its invite token."""
        answer = await self.ok("party:create", {"title": "Night", "media": {"episode_id": EPISODE_ID}, **options})
        return answer["party_id"], answer["invite_url"].partition("?invite=")[2]

    async def join(self, party_id: str, **options: Any) -> dict[str, Any]:
        return await self.ok("party:join", {"party_id": party_id, **options})
