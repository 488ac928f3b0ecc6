"""What no browser sends: to the port, in an offer, again and again."""

import asyncio
import os
import random
import time

import pytest
from aioice import stun

from kernel.rtc.ports import OfferNotAcceptable
from kernel.rtc.rtp import parse_rtp
from realtime.voice.adapters.peer import MAX_SOURCES
from tests.integration.realtime.voice.conftest import Port
from tests.support.realtime.party import Node, Player
from tests.support.realtime.rtc_client import RawClient


async def test_sound_goes_both_ways(port: Port) -> None:
    peer, client = await port.connected()
    client.send(client.rtp(7, payload=b"hello", level=33))
    await port.until(1)
    [packet] = port.packets
    assert (packet.payload, packet.level_dbov, packet.sequence) == (b"hello", 33, 7)
    assert peer.send(1, "turn", packet, 1_000)
    while 20 <= (data := await asyncio.get_running_loop().sock_recv(client.socket, 2048))[0] <= 63:
        pass  # the end of the handshake
    heard = parse_rtp(client.unprotect(data), None)
    assert (heard.payload, heard.timestamp, heard.marker) == (b"hello", 1_000, True)


async def test_garbage_changes_nothing(port: Port) -> None:
    _, client = await port.connected()
    rand = random.Random(12)
    good = client.rtp(1)
    report = client.dtls._tx_srtp.protect_rtcp(b"\x81\xc9\x00\x07" + bytes(28))
    for _ in range(150):
        for data in (good, report, client.check()):
            broken = bytearray(data[: rand.randrange(len(data) + 1)])
            for _ in range(rand.randrange(4)):
                if broken:
                    broken[rand.randrange(len(broken))] = rand.randrange(256)
            client.send(bytes(broken) or b"\0")
        client.send(
            bytes([rand.choice([0, 1, 20, 22, 63, 64, 128, 144, 191, 200, 255])]) + os.urandom(rand.randrange(60))
        )
        await asyncio.sleep(0.002)
    await asyncio.sleep(2)  # the allowance of packets comes back
    await port.flushed(client, 5_000)
    assert all(packet.payload == b"x" * 80 for packet in port.packets), "nothing forged came through"


async def test_a_replay_is_one_packet(port: Port) -> None:
    _, client = await port.connected()
    packet = client.rtp(1)
    for _ in range(20):
        client.send(packet)
    await port.flushed(client, 2)
    assert [packet.sequence for packet in port.packets] == [1, 2]


async def test_another_codec_and_too_large_frames_are_dropped(port: Port) -> None:
    _, client = await port.connected()
    client.send(client.rtp(1, payload_type=0))
    client.send(client.rtp(2, payload=b"x" * 1_300))
    client.send(client.rtp(3, payload=b""))
    await port.flushed(client, 4)
    assert [packet.sequence for packet in port.packets] == [4]


async def test_sources_without_end_take_no_memory(port: Port) -> None:
    peer, client = await port.connected()
    for ssrc in range(MAX_SOURCES * 3):
        client.ssrc = ssrc + 1
        client.send(client.rtp(1))
    await port.until(MAX_SOURCES)
    await asyncio.sleep(0.1)
    assert len(port.packets) == len(peer._transport._sources) == MAX_SOURCES


async def test_a_flood_of_packets_is_cut_to_what_a_voice_needs(port: Port) -> None:
    _, client = await port.connected()
    began_s = time.monotonic()
    for sequence in range(1_000):
        client.send(client.rtp(sequence))
        if sequence % 50 == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(0.2)
    assert len(port.packets) <= 200 + 110 * (time.monotonic() - began_s) + 1


async def test_only_the_right_password_is_answered(port: Port) -> None:
    """No answer to anybody else: the port cannot be made to talk to a third party."""
    peer, client = port.peer(), RawClient()
    port.clients.append(client)
    client.take(peer.offered(client.offer))
    for bad in (
        client.check(password="p" * 24),
        client.check(username="nobody:abcd"),
        client.check(username=f"{client.fragment}:other"),
        bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST)),
        b"\x16\xfe\xfd" + bytes(40),  # a DTLS record of somebody without a check
    ):
        client.send(bad)
    client.send(client.check())
    loop = asyncio.get_running_loop()
    answer = stun.parse_message(await loop.sock_recv(client.socket, 2048))
    assert answer.message_class is stun.Class.RESPONSE
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == client.socket.getsockname()
    with pytest.raises(BlockingIOError):
        client.socket.recv(2048)


async def test_another_certificate_than_offered_gets_no_keys(port: Port) -> None:
    peer, client, other = port.peer(), RawClient(), RawClient()
    port.clients += [client, other]
    client.take(peer.offered(other.offer))
    await client.connect()
    async with asyncio.timeout(10):
        while not peer.failed:
            await asyncio.sleep(0.01)
    assert not peer.connected


async def test_an_offer_of_another_connection_does_not_take_over(port: Port) -> None:
    peer, client, other = port.peer(), RawClient(), RawClient()
    port.clients += [client, other]
    peer.offered(client.offer)
    with pytest.raises(OfferNotAcceptable):
        peer.offered(other.offer)


async def test_a_thousand_half_open_sessions_are_one_for_each_member(node: Node) -> None:
    """Whoever joins again and again, and offers, and never connects, has one place."""
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        client = RawClient()
        try:
            offered = 0
            for _ in range(200):
                answer = await ann.ask("voice:join", {})
                if answer["ok"]:
                    given = await ann.ask("voice:offer", {"session_id": answer["session_id"], "sdp": client.offer})
                    offered += given["ok"]
            assert offered >= 3
            running = node.gateway._running
            assert running is not None
            assert running.rtc._port is not None
            assert running.voice_rooms.people_count == 1
            async with asyncio.timeout(10):
                while len(running.rtc._port._by_fragment) > 1:
                    await asyncio.sleep(0.05)
            assert await ann.refused("voice:offer", {"session_id": "x", "sdp": client.offer}) in (
                "bad_request",
                "too_many_requests",
            )
        finally:
            await client.close()
