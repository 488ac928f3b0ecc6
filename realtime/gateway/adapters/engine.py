"""Engine.IO v4 where python-engineio is laxer than the protocol and the reference server."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from engineio import AsyncServer as EngineServer  # type: ignore[import-untyped]  # python-engineio ships no annotations
from engineio import packet
from engineio.exceptions import EngineIOError  # type: ignore[import-untyped]  # as above

from kernel.errors import TooManyRequests
from kernel.log import Occasionally
from kernel.metrics import CONNECTIONS_REFUSED

log = structlog.get_logger()

MAX_PACKETS = 4_096
"""Packets of one POST: all that the shortest events leave room for in 64 KiB.  The library stops at 16, and loses the rest."""

PACKETS_A_TURN = 32
"""Packets taken before the others get their turn."""

SEPARATOR = "\x1e"

METHODS = ("GET", "POST", "OPTIONS")


def _packets(body: str) -> Iterator[packet.Packet]:
    """Engine.IO protocol v4, "Payload".  Raises ``ValueError``, before the first packet where there are too many."""
    if not body:
        return
    if body.startswith("d="):  # JSONP
        body = parse_qs(body)["d"][0]
    if body.count(SEPARATOR) >= MAX_PACKETS:
        raise ValueError("too many packets")
    # All are understood before the first one has an effect.
    yield from [packet.Packet(encoded_packet=item) for item in body.split(SEPARATOR)]


class StrictEngine(EngineServer):  # type: ignore[misc]  # untyped base, see the import
    """Refuses requests without a transport or of other methods, ends sessions that send rubbish or poll twice at once."""

    admit: Callable[[str], None]
    """Asked with the address before each new session; raises :class:`TooManyRequests`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.admit = lambda _: None
        self._polling: set[str] = set()
        self._refusals = Occasionally()

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request of Engine.IO v4; a handshake over the limit of its address gets 429."""
        if request.method not in METHODS or (request.method != "OPTIONS" and "transport" not in request.query):
            return web.Response(status=400, text="Bad request")
        if "sid" not in request.query and request.method == "GET" and self._may_come_from(request):
            try:
                self.admit(request.remote or "")
            except TooManyRequests as error:
                return self._turned_away(request, error)
        sid = request.query.get("sid", "")
        session = self.sockets.get(sid)
        if session is None or session.closed or session.upgraded or not session.connected:
            return await self._stock(request)
        if request.method == "POST" and self._may_come_from(request):
            return await self._take(request, sid, session)
        if request.method == "GET" and request.query["transport"] == "polling" and "Upgrade" not in request.headers:
            return await self._poll(request, sid, session)
        return await self._stock(request)

    async def _stock(self, request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await super().handle_request(request)
        return response

    def _turned_away(self, request: web.Request, error: TooManyRequests) -> web.Response:
        CONNECTIONS_REFUSED.labels("address").inc()
        if times := self._refusals.count(time.monotonic()):
            log.warning("too many connections from one address", address=request.remote, times=times)
        headers = dict(self._cors_headers(self._async["translate_request"](request)))
        headers["Retry-After"] = str(error.retry_after_s)
        return web.Response(status=429, text="Too many connections from your address", headers=headers)

    def _may_come_from(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        allowed = self._cors_allowed_origins(self._async["translate_request"](request))
        return not origin or allowed is None or origin in allowed

    async def _take(self, request: web.Request, sid: str, session: Any) -> web.Response:
        """Packets by POST: all are understood, or the session is over."""
        headers = dict(self._cors_headers(self._async["translate_request"](request)))
        try:
            for number, item in enumerate(_packets(await self._body(request)), 1):
                await session.receive(item)
                if number % PACKETS_A_TURN == 0:
                    await asyncio.sleep(0)
        except (ValueError, LookupError, EngineIOError) as error:
            log.info("protocol violation", client=sid, reason=repr(error))
            await session.close(wait=False, reason=self.reason.TRANSPORT_ERROR)
            self.sockets.pop(sid, None)
            return web.Response(status=400, text="Bad request", headers=headers)
        if session.closed:  # the client said goodbye: the poll it may have open gets an end, too
            await session.queue.put(packet.Packet(packet.NOOP))
            self.sockets.pop(sid, None)
        return web.Response(text="ok", headers=headers)

    async def _body(self, request: web.Request) -> str:
        """Raises ``ValueError``, which is what bad UTF-8 raises, too."""
        if (request.content_length or 0) > self.max_http_buffer_size:
            raise ValueError("too large")
        # A body in chunks, or compressed, says nothing of its length: what counts is what arrives.
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > self.max_http_buffer_size:
                raise ValueError("too large")
        return body.decode()

    async def _poll(self, request: web.Request, sid: str, session: Any) -> web.StreamResponse:
        if sid in self._polling:
            await session.close(wait=False, reason=self.reason.TRANSPORT_ERROR)
            self.sockets.pop(sid, None)
            return web.Response(status=400, text="Bad request")
        self._polling.add(sid)
        try:
            return await self._stock(request)
        finally:
            self._polling.discard(sid)
