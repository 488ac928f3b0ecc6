"""The WebSocket side of python-engineio's aiohttp driver, with access to the transport below it."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from engineio import packet  # type: ignore[import-untyped]  # python-engineio ships no annotations
from engineio.exceptions import EngineIOError  # type: ignore[import-untyped]  # as above

from realtime.broadcast.adapters.queue import DIRECT_BYTES, SocketQueue
from realtime.broadcast.frames import binary_frame, server_frame

SEND_BUFFER_BYTES = 16 * 1024
"""Kernel buffer per connection (Linux takes it twice): half a second of a line of 256 kbit/s.  The default of some MB would
hide for minutes that a client does not keep up, and what is in it cannot be overtaken."""

CLOSE_TIMEOUT_S = 2.0
"""How long a closing handshake may take; a peer that is gone never answers it."""


_PACKET_TYPES = "0123456"
"""open, close, ping, pong, message, upgrade, noop (Engine.IO protocol v4)."""
_CLOSE = "1"
_PONG = "3"


class DirectWebSocket:
    """One WebSocket connection, made by python-engineio for each new one (interface of ``engineio.async_drivers.aiohttp``)."""

    def __init__(self, handler: Callable[[Any], Awaitable[None]], server: Any) -> None:
        self._handler = handler
        self._server = server
        self._max_bytes: int = server.max_http_buffer_size
        eio_socket: Any = handler.__self__  # type: ignore[attr-defined]  # always the bound AsyncSocket._websocket_handler
        self._session = eio_socket
        queue = eio_socket.queue
        if not isinstance(queue, SocketQueue):
            raise TypeError("the socket was made with a foreign queue")
        self._queue = queue
        # A connected socket is on its way up from long-polling: that choreography stays on the stock path for good.
        self._is_upgrade: bool = eio_socket.connected
        self._response: web.WebSocketResponse | None = None
        self._said_goodbye = False

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Serve the connection until it ends."""
        request: web.Request = environ["aiohttp.request"]
        # Deflate costs 4 × the CPU and some 250 KB per connection for messages of 200 bytes.
        response = web.WebSocketResponse(compress=False, max_msg_size=self._max_bytes, timeout=CLOSE_TIMEOUT_S)
        await response.prepare(request)
        self._response = response
        transport = request.transport
        if transport is not None:
            raw = transport.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if not self._is_upgrade:
                transport.set_write_buffer_limits(high=DIRECT_BYTES)
                self._queue.attach(transport)
        try:
            if self._is_upgrade or transport is None:
                await self._handler(self)
            else:
                await self._serve(request.protocol, transport)
        finally:
            self._queue.detach()
        return response

    async def _serve(self, protocol: Any, transport: asyncio.Transport) -> None:
        """``AsyncSocket._websocket_handler`` for a client that came by WebSocket, without its two tasks and timer a message."""
        session, pulse, loop = self._session, self._server.pulse, asyncio.get_running_loop()
        session.connected = session.upgraded = True
        writer = asyncio.create_task(self._write(protocol, transport), name="websocket writer")
        try:
            while not session.closed:
                message = await self.wait()
                if message == _PONG:
                    pulse.pong(session, loop.time())
                else:
                    await session.receive(packet.Packet(encoded_packet=message))
        except (OSError, ValueError, EngineIOError):
            pass  # the end of it, or not the protocol, which ends it
        finally:
            pulse.end(session)
            self._queue.put_nowait(None)
            await writer
            await session.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)

    async def _write(self, protocol: Any, transport: asyncio.Transport) -> None:
        """What could not be written at once: packet by packet as the line takes them, the most important first."""
        queue = self._queue
        try:
            while True:
                await queue.filled()
                await (
                    protocol._drain_helper()
                )  # before one is chosen: a more important one may come while the line is busy
                item = queue.get_nowait()
                if item is not None and not transport.is_closing():
                    data = item.encode()
                    transport.write(binary_frame(data) if isinstance(data, bytes) else server_frame(data.encode()))
                queue.written()
                queue.task_done()
                if item is None:
                    break
        except (OSError, RuntimeError):  # the transport closed meanwhile
            queue.detach()
        finally:
            with contextlib.suppress(OSError, RuntimeError):
                await self.close()

    @property
    def _ws(self) -> web.WebSocketResponse:
        if self._response is None:
            raise RuntimeError("the WebSocket is used before its handshake")
        return self._response

    async def send(self, message: str | bytes) -> None:
        """Send one packet, for the stock path."""
        try:
            if isinstance(message, bytes):
                await self._ws.send_bytes(message)
            else:
                await self._ws.send_str(message)
        finally:
            self._queue.written()

    async def wait(self) -> str | bytes:
        """The next message. Raises ``OSError`` when the connection is over."""
        if self._said_goodbye:  # the library would wait for the client to close, too
            raise OSError("the client ended the session")
        message = await self._ws.receive()
        if message.type is web.WSMsgType.BINARY:
            return bytes(message.data)
        if message.type is web.WSMsgType.TEXT:
            text: str = message.data
            if text and text[0] in _PACKET_TYPES:
                self._said_goodbye = text[0] == _CLOSE
                return text
            raise OSError("not an Engine.IO packet")  # the library would stumble over it with the socket half open
        raise OSError("connection closed")

    async def close(self) -> None:
        """Close the WebSocket."""
        await self._ws.close()
