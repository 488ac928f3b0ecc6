"""The Socket.IO server itself, with its numbers."""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any

import socketio
import structlog
from socketio import packet

from kernel.concurrency.tasks import TaskSet
from kernel.metrics import CONNECTIONS_ENDED
from realtime.broadcast import json as fast_json
from realtime.broadcast.adapters.fanout import Broadcast, FastEngine, FastManager, StockBroadcast
from realtime.broadcast.adapters.queue import SocketQueue
from realtime.broadcast.adapters.selftest import fast_path_works
from realtime.gateway.adapters.engine import StrictEngine
from realtime.gateway.connection_limits import STRANGER_S, ConnectionLimiter
from realtime.gateway.malformed import HALF_A_CHARACTER, Malformed, salvaged_event

log = structlog.get_logger()

NAMESPACE = "/party"

AllowedOrigin = Callable[[str, dict[str, Any]], bool]
"""(origin, environ) → whether a page from there may connect."""

PING_INTERVAL_S = 4
PING_TIMEOUT_S = 3
"""A dead peer is noticed after interval + timeout = 7 s on a WebSocket, and one more timeout (the sweep) = 10 s on polling."""

MAX_MESSAGE_BYTES = 64 * 1024
"""The longest legal message is a chat text of 2,000 characters (8 kB as UTF-8, 24 kB fully escaped)."""

RESERVED_EVENTS = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
"""Names a client may not send: some of our handlers go by them."""

END_TIMEOUT_S = 2.0
"""How long a closing client may take to accept what is queued for it."""

MAX_ATTACHMENTS = 10
"""Binary parts of one message that may be outstanding; no event of ours has any, so this only bounds memory."""


_ATTACHMENTS = re.compile(r"5(\d{1,10})-")


class JsonPacket(packet.Packet):
    """What we send holds no binary parts, so nobody has to look for any: in a snapshot of 200 members that is 4 ms.

    What we are sent may hold text and numbers that are none; see :mod:`realtime.gateway.malformed`.
    """

    def decode(self, encoded_packet: Any) -> int:
        """Read one packet; text that is none becomes :class:`Malformed`.  The number of binary parts to come."""
        attachments_count: int
        try:
            attachments_count = super().decode(encoded_packet)
        except fast_json.JSONDecodeError as error:
            self.data = self._salvaged(error.doc)
            attachments = _ATTACHMENTS.match(encoded_packet)
            attachments_count = 0 if attachments is None else int(attachments[1])
        return attachments_count

    def _salvaged(self, text: str) -> Any:
        """Raises ``ValueError`` where this is no event and no connection."""
        if self.packet_type == packet.CONNECT and salvaged_event(f'["connect",{text}]') is not None:
            return Malformed(HALF_A_CHARACTER)
        event = salvaged_event(text) if self.packet_type in (packet.EVENT, packet.BINARY_EVENT) else None
        if event is None:
            raise ValueError("not JSON")
        return event

    @classmethod
    def reconstruct_binary(cls, data: Any, attachments: list[bytes]) -> Any:
        """The event with its attachments in place of what stood for them; malformed where one is missing."""
        try:
            return super().reconstruct_binary(data, attachments)
        except (LookupError, TypeError):
            if not isinstance(data, list) or not data:
                raise
            return [data[0], Malformed("A binary part is missing.")]

    @classmethod
    def data_is_binary(cls, data: Any) -> bool:  # noqa: ARG003 - the library's signature
        """Never."""
        return False


class StrictServer(socketio.AsyncServer):
    """A Socket.IO server that ends a connection which breaks the protocol, as the reference server does, or comes to nothing."""

    def __init__(self, *, limiter: ConnectionLimiter | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._limiter = ConnectionLimiter(0) if limiter is None else limiter
        self.eio.admit = self._admit
        self.eio.on_lost = self._count_lost
        self._tasks = TaskSet("socket-server")
        self._deadlines: dict[str, asyncio.TimerHandle] = {}

    async def shutdown(self) -> None:
        """Stop everything that runs for this server."""
        for deadline in self._deadlines.values():
            deadline.cancel()
        await super().shutdown()
        await self._tasks.close()

    # Who comes in, and who has to go

    def _admit(self, address: str) -> None:
        """One more connection from ``address``.  Raises :class:`TooManyRequests`."""
        displaced = self._limiter.ask(address, asyncio.get_running_loop().time() * 1000)
        if displaced is not None:
            self._end_stranger(displaced, "displaced")

    def displace_stranger(self) -> bool:
        """End the oldest connection without a namespace; false when there is none."""
        displaced = self._limiter.oldest_stranger()
        if displaced is not None:
            self._end_stranger(displaced, "displaced")
        return displaced is not None

    def _end_stranger(self, eio_sid: str, reason: str) -> None:
        self._forget(eio_sid)
        CONNECTIONS_ENDED.labels(reason).inc()
        log.debug("connection without a namespace ended", client=eio_sid, reason=reason)
        connection = self.eio.sockets.get(eio_sid)
        if reason == "displaced" and connection is not None and isinstance(connection.queue, SocketQueue):
            connection.queue.abort()  # its place is needed now, not after a goodbye that it may leave unanswered
        self._tasks.spawn(self.end(eio_sid), name="end")

    def _forget(self, eio_sid: str) -> None:
        self._limiter.closed(eio_sid)
        self._no_deadline(eio_sid)

    def _no_deadline(self, eio_sid: str) -> None:
        if (deadline := self._deadlines.pop(eio_sid, None)) is not None:
            deadline.cancel()

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)  # type: ignore[misc]  # private hook, absent from the stubs
        self._limiter.opened(eio_sid, environ["aiohttp.request"].remote or "")
        loop = asyncio.get_running_loop()
        self._deadlines[eio_sid] = loop.call_later(STRANGER_S, self._end_stranger, eio_sid, "stranger")

    def _count_lost(self, eio_sid: str) -> None:
        """It answers no ping: most of those that join nothing end so, long before their time is up."""
        if self._limiter.is_stranger(eio_sid):
            CONNECTIONS_ENDED.labels("stranger").inc()

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        if reason == self.reason.PING_TIMEOUT:
            self._count_lost(eio_sid)
        self._forget(eio_sid)
        await super()._handle_eio_disconnect(eio_sid, reason)  # type: ignore[misc]  # as above

    def _engineio_server_class(self) -> type[StrictEngine]:
        return StrictEngine

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)  # type: ignore[misc]  # private hook, absent from the stubs
            partial = self._binary_packet.get(eio_sid)  # type: ignore[attr-defined]  # as above
            if partial is not None and partial.attachment_count > MAX_ATTACHMENTS:
                raise ValueError("too many attachments")  # noqa: TRY301 - one place decides what ends a connection
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            # What python-socketio raises on bytes that are not its protocol; our handlers let nothing out.
            log.info("protocol violation", client=eio_sid, reason=repr(error))
            await self.end(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:  # noqa: A002 - the library's name
        if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] in RESERVED_EVENTS:
            raise ValueError("not an event")
        if isinstance(data[-1], Malformed) and not self.manager.sid_from_eio_sid(eio_sid, namespace or "/"):
            raise ValueError("not an event")  # of nobody: there is no one to answer
        await super()._handle_event(eio_sid, namespace, id, data)  # type: ignore[misc]  # as above

    async def _handle_disconnect(self, eio_sid: str, namespace: str | None, reason: str | None = None) -> None:
        await super()._handle_disconnect(eio_sid, namespace, reason)  # type: ignore[misc]  # as above
        left = any(self.manager.sid_from_eio_sid(eio_sid, name) for name in self.namespaces)
        if reason == self.reason.CLIENT_DISCONNECT and not left:
            await self.end(eio_sid)  # a connection without a namespace is of no use to anybody

    async def end(self, eio_sid: str) -> None:
        """Close a connection for good: the library alone would leave the WebSocket open until it times out."""
        connection = self.eio.sockets.get(eio_sid)
        if connection is None:
            return
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await self.eio.disconnect(eio_sid)
        except TimeoutError:  # it takes nothing any more
            log.info("connection does not take its end", client=eio_sid)
        await connection.queue.put(None)  # ends the writer, which closes the WebSocket

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        if (namespace or "/") not in self.namespaces:
            # The library answers a bare string here; clients expect an object (Socket.IO protocol v5, "Connection").
            reason: Any = {"message": "Invalid namespace"}  # the stubs know lists only
            refusal = self.packet_class(packet.CONNECT_ERROR, data=reason, namespace=namespace or "/")
            await self._send_packet(eio_sid, refusal)  # type: ignore[attr-defined]  # as above
            return
        await super()._handle_connect(eio_sid, namespace, data)  # type: ignore[misc]  # as above
        if self.manager.sid_from_eio_sid(eio_sid, namespace or "/") is not None:
            self._limiter.joined(eio_sid)
            self._no_deadline(eio_sid)


class _FastStrictEngine(FastEngine, StrictEngine):
    """Both."""


class FastServer(StrictServer):
    """The same over the fast fan-out."""

    def _engineio_server_class(self) -> type[StrictEngine]:
        return _FastStrictEngine


async def build_server(
    *, limiter: ConnectionLimiter | None = None, cors_allowed_origins: AllowedOrigin | None = None
) -> tuple[StrictServer, Broadcast]:
    """A server and its fan-out: the fast ones where they fit the installed libraries, the stock ones otherwise."""
    options: dict[str, Any] = {
        "limiter": limiter,
        "async_mode": "aiohttp",
        "json": fast_json,
        "serializer": JsonPacket,
        "namespaces": [NAMESPACE],
        "ping_interval": PING_INTERVAL_S,
        "ping_timeout": PING_TIMEOUT_S,
        "max_http_buffer_size": MAX_MESSAGE_BYTES,
        "cors_allowed_origins": cors_allowed_origins,
        "transports": ["websocket", "polling"],
        "logger": _library_log("socketio"),
        "engineio_logger": _library_log("engineio"),
    }
    manager = FastManager()
    fast = FastServer(client_manager=manager, **options)
    if await fast_path_works(fast):
        return fast, manager
    stock = StrictServer(**options)
    return stock, StockBroadcast(stock)


def _library_log(name: str) -> logging.Logger:
    """Into our log like everything else, without a line for each event."""
    logger = logging.getLogger(f"ani.{name}")
    logger.setLevel(logging.WARNING)
    return logger
