"""What a delivery costs on the whole server against the fan-out alone: ``python -m bench.party_delivery [--json] [--members N]``.

One server on SQLite in a process of its own, one party, members on raw sockets that answer pings and count.  In turns, over the same
sockets: commands that the host sends, each checked, applied, stored and told; and frames of the same length handed to the fan-out
directly.  Both are CPU time of that one process, less what it uses while nothing is sent.
"""

import argparse
import asyncio
import json
import resource
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

import migrations
from bench.fanout import Member, _masked
from bench.party import Guest
from kernel.ids import new_id
from server.boot import open_services
from server.http.app import create_app
from server.http.listening import raise_open_files
from server.settings import Settings
from tests.support.people import sign_up

MEMBERS = 500
ROUNDS = 5
MESSAGES = 40
INTERVAL_S = 0.1  # apart, so that one message's work is done before the next begins
AT_ONCE = 10
SETTLE_S = 4.0  # for lists and first pings of those who came last
LIMIT_S = 600
TARGET = 1.5


# The server, in a process of its own ----------------------------------------------------------------------------------


async def serve(folder: Path) -> None:
    """Print the port and a token; then answer each line, ``idle``, ``wait <n>`` or ``fan-out <n>``, with the CPU it cost."""
    settings = Settings.load(_env_file=None, data_dir=folder, address_connections=0)
    async with open_services(settings) as services:
        await migrations.upgrade(services.database)
        runner = web.AppRunner(create_app(services))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
        person = await sign_up(services.container)
        print(json.dumps({"port": runner.addresses[0][1], "token": person.access_token}), flush=True)
        running: Any = services.components.realtime._running
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            kind, count, party_id = json.loads(line)
            began_s = _cpu_s()
            for _ in range(count):
                if kind == "fan-out":
                    running.connections.to_room(party_id, _TEXT, state_key="party:state")
                await asyncio.sleep(INTERVAL_S)
            print(json.dumps(_cpu_s() - began_s), flush=True)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


_STATE = {
    "version": 100,
    "playback": {"media": None, "position_ms": 0, "rate": 1.0, "paused": True, "anchor_ms": 1796000000000},
    "cause": {"member_id": new_id(), "kind": "tracks", "command_id": new_id()},
    "tracks": {"audio": "ja", "subtitles": ""},
}
_TEXT = b'42/party,["party:stat_",' + json.dumps(_STATE, separators=(",", ":")).encode() + b"]"
"""As long as what the commands below bring about."""


# The members ----------------------------------------------------------------------------------------------------------


class PartyMember(Member):
    """A guest who joins, answers pings, and looks at nothing."""

    def __init__(self, auth: dict[str, str], party_id: str) -> None:
        super().__init__()
        self._auth = b"40/party," + json.dumps(auth).encode()
        join = {"party_id": party_id, "members": "news"}
        self._join = b"42/party,0" + json.dumps(["party:join", join]).encode()
        self._stage = 0
        self.states = 0

    def data_received(self, data: bytes) -> None:
        if b"\x81\x012" in data:
            self._transport.write(b"\x81\x81\0\0\0\0" + b"3")
        if self._stage == 3:
            self.states += data.count(b'"party:stat')
            return
        self._head += data
        if self._stage == 0 and b"0{" in self._head:
            self._send(self._auth)
        elif self._stage == 1 and b"40/party," in self._head:
            self._send(self._join)
        elif self._stage == 2 and b"43/party,0" in self._head:
            self._stage = 3
            self.ready.set_result(None)

    def _send(self, text: bytes) -> None:
        self._stage += 1
        self._head = b""
        self._transport.write(_masked(text) if len(text) < 126 else _long_masked(text))


def _long_masked(text: bytes) -> bytes:
    return bytes((0x81, 0xFE)) + len(text).to_bytes(2, "big") + bytes(4) + text


async def measure(members: int, rounds: int) -> list[dict[str, float]]:
    """µs of server CPU a delivery, of commands and of the fan-out alone, for each round."""
    raise_open_files()
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.party_delivery",
            "--serve",
            folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            return await _rounds(process, members, rounds)
        finally:
            process.kill()
            await process.wait()


async def _rounds(process: asyncio.subprocess.Process, members: int, rounds: int) -> list[dict[str, float]]:
    assert process.stdin is not None
    stdin = process.stdin

    async def said() -> Any:
        assert process.stdout is not None
        while not (line := await process.stdout.readline()).startswith((b"{", b"0", b"1", b"2", b"3")) or b"[" in line:
            if not line:
                raise RuntimeError("the server is gone")
        return json.loads(line)

    started = await said()
    async with aiohttp.ClientSession() as session:
        host = Guest(session, f"http://127.0.0.1:{started['port']}", {"token": started["token"]})
        await host.connect()
        made = await host.ask("party:create", {"title": "Bench"})
        party_id, invite = made["party_id"], made["invite_url"].partition("?invite=")[2]
        await host.join(party_id)
        gate, loop = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()

        async def come(number: int) -> PartyMember:
            async with gate:
                _, member = await loop.create_connection(
                    lambda: PartyMember({"invite": invite, "name": f"Guest {number}"}, party_id),
                    "127.0.0.1",
                    started["port"],
                )
                await member.ready
                return member

        crowd = await asyncio.gather(*map(come, range(members)))
        await asyncio.sleep(SETTLE_S)

        async def cost_us(kind: str) -> float:
            stdin.write(json.dumps([kind, MESSAGES, party_id]).encode() + b"\n")
            if kind == "commands":
                for number in range(MESSAGES - 1):
                    command = {"id": new_id(), "kind": "tracks", "audio": ("ja", "en")[number % 2]}
                    await host.ask("party:command", command)
                    await asyncio.sleep(INTERVAL_S * 0.9)
            cost_s: float = await said()
            messages = MESSAGES - 1 if kind == "commands" else MESSAGES
            return cost_s / (messages * (members + 1)) * 1e6

        await cost_us("commands")
        await cost_us("fan-out")
        measured = []
        for _ in range(rounds):
            idle_us = await cost_us("idle")
            before = sum(member.states for member in crowd)
            alone_us = await cost_us("fan-out") - idle_us
            whole_us = await cost_us("commands") - idle_us
            await asyncio.sleep(0.5)
            heard = sum(member.states for member in crowd) - before
            if heard != (2 * MESSAGES - 1) * members:
                raise RuntimeError(f"{heard} deliveries of {(2 * MESSAGES - 1) * members} arrived")
            measured.append({"whole_us": whole_us, "alone_us": alone_us, "idle_us": idle_us})
        await host.close()
        return measured


def figures(measured: list[dict[str, float]], members: int) -> list[dict[str, Any]]:
    """The rows of ``bench/RESULTS.md``: medians of the rounds."""
    ratios = sorted(entry["whole_us"] / entry["alone_us"] for entry in measured)
    times = statistics.median(ratios)

    def row(figure: str, value: float, unit: str, target: str = "", ok: bool | None = None) -> dict[str, Any]:
        return {"figure": figure, "value": round(value, 2), "unit": unit, "target": target, "ok": ok}

    return [
        row(f"CPU a delivery of a command, room of {members}", statistics.median(_of(measured, "whole_us")), "µs"),
        row("… the fan-out alone, same process, same sockets", statistics.median(_of(measured, "alone_us")), "µs"),
        row("… times that, median of the rounds", times, "×", f"≤ {TARGET}", times <= TARGET),
        row("… in the best round", ratios[0], "×"),
        row("… in the worst round", ratios[-1], "×"),
    ]


def _of(measured: list[dict[str, float]], name: str) -> list[float]:
    return [entry[name] for entry in measured]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.party_delivery", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--members", type=int, default=MEMBERS, help="how many guests come")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often both are measured")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        uvloop.run(serve(arguments.serve))
        return
    measured = uvloop.run(asyncio.wait_for(measure(arguments.members, arguments.rounds), LIMIT_S))
    if arguments.json:
        print(json.dumps(figures(measured, arguments.members), ensure_ascii=False))
        return
    for line in figures(measured, arguments.members):
        print(f"{line['figure']:60} {line['value']:>10} {line['unit']:3} {line['target']}")


if __name__ == "__main__":
    main()
