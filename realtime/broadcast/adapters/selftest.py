"""Does the fast path still fit the installed python-socketio and python-engineio?"""

from typing import Any

import structlog
from engineio import packet  # type: ignore[import-untyped]  # python-engineio ships no annotations
from engineio.async_socket import AsyncSocket  # type: ignore[import-untyped]  # as above

from realtime.broadcast.adapters.fanout import FastManager
from realtime.broadcast.adapters.queue import SocketQueue
from realtime.broadcast.adapters.websocket import DirectWebSocket
from realtime.broadcast.frames import event_text, server_frame

log = structlog.get_logger()

_NAMESPACE = "/selftest"


class _RecordingTransport:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes, /) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        raise AssertionError("the self-test overflows nothing")


async def fast_path_works(server: Any) -> bool:
    """Put one made-up client through ``server`` and compare every byte; anything unexpected is a no, with the reason logged."""
    try:
        await _try(server)
    except Exception as error:  # noqa: BLE001 - whatever broke inside a private hook, the answer is the stock path
        log.warning(
            "fast fan-out does not fit the installed python-socketio; using its own, slower one", reason=repr(error)
        )
        return False
    return True


async def _try(server: Any) -> None:
    manager = server.manager
    _check(isinstance(manager, FastManager), "manager")
    client = AsyncSocket(server.eio, "selftest")
    queue = client.queue
    _check(isinstance(queue, SocketQueue), "create_queue")
    _check(server.eio._async["websocket"] is DirectWebSocket, "driver table")
    DirectWebSocket(client._websocket_handler, server.eio)
    server.eio.sockets[client.sid] = client
    transport = _RecordingTransport()
    expected: list[bytes] = []
    sid: str | None = None
    try:
        # What is queued before the WebSocket is there goes first; nothing may overtake it.
        await client.send(packet.Packet(packet.OPEN, {"sid": client.sid}))
        queue.attach(transport)
        sid = await manager.connect(client.sid, _NAMESPACE)
        await manager.enter_room(sid, _NAMESPACE, "room")
        await manager.emit("early", {"n": 1}, _NAMESPACE, room="room")
        _check(transport.written == [] and queue.qsize() == 2, "queued packets first")
        for _ in await client.poll():
            queue.written()
        await manager.emit("late", {"n": 2}, _NAMESPACE, room="room")
        expected.append(server_frame(event_text(_NAMESPACE, "late", {"n": 2})))
        await server.eio.send(client.sid, "3[]")
        expected.append(server_frame(b"43[]"))
        await client.send(packet.Packet(packet.PING))
        _check(transport.written == expected, "direct writes")
        _check(queue.qsize() == 1, "control packets through the queue")
    finally:
        server.eio.sockets.pop(client.sid, None)
        if sid is not None:
            await manager.disconnect(sid, _NAMESPACE)


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise RuntimeError(f"{what} is not as expected")
