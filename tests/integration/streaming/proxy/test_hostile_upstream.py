"""Upstreams that answer byte by byte what they should not: cut, packed, endless, slow, misspelt, and with statuses out of place."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
import structlog

from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.upstream.adapters import fetch
from streaming.proxy.upstream.adapters.fetch import Fetcher, Upstream, UpstreamFailed, UpstreamRefused, UpstreamTooLarge
from streaming.proxy.upstream.breaker import FAILURES_TO_OPEN, OPEN_S, Circuit
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode
from tests.integration.streaming.proxy.sources import play, publish
from tests.support.people import Person

_PLAYLIST = b"#EXTM3U\r\n#EXT-X-TARGETDURATION:2\r\n#EXTINF:2,\r\np.ts\r\n#EXT-X-ENDLIST\r\n"
_SOON_S = 0.2


@dataclass
class Wire:
    """Answers by path, written as they are: bytes, or pieces with a pause before each."""

    answers: dict[str, bytes | list[bytes]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    base: str = ""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, path = first.split()[:2]
        self.requests.append((f"{method} {path}", dict(line.split(": ", 1) for line in lines)))
        self.arrived.set()
        answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        try:
            if isinstance(answer, list):
                for piece in answer:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.03)
                await reader.read()  # until the other side has enough
                self.left.set()
            else:
                writer.write(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else answer)
            await writer.drain()
        except ConnectionError:
            self.left.set()
        finally:
            writer.close()


def _http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + body


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = Wire()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    made = Fetcher(networks=("127.0.0.0/8",))
    yield made
    await made.close()


def _source(fetcher: Fetcher, wire: Wire) -> Upstream:
    return fetcher.upstream("s", wire.base + "/m", {}, ())


class TestBodies:
    """RFC 9110 section 8.4, and what is left of it in the field."""

    @pytest.mark.parametrize(
        ("body", "encoding"),
        [
            (b"\xef\xbb\xbf" + _PLAYLIST, "identity"),
            (gzip.compress(_PLAYLIST), "gzip"),
            (gzip.compress(_PLAYLIST) + bytes(16), "X-Gzip"),
            (gzip.compress(_PLAYLIST[:20]) + gzip.compress(_PLAYLIST[20:]), "gzip"),
            (zlib.compress(_PLAYLIST), "deflate"),
        ],
        ids=["with BOM", "gzip", "gzip and padding", "two gzip members", "deflate"],
    )
    async def test_read(self, fetcher: Fetcher, wire: Wire, body: bytes, encoding: str) -> None:
        wire.answers["/m"] = _http(body, f"content-encoding: {encoding}")
        document = await fetcher.document(_source(fetcher, wire), wire.base + "/m", fresh_s=0)
        assert document.body.removeprefix(b"\xef\xbb\xbf") == _PLAYLIST
        assert wire.requests[0][1]["Accept-Encoding"] == "gzip"

    @pytest.mark.parametrize(
        "answer",
        [
            _http(gzip.compress(_PLAYLIST)[:-9], "content-encoding: gzip"),
            _http(b"", "content-encoding: gzip"),
            _http(_PLAYLIST, "content-encoding: gzip"),
            _http(_PLAYLIST, "content-encoding: br"),
            _http(_PLAYLIST, "content-encoding: gzip, gzip"),
            _http(_PLAYLIST, length=len(_PLAYLIST) + 1),
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n#EXTM3U\r\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
            b"",
        ],
    )
    async def test_cut_or_not_what_it_says(self, fetcher: Fetcher, wire: Wire, answer: bytes) -> None:
        """A packed playlist that lost its end still unpacks, and would be a shorter playlist."""
        wire.answers["/m"] = answer
        with pytest.raises(UpstreamFailed):
            await fetcher.document(_source(fetcher, wire), wire.base + "/m", fresh_s=0)

    async def test_a_bomb_is_not_unpacked(self, fetcher: Fetcher, wire: Wire) -> None:
        bomb = gzip.compress(bytes(200_000_000), compresslevel=1)
        assert len(bomb) < 1_000_000
        wire.answers["/m"] = _http(bomb, "content-encoding: gzip")
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamTooLarge):
                await fetcher.document(_source(fetcher, wire), wire.base + "/m", fresh_s=0, limit=1_000_000)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak_bytes < 6_000_000

    @pytest.mark.parametrize(
        "pieces",
        [
            [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", *[b"1\r\n#\r\n"] * 200],
            [b"HTTP/1.1 200 OK\r\n", *[b"x: y\r\n"] * 200],
        ],
        ids=["body", "headers"],
    )
    async def test_a_trickle_ends(
        self, fetcher: Fetcher, wire: Wire, pieces: list[bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each byte comes in time, and the whole never does."""
        monkeypatch.setattr(fetch, "TOTAL_TIMEOUT_S", _SOON_S)
        wire.answers["/m"] = pieces
        source = _source(fetcher, wire)
        with pytest.raises(UpstreamFailed):
            await fetcher.document(source, wire.base + "/m", fresh_s=0)
        assert fetcher.meter("s").last_error == "timeout"
        await wire.left.wait()
        if pieces[1] == b"x: y\r\n":
            with pytest.raises(UpstreamFailed):
                async with fetcher.stream(source, wire.base + "/m", {}):
                    pass


class TestStatuses:
    async def test_too_often_is_bridged_and_told(self, fetcher: Fetcher, wire: Wire) -> None:
        source = _source(fetcher, wire)
        wire.answers["/m"] = _http(_PLAYLIST)
        await fetcher.document(source, wire.base + "/m", fresh_s=0)
        wire.answers |= dict.fromkeys(("/m", "/n"), _http(b"", "retry-after: 7", status="429 Too Many Requests"))
        assert (await fetcher.document(source, wire.base + "/m", fresh_s=0)).is_stale
        with pytest.raises(UpstreamRefused) as refused:
            await fetcher.document(source, wire.base + "/n", fresh_s=0)
        assert (refused.value.status, refused.value.retry_after) == (429, "7")

    async def test_a_trial_that_a_viewer_takes_along_is_not_the_last(self, fetcher: Fetcher, wire: Wire) -> None:
        """The one request that a half-open circuit lets through is cancelled: nobody says how it went."""
        now_s = 0.0
        fetcher.clock = lambda: now_s
        source = _source(fetcher, wire)
        wire.answers["/m"] = _http(b"", status="500 Oh")
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(UpstreamRefused):
                await fetcher.document(source, wire.base + "/m", fresh_s=0)
        now_s += OPEN_S
        wire.answers["/slow"] = [b"HTTP/1.1 200 OK\r\n"]
        wire.arrived.clear()

        async def watch() -> None:
            async with fetcher.stream(source, wire.base + "/slow", {}):
                pass

        viewer = asyncio.create_task(watch())
        await wire.arrived.wait()
        assert fetcher.circuit("s") is Circuit.OPEN
        viewer.cancel()
        await asyncio.wait([viewer])
        now_s += OPEN_S
        wire.answers["/m"] = _http(_PLAYLIST)
        assert (await fetcher.document(source, wire.base + "/m", fresh_s=0)).body == _PLAYLIST
        assert fetcher.circuit("s") is Circuit.CLOSED

    async def test_what_an_address_carries_is_not_logged(self, fetcher: Fetcher, wire: Wire) -> None:
        source = fetcher.upstream("s", wire.base + "/m", {"Authorization": "Bearer hidden"}, ())
        wire.answers |= {"/m?token=hidden": _http(b"", status="403 No"), "/n?token=hidden": b""}
        with structlog.testing.capture_logs() as logged:
            for path in ("/m?token=hidden", "/n?token=hidden", "/o?token=hidden"):
                with pytest.raises((UpstreamRefused, UpstreamFailed)):
                    await fetcher.document(source, wire.base + path, fresh_s=0)
        assert logged == []

    async def test_many_are_told_of_one_failure(self, fetcher: Fetcher, wire: Wire) -> None:
        wire.answers["/m"] = _http(b"", status="404 No")
        source = _source(fetcher, wire)
        asking = [fetcher.document(source, wire.base + "/m", fresh_s=0) for _ in range(20)]
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert len(wire.requests) == 1
        assert {type(error) for error in told} == {UpstreamRefused}
        assert len({id(error) for error in told}) == 20


_TYPE = "content-type: video/mp2t"
Ask = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


@pytest.fixture
async def ask(
    app_client: AppClient, services: Services, admin: Person, empty_episode: AddEmptyEpisode, wire: Wire
) -> Ask:
    """Ask for the one segment of a source through the proxy: status, headers in small letters, body."""
    wire.answers["/m.m3u8"] = _http(_PLAYLIST)
    episode_id = await empty_episode()
    body = {"name": "Raw", "url": wire.base + "/m.m3u8", "episode_id": episode_id}
    registered = await app_client.post("/api/v1/sources", json=body, headers=admin.headers)
    assert registered.status == 201, await registered.text()
    await publish(services, episode_id)
    hls_url = await play(app_client, episode_id)
    master = await (await app_client.get(hls_url)).text()
    media = f"{hls_url.rpartition('/')[0]}/{master.rstrip().rpartition(chr(10))[2]}"
    text = await (await app_client.get(media)).read()
    segment = f"{media.rpartition('/')[0]}/{Playlist.parse(text).segments[0].uri}"

    async def asking(method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with app_client.request(method, segment, headers=sent) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, await answer.read()

    return asking


class TestSegments:
    """RFC 9110 section 14: ranges as players ask for them, and as caches answer."""

    async def test_headers_in_small_letters(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"media", _TYPE, 'etag: "v1"', "set-cookie: a=b", "server: theirs")
        status, headers, body = await ask()
        assert (status, body, headers["content-type"], headers["etag"]) == (200, b"media", "video/mp2t", '"v1"')
        assert "set-cookie" not in headers
        assert headers.get("server") != "theirs"

    async def test_a_part_that_nobody_asked_for(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"media", _TYPE, "content-range: bytes 0-4/5", status="206 Partial Content")
        status, headers, body = await ask()
        assert (status, body) == (200, b"media")
        assert "content-range" not in headers
        wire.answers["/p.ts"] = _http(b"med", _TYPE, "content-range: bytes 0-2/5", status="206 Partial Content")
        assert (await ask())[0] == 502

    async def test_ranges(self, ask: Ask, wire: Wire) -> None:
        part = _http(b"ed", _TYPE, "content-range: bytes 1-2/5", status="206 Partial Content")
        wire.answers["/p.ts"] = part
        status, headers, body = await ask(Range="bytes=1-2", If_Range='"v1"')
        assert (status, body, headers["content-range"]) == (206, b"ed", "bytes 1-2/5")
        assert (wire.requests[-1][1]["Range"], wire.requests[-1][1]["If-Range"]) == ("bytes=1-2", '"v1"')
        wire.answers["/p.ts"] = _http(b"media", _TYPE)
        assert (await ask(Range="bytes=0-0,2-3"))[::2] == (200, b"media")
        assert "Range" not in wire.requests[-1][1]
        wire.answers["/p.ts"] = _http(b"", "content-range: bytes */5", status="416 No")
        assert (await ask(Range="bytes=9-"))[0] == 416

    async def test_heads(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"media", _TYPE)
        status, headers, body = await ask("HEAD")
        assert (status, headers["content-length"], body) == (200, "5", b"")
        assert wire.requests[-1][0] == "HEAD /p.ts"

    async def test_statuses(self, ask: Ask, wire: Wire) -> None:
        told = {"204 None": 502, "302 There": 502, "304 Same": 502, "401 Who": 502, "429 Slow": 429, "503 Ill": 502}
        for theirs, ours in told.items():
            wire.answers["/p.ts"] = _http(b"", "retry-after: 9", status=theirs)
            status, headers, _ = await ask()
            assert (status, headers.get("retry-after")) == (ours, "9"), theirs

    async def test_half_a_segment_does_not_look_like_a_whole(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"media", _TYPE, length=9)
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError)):
            await ask()

    async def test_headers_of_no_letters_do_no_harm(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"media", _TYPE).replace(b"connection:", b"etag: \xff\x80\r\nconnection:")
        assert (await ask())[::2] == (200, b"media")

    async def test_a_page_is_no_page_here(self, ask: Ask, wire: Wire) -> None:
        wire.answers["/p.ts"] = _http(b"<script>", "content-type: Text/HTML")
        status, headers, _ = await ask()
        assert (status, headers["content-type"]) == (200, "application/octet-stream")
        assert headers["x-content-type-options"] == "nosniff"
