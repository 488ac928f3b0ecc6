"""The outgoing side of one client: straight to its transport when nothing is waiting, through the queue otherwise.

What waits does so here and not in the transport or the kernel, where nothing can be overtaken any more: on a slow line a
command goes ahead of chat, and chat ahead of who is doing what in the room.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

from engineio import packet  # type: ignore[import-untyped]  # python-engineio ships no annotations

from realtime.broadcast.frames import server_frame

DIRECT_BYTES = 4 * 1024
"""Bytes a transport may hold before the rest waits here: 128 ms of a line of 256 kbit/s, and a burst of a dozen events."""

SLOW_BYTES = 256 * 1024
"""Bytes waiting for one client above which only the newest of each state event is kept: about 1 s of a poor mobile link."""

OVERFLOW_BYTES = 4 * 1024 * 1024
"""Bytes waiting for one client above which it is disconnected; it comes back and resumes by version, which is cheaper."""

POLL_PACKETS = 16
"""Packets in one answer to a poll: what clients on python-engineio take at most; others come again at once."""


class Lane(IntEnum):
    """What goes first to a client with a slow line; within a lane the order is kept."""

    CONTROL = 0
    """Engine.IO's own: a late ping is a lost connection."""
    MAIN = 1
    """Answers, commands, notices."""
    TALK = 2
    PRESENCE = 3
    WHOLE_PRESENCE = 4
    """Of which the newest is all that anybody wants."""
    END = 5
    """After which nothing comes."""


class Transport(Protocol):
    """What is used of an ``asyncio.Transport``."""

    def write(self, data: bytes, /) -> None:
        """Send what the socket takes now, and buffer the rest; never waits."""
        ...

    def is_closing(self) -> bool:
        """Whether it takes no more data."""
        ...

    def get_write_buffer_size(self) -> int:
        """Bytes that the socket has not taken yet."""
        ...

    def abort(self) -> None:
        """Close without sending what is buffered."""
        ...


class StatePacket(packet.Packet):  # type: ignore[misc]  # untyped base, see the import
    """A message that makes earlier ones with the same ``state_key`` worthless."""

    def __init__(self, text: str, state_key: str) -> None:
        super().__init__(packet.MESSAGE, text)
        self.state_key = state_key


class _Newest(packet.Packet):  # type: ignore[misc]  # untyped base, see the import
    """One place in one client's queue, taken by whatever is newest of a state when its turn comes."""

    def __init__(self, first: StatePacket) -> None:
        super().__init__(packet.MESSAGE, first.data)
        self.state_key = first.state_key

    def replace(self, newer: StatePacket) -> None:
        self.data = newer.data
        self.encode_cache = None


class _Laned(NamedTuple):
    item: Any
    lane: Lane


class _Lanes:
    """A deque for each lane, in the shape ``asyncio.Queue`` keeps its items in."""

    def __init__(self) -> None:
        self._lanes: tuple[deque[Any], ...] = tuple(deque() for _ in Lane)

    def __len__(self) -> int:
        return sum(map(len, self._lanes))

    def __iter__(self) -> Iterator[Any]:
        return (item for lane in self._lanes for item in lane)

    def append(self, item: Any) -> None:
        laned = item if isinstance(item, _Laned) else _Laned(item, _lane_of(item))
        self._lanes[laned.lane].append(laned.item)

    def popleft(self) -> Any:
        return next(lane for lane in self._lanes if lane).popleft()


class SocketQueue(asyncio.Queue[Any]):
    """The queue python-engineio makes per client, with a way past it.

    A text message is written directly while the client is on a WebSocket it connected with, nothing of it is still queued and
    its transport is not congested.  Everything else (PING, CLOSE, long-polling, upgrades) takes the queue, so that order
    is kept.  ``empty()`` cannot tell whether something is queued, because the writer task takes packets off before it writes
    them: hence the own count of unwritten packets.
    """

    def __init__(self, maxsize: int = 0) -> None:
        self._transport: Transport | None = None
        self._unwritten = 0
        self._waiting_bytes = 0
        self._newest: dict[str, _Newest] = {}
        self._some = asyncio.Event()
        self._polled = 0
        super().__init__(maxsize)

    def attach(self, transport: Transport) -> None:
        """Allow direct writes to ``transport`` as soon as what is queued now has been written."""
        self._transport = transport
        self._unwritten = self.qsize()

    def detach(self) -> None:
        """No more direct writes: the connection is ending."""
        self._transport = None

    def abort(self) -> None:
        """End the connection at once, without a word."""
        if self._transport is not None:
            self._transport.abort()

    def written(self) -> None:
        """The writer task has handed one packet to the transport."""
        if self._unwritten:
            self._unwritten -= 1

    @property
    def waiting_bytes(self) -> int:
        """Bytes accepted for this client that the kernel has not taken yet."""
        return self._waiting_bytes + (self._transport.get_write_buffer_size() if self._transport else 0)

    def write(self, frame: bytes) -> bool:
        """Write one ready frame now; false when it has to be queued instead."""
        transport = self._transport
        if transport is None or self._unwritten or transport.get_write_buffer_size() > DIRECT_BYTES:
            return False
        try:
            if transport.is_closing():
                return False
            transport.write(frame)
        except (
            RuntimeError,
            OSError,
        ):  # uvloop raises on a transport that closed meanwhile; one dead member is no error
            return False
        return True

    async def put(self, item: Any) -> None:
        """Send one packet; ``None`` ends the writer task."""
        if item is None:
            self.detach()
        elif (
            item.packet_type == packet.MESSAGE
            and isinstance(item.data, str)
            and self.write(server_frame(item.encode().encode()))
        ):
            return
        self.enqueue(item)

    def enqueue(self, item: Any, lane: Lane | None = None) -> None:
        """Queue one packet, within the bounds for a client that does not keep up."""
        if isinstance(item, StatePacket) and (lane is Lane.WHOLE_PRESENCE or self.waiting_bytes > SLOW_BYTES):
            if (waiting := self._newest.get(item.state_key)) is not None:
                self._waiting_bytes += len(item.data) - len(waiting.data)
                waiting.replace(item)
                return
            item = _Newest(item)
            self._newest[item.state_key] = item
        if self.waiting_bytes > OVERFLOW_BYTES and item is not None:
            self._overflow()
            return
        self.put_nowait(_Laned(item, _lane_of(item) if lane is None else lane))

    async def filled(self) -> None:
        """Returns when something is queued."""
        await self._some.wait()

    async def get(self) -> Any:
        """The next packet; waits for one."""
        self._polled = 0
        return await super().get()

    def get_nowait(self) -> Any:
        """The next packet.  Raises ``asyncio.QueueEmpty``, also where one poll has had its share."""
        if self._transport is None and self._polled >= POLL_PACKETS:  # the rest is for the next poll
            raise asyncio.QueueEmpty
        item = super().get_nowait()
        self._polled += 1
        return item

    def _overflow(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            return
        while not self.empty():  # long-polling: the next poll is answered with CLOSE, and the client starts over
            self._get()
            self.task_done()
        self.put_nowait(packet.Packet(packet.CLOSE))

    def _init(self, _maxsize: int) -> None:
        self._queue = _Lanes()

    def _put(self, item: Any) -> None:
        self._queue.append(item)
        self._some.set()
        plain = item.item if isinstance(item, _Laned) else item
        if plain is not None:
            self._unwritten += self._transport is not None
            self._waiting_bytes += _size(plain)

    def _get(self) -> Any:
        item = self._queue.popleft()
        if not self._queue:
            self._some.clear()
        if item is not None:
            self._waiting_bytes -= _size(item)
        if isinstance(item, _Newest):
            self._newest.pop(item.state_key, None)
        return item


def _lane_of(item: Any) -> Lane:
    if item is None or item.packet_type == packet.CLOSE:
        return Lane.END
    if item.packet_type != packet.MESSAGE:
        return Lane.CONTROL
    # Socket.IO's DISCONNECT (protocol v5): what was said before is still to be heard.
    return Lane.END if isinstance(item.data, str) and item.data.startswith("1") else Lane.MAIN


def _size(item: Any) -> int:
    return len(item.data) if isinstance(item.data, str | bytes) else 64  # control packets are small
