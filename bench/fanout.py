"""Server CPU for one message to a room: ``python -m bench.fanout [--json] [--members N]``.

Three servers in turn, each a process of its own with the same members and messages: stock python-socketio, our fan-out, and
a bare loop of ``transport.write`` over the same connections, which is what any server has to pay.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import socketio
import uvloop
from aiohttp import web

from realtime.broadcast import json as fast_json
from realtime.broadcast.adapters.fanout import FastManager
from realtime.broadcast.frames import event_text, server_frame
from realtime.gateway.adapters.server import FastServer

MEMBERS = 500
MESSAGES = 60
INTERVAL_S = 0.1  # apart, so that one message's work is done before the next begins
WARM_UP = 5
MESSAGE_BYTES = 158  # a `party:state`
NAMESPACE = "/bench"
ROOM = "room"
LIMIT_S = 120
MODES = {"stock": "python-socketio as it comes", "fast": "Ani's fan-out", "bare": "a bare loop of writes"}
TARGET_SHARE = 0.25  # of stock; the system call alone, which nobody can save, is 0.1 to 0.18 of it


# The server, in a process of its own ----------------------------------------------------------------------------------


async def serve(mode: str) -> None:
    """Print the port; at each line ``<messages>`` send that many; print what it cost."""
    options: dict[str, Any] = {
        "async_mode": "aiohttp",
        "namespaces": [NAMESPACE],
        "ping_interval": 300,
        "ping_timeout": 300,
    }
    manager = FastManager()
    server: socketio.AsyncServer = (
        socketio.AsyncServer(**options)
        if mode == "stock"
        else FastServer(client_manager=manager, **options | {"json": fast_json})
    )

    async def enter(sid: str, _environ: dict[str, Any], _auth: object) -> None:
        await server.enter_room(sid, ROOM, namespace=NAMESPACE)

    server.on("connect", enter, namespace=NAMESPACE)
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    body = {"n": "x" * (MESSAGE_BYTES - len(event_text(NAMESPACE, "state", {"n": ""})))}
    frame = server_frame(event_text(NAMESPACE, "state", body))

    async def send() -> None:
        if mode != "bare":
            await server.emit("state", body, room=ROOM, namespace=NAMESPACE)
            return
        for _, queue in manager._members_of(NAMESPACE, ROOM):
            queue._transport.write(frame)  # type: ignore[union-attr]  # every member is on a WebSocket here

    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        began, sent = _cpu_s(), []
        for _ in range(int(line)):
            sent.append(time.monotonic())
            await send()
            await asyncio.sleep(INTERVAL_S)
        print(json.dumps({"cpu_s": _cpu_s() - began, "sent": sent, "rss_kib": _rss_kib()}), flush=True)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _rss_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# The members ----------------------------------------------------------------------------------------------------------


class Member(asyncio.Protocol):
    """A client that only counts: whoever parses costs more than the server."""

    def __init__(self) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        self.arrived: list[float] = []
        self._head = b""
        self._bytes = 0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.ready.done():
            self._bytes += len(data)
            now = time.monotonic()
            frame_bytes = MESSAGE_BYTES + 4  # two bytes of header and two of length
            self.arrived += [now] * (self._bytes // frame_bytes - len(self.arrived))
            return
        self._head += data
        if b"0{" in self._head and b"40" + NAMESPACE.encode() not in self._head and not self._head.endswith(b"\0asked"):
            self._transport.write(_masked(b"40" + NAMESPACE.encode() + b","))
            self._head = b"\0asked"
        elif b"40" + NAMESPACE.encode() in self._head:
            self.ready.set_result(None)


def _masked(text: bytes) -> bytes:
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text  # a mask of zeros is a mask


async def measure(mode: str, members: int) -> dict[str, float]:
    """µs of server CPU a delivered message, and how late the messages were."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.fanout",
        "--serve",
        mode,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    made: list[Member] = []
    try:
        port = int(await process.stdout.readline())
        loop = asyncio.get_running_loop()
        for _ in range(members):
            _, member = await loop.create_connection(Member, "127.0.0.1", port)
            made.append(member)
            await member.ready

        async def run(messages: int) -> dict[str, Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"%d\n" % messages)
            answer: dict[str, Any] = json.loads(await process.stdout.readline())
            return answer

        await run(WARM_UP)
        idle = await run(0)
        answer = await run(MESSAGES)
        await asyncio.sleep(0.2)
        late_ms = sorted(
            (arrived - sent) * 1000
            for member in made
            for arrived, sent in zip(member.arrived[WARM_UP:], answer["sent"], strict=True)
        )
        return {
            "us": (answer["cpu_s"] - idle["cpu_s"]) / (MESSAGES * members) * 1e6,
            "p50_ms": statistics.median(late_ms),
            "p99_ms": late_ms[int(len(late_ms) * 0.99)],
        }
    finally:
        for member in made:
            member._transport.close()
        process.kill()
        await process.wait()


async def figures(members: int) -> list[dict[str, Any]]:
    measured = {mode: await asyncio.wait_for(measure(mode, members), LIMIT_S) for mode in MODES}
    rows: list[dict[str, Any]] = []

    def row(figure: str, value: float, unit: str, target: str = "", ok: bool | None = None) -> None:
        rows.append({"figure": figure, "value": round(value, 2), "unit": unit, "target": target, "ok": ok})

    for mode, label in MODES.items():
        row(f"CPU per delivered message, {members} members: {label}", measured[mode]["us"], "µs")
    share = measured["fast"]["us"] / measured["stock"]["us"]
    row("… ours as a share of stock", share, "", f"≤ {TARGET_SHARE}", share <= TARGET_SHARE)
    for mode, label in MODES.items():
        row(f"Last of a room of {members} reached, p99: {label}", measured[mode]["p99_ms"], "ms")
    rows[-2] |= {"target": "≤ stock", "ok": measured["fast"]["p99_ms"] <= measured["stock"]["p99_ms"]}
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--members", type=int, default=MEMBERS, help="how many are in the room")
    parser.add_argument("--serve", choices=MODES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    run: Callable[[Any], Any] = uvloop.run
    if arguments.serve:
        run(serve(arguments.serve))
        return
    rows = run(figures(arguments.members))
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['figure']:70} {row['value']:>10} {row['unit']:3} {row['target']}")


if __name__ == "__main__":
    main()
