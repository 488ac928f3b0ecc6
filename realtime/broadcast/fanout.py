"""Socket.IO server classes whose emits are encoded once and written straight to each member.

The stock path makes one task per recipient and wakes one writer task each; a room of 1,000 pays that for every message.
What is used here of python-socketio and python-engineio beyond their documentation is pinned in ``pyproject.toml`` and tried by
:func:`realtime.broadcast.selftest.fast_path_works` at every start.
"""

import asyncio
from typing import Any, Protocol

import orjson
import socketio
import structlog
from engineio import AsyncServer as EngineServer  # type: ignore[import-untyped]  # python-engineio ships no annotations
from engineio import packet as engine_packet

from kernel.tasks import TaskSet
from realtime.broadcast.frames import event_text, server_frame
from realtime.broadcast.queue import SocketQueue, StatePacket
from realtime.broadcast.websocket import DirectWebSocket

log = structlog.get_logger()


class Broadcast(Protocol):
    """Delivers ready-encoded events to the clients of this process."""

    def to_room(
        self, namespace: str, room: str, text: bytes, *, state_key: str | None = None, skip_sid: str | None = None
    ) -> None:
        """Send ``text`` (see :func:`event_text`) to everyone in ``room``.

        ``state_key``: of messages with the same key only the newest matters to a client that does not keep up.
        """
        ...


class FastEngine(EngineServer):  # type: ignore[misc]  # untyped base, see the import
    """Engine.IO with our queue per client and our WebSocket wrapper."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._async: dict[str, Any] = {**self._async, "websocket": DirectWebSocket}

    def create_queue(self, *args: Any, **kwargs: Any) -> SocketQueue:
        return SocketQueue(*args, **kwargs)


class FastManager(socketio.AsyncManager):
    """The client manager with a fast ``emit`` and a cache of who is in a room."""

    server: Any  # set by the server it is given to

    def __init__(self) -> None:
        super().__init__()
        self._members: dict[tuple[str, str], tuple[tuple[str, SocketQueue], ...]] = {}

    async def emit(  # the signature is the base class's
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        target = to or room
        plain = isinstance(target, str) and callback is None and not isinstance(skip_sid, list)
        arguments = data if isinstance(data, tuple) else () if data is None else (data,)
        try:
            text = event_text(namespace, event, *arguments) if plain else None
        except TypeError:  # binary data, which Socket.IO sends as attachments
            text = None
        if text is None:
            await super().emit(event, data, namespace, room=target, skip_sid=skip_sid, callback=callback, **kwargs)
            return
        self.to_room(namespace, target, text, skip_sid=skip_sid)

    def to_room(
        self, namespace: str, room: str, text: bytes, *, state_key: str | None = None, skip_sid: str | None = None
    ) -> None:
        """See :class:`Broadcast`."""
        frame = server_frame(text)
        queued: Any = None
        for sid, queue in self._members_of(namespace, room):
            if sid == skip_sid or queue.write(frame):
                continue
            if queued is None:
                body = text[1:].decode()
                key = None if state_key is None else f"{room} {state_key}"
                queued = engine_packet.Packet(engine_packet.MESSAGE, body) if key is None else StatePacket(body, key)
            queue.enqueue(queued)

    def _members_of(self, namespace: str, room: str) -> tuple[tuple[str, SocketQueue], ...]:
        found = self._members.get((namespace, room))
        if found is None:
            sockets = self.server.eio.sockets
            found = tuple(
                (sid, sockets[eio_sid].queue)
                for sid, eio_sid in self.get_participants(namespace, room)
                if eio_sid in sockets
            )
            self._members[(namespace, room)] = found
        return found

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        self._members.pop((namespace, room), None)
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        self._members.pop((namespace, room), None)
        super().basic_leave_room(sid, namespace, room)


class StockBroadcast:
    """The same service on an unmodified server, for when the self-test finds the hooks gone."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server
        self._tasks = TaskSet("stock-broadcast")
        # One worker keeps the order; a thousand messages are seconds of work for it.
        self._queue: asyncio.Queue[tuple[str, str, bytes, str | None]] = asyncio.Queue(maxsize=1_000)
        self._worker: asyncio.Task[None] | None = None

    def to_room(
        self,
        namespace: str,
        room: str,
        text: bytes,
        *,
        state_key: str | None = None,  # noqa: ARG002 - part of the Protocol; the stock queue cannot replace
        skip_sid: str | None = None,
    ) -> None:
        if self._queue.full():
            log.error("fan-out cannot keep up; a message is lost", room=room)
            return
        self._queue.put_nowait((namespace, room, text, skip_sid))
        if self._worker is None or self._worker.done():
            self._worker = self._tasks.spawn(self._drain(), name="drain")

    async def _drain(self) -> None:
        while not self._queue.empty():
            namespace, room, text, skip_sid = self._queue.get_nowait()
            event, *arguments = orjson.loads(text[text.index(b"[") :])
            await self._server.emit(event, tuple(arguments), namespace=namespace, room=room, skip_sid=skip_sid)
