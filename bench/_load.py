"""Requests per second of one address: from wrk where it is installed, else from a client of our own."""

import asyncio
import re
import shutil
import subprocess
import time
from typing import cast

import uvloop

CONNECTIONS = 16
"""Enough to keep one process busy, few enough that none of them waits long."""


class LoadFailed(Exception):
    """Some answer was not a 2xx."""


def generator() -> str:
    """What makes the load here."""
    return "wrk" if shutil.which("wrk") else "asyncio client"


def requests_per_s(url: str, seconds: float) -> float:
    """How many answers a second ``url`` gives to 16 connections that each ask again at once."""
    if shutil.which("wrk"):
        return _wrk(url, seconds)
    return uvloop.run(_own(url, seconds))


def _wrk(url: str, seconds: float) -> float:
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", url],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 30,
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if rate is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise LoadFailed(f"{url}: {done.stdout}")
    return float(rate[1])


class _Connection(asyncio.Protocol):
    """Asks, counts bytes until the answer is whole, asks again.  Every answer is as long as the first."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._length = 0
        self._left = 0
        self.answers = 0
        self.failure = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._length:
            self._head += data
            head, end, _ = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if b" 200 " not in head[:15] or size is None:
                self.failure = head.decode(errors="replace")[:200]
                return
            self._length = self._left = len(head) + 4 + int(size[1])
            data = self._head
        self._left -= len(data)
        if self._left <= 0:
            self.answers += 1
            self._left = self._length
            assert self._transport is not None
            self._transport.write(self._request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def _own(url: str, seconds: float) -> float:
    address, slash, path = url.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    request = f"GET {slash}{path} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(request), host, int(port)) for _ in range(CONNECTIONS)]
    connections = [protocol for _, protocol in made]
    began, before = time.perf_counter(), sum(each.answers for each in connections)
    await asyncio.sleep(seconds)
    rate = (sum(each.answers for each in connections) - before) / (time.perf_counter() - began)
    for each in connections:
        each.close()
    failed = [each.failure for each in connections if each.failure]
    if failed or not rate:
        raise LoadFailed(f"{url}: {failed[:1]}")
    return rate
