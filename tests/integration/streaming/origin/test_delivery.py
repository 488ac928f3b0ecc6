"""What comes over the wire: RFC 9110 for files, refusals, and nothing from outside an asset.

Everything runs twice: over the route alone, and with the origin standing in front of it, answering from memory.
"""

import asyncio
import gzip
from typing import Any

import pytest
from aiohttp import ClientResponse, web

import streaming.origin.routes
from kernel.ids import new_id
from server.services import Services
from streaming.origin.access.token import Keyring, StreamToken, sign
from tests.conftest import AppClient
from tests.integration.streaming.origin.conftest import Play

MPEGURL = "application/vnd.apple.mpegurl"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
FOREVER = "public, max-age=31536000, immutable"


class Stream:
    """A started stream."""

    def __init__(self, client: AppClient, playback: dict[str, Any], services: Services) -> None:
        self.client = client
        self.token, self.asset_id = playback["hls_url"].split("/")[2:4]
        self.folder = services.storage.path(self.asset_id)
        self.media = next(path.parent.name for path in sorted(self.folder.glob("v*/main.m3u8"))) + "/main.m3u8"
        self.segment = max((path for path in self.folder.glob("v*/*.m4s")), key=lambda path: path.stat().st_size)

    def url(self, path: str, *, token: str | None = None, asset_id: str | None = None) -> str:
        return f"/hls/{token or self.token}/{asset_id or self.asset_id}/{path}"

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """The second answer to the same request, which is the one that may come from memory."""
        await self.client.get(self.url(path), headers=headers, auto_decompress=False)
        return await self.client.get(self.url(path), headers=headers, auto_decompress=False)

    @property
    def segment_path(self) -> str:
        return self.segment.relative_to(self.folder).as_posix()


@pytest.fixture(params=["route", "front"])
async def stream(request: pytest.FixtureRequest, app_client: AppClient, services: Services, play: Play) -> Stream:
    app_client.session._default_headers.popall("Accept-Encoding", None)
    if request.param == "front":
        runner = app_client.server.runner
        assert isinstance(runner, web.AppRunner)
        streaming.origin.routes.install_fast_path(runner)
    return Stream(app_client, await play(), services)


def plain(**headers: str) -> dict[str, str]:
    return {"Accept-Encoding": "identity", **headers}


class TestFiles:
    async def test_the_session_playlist_is_private(self, stream: Stream) -> None:
        answer = await stream.get("master.m3u8", **plain())

        assert answer.status == 200
        assert (await answer.text()).startswith("#EXTM3U\n")
        assert answer.headers["Content-Type"] == MPEGURL
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
        assert OPEN.items() <= dict(answer.headers).items()

    async def test_everything_else_is_shared_and_immutable(self, stream: Stream) -> None:
        kinds = {".m3u8": MPEGURL, ".m4s": "video/iso.segment", ".mp4": "video/mp4", ".jpg": "image/jpeg"}
        kinds |= {".vtt": "text/vtt; charset=utf-8", ".mpd": "application/dash+xml"}
        seen = set()
        for file in sorted(stream.folder.rglob("*")):
            path = file.relative_to(stream.folder).as_posix()
            if file.suffix not in kinds or path == "master.m3u8":
                continue
            answer = await stream.get(path, **plain())
            assert answer.status == 200, path
            assert await answer.read() == file.read_bytes(), path
            assert answer.headers["Content-Type"] == kinds[file.suffix]
            assert answer.headers["Content-Length"] == str(file.stat().st_size)
            assert answer.headers["Cache-Control"] == FOREVER
            assert answer.headers["Accept-Ranges"] == "bytes"
            assert answer.headers["ETag"].startswith('"')
            assert OPEN.items() <= dict(answer.headers).items()
            seen.add(file.suffix)
        assert seen == set(kinds)

    async def test_the_bytes_are_the_same_for_everybody(self, stream: Stream, play: Play) -> None:
        other = (await play())["hls_url"].split("/")[2]
        mine = await stream.get(stream.media)
        theirs = await stream.client.get(stream.url(stream.media, token=other), auto_decompress=False)

        assert other != stream.token
        assert await mine.read() == await theirs.read()
        assert mine.headers["ETag"] == theirs.headers["ETag"]

    @pytest.mark.parametrize("which", ["master", "media", "subtitles"])
    async def test_text_is_compressed_for_those_who_can(self, stream: Stream, which: str) -> None:
        path = {"master": "master.m3u8", "media": stream.media, "subtitles": "s-en/subtitles.vtt"}[which]
        packed = await stream.get(path, **{"Accept-Encoding": "br, gzip"})
        unpacked = await stream.get(path, **plain())

        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in unpacked.headers
        assert packed.headers["Vary"] == unpacked.headers["Vary"] == "Accept-Encoding"
        raw = await packed.read()
        assert packed.headers["Content-Length"] == str(len(raw))
        assert gzip.decompress(raw) == await unpacked.read()
        assert len(raw) < len(await unpacked.read())

    async def test_pictures_are_sent_as_they_are(self, stream: Stream) -> None:
        answer = await stream.get(stream.segment_path, **{"Accept-Encoding": "gzip"})

        assert "Content-Encoding" not in answer.headers
        assert await answer.read() == stream.segment.read_bytes()

    @pytest.mark.parametrize("which", ["master", "media", "segment"])
    async def test_head_is_get_without_the_body(self, stream: Stream, which: str) -> None:
        path = {"master": "master.m3u8", "media": stream.media, "segment": stream.segment_path}[which]
        get = await stream.get(path, **plain())
        head = await stream.client.head(stream.url(path), headers=plain())

        assert head.status == 200
        assert await head.read() == b""
        ours = ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Accept-Ranges", "Vary")
        assert [head.headers.get(name) for name in ours] == [get.headers.get(name) for name in ours]

    async def test_other_methods_are_refused(self, stream: Stream) -> None:
        for method in ("POST", "PUT", "DELETE"):
            assert (await stream.client.request(method, stream.url(stream.media))).status in (404, 405)

    async def test_a_large_file_comes_whole_and_in_pieces(self, stream: Stream) -> None:
        data = stream.segment.read_bytes()[:1] * 3 + bytes(range(256)) * 4096
        (stream.folder / "v-large").mkdir()
        (stream.folder / "v-large" / "1.m4s").write_bytes(data)

        assert await (await stream.get("v-large/1.m4s")).read() == data
        piece = await stream.get("v-large/1.m4s", Range="bytes=300000-900001")
        assert piece.status == 206
        assert await piece.read() == data[300_000:900_002]
        assert piece.headers["Content-Range"] == f"bytes 300000-900001/{len(data)}"
        assert piece.headers["Content-Length"] == "600002"


@pytest.mark.parametrize("kind", ["media", "segment"])
class TestConditionsAndRanges:
    """RFC 9110 §13 and §14, on a small file in memory and one that is streamed."""

    @pytest.fixture
    def path(self, kind: str, stream: Stream) -> str:
        if kind == "media":
            return stream.media
        (stream.folder / "v-large").mkdir()
        (stream.folder / "v-large" / "1.m4s").write_bytes(bytes(range(256)) * 2000)
        return "v-large/1.m4s"

    async def test_known_is_not_sent_again(self, stream: Stream, path: str) -> None:
        etag = (await stream.get(path, **plain())).headers["ETag"]

        for known in (etag, f'W/{etag}, "x"', "*"):
            answer = await stream.get(path, **{"If-None-Match": known})
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == etag
            assert answer.headers["Cache-Control"] == FOREVER
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert (await stream.get(path, **{"If-None-Match": '"other"'})).status == 200

    async def test_a_part(self, stream: Stream, path: str) -> None:
        data = (stream.folder / path).read_bytes()
        for header, start, stop in (("0-3", 0, 4), ("5-", 5, len(data)), ("-7", len(data) - 7, len(data))):
            answer = await stream.get(path, Range=f"bytes={header}", **{"Accept-Encoding": "gzip"})

            assert answer.status == 206, header
            assert await answer.read() == data[start:stop], header
            assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
            assert "Content-Encoding" not in answer.headers  # a part of the file, not of its compressed form
            assert answer.headers["ETag"].startswith('"')

    async def test_beyond_the_end(self, stream: Stream, path: str) -> None:
        size = (stream.folder / path).stat().st_size
        answer = await stream.get(path, Range=f"bytes={size}-")

        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"

    async def test_several_or_malformed_parts_are_the_whole(self, stream: Stream, path: str) -> None:
        for header in ("bytes=0-1,4-5", "bytes=5-1", "lines=1-2", "bytes=x"):
            answer = await stream.get(path, Range=header, **{"Accept-Encoding": "identity"})

            assert (answer.status, await answer.read()) == (200, (stream.folder / path).read_bytes()), header

    async def test_a_part_of_what_one_has_or_else_the_whole(self, stream: Stream, path: str) -> None:
        etag = (await stream.get(path, **plain())).headers["ETag"]

        same = await stream.get(path, **plain(Range="bytes=0-3"), **{"If-Range": etag})
        other = await stream.get(path, **plain(Range="bytes=0-3"), **{"If-Range": '"other"'})

        assert (same.status, other.status) == (206, 200)

    async def test_head_ignores_ranges(self, stream: Stream, path: str) -> None:
        answer = await stream.client.head(stream.url(path), headers=plain(Range="bytes=0-3"))

        assert answer.status == 200
        assert answer.headers["Content-Length"] == str((stream.folder / path).stat().st_size)


async def test_preflight(stream: Stream) -> None:
    """Fetch standard, CORS-preflight: hls.js asks when it sends CMCD headers or ranges."""
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "cmcd-request, range",
    }
    answer = await stream.client.options(stream.url("master.m3u8"), headers=asked)

    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"range", "if-none-match", "cmcd-request", "cmcd-object", "cmcd-status", "cmcd-session"} <= set(allowed)


class TestRefusals:
    async def refused(self, stream: Stream, url: str, status: int, code: str | None = None) -> None:
        for _ in range(2):
            answer = await stream.client.get(url)
            assert answer.status == status, url
            assert answer.headers["Access-Control-Allow-Origin"] == "*"  # or a player cannot read why
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.content_type == "application/problem+json"
            if code:
                assert (await answer.json())["code"] == code

    @pytest.mark.parametrize("path", ["master.m3u8", "media"])
    async def test_wrong_tokens(self, stream: Stream, services: Services, path: str) -> None:
        path = stream.media if path == "media" else path
        await stream.get(path)
        ring = Keyring.of(services.settings.derive_keys("stream-token"))
        forged = sign(StreamToken(new_id(), stream.asset_id, 2**39), Keyring({1: b"wrong key" * 4}, current=1))
        expired = sign(StreamToken(new_id(), stream.asset_id, 1_000), ring)
        unknown = sign(StreamToken(new_id(), stream.asset_id, 2**39), ring)
        swapped = ("A" if stream.token[40] != "A" else "B").join((stream.token[:40], stream.token[41:]))
        for token, code in (
            ("x", "token_refused"),
            (forged, "token_refused"),
            (swapped, "token_refused"),
            (stream.token + "=", "token_refused"),
            (expired, "token_expired"),
            (unknown, "stream_ended"),
        ):
            await self.refused(stream, stream.url(path, token=token), 403, code)

    async def test_a_token_is_for_one_asset(self, stream: Stream, services: Services) -> None:
        other = new_id()
        services.storage.path(other).mkdir()
        (services.storage.path(other) / "poster.jpg").write_bytes(b"another asset's")

        await self.refused(stream, stream.url("poster.jpg", asset_id=other), 403, "token_foreign")
        await self.refused(stream, stream.url("poster.jpg", asset_id="x"), 403, "token_foreign")

    async def test_missing_files(self, stream: Stream) -> None:
        for path in ("nothing.m3u8", "v1/nothing.m4s", "asset.json", "v720"):
            await self.refused(stream, stream.url(path), 404, "media_not_found")

    async def test_a_deleted_segment(self, stream: Stream) -> None:
        (stream.folder / "v-large").mkdir()
        (stream.folder / "v-large" / "1.m4s").write_bytes(bytes(300_000))
        assert (await stream.get("v-large/1.m4s")).status == 200
        (stream.folder / "v-large" / "1.m4s").unlink()

        await self.refused(stream, stream.url("v-large/1.m4s"), 404, "media_not_found")


WAYS_OUT = [
    "../secret.vtt",
    "v720/../../secret.vtt",
    "%2e%2e/secret.vtt",
    "%2e%2e%2fsecret.vtt",
    "..%2fsecret.vtt",
    "%252e%252e%252fsecret.vtt",
    "..%5csecret.vtt",
    "..\\secret.vtt",
    "%c0%ae%c0%ae/secret.vtt",
    "%ef%bc%8e%ef%bc%8e/secret.vtt",
    "/secret.vtt",
    "%2fsecret.vtt",
    ".//../secret.vtt",
    "secret.vtt%00.jpg",
    "..;/secret.vtt",
    "../../../../../../etc/passwd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
]


async def test_there_is_no_way_out_of_an_asset(stream: Stream) -> None:
    """As raw bytes on a socket, for every client library would tidy them up first."""
    (stream.folder.parent / "secret.vtt").write_text("the secret")

    for path in WAYS_OUT:
        for _ in range(2):
            answer = await raw_get(stream, stream.url(path))
            assert answer.split(b" ", 2)[1] in (b"404", b"400"), (path, answer[:200])
            assert b"the secret" not in answer, path
            assert b"root:" not in answer, path


async def raw_get(stream: Stream, target: str) -> bytes:
    reader, writer = await asyncio.open_connection(stream.client.host, stream.client.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_memory_answers_what_the_route_would(stream: Stream) -> None:
    """The two ways in agree header by header, but for the request id, the date and the headers of pages."""
    differing = {"x-request-id", "date", "server", "permissions-policy", "referrer-policy", "x-frame-options"}
    differing |= {"cross-origin-opener-policy"}
    for path in ("master.m3u8", stream.media, "poster.jpg"):
        for encoding in ("gzip", "identity"):
            ask = {"Accept-Encoding": encoding, "If-None-Match": '"x"'}  # a condition, so never from memory
            first, second = await stream.get(path, **ask), await stream.get(path, **{"Accept-Encoding": encoding})
            both = [
                {name.lower(): value for name, value in each.headers.items() if name.lower() not in differing}
                for each in (first, second)
            ]
            assert both[0] == both[1]
            assert first.headers["Date"].endswith(" GMT")
            assert second.headers["Date"].endswith(" GMT")
            assert await first.read() == await second.read()


async def test_a_connection_is_used_again_and_again(stream: Stream) -> None:
    """Pipelined and one after the other, HTTP/1.1 and 1.0: every answer whole, in order, and closed when asked."""
    await stream.get("master.m3u8")
    reader, writer = await asyncio.open_connection(stream.client.host, stream.client.port)
    request = f"GET {stream.url('master.m3u8')} HTTP/1.1\r\nHost: test\r\n"
    writer.write((request + "\r\n").encode() * 20 + (request + "Connection: close\r\n\r\n").encode())
    everything = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert everything.count(b"HTTP/1.1 200 OK\r\n") == 21
    assert everything.count(b"#EXTM3U\n") == 21

    reader, writer = await asyncio.open_connection(stream.client.host, stream.client.port)
    writer.write(request.replace("HTTP/1.1", "HTTP/1.0").encode() + b"\r\n")
    assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.0 200")
    writer.close()


async def test_a_client_that_does_not_read_costs_no_memory(stream: Stream) -> None:
    """Answers wait in the client's own buffers; ours must not fill with them."""
    (stream.folder / "big.vtt").write_bytes(b"WEBVTT\n" + b"x" * 200_000)
    await stream.get("big.vtt", **plain())
    _, writer = await asyncio.open_connection(stream.client.host, stream.client.port, limit=1024)
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's own sockets can
    request = f"GET {stream.url('big.vtt')} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
    for _ in range(200):
        writer.write(request)
    await asyncio.sleep(1)

    runner = stream.client.server.runner
    assert runner is not None
    assert runner.server is not None
    waiting = [c.transport.get_write_buffer_size() for c in runner.server.connections if c.transport is not None]
    writer.close()
    assert max(waiting) < 1_000_000
