"""Members who do nothing, only watch, or have a slow line: the parts of ``bench.party`` that are not about commands."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

REPORT_INTERVAL_S = 2.0
"""What `docs/party.md` tells players."""

LINE_BYTES_S = 32_000
"""256 kbit/s."""
LINE_SLICE_S = 0.02


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def cpu_while(pid: int, seconds: float) -> float:
    before_s = cpu_s(pid)
    await asyncio.sleep(seconds)
    return cpu_s(pid) - before_s


async def watch(guest: Any, number: int, members: int) -> None:
    """Report as a player does, each at its own moment, until cancelled."""
    await asyncio.sleep(REPORT_INTERVAL_S * number / members)
    position_ms = 0
    while True:
        position_ms += int(REPORT_INTERVAL_S * 1000)
        report = {"position_ms": position_ms, "at_ms": 0, "state": "playing", "drift_ms": number % 7, "rtt_ms": 40}
        await guest.ask("party:report", report | {"buffer_ms": 20_000})
        await asyncio.sleep(REPORT_INTERVAL_S)


@asynccontextmanager
async def slow_line(port: int) -> AsyncIterator[int]:
    """A port that leads to ``port`` over a line of :data:`LINE_BYTES_S` towards the client, with next to no buffers of its own."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)

    async def carry(source: socket.socket, sink: socket.socket, size: int, pause_s: float) -> None:
        try:
            while data := await loop.sock_recv(source, size):
                await loop.sock_sendall(sink, data)
                await asyncio.sleep(pause_s * len(data) / size)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()

    async def accept() -> None:
        while True:
            client, _ = await loop.sock_accept(listener)
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            server.setblocking(False)
            await loop.sock_connect(server, ("127.0.0.1", port))
            slice_bytes = int(LINE_BYTES_S * LINE_SLICE_S)
            tasks.add(asyncio.create_task(carry(server, client, slice_bytes, LINE_SLICE_S)))
            tasks.add(asyncio.create_task(carry(client, server, 4_096, 0)))

    tasks.add(asyncio.create_task(accept()))
    try:
        yield listener.getsockname()[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()


async def longest_wait_s(ask: Callable[[], Any], until: Callable[[], bool], limit_s: float = 60) -> tuple[float, float]:
    """Ask again and again until something holds: how long that took, and the longest that anybody waited for an answer."""
    began, worst_s = time.perf_counter(), 0.0
    while not until():
        asked = time.perf_counter()
        await ask()
        worst_s = max(worst_s, time.perf_counter() - asked)
        if asked - began > limit_s:
            raise TimeoutError
        await asyncio.sleep(0.01)
    return time.perf_counter() - began, worst_s
