"""A large room on the real server: ``python -m bench.party [--json] [--members N]``.

One `ani serve` on SQLite as an operator would start it, one party, guests by invite over raw WebSockets: how long a join takes
while the room fills, how long until the last member has a command, how long somebody with a lost connection is away.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from kernel.ids import new_id
from tests.support.live_server import LiveServer

MEMBERS = 500
AT_ONCE = 10  # joins under way; a link in a chat brings them about so
COMMANDS = 40
COMMAND_INTERVAL_S = 0.1
RESUMES = 50
LIMIT_S = 300
TARGETS_MS = {"join": 80, "resume": 1_000}


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

    async def join(self, party_id: str, since: int | None = None) -> dict[str, Any]:
        answer = await self.ask("party:join", {"party_id": party_id, "since": since})
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
            if text == "2":
                await ws.send_str("3")
            elif text.startswith('42/party,["party:state"'):
                self.version = json.loads(text[9:])[1]["version"]
                self.arrived[self.version] = time.perf_counter()
            elif text.startswith("43/party,"):
                number, _, rest = text[9:].partition("[")
                self._acks[int(number)].set_result(json.loads("[" + rest)[0])


async def measure(folder: Path, members: int) -> list[dict[str, Any]]:
    server = await LiveServer(folder, {"ANI_ADDRESS_CONNECTIONS": "0"}).start()  # all come from here
    guests: list[Guest] = []
    try:
        person = await server.make_user()
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            host = Guest(session, server.url, {"token": person.access_token})
            guests.append(host)
            await host.connect()
            made = await host.ask("party:create", {"title": "Bench"})
            party_id, invite = made["party_id"], made["invite_url"].partition("?invite=")[2]
            await host.join(party_id)
            joins_ms: list[float] = []
            gate = asyncio.Semaphore(AT_ONCE)

            async def come(number: int) -> None:
                guest = Guest(session, server.url, {"invite": invite, "name": f"Guest {number}"})
                async with gate:
                    await guest.connect()
                    began = time.perf_counter()
                    await guest.join(party_id)
                    joins_ms.append((time.perf_counter() - began) * 1000)
                guests.append(guest)

            await asyncio.gather(*(come(number) for number in range(members)))
            reached_ms = []
            for number in range(COMMANDS):
                began = time.perf_counter()
                command = {"id": new_id(), "kind": "settings", "title": f"Title {number}"}
                version = (await host.ask("party:command", command))["version"]
                await asyncio.sleep(COMMAND_INTERVAL_S)
                reached_ms += [(guest.arrived[version] - began) * 1000 for guest in guests if version in guest.arrived]
            told = len(reached_ms) / (COMMANDS * len(guests))
            away_ms = []
            for guest in guests[1 : RESUMES + 1]:
                guest.vanish()
                began = time.perf_counter()
                await guest.connect()
                answer = await guest.join(party_id, since=guest.version)
                away_ms.append((time.perf_counter() - began) * 1000)
                if "log" not in answer:
                    raise RuntimeError("a snapshot where the log was asked for")
            await asyncio.gather(*(guest.close() for guest in guests))
        return [
            row(f"Join to snapshot, while {members} come ({AT_ONCE} at a time), p50", quantile(joins_ms, 0.5)),
            row("… p95", quantile(joins_ms, 0.95), TARGETS_MS["join"]),
            row(f"Command to a member of a room of {members}, stored before, p50", quantile(reached_ms, 0.5)),
            row("… p99", quantile(reached_ms, 0.99)),
            {
                "figure": "… members who got it",
                "value": round(told * 100, 3),
                "unit": "%",
                "target": "100",
                "ok": told == 1,
            },
            row("Back with the log after a lost connection, p95", quantile(away_ms, 0.95), TARGETS_MS["resume"]),
        ]
    finally:
        await server.stop()


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def row(figure: str, value_ms: float, target_ms: float | None = None) -> dict[str, Any]:
    return {
        "figure": figure,
        "value": round(value_ms, 1),
        "unit": "ms",
        "target": "" if target_ms is None else f"≤ {target_ms:,}",
        "ok": None if target_ms is None else value_ms <= target_ms,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.party", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--members", type=int, default=MEMBERS, help="how many guests come")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(asyncio.wait_for(measure(Path(folder), arguments.members), LIMIT_S))
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for line in rows:
        print(f"{line['figure']:75} {line['value']:>10} {line['unit']:3} {line['target']}")


if __name__ == "__main__":
    main()
