"""Idle connections shut nobody out: silent ones end, an address has so many, and a full process makes room."""

import asyncio
import errno
import resource
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from kernel.metrics import CONNECTIONS_ENDED, CONNECTIONS_REFUSED
from server.http import listening as module
from server.http.listening import CONNECTIONS_SHARE, SILENT_S, Listening, raise_open_files


class Served:
    """A server that answers "ok", with ``Listening`` in front."""

    def __init__(self, port: int, listening: Listening) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.listening = listening
        self._port = port
        self.sockets: list[asyncio.StreamWriter] = []

    async def connect(self, count: int) -> list[asyncio.StreamReader]:
        made = [await asyncio.open_connection("127.0.0.1", self._port) for _ in range(count)]
        self.sockets += [writer for _, writer in made]
        return [reader for reader, _ in made]

    async def is_answered(self) -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(self.url) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@pytest.fixture
async def serve() -> AsyncIterator[Any]:
    running: list[tuple[web.AppRunner, Served]] = []

    async def start(*, open_files: int = 1_000, per_address: int = 0, make_room: Any = lambda: False) -> Served:
        async def ok(_request: web.Request) -> web.Response:
            return web.Response(text="ok")

        app = web.Application()
        app.router.add_get("/", ok)
        runner = web.AppRunner(app)
        await runner.setup()
        listening = Listening(open_files=open_files, per_address=per_address, make_room=make_room)
        listening.stand_in_front(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served = Served(runner.addresses[0][1], listening)
        running.append((runner, served))
        return served

    yield start
    for runner, served in running:
        for writer in served.sockets:
            writer.close()
        await runner.cleanup()


async def is_over(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(5):
            return await reader.read(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


async def test_who_says_nothing_is_let_go_and_who_asked_stays(serve: Any) -> None:
    served = await serve()
    [silent] = await served.connect(1)
    [asking] = await served.connect(1)
    served.sockets[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await asking.readuntil(b"ok")
    [dripping] = await served.connect(1)
    served.sockets[2].write(b"GET / HTTP/1.1\r\nHost: x\r\n")  # the head never ends
    ended = CONNECTIONS_ENDED.labels("silent")._value.get()
    served.listening.end_silent(time.monotonic() + SILENT_S - 5)
    assert CONNECTIONS_ENDED.labels("silent")._value.get() == ended
    served.listening.end_silent(time.monotonic() + SILENT_S)
    assert CONNECTIONS_ENDED.labels("silent")._value.get() == ended + 2
    assert await is_over(silent)
    assert await is_over(dripping)
    served.sockets[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await asking.readuntil(b"ok")


async def test_a_full_process_lets_the_longest_silent_go(serve: Any) -> None:
    served = await serve(open_files=40)
    room = int(40 * CONNECTIONS_SHARE)
    readers = await served.connect(room)
    assert await served.is_answered()
    assert await is_over(readers[0])
    assert served.listening._silent.keys() == served.listening._keys.keys()


async def test_a_full_process_of_people_who_spoke_makes_room_by_sockets_that_came_to_nothing(serve: Any) -> None:
    rooms = iter([True])
    served = await serve(open_files=40, make_room=lambda: next(rooms, False))
    room = int(40 * CONNECTIONS_SHARE)
    readers = await served.connect(room)
    for writer, reader in zip(served.sockets, readers, strict=True):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readuntil(b"ok")
    refused = CONNECTIONS_REFUSED.labels("full")._value.get()
    [newcomer] = await served.connect(1)
    served.sockets[-1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert await newcomer.readuntil(b"ok")
    assert next(rooms, None) is None, "it was asked for a place"
    assert not await served.is_answered()
    assert CONNECTIONS_REFUSED.labels("full")._value.get() > refused


async def test_an_address_has_so_many(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "connections_allowed", lambda _address, per_address: per_address)
    served = await serve(per_address=3)
    readers = await served.connect(3)
    for writer, reader in zip(served.sockets, readers, strict=True):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readuntil(b"ok")
    refused = CONNECTIONS_REFUSED.labels("address")._value.get()
    assert not await served.is_answered()
    assert CONNECTIONS_REFUSED.labels("address")._value.get() > refused
    served.sockets[0].close()
    await served.sockets[0].wait_closed()
    async with asyncio.timeout(5):
        while len(served.listening._keys) == 3:
            await asyncio.sleep(0.01)
    assert await served.is_answered()


async def test_files_that_ran_out_are_counted(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: Any) -> Any:
        raise OSError(errno.EMFILE, "Too many open files")

    served = await serve()
    served.listening.try_open()
    counted = CONNECTIONS_REFUSED.labels("open_files")._value.get()
    monkeypatch.setattr(module, "open", no_more, raising=False)
    served.listening.try_open()
    assert CONNECTIONS_REFUSED.labels("open_files")._value.get() == counted + 1


def test_the_process_takes_the_open_files_it_may_have() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 512), hard))
        assert raise_open_files() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == hard or hard == resource.RLIM_INFINITY
        assert raise_open_files() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
