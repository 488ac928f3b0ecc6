"""Voice, forwarded: ``python -m bench.voice [--json] [--listeners N]``.

A room of the real server over its real port: three speak at 50 packets a second, N listen. Clients are a process of their own, so
that the CPU time here is the server's alone; it is what counts, for the machine may be busy.
"""

import argparse
import asyncio
import json
import os
import resource
import select
import statistics
import time
from pathlib import Path
from typing import Any

import uvloop

from bench.figures import figure, show
from kernel.clock import SystemClock
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcSettings
from realtime.party.domain.model import Member, MemberId, PartyId, Role, Settings
from realtime.party.domain.rules import new_party
from realtime.voice.adapters.connections import VoiceConnections
from realtime.voice.room import VoiceRoom
from tests.support.realtime.rtc_client import RawClient

LISTENERS = 100
SPEAKERS = 3
RUN_S = 6.0
PACKET_S = 0.02
PAYLOAD = b"x" * 80  # 32 kbit/s
TARGET_LISTENERS = 100


async def announce(event: str, data: dict[str, Any], *, to: list[str] | None = None) -> None:
    """Nobody is told of levels here: that is the fan-out's work, and measured there."""


def memory_kb() -> int:
    """Of this process, in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def clients(speakers: list[RawClient], listeners: list[RawClient], result: int) -> None:
    """The other process: speak on time, take what comes, write how much both was."""
    poll = select.epoll()
    sockets = {client.socket.fileno(): client.socket for client in (*speakers, *listeners)}
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    sent = received = 0
    began = time.monotonic()
    while (now := time.monotonic()) < began + RUN_S:
        while sent * PACKET_S < now - began:
            for speaker in speakers:
                speaker.send(speaker.rtp(sent + 1, payload=PAYLOAD))
            sent += 1
        for number, _ in poll.poll(max(began + sent * PACKET_S - time.monotonic(), 0)):
            try:
                while True:
                    sockets[number].recv(2048)
                    received += 1
            except BlockingIOError:
                pass
    os.write(result, json.dumps([sent * len(speakers), received]).encode())
    os._exit(0)


async def run(listeners_count: int) -> dict[str, float]:
    """The figures of one room."""
    server = SharedPortServer(RtcSettings())
    await server.open()
    party = new_party(PartyId("party"), MemberId("0"), 0, settings=Settings())
    people = [MemberId(str(number)) for number in range(listeners_count + SPEAKERS)]
    members = {
        key: Member(member_id=key, name=key, role=Role.MEMBER, joined_at_ms=0, connections=(key,)) for key in people
    }
    room = VoiceRoom(
        party.__class__(**{**_fields(party), "members": members}), VoiceConnections(server), SystemClock(), announce
    )
    made: list[RawClient] = []
    first = RawClient()  # the libraries' own caches
    memory_before, cpu_before = memory_kb(), time.process_time()
    for key in people:
        client = first if not made else RawClient()
        session = room.join(key, key, None)
        client.take(room.offered(key, session["session_id"], client.offer))
        await client.connect()
        made.append(client)
    join_cpu_ms = (time.process_time() - cpu_before) * 1000 / len(people) / 2  # the client's half of it is here as well
    memory = (memory_kb() - memory_before) / len(people)
    for key in people[:SPEAKERS]:
        room.mute(key, False)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        clients(made[:SPEAKERS], made[SPEAKERS:], write)
    os.close(write)
    cpu_before, began = time.process_time(), time.monotonic()
    ticks = asyncio.create_task(_tick(room))
    await asyncio.to_thread(os.waitpid, child, 0)
    cpu_s, passed_s = time.process_time() - cpu_before, time.monotonic() - began
    ticks.cancel()
    sent, received = json.loads(os.read(read, 1000))
    os.close(read)
    heard = sum(room_session.peer.reception.packets for room_session in room._listeners if room_session.peer)
    for client in made:
        await client.close()
    forwarded = heard * (len(people) - 1)
    return {
        "sent": sent,
        "received": received,
        "forwarded": forwarded,
        "packet_us": cpu_s * 1e6 / forwarded,
        "share": cpu_s / passed_s,
        "rate": forwarded / passed_s,
        "join_cpu_ms": join_cpu_ms,
        "memory_kb": memory,
    }


def _fields(party: Any) -> dict[str, Any]:
    return {name: getattr(party, name) for name in party.__dataclass_fields__}


async def _tick(room: VoiceRoom) -> None:
    while True:
        await asyncio.sleep(0.5)
        await room.tick()


def figures(outcome: dict[str, float], listeners: int) -> list[dict[str, Any]]:
    """For bench/RESULTS.md."""
    a_listener_s = outcome["packet_us"] / 1e6 * SPEAKERS / PACKET_S
    received = 100 * outcome["received"] / outcome["forwarded"]
    return [
        figure(f"listeners a core, {SPEAKERS} speaking", int(1 / a_listener_s), "", TARGET_LISTENERS, least=True),
        figure(f"CPU for one packet to one listener, room of {listeners}", outcome["packet_us"], "µs"),
        figure("packets sent on that the clients took in time (their process shares the cores)", received, "%"),
        figure("CPU for one person to join", outcome["join_cpu_ms"], "ms"),
        figure("memory for one person in voice, the test's client included", outcome["memory_kb"], "kB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--listeners", type=int, default=LISTENERS)
    arguments = parser.parse_args()
    outcomes = [uvloop.run(run(arguments.listeners)) for _ in range(3)]
    middle = {name: statistics.median(outcome[name] for outcome in outcomes) for name in outcomes[0]}
    show(figures(middle, arguments.listeners), as_json=arguments.json)


if __name__ == "__main__":
    main()
