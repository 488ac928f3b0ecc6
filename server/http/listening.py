"""Connections as such: how many the process has room for, how many of one address, and how long they may say nothing.

aiohttp leaves all of this to a proxy in front; a laptop has none.
"""

import asyncio
import resource
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from kernel.limits import address_key, connections_allowed
from kernel.log import Occasionally
from kernel.metrics import CONNECTIONS_ENDED, CONNECTIONS_REFUSED

log = structlog.get_logger()

SILENT_S = 20.0
"""For the head of the first request.  Browsers open sockets ahead of need, and open another one when that was in vain."""

CONNECTIONS_SHARE = 0.75
"""Of the open files: the rest is for the database, for films being read and for programs that decode them."""

CLOSING_SHARE = 0.1
"""Of the open files: for connections that were ended to make room and have not taken their end yet."""

UNLIMITED_FILES = 1_048_576
"""For a system that names no hard limit: what Linux allows a process at most unless told otherwise (fs.nr_open)."""

WATCH_INTERVAL_S = 1.0


def raise_open_files() -> int:
    """Let the process have as many open files as it is allowed to (often 1,024 of 524,288); how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = UNLIMITED_FILES if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError) as error:
        log.warning("the limit of open files cannot be raised", limit=soft, reason=repr(error))
        return soft
    return wanted


class Listening:
    """Stands between the listening socket and the server of a runner."""

    def __init__(self, *, open_files: int, per_address: int, make_room: Callable[[], bool]) -> None:
        """``per_address``: 0 for any number, as behind a proxy.

        ``make_room`` ends a connection that spoke but came to nothing, if there is one.
        """
        self._room = int(open_files * CONNECTIONS_SHARE)
        self._limit = int(open_files * (CONNECTIONS_SHARE + CLOSING_SHARE))
        self._per_address = per_address
        self._make_room = make_room
        self._keys: dict[RequestHandler, str] = {}
        self._of_address: Counter[str] = Counter()
        self._silent: dict[RequestHandler, float] = {}
        """Connection → when it has to have spoken, oldest first."""
        self._silent_of: dict[str, dict[RequestHandler, None]] = {}
        """The same by address."""
        self._lines = {reason: Occasionally() for reason in ("address", "full", "open_files")}

    def stand_in_front(self, runner: web.AppRunner) -> None:
        """After ``runner.setup()``, and after whatever else wants to answer first."""
        server: Any = runner.server
        made, lost, handle = server.connection_made, server.connection_lost, server.request_handler

        def connection_made(handler: RequestHandler, transport: asyncio.Transport) -> None:
            made(handler, transport)
            self._made(handler, transport)

        def connection_lost(handler: RequestHandler, exc: BaseException | None = None) -> None:
            self._lost(handler)
            lost(handler, exc)

        def request_handler(request: web.BaseRequest) -> Any:
            self._spoke(request.protocol)
            return handle(request)

        server.connection_made, server.connection_lost = connection_made, connection_lost
        server.request_handler = request_handler

    async def watch(self) -> None:
        """End who says nothing, and notice when there are no more files to open; for as long as the server runs."""
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            self.end_silent(time.monotonic())
            self.try_open()

    def end_silent(self, now_s: float) -> None:
        """End those whose time is up."""
        overdue = []
        for handler, deadline_s in self._silent.items():
            if deadline_s > now_s:
                break
            overdue.append(handler)
        for handler in overdue:
            self._end(handler, "silent")

    def try_open(self) -> None:
        """The event loop closes what it cannot accept for want of a file without telling anybody; so ask for one ourselves."""
        try:
            with open("/dev/null", "rb"):  # noqa: PTH123 - one system call, not five
                return
        except OSError as error:
            self._refused("open_files", error=error.strerror)

    def _made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        key = address_key(address)
        allowed = connections_allowed(address, self._per_address)
        count = len(self._keys)
        if self._per_address and self._of_address[key] >= allowed and not self._displace(key):
            self._refused("address", address=address)
            transport.abort()
            return
        if count >= self._room and (count >= self._limit or not (self._displace(None) or self._make_room())):
            self._refused("full", connections=count)
            transport.abort()
            return
        self._keys[handler] = key
        self._of_address[key] += 1
        self._silent[handler] = time.monotonic() + SILENT_S
        self._silent_of.setdefault(key, {})[handler] = None

    def _spoke(self, handler: RequestHandler) -> None:
        if self._silent.pop(handler, None) is None:
            return
        of_address = self._silent_of[self._keys[handler]]
        del of_address[handler]
        if not of_address:
            del self._silent_of[self._keys[handler]]

    def _lost(self, handler: RequestHandler) -> None:
        self._spoke(handler)
        key = self._keys.pop(handler, None)
        if key is None:
            return
        self._of_address[key] -= 1
        if not self._of_address[key]:
            del self._of_address[key]

    def _displace(self, key: str | None) -> bool:
        """End the connection that has been silent for longest, of one address or of all; false when there is none."""
        handler = next(iter(self._silent if key is None else self._silent_of.get(key, ())), None)
        if handler is None:
            return False
        self._end(handler, "displaced")
        return True

    def _end(self, handler: RequestHandler, reason: str) -> None:
        CONNECTIONS_ENDED.labels(reason).inc()
        self._lost(handler)  # it does not count any more, though the end of it comes with the next turn of the loop
        if handler.transport is not None:
            handler.transport.abort()

    def _refused(self, reason: str, **details: Any) -> None:
        CONNECTIONS_REFUSED.labels(reason).inc()
        if times := self._lines[reason].count(time.monotonic()):
            log.warning("connections refused", reason=reason, times=times, **details)
