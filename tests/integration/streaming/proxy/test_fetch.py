"""The fetcher against an upstream on loopback, and against everything that tries to lead it elsewhere.

Nothing but loopback is ever reached: the connector records every address it is about to connect to, and refuses what is not on it.
"""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from kernel.outbound.url_vetting import AddressRefused, Limits
from streaming.proxy.upstream.adapters.fetch import Fetcher, Upstream, UpstreamFailed, UpstreamRefused, UpstreamTooLarge
from streaming.proxy.upstream.breaker import FAILURES_TO_OPEN, OPEN_S, Breaker, Circuit
from streaming.proxy.upstream.metrics import REQUESTS

LOOPBACK = ("127.0.0.0/8",)


class Names(AbstractResolver):
    """A name server of the test's; each name answers its list of addresses one after the other."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): addresses for name, addresses in names.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.names[host]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
        ]

    async def close(self) -> None: ...


class Recorded(Fetcher):
    """Writes down every address a socket is made for, and makes none beyond loopback even if the guard failed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.connected: list[str] = []

    def _socket(self, info: tuple[Any, ...], limits: Limits) -> socket.socket:
        made = super()._socket(info, limits)
        self.connected.append(str(info[4][0]))
        if not str(info[4][0]).startswith("127."):
            made.close()
            raise OSError("the test connects to loopback only")
        return made


Serve = Callable[[dict[str, Any]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start an upstream on loopback with handlers by path; its base address."""
    servers: list[TestServer] = []

    async def start(handlers: dict[str, Any]) -> str:
        app = web.Application()
        for path, handler in handlers.items():
            app.router.add_get(path, handler)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return str(server.make_url("/"))

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Recorded]:
    made = Recorded(networks=LOOPBACK)
    yield made
    await made.close()


def _source(fetcher: Fetcher, base: str, **headers: str) -> Upstream:
    return fetcher.upstream("source", base, headers, ())


def _answer(body: bytes = b"#EXTM3U\n", **options: Any) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body, **options)

    return handler


async def test_the_same_is_asked_once_by_many(fetcher: Recorded, serve: Serve) -> None:
    asked = 0

    async def slow(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        return web.Response(body=b"#EXTM3U\n")

    base = await serve({"/a.m3u8": slow})
    source = _source(fetcher, base)
    documents = await asyncio.gather(*(fetcher.document(source, base + "a.m3u8", fresh_s=5) for _ in range(20)))
    assert asked == 1
    assert {document.body for document in documents} == {b"#EXTM3U\n"}
    await fetcher.document(source, base + "a.m3u8", fresh_s=5)
    assert asked == 1


async def test_one_who_leaves_does_not_spoil_it_for_the_others(fetcher: Recorded, serve: Serve) -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.Response(body=b"#EXTM3U\n")

    base = await serve({"/a.m3u8": slow})
    source = _source(fetcher, base)
    first = asyncio.create_task(fetcher.document(source, base + "a.m3u8", fresh_s=5))
    second = asyncio.create_task(fetcher.document(source, base + "a.m3u8", fresh_s=5))
    await asyncio.sleep(0.02)
    first.cancel()
    assert (await second).body == b"#EXTM3U\n"


async def test_what_did_not_change_is_not_sent_again(fetcher: Recorded, serve: Serve) -> None:
    conditions: list[str | None] = []

    async def tagged(request: web.Request) -> web.Response:
        conditions.append(request.headers.get("If-None-Match"))
        if conditions[-1] == '"1"':
            return web.Response(status=304)
        return web.Response(body=b"#EXTM3U\n", headers={"ETag": '"1"'})

    base = await serve({"/a.m3u8": tagged})
    source = _source(fetcher, base)
    for _ in range(2):
        assert (await fetcher.document(source, base + "a.m3u8", fresh_s=0)).body == b"#EXTM3U\n"
    assert conditions == [None, '"1"']
    assert REQUESTS.labels("source", "unchanged")._value.get() >= 1


async def test_a_failing_upstream_is_covered_for_and_then_left_alone(fetcher: Recorded, serve: Serve) -> None:
    answers = [200, *[500] * 50]
    asked = 0

    async def failing(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=answers.pop(0), body=b"#EXTM3U\n")

    base = await serve({"/a.m3u8": failing, "/b.m3u8": failing})
    source = _source(fetcher, base)
    await fetcher.document(source, base + "a.m3u8", fresh_s=0)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(UpstreamRefused) as refused:
            await fetcher.document(source, base + "b.m3u8", fresh_s=0)
        assert refused.value.status == 500
    with pytest.raises(UpstreamFailed):
        await fetcher.document(source, base + "b.m3u8", fresh_s=0)
    assert asked == 1 + FAILURES_TO_OPEN
    assert (await fetcher.document(source, base + "a.m3u8", fresh_s=0)).is_stale


def test_the_breaker_tries_again_with_one() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.admits(0)
        breaker.failed(0)
    assert breaker.state(OPEN_S / 2) is Circuit.OPEN
    assert not breaker.admits(OPEN_S / 2)
    assert breaker.admits(OPEN_S)
    assert not breaker.admits(OPEN_S)  # one is out already
    breaker.failed(OPEN_S)
    assert not breaker.admits(OPEN_S * 1.5)
    assert breaker.admits(OPEN_S * 2)
    breaker.succeeded()
    assert breaker.state(OPEN_S * 2) is Circuit.CLOSED


async def test_too_much_is_not_read(fetcher: Recorded, serve: Serve) -> None:
    bomb = gzip.compress(b"0" * 2_000_000)
    base = await serve(
        {
            "/bomb": _answer(bomb, headers={"Content-Encoding": "gzip"}),
            "/key": _answer(b"k" * 33),
            "/ok": _answer(b"k" * 16),
        }
    )
    source = _source(fetcher, base)
    with pytest.raises(UpstreamTooLarge):
        await fetcher.document(source, base + "bomb", fresh_s=0, limit=100_000)
    with pytest.raises(UpstreamTooLarge):
        await fetcher.document(source, base + "key", fresh_s=0, limit=32)
    assert (await fetcher.document(source, base + "ok", fresh_s=0, limit=32)).body == b"k" * 16


async def test_a_cut_answer_is_no_answer(fetcher: Recorded, serve: Serve) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"#EXTM3U\n")
        assert request.transport is not None
        request.transport.close()
        return response

    base = await serve({"/a.m3u8": cut})
    with pytest.raises(UpstreamFailed):
        await fetcher.document(_source(fetcher, base), base + "a.m3u8", fresh_s=0)


async def test_ranges_pass_and_cookies_do_not(fetcher: Recorded, serve: Serve) -> None:
    seen: list[dict[str, str]] = []

    async def ranged(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(status=206, body=b"1234", headers={"Content-Range": "bytes 0-3/9", "Set-Cookie": "a=b"})

    base = await serve({"/s.ts": ranged})
    source = _source(fetcher, base, Authorization="Bearer ours", Referer="https://show.example.com/")
    for _ in range(2):
        async with fetcher.stream(source, base + "s.ts", {"Range": "bytes=0-3", "Cookie": "viewer"}) as response:
            assert (response.status, await response.read()) == (206, b"1234")
    assert seen[0]["Range"] == "bytes=0-3"
    assert seen[0]["Authorization"] == "Bearer ours"
    assert all("Cookie" not in headers for headers in seen)


async def test_redirects_are_followed_by_hand(fetcher: Recorded, serve: Serve) -> None:
    seen: list[str | None] = []

    async def target(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(body=b"#EXTM3U\n")

    other = await serve({"/b.m3u8": target})

    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPFound(other + "b.m3u8")

    async def loop(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/loop")

    base = await serve({"/a.m3u8": redirect, "/loop": loop})
    source = _source(fetcher, base, Authorization="Bearer ours")
    document = await fetcher.document(source, base + "a.m3u8", fresh_s=0)
    assert document.url == other + "b.m3u8"
    assert seen == [None]  # another origin does not get our credentials
    with pytest.raises(AddressRefused):
        await fetcher.document(source, base + "loop", fresh_s=0)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://2852039166/",
        "file:///etc/passwd",
        "gopher://x.example.com/",
    ],
)
async def test_a_redirect_into_the_network_reaches_nothing(fetcher: Recorded, serve: Serve, location: str) -> None:
    async def redirect(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    base = await serve({"/a.m3u8": redirect})
    with pytest.raises(AddressRefused):
        await fetcher.document(_source(fetcher, base), base + "a.m3u8", fresh_s=0)
    assert set(fetcher.connected) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "fd00:ec2::254",
        "0.0.0.0",
    ],
)
async def test_a_name_that_resolves_into_the_network_reaches_nothing(address: str) -> None:
    fetcher = Recorded(resolver=Names(up_example_com=[address]))
    try:
        source = fetcher.upstream("source", "http://up.example.com/a.m3u8", {}, ())
        with pytest.raises(AddressRefused):
            await fetcher.document(source, "http://up.example.com/a.m3u8", fresh_s=0)
        assert fetcher.connected == []
    finally:
        await fetcher.close()


async def test_a_name_that_changes_its_mind_reaches_nothing(serve: Serve) -> None:
    """DNS rebinding: public when it is looked at, private when it is used. Every use is looked at."""
    base = await serve({"/a.m3u8": _answer()})
    port = base.rstrip("/").rpartition(":")[2]
    names = Names(up_example_com=["127.0.0.1", "10.0.0.1"])
    fetcher = Recorded(networks=LOOPBACK, resolver=names)
    try:
        url = f"http://up.example.com:{port}/a.m3u8"
        source = fetcher.upstream("source", url, {}, ())
        await fetcher.document(source, url, fresh_s=0)
        assert fetcher._session is not None
        await fetcher._session.close()  # no connection is left to be used again
        fetcher._session = None
        with pytest.raises(AddressRefused):
            await fetcher.document(source, url, fresh_s=0)
        assert set(fetcher.connected) == {"127.0.0.1"}
    finally:
        await fetcher.close()


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "[fe80::1]"])
async def test_a_literal_that_slipped_through_is_stopped_at_the_socket(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IP literals never meet the resolver; were the first check broken, the last one still stands."""
    fetcher = Recorded()
    monkeypatch.setattr("kernel.outbound.url_vetting._is_public", lambda _address: True)
    source = fetcher.upstream("source", f"http://{host}/a.m3u8", {}, ())
    monkeypatch.undo()
    monkeypatch.setattr("streaming.proxy.upstream.adapters.fetch.vet_url", lambda *_: source.home)
    try:
        with pytest.raises((AddressRefused, UpstreamFailed)):
            await fetcher.document(source, source.home.url, fresh_s=0)
        assert fetcher.connected == []
    finally:
        await fetcher.close()


async def test_hosts_that_are_not_the_sources_are_not_asked(serve: Serve) -> None:
    base = await serve({"/a.m3u8": _answer()})
    fetcher = Recorded(networks=LOOPBACK)
    try:
        source = fetcher.upstream("source", base + "a.m3u8", {}, ("cdn.example.com",))
        with pytest.raises(AddressRefused):
            await fetcher.document(source, "http://127.0.0.2:1/a.m3u8", fresh_s=0)
        assert fetcher.connected == []
    finally:
        await fetcher.close()
