"""Socket.IO server classes whose emits are encoded once and written straight to each member.

The stock path makes one task per recipient and wakes one writer task each; a room of 1,000 pays that for every message.
What is used here of python-socketio and python-engineio beyond their documentation is pinned in ``pyproject.toml`` and tried by
:func:`realtime.broadcast.adapters.selftest.fast_path_works` at every start.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import orjson
import socketio
import structlog
from engineio import AsyncServer as EngineServer  # type: ignore[import-untyped]  # python-engineio ships no annotations
from engineio import packet as engine_packet
from typing_extensions import override

from kernel.concurrency.tasks import TaskSet
from realtime.broadcast.adapters.queue import Lane, SocketQueue, StatePacket
from realtime.broadcast.adapters.websocket import DirectWebSocket
from realtime.broadcast.frames import event_text, server_frame
from realtime.broadcast.pulse import Pulse

log = structlog.get_logger()


class Broadcast(Protocol):
    """Delivers ready-encoded events to the clients of this process."""

    def to_room(
        self,
        namespace: str,
        room: str,
        text: bytes,
        *,
        state_key: str | None = None,
        skip_sid: str | None = None,
        lane: Lane = Lane.MAIN,
    ) -> None:
        """Send ``text`` (see :func:`event_text`) to everyone in ``room``.

        ``state_key``: of messages with the same key only the newest matters to a client that does not keep up.
        ``lane``: what overtakes what on the way to such a client.
        """
        ...


TICK_S = 0.25
"""How exact pings are: a tick of 2,000 connections sends a hundred of them."""

_PING = engine_packet.Packet(engine_packet.PING)
_PING_FRAME = server_frame(b"2")


class FastEngine(EngineServer):  # type: ignore[misc]  # untyped base, see the import
    """Engine.IO with our queue, WebSocket wrapper and pings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"monitor_clients": False})
        self.on_lost: Callable[[str], None] = lambda _sid: None
        """Called with whoever answers pings no more, before the connection ends."""
        self._async: dict[str, Any] = {**self._async, "websocket": DirectWebSocket}
        self.pulse: Pulse[Any] = Pulse(
            interval_s=self.ping_interval,
            timeout_s=self.ping_timeout,
            ping=_ping,
            lost=self._lose,
        )
        self._ticks: asyncio.TimerHandle | None = None
        self._sweep_s = 0.0
        self._sweeps = TaskSet("engine-sweep")

    def _lose(self, session: Any) -> None:
        self.on_lost(session.sid)
        session.queue.abort()

    async def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        if event == "connect":
            sid, environ = args
            session = self.sockets[sid]
            if environ["aiohttp.request"].query.get("transport") == "websocket":
                session.schedule_ping = partial(self._begin, session)  # instead of a task that sleeps
            if self._ticks is None:
                self._tick()
        return await super()._trigger_event(event, *args, **kwargs)

    def _begin(self, session: Any) -> None:
        session.last_ping = None
        self.pulse.begin(session, asyncio.get_running_loop().time())

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._ticks = loop.call_later(TICK_S, self._tick) if self.sockets else None
        self.pulse.tick(loop.time())
        if self._sweep_s <= loop.time():
            self._sweep_s = loop.time() + self.ping_timeout
            self._sweep()

    def _sweep(self) -> None:
        """Forget sessions that are over, and ask those the pulse does not have (long-polling) when they last answered."""
        for sid, session in list(self.sockets.items()):
            if session.closed:
                self.sockets.pop(sid, None)
            elif session.last_ping and not session.closing:
                self._sweeps.spawn(session.check_ping_timeout(), name="check")

    async def shutdown(self) -> None:
        """Stop the pings and the sweep, then what the base class does."""
        if self._ticks is not None:
            self._ticks.cancel()
        await self._sweeps.close()
        await super().shutdown()

    def create_queue(self, *args: Any, **kwargs: Any) -> SocketQueue:
        """The queue of one client."""
        return SocketQueue(*args, **kwargs)


def _ping(session: Any) -> None:
    if not session.queue.write(_PING_FRAME):
        session.queue.enqueue(_PING)


class _Pending(dict[str, None]):
    """What the base class keeps in lists, and looks through for each of 2,400 clients that go at once."""

    def append(self, sid: str) -> None:
        self[sid] = None

    def remove(self, sid: str) -> None:
        del self[sid]


class FastManager(socketio.AsyncManager, Broadcast):
    """The client manager with a fast ``emit``, and a cache of who is in a room and which rooms a client is in."""

    server: Any  # set by the server it is given to
    pending_connect: Any  # lists in the base class; missing from the stubs, or as narrow as that
    pending_disconnect: Any

    def __init__(self) -> None:
        super().__init__()
        self._members: dict[tuple[str, str], tuple[tuple[str, SocketQueue], ...]] = {}
        self._rooms_of: dict[tuple[str, str], dict[Any, None]] = {}
        """(namespace, sid) → rooms: the base class asks every room, and every client has one of its own."""

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
        """Send an event to a room or a client; binary data and callbacks take the stock path."""
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

    @override
    def to_room(
        self,
        namespace: str,
        room: str,
        text: bytes,
        *,
        state_key: str | None = None,
        skip_sid: str | None = None,
        lane: Lane = Lane.MAIN,
    ) -> None:
        frame = server_frame(text)
        queued: Any = None
        for sid, queue in self._members_of(namespace, room):
            if sid == skip_sid or queue.write(frame):
                continue
            if queued is None:
                body = text[1:].decode()
                key = None if state_key is None else f"{room} {state_key}"
                queued = engine_packet.Packet(engine_packet.MESSAGE, body) if key is None else StatePacket(body, key)
            queue.enqueue(queued, lane)

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

    async def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """A client is about to be in; its id among those of this namespace."""
        self.pending_connect.setdefault(namespace, _Pending())
        sid: str | None = await super().pre_connect(eio_sid, namespace)  # type: ignore[misc]  # absent from the stubs
        return sid

    def pre_disconnect(self, sid: str, namespace: str) -> Any:
        """A client is about to go."""
        self.pending_disconnect.setdefault(namespace, _Pending())
        return super().pre_disconnect(sid, namespace)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """A client is gone from every room of the namespace."""
        for room in list(self._rooms_of.get((namespace, sid), ())):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            waiting = pending.get(namespace, {})
            waiting.pop(sid, None)
            if not waiting:
                pending.pop(namespace, None)

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        """Put a client into a room."""
        self._members.pop((namespace, room), None)
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._rooms_of.setdefault((namespace, sid), {})[room] = None

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        """Take a client out of a room."""
        self._members.pop((namespace, room), None)
        super().basic_leave_room(sid, namespace, room)
        rooms = self._rooms_of.get((namespace, sid), {})
        rooms.pop(room, None)
        if not rooms:
            self._rooms_of.pop((namespace, sid), None)


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
        lane: Lane = Lane.MAIN,  # noqa: ARG002 - as above, nor overtake
    ) -> None:
        """See :class:`Broadcast`; a message is dropped, and logged, where 1,000 wait."""
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
