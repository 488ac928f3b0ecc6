"""A voice port of this process, with nobody's party behind it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcSettings
from kernel.rtc.rtp import RtpPacket
from realtime.voice.adapters.peer import ForwardingPeer
from realtime.voice.ports import AudioPeer
from tests.support.realtime.rtc_client import RawClient


@dataclass
class Port:
    """The port, and what came through it."""

    server: SharedPortServer
    packets: list[RtpPacket] = field(default_factory=list)
    clients: list[RawClient] = field(default_factory=list)
    peers: list[AudioPeer] = field(default_factory=list)

    def peer(self) -> ForwardingPeer:
        made = ForwardingPeer(self.server, self.packets.append)
        self.peers.append(made)
        return made

    async def connected(self) -> tuple[ForwardingPeer, RawClient]:
        """A peer and whoever it talks to, with keys."""
        peer, client = self.peer(), RawClient()
        self.clients.append(client)
        client.take(peer.offered(client.offer))
        await client.connect()
        async with asyncio.timeout(10):
            while not peer.connected:
                await asyncio.sleep(0.01)
        return peer, client

    async def until(self, count: int) -> None:
        """Wait for so many packets."""
        async with asyncio.timeout(10):
            while len(self.packets) < count:
                await asyncio.sleep(0.01)

    async def flushed(self, client: RawClient, sequence: int) -> None:
        """Wait until what was sent before has been looked at, by a good packet behind it."""
        before = len(self.packets)
        client.send(client.rtp(sequence))
        await self.until(before + 1)


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    server = SharedPortServer(RtcSettings())
    await server.open()
    made = Port(server)
    try:
        yield made
    finally:
        for peer in made.peers:
            await peer.close()
        for client in made.clients:
            await client.close()
        assert server._port is not None
        assert (server._port._by_fragment, server._port._by_address, server._port._addresses) == ({}, {}, {})
        await server.close()
        left = [task.get_name() for task in asyncio.all_tasks() if "rtc-peer" in task.get_name()]
        assert left == []
