"""The way past the queue, and the bounds for whoever does not keep up."""

import asyncio

import pytest
from engineio import packet  # type: ignore[import-untyped]  # python-engineio ships no annotations

from realtime.broadcast.adapters.queue import (
    DIRECT_BYTES,
    OVERFLOW_BYTES,
    POLL_PACKETS,
    SLOW_BYTES,
    Lane,
    SocketQueue,
    StatePacket,
)
from realtime.broadcast.frames import server_frame


class Pipe:
    """A transport whose other end reads when the test says so."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.buffered_bytes = 0
        self.closing = False
        self.aborted = False

    def write(self, data: bytes, /) -> None:
        if self.closing:
            raise RuntimeError("closed")
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return self.buffered_bytes

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


@pytest.fixture
def queue(pipe: Pipe) -> SocketQueue:
    made = SocketQueue()
    made.attach(pipe)
    return made


def message(text: str) -> packet.Packet:
    return packet.Packet(packet.MESSAGE, text)


async def drain(queue: SocketQueue) -> list[str]:
    """What the writer task would send."""
    sent = []
    while not queue.empty():
        item = queue.get_nowait()
        sent.append(item.encode())
        queue.written()
    return sent


async def test_a_message_goes_straight_to_the_transport(queue: SocketQueue, pipe: Pipe) -> None:
    await queue.put(message("2[]"))
    assert pipe.written == [server_frame(b"42[]")]
    assert queue.empty()


async def test_nothing_overtakes_what_is_queued(queue: SocketQueue, pipe: Pipe) -> None:
    await queue.put(packet.Packet(packet.PING))
    await queue.put(message("first"))
    assert not queue.write(server_frame(b"4second"))
    assert pipe.written == []
    # Taken off the queue is not yet written: the writer may be waiting for the transport.
    ping = queue.get_nowait()
    first = queue.get_nowait()
    assert queue.empty()
    assert not queue.write(server_frame(b"4second"))
    queue.written()
    assert not queue.write(server_frame(b"4second"))
    queue.written()
    assert queue.write(server_frame(b"4second"))
    assert [ping.encode(), first.encode()] == ["2", "4first"]


async def test_what_was_queued_before_the_websocket_goes_first(pipe: Pipe) -> None:
    queue = SocketQueue()
    await queue.put(packet.Packet(packet.OPEN, {}))
    queue.attach(pipe)
    assert not queue.write(b"frame")
    await drain(queue)
    assert queue.write(b"frame")


async def test_a_closed_transport_is_no_error(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.closing = True
    assert not queue.write(b"frame")
    await queue.put(message("x"))
    assert queue.qsize() == 1


async def test_a_transport_that_closes_in_between_is_no_error(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.is_closing = lambda: False  # type: ignore[method-assign]  # uvloop notices only in write()
    pipe.closing = True
    assert not queue.write(b"frame")


async def test_long_polling_and_upgrades_take_the_queue() -> None:
    queue = SocketQueue()
    await queue.put(message("x"))
    assert queue.qsize() == 1


async def test_no_direct_writes_after_the_end(queue: SocketQueue, pipe: Pipe) -> None:
    await queue.put(None)
    assert not queue.write(b"frame")
    assert pipe.written == []


async def test_slow_client_keeps_the_newest_state_and_all_chat(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.buffered_bytes = SLOW_BYTES + 1
    for version in range(100):
        queue.enqueue(StatePacket(f"state {version}", "room party:state"))
        queue.enqueue(StatePacket(f"members {version}", "room party:members"))
        queue.enqueue(message(f"chat {version}"))
    assert await drain(queue) == ["4state 99", "4members 99", *(f"4chat {version}" for version in range(100))]
    # Its turn has come: the next state is a new entry.
    queue.enqueue(StatePacket("state 100", "room party:state"))
    assert await drain(queue) == ["4state 100"]


async def test_client_that_takes_nothing_is_disconnected(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.buffered_bytes = SLOW_BYTES + 1
    chunk = message("x" * 100_000)
    for _ in range(100):
        queue.enqueue(chunk)
    assert pipe.aborted
    assert queue.waiting_bytes <= OVERFLOW_BYTES + 200_000


async def test_poller_that_takes_nothing_is_told_to_start_over() -> None:
    queue = SocketQueue()
    for _ in range(100):
        queue.enqueue(message("x" * 100_000))
    assert queue.waiting_bytes <= OVERFLOW_BYTES + 200_000
    sent = await drain(queue)
    assert "1" in sent


async def test_waiting_bytes_return_to_zero(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.buffered_bytes = SLOW_BYTES + 1
    for version in range(10):
        queue.enqueue(StatePacket("s" * version, "k"))
        queue.enqueue(message("m"))
    await drain(queue)
    pipe.buffered_bytes = 0
    assert queue.waiting_bytes == 0


async def test_on_a_slow_line_commands_go_ahead_of_chat_and_chat_of_presence(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.buffered_bytes = DIRECT_BYTES + 1
    await queue.put(None)  # the end stays the end
    queue.attach(pipe)
    for number in range(3):
        queue.enqueue(message(f"lists {number}"), Lane.WHOLE_PRESENCE)
        queue.enqueue(message(f"news {number}"), Lane.PRESENCE)
        queue.enqueue(message(f"chat {number}"), Lane.TALK)
        queue.enqueue(message(f"state {number}"), Lane.MAIN)
        await queue.put(message(f"3{number}"))  # an answer keeps its place among the states
    await queue.put(packet.Packet(packet.PING))
    sent = []
    while (item := queue.get_nowait()) is not None:
        sent.append(item.encode())
    states = [text for number in range(3) for text in (f"4state {number}", f"43{number}")]
    rest = [f"4{kind} {number}" for kind in ("chat", "news", "lists") for number in range(3)]
    assert sent == ["2", *states, *rest]


async def test_only_the_newest_whole_list_waits_however_little_does(queue: SocketQueue, pipe: Pipe) -> None:
    pipe.buffered_bytes = DIRECT_BYTES + 1
    for number in range(50):
        queue.enqueue(StatePacket(f"list {number}" + "x" * 1_000, "members"), Lane.WHOLE_PRESENCE)
    assert queue.qsize() == 1
    assert queue.waiting_bytes < DIRECT_BYTES + 1_100
    assert (await drain(queue))[0].startswith("4list 49")


async def test_what_waits_does_so_here_and_not_in_the_transport(queue: SocketQueue, pipe: Pipe) -> None:
    for _ in range(1_000):
        if queue.write(server_frame(b"x" * 500)):
            pipe.buffered_bytes += 504
    assert DIRECT_BYTES < pipe.buffered_bytes < DIRECT_BYTES + 600


async def test_an_answer_to_a_poll_holds_no_more_than_a_client_takes() -> None:
    queue = SocketQueue()
    for number in range(40):
        await queue.put(message(f"2[{number}]"))
    taken = []
    for _ in range(3):
        taken.append([await queue.get()])
        with pytest.raises(asyncio.QueueEmpty):
            while True:
                taken[-1].append(queue.get_nowait())
    assert [len(part) for part in taken] == [POLL_PACKETS, POLL_PACKETS, 40 - 2 * POLL_PACKETS]
    assert [item.data for part in taken for item in part] == [f"2[{number}]" for number in range(40)]
