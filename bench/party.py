"""A large room on the real server: ``python -m bench.party [--json] [--members N] [--idle N]``.

One `ani serve` on SQLite as an operator would start it, one party, guests by invite over raw WebSockets: how long a join takes
while the room fills, how long until the last member has a command and what that costs the server, how long somebody with a lost
connection is away; what members cost who do nothing, what goes to those who watch, and how a line of 256 kbit/s fares.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench import _watching
from kernel.ids import new_id
from server.http.listening import raise_open_files
from tests.support.servers.live_server import LiveServer

MEMBERS = 500
AT_ONCE = 10  # joins under way; a link in a chat brings them about so
COMMANDS = 40
COMMAND_INTERVAL_S = 0.1
RESUMES = 50
LIMIT_S = 600
SETTLE_S = 3.0  # for lists and first pings of those who came last
IDLE_MEMBERS = 2_000
IDLE_S = 20.0
WATCHING = 60
WATCH_S = 20.0
SEEKS = 20
TARGETS_MS = {"join": 80, "resume": 1_000}
IDLE_TARGET = 5.0  # % of a core
WATCH_TARGET = 4.0  # kbit/s to a member


class Guest:
    """A member that answers pings and notes when versions arrive."""

    def __init__(self, session: aiohttp.ClientSession, url: str, auth: dict[str, str]) -> None:
        self._session = session
        self._url = f"{url}/socket.io/?EIO=4&transport=websocket"
        self._auth = auth
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self.arrived: dict[int, float] = {}
        self.version = 0
        self.received_bytes = 0
        self.members_count = 0
        self.is_over = False

    async def connect(self) -> None:
        self._ws = await self._session.ws_connect(self._url, compress=0)
        await self._ws.receive_str()
        await self._ws.send_str("40/party," + json.dumps(self._auth))
        greeting = await self._ws.receive_str()
        if not greeting.startswith("40/party,"):
            raise RuntimeError(greeting)
        self._reader = asyncio.create_task(self._read(self._ws))

    async def ask(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        assert self._ws is not None
        number = len(self._acks)
        self._acks[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(f"42/party,{number}" + json.dumps([event, payload]))
        answer: dict[str, Any] = await asyncio.wait_for(self._acks[number], 30)
        if not answer["ok"]:
            raise RuntimeError(str(answer))
        return answer

    async def join(self, party_id: str, since: int | None = None, *, members: str = "news") -> dict[str, Any]:
        answer = await self.ask("party:join", {"party_id": party_id, "since": since, "members": members})
        token = answer["you"].get("guest_token")
        if token is not None:
            self._auth = {"token": token}
        self.version = answer["version"]
        return answer

    def vanish(self) -> None:
        assert self._ws is not None
        connection: Any = self._ws._response.connection
        connection.transport.abort()

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        if self._ws is not None:
            await self._ws.close()

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            text: str = message.data
            self.received_bytes += len(text.encode()) + (2 if len(text) < 126 else 4)  # with the head of its frame
            if text == "2":
                await ws.send_str("3")
            elif text.startswith('42/party,["party:state"'):
                self.version = json.loads(text[9:])[1]["version"]
                self.arrived[self.version] = time.perf_counter()
            elif text.startswith('42/party,["party:members"'):
                self.members_count = json.loads(text[9:])[1]["members_count"]
            elif text.startswith("43/party,"):
                number, _, rest = text[9:].partition("[")
                self._acks[int(number)].set_result(json.loads("[" + rest)[0])
        self.is_over = True


@asynccontextmanager
async def party(folder: Path) -> AsyncIterator["Room"]:
    """A server with a party on it, and its host."""
    server = await LiveServer(folder, {"ANI_ADDRESS_CONNECTIONS": "0"}).start()  # all come from here
    try:
        person = await server.make_user()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            host = Guest(session, server.url, {"token": person.access_token})
            await host.connect()
            made = await host.ask("party:create", {"title": "Bench"})
            room = Room(server, session, host, made["party_id"], made["invite_url"].partition("?invite=")[2])
            await host.join(room.party_id)
            yield room
            await asyncio.gather(*(guest.close() for guest in [host, *room.guests]))
    finally:
        await server.stop()


@dataclass
class Room:
    """The party, and who is in it besides its host."""

    server: LiveServer
    session: aiohttp.ClientSession
    host: Guest
    party_id: str
    invite: str
    guests: list[Guest] = field(default_factory=list)

    async def fill(self, count: int, *, members: str = "news") -> list[float]:
        """Let ``count`` guests in; how long each join took, ms."""
        joins_ms: list[float] = []
        gate = asyncio.Semaphore(AT_ONCE)

        async def come(number: int) -> None:
            guest = Guest(self.session, self.server.url, {"invite": self.invite, "name": f"Guest {number}"})
            async with gate:
                await guest.connect()
                began = time.perf_counter()
                await guest.join(self.party_id, members=members)
                joins_ms.append((time.perf_counter() - began) * 1000)
            self.guests.append(guest)

        await asyncio.gather(*(come(number) for number in range(count)))
        await asyncio.sleep(SETTLE_S)
        return joins_ms


async def measure(folder: Path, members: int) -> list[dict[str, Any]]:
    """Joins, commands and returns."""
    async with party(folder) as room:
        host = room.host
        joins_ms = await room.fill(members)
        guests = [host, *room.guests]
        idle_s = await _watching.cpu_while(room.server.pid, COMMANDS * COMMAND_INTERVAL_S)
        before_s = _watching.cpu_s(room.server.pid)
        reached_ms = []
        for number in range(COMMANDS):
            began = time.perf_counter()
            command = {"id": new_id(), "kind": "settings", "title": f"Title {number}"}
            version = (await host.ask("party:command", command))["version"]
            await asyncio.sleep(COMMAND_INTERVAL_S)
            reached_ms += [(guest.arrived[version] - began) * 1000 for guest in guests if version in guest.arrived]
        delivery_us = (_watching.cpu_s(room.server.pid) - before_s - idle_s) / (COMMANDS * len(guests)) * 1e6
        told = len(reached_ms) / (COMMANDS * len(guests))
        away_ms = []
        for guest in room.guests[:RESUMES]:
            guest.vanish()
            began = time.perf_counter()
            await guest.connect()
            answer = await guest.join(room.party_id, since=guest.version)
            away_ms.append((time.perf_counter() - began) * 1000)
            if "log" not in answer:
                raise RuntimeError("a snapshot where the log was asked for")
    return [
        row(f"Join to snapshot, while {members} come ({AT_ONCE} at a time), p50", quantile(joins_ms, 0.5)),
        row("… p95", quantile(joins_ms, 0.95), TARGETS_MS["join"]),
        row(f"Command to a member of a room of {members}, stored before, p50", quantile(reached_ms, 0.5)),
        row("… p99", quantile(reached_ms, 0.99)),
        row("… members who got it", told * 100, unit="%") | {"target": "100", "ok": told == 1},
        row(
            "… CPU of the server for each delivery, with storing and all (beside the fan-out alone: bench.party_delivery)",
            delivery_us,
            unit="µs",
        ),
        row("Back with the log after a lost connection, p95", quantile(away_ms, 0.95), TARGETS_MS["resume"]),
    ]


async def measure_idle(folder: Path, members: int) -> list[dict[str, Any]]:
    """Members who answer pings and nothing else, and all of them gone at once."""
    async with party(folder) as room:
        await room.fill(members)
        share = await _watching.cpu_while(room.server.pid, IDLE_S) / IDLE_S * 100
        before_s = _watching.cpu_s(room.server.pid)
        for guest in room.guests:
            guest.vanish()
        gone_s, worst_s = await _watching.longest_wait_s(
            lambda: room.host.ask("clock", {"t0": 0}), lambda: room.host.members_count == 1
        )
        return [
            row(f"CPU for {members} members who do nothing, of a core", share, IDLE_TARGET, unit="%"),
            row(f"All {members} cut off at once: until the others see that", gone_s * 1000),
            row("… the longest anybody waited for an answer meanwhile", worst_s * 1000),
            row("… CPU of the server for it", (_watching.cpu_s(room.server.pid) - before_s) * 1000),
        ]


async def measure_watching(folder: Path, members: int) -> list[dict[str, Any]]:
    """What goes to members whose players report every 2 s, and how long a seek takes over a slow line."""
    rows = []
    for kind, label in (("news", ""), ("lists", ", as clients before there were news")):
        async with party(folder / kind) as room:
            await room.fill(members - 1, members=kind)
            crowd = [room.host, *room.guests]
            tasks = [asyncio.create_task(_watching.watch(guest, at, members)) for at, guest in enumerate(crowd)]
            await asyncio.sleep(2 * SETTLE_S)
            before = sum(guest.received_bytes for guest in room.guests)
            watch_s = WATCH_S if kind == "news" else 4 * WATCH_S  # whole lists come twice a minute at most
            await asyncio.sleep(watch_s)
            received = sum(guest.received_bytes for guest in room.guests) - before
            kbit_s = received * 8 / 1000 / watch_s / len(room.guests)
            rows.append(row(f"To each of {members} who just watch{label}", kbit_s, WATCH_TARGET, unit="kbit/s"))
            if kind == "news":
                rows += await _seeks_over_slow_line(room)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    return rows


async def _seeks_over_slow_line(room: Room) -> list[dict[str, Any]]:
    async with _watching.slow_line(room.server.port) as port:
        slow = Guest(room.session, f"http://127.0.0.1:{port}", {"invite": room.invite, "name": "Slow"})
        await slow.connect()
        await slow.join(room.party_id)
        await slow.ask("party:look", {"looks": True})
        reached_ms = []
        for number in range(SEEKS):
            await asyncio.sleep(0.7)
            began = time.perf_counter()
            command = {"id": new_id(), "kind": "settings", "title": f"Title {number}"}
            version = (await room.host.ask("party:command", command))["version"]
            while version not in slow.arrived and not slow.is_over:  # noqa: ASYNC110 - the clock is read where it arrives
                await asyncio.sleep(0.002)
            reached_ms.append((slow.arrived.get(version, time.perf_counter()) - began) * 1000)
        lost = slow.is_over
        await slow.close()
    return [
        row("A command to a member on 256 kbit/s who looks at the figures of all, p95", quantile(reached_ms, 0.95)),
        row("… connections lost", int(lost), 0, unit=""),
    ]


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def row(figure: str, value: float, target: float | None = None, *, unit: str = "ms") -> dict[str, Any]:
    return {
        "figure": figure,
        "value": round(value, 1 if value >= 10 else 2),
        "unit": unit,
        "target": "" if target is None else f"≤ {target:,}",
        "ok": None if target is None else value <= target,
    }


async def figures(folder: Path, members: int, idle: int) -> list[dict[str, Any]]:
    rows = await measure(folder / "room", members)
    rows += await measure_idle(folder / "idle", idle)
    return rows + await measure_watching(folder / "watching", WATCHING)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.party", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--members", type=int, default=MEMBERS, help="how many guests come")
    parser.add_argument("--idle", type=int, default=IDLE_MEMBERS, help="how many do nothing")
    arguments = parser.parse_args()
    raise_open_files()  # each is a socket here, too
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(asyncio.wait_for(figures(Path(folder), arguments.members, arguments.idle), LIMIT_S))
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for line in rows:
        print(f"{line['figure']:75} {line['value']:>10} {line['unit']:6} {line['target']}")


if __name__ == "__main__":
    main()
