"""Connections that join no namespace, and how many one address may have."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from kernel.metrics import CONNECTIONS_ENDED
from kernel.scope import Container
from realtime.gateway.adapters import server as gateway_server
from server.services import Services
from tests.support.realtime.party import Node, Player, running_node


async def open_socket(session: aiohttp.ClientSession, node: Node) -> aiohttp.ClientWebSocketResponse:
    ws = await session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
    assert (await ws.receive_str()).startswith("0{")
    return ws


async def is_over(ws: aiohttp.ClientWebSocketResponse) -> None:
    """It answers pings, and hears of its end."""
    async with asyncio.timeout(8):
        while True:
            message = await ws.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            if message.data == "2":
                await ws.send_str("3")


async def test_who_joins_nothing_is_let_go(
    container: Container, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_server, "STRANGER_S", 0.5)
    async with running_node(container, services.settings.redis_url) as node, aiohttp.ClientSession() as session:
        async with Player(node, "ann") as ann:
            idle = await open_socket(session, node)
            refused = await open_socket(session, node)
            await refused.send_str("40/party," + json.dumps({"token": "nonsense"}))
            async with session.get(f"{node.url}/socket.io/?EIO=4&transport=polling") as polling:
                sid = json.loads((await polling.text())[1:])["sid"]
            before = ended("stranger")
            await is_over(idle)
            await is_over(refused)
            assert ended("stranger") >= before + 2
            async with asyncio.timeout(5):
                while await status_of_poll(session, node, sid) == 200:
                    pass
            await asyncio.sleep(0.5)
            assert ann.connected, "who is in the namespace stays"
            assert (await ann.ok("clock", {"t0": 0}))["t1"] > 0
        assert node.gateway._running is not None
        async with asyncio.timeout(5):
            while node.gateway._running.server._limiter._of:
                await asyncio.sleep(0.02)
        assert not node.gateway._running.server._deadlines


async def test_who_answers_no_ping_and_joins_nothing_is_counted(
    container: Container, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_server, "PING_INTERVAL_S", 0.3)
    monkeypatch.setattr(gateway_server, "PING_TIMEOUT_S", 0.3)
    before = ended("stranger")
    async with running_node(container, services.settings.redis_url) as node, aiohttp.ClientSession() as session:
        running = node.gateway._running
        assert running is not None
        silent = [await open_socket(session, node) for _ in range(20)]
        dead = await Player(node, "ann").connect()
        dead._client.eio.ws._response.connection.transport.pause_reading()
        async with asyncio.timeout(10):
            while running.server._limiter._of:
                await asyncio.sleep(0.02)
    assert ended("stranger") == before + len(silent), "and not whoever was in the namespace"


def ended(reason: str) -> float:
    return float(CONNECTIONS_ENDED.labels(reason)._value.get())


async def status_of_poll(session: aiohttp.ClientSession, node: Node, sid: str) -> int:
    async with session.get(f"{node.url}/socket.io/?EIO=4&transport=polling&sid={sid}") as answer:
        return 400 if (await answer.text()).endswith("1") else answer.status


async def test_an_address_has_so_many_sockets_and_strangers_go_first(container: Container, services: Services) -> None:
    async with (
        running_node(container, services.settings.redis_url, address_connections=1) as node,  # of loopback: 10
        aiohttp.ClientSession() as session,
    ):
        strangers = [await open_socket(session, node) for _ in range(10)]
        statuses: list[Any] = []
        for _ in range(3):
            async with session.get(f"{node.url}/socket.io/?EIO=4&transport=polling") as answer:
                statuses.append((answer.status, answer.headers.get("Retry-After")))
        assert [status for status, _ in statuses] == [429] * 3, "the first burst is used up"
        assert int(statuses[0][1]) >= 1
        running = node.gateway._running
        assert running is not None
        running.server._limiter._place("127.0.0.1").bucket._tokens = 5.0
        async with Player(node, "ann") as ann:
            await is_over(strangers[0])
            assert (await ann.ok("clock", {"t0": 0}))["t1"] > 0
        assert not strangers[-1].closed


async def test_a_full_process_asks_the_gateway_for_a_place(node: Node) -> None:
    async with aiohttp.ClientSession() as session, Player(node, "ann") as ann:
        assert not node.gateway.make_room()
        stranger = await open_socket(session, node)
        before = ended("displaced")
        assert node.gateway.make_room()
        assert not node.gateway.make_room()
        await is_over(stranger)
        assert ended("displaced") == before + 1
        assert ann.connected
