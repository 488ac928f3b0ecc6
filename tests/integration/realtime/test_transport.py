"""Engine.IO v4 under the party: polling, upgrades, dead peers, slow readers."""

import asyncio
import json
import socket
from typing import Any

import aiohttp
import pytest

from kernel.scope import Container
from realtime.broadcast.adapters.fanout import FastEngine
from realtime.broadcast.adapters.queue import OVERFLOW_BYTES
from realtime.gateway.adapters.server import StrictServer
from server.services import Services
from tests.support.realtime.party import Node, Player, running_node


async def test_long_polling_and_upgraded_clients_get_everything(node: Node) -> None:
    ann, poller, upgraded = Player(node, "ann"), Player(node, "poller"), Player(node, "upgraded")
    await ann.connect()
    await poller.connect(transports=["polling"])
    await upgraded.connect(transports=["polling", "websocket"])
    party_id, _ = await ann.create()
    for player in (ann, poller, upgraded):
        await player.join(party_id)
    for step in range(20):
        await ann.command("seek", position_ms=step)
    for player in (ann, poller, upgraded):
        await player.hears("party:state", version=20)
        assert player.versions() == list(range(1, 21))
        await player.ok("chat:send", {"id": player.user_id, "text": "hi"})
        await player.__aexit__()


async def test_clients_that_offer_compression_get_plain_frames(node: Node) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket", compress=15) as ws,
    ):
        assert ws.compress == 0
        assert (await ws.receive_str()).startswith("0{")


async def join_by_hand(ws: aiohttp.ClientWebSocketResponse, party_id: str, invite: str, name: str) -> None:
    """Join without a client that would answer pings, or read."""
    await ws.receive_str()
    await ws.send_str("40/party," + json.dumps({"invite": invite, "name": name}))
    assert (await ws.receive_str()).startswith("40/party,")
    await ws.send_str("42/party,0" + json.dumps(["party:join", {"party_id": party_id}]))


async def test_dead_peer_is_noticed_within_ten_seconds(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        await ann.join(party_id)
        async with aiohttp.ClientSession() as session:
            ws = await session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
            await join_by_hand(ws, party_id, invite, "ghost")
            await ann.hears("party:members", members_count=2)
            ann.heard.clear()
            # From here on it answers no ping, like a phone in a tunnel; nothing closes its socket.
            await ann.hears("party:members", timeout_s=10, members_count=1)
            await ws.close()


async def test_a_member_who_does_not_read_holds_up_nobody_and_is_let_go(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        await ann.join(party_id)
        session = aiohttp.ClientSession()
        ws = await session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
        await join_by_hand(ws, party_id, invite, "slow")
        await ann.hears("party:members", members_count=2)
        connection: Any = ws._response.connection
        transport = connection.transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        transport.pause_reading()
        running = node.gateway._running
        assert running is not None
        slow = [held for held in running.connections._by_sid.values() if held.identity.name == "slow"]
        queue = running.server.eio.sockets[running.server.manager.eio_sid_from_sid(slow[0].sid, "/party")].queue
        ann.heard.clear()
        text = running.connections.encode("chat:message", {"text": "x" * 20_000})
        loop = asyncio.get_running_loop()
        for _ in range(400):  # 8 MB
            began = loop.time()
            running.connections.to_room(party_id, text)
            assert loop.time() - began < 1  # it does not wait for the slow one; the machine may be busy
            assert queue.waiting_bytes < OVERFLOW_BYTES + 100_000
            await asyncio.sleep(0.001)
        running.connections.to_room(party_id, running.connections.encode("chat:message", {"text": "the last"}))
        await ann.hears("party:members", timeout_s=10, members_count=1)
        await ann.hears("chat:message", text="the last")
        assert len(ann.all("chat:message")) == 401
        transport.abort()
        await session.close()


async def test_the_stock_path_serves_as_well(
    container: Container, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens when a new python-socketio takes the hooks of the fast one away."""
    monkeypatch.setattr(FastEngine, "create_queue", lambda *_: asyncio.Queue())
    async with running_node(container, services.settings.redis_url) as node:
        assert node.gateway._running is not None
        assert type(node.gateway._running.server) is StrictServer
        async with Player(node, "ann") as ann, Player(node, "bob") as bob:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            await bob.join(party_id)
            for step in range(10):
                await ann.command("seek", position_ms=step)
            await ann.ok("chat:typing", {"typing": True})
            await bob.hears("party:state", version=10)
            await bob.hears("chat:typing")
            assert bob.versions() == list(range(1, 11))
            assert not ann.all("chat:typing")


async def test_whoever_leaves_while_joining_is_not_left_behind_as_a_member(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        await ann.join(party_id)
        async with aiohttp.ClientSession() as session:
            for _ in range(10):
                ws = await session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
                await join_by_hand(ws, party_id, invite, "brief")
                await ws.close()
        async with asyncio.timeout(4):  # sooner than the sweep for loose ends would find them
            while (await node.gateway.parties.look(party_id)).connected[1:]:
                await asyncio.sleep(0.05)
        await ann.hears("party:members", members_count=1)
