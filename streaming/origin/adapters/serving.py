"""The media side of the origin: ``/hls/{token}/{asset}/{path}``, and the question nginx asks before it serves a file itself.

There are two ways in.  :meth:`Origin.serve` is the route: it checks, loads, streams, and answers everything.
:meth:`Origin.fast_path` stands before routing and middleware and answers only a plain GET of something in memory under a
grant already given, which is what nearly every playlist request is; the rest it leaves to the route.
"""

import asyncio
import hmac
import ipaddress
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

import structlog
from aiohttp import hdrs, web
from multidict import CIMultiDict
from prometheus_client import Counter

from kernel.errors import AniError, Forbidden, NotFound, Unavailable
from kernel.http import REQUEST_ID
from kernel.http.problems import response_for
from kernel.scope import Container
from kernel.storage import Storage
from kernel.tasks import TaskSet
from streaming.origin import cmcd, sidecar_subtitles, usecases
from streaming.origin.gate import Gate, StreamGrant
from streaming.origin.media.adapters.prebuilt import Packed, PrebuiltResponse, pack
from streaming.origin.media.conditional import RangeNotSatisfiable, accepts_gzip, none_match, parse_range, range_applies
from streaming.origin.media.files import CONTENT_TYPES, OPEN_HEADERS, MediaFile, MediaFiles, MediaNotFound
from streaming.origin.quality import REMEMBERED_FOR_MS
from streaming.origin.reports import Reports
from streaming.origin.token import Keyring, StreamToken

log = structlog.get_logger()

MASTER: Final = "master.m3u8"

CHUNK_BYTES: Final = 256 * 1024
"""Read and written at a time: four for a typical segment, and all that one slow viewer holds in memory."""
STALL_TIMEOUT_S: Final = 60
"""A viewer that takes none of a chunk for so long has gone; a phone in a tunnel comes back sooner."""
FLUSH_S: Final = 5
"""Between two writes of what players report; losing the last ones costs a guess at the next start."""
FLUSH_TIMEOUT_S: Final = 10
REPORTS_MAY_COME: Final = timedelta(hours=1)
"""A session is kept for so long after its last possible request: what its player reported then is still to be written down."""

VERIFY_PATH: Final = "/internal/verify"
EDGE_HEADER: Final = "X-Ani-Edge"
ORIGINAL_URI_HEADER: Final = "X-Original-URI"

ADDED_CACHED: Final = "private, max-age=300"
"""Of an added subtitle track: its address changes with its text, except in streams that began before."""

PREFLIGHT_HEADERS: Final = {
    **OPEN_HEADERS,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": ", ".join(("Range", "If-Range", "If-None-Match", *cmcd.HEADERS)),
    "Access-Control-Max-Age": "7200",  # the longest that Chromium keeps
}

REQUESTS: Final = Counter("ani_media_requests_total", "Playlists, segments and other media answered", ["source"])
BYTES: Final = Counter("ani_media_bytes_total", "Bytes of media given to the network", ["source"])
VERDICTS: Final = Counter("ani_edge_verdicts_total", "Questions of the edge whether a token is good", ["status"])
_MEMORY_REQUESTS, _MEMORY_BYTES = REQUESTS.labels("memory"), BYTES.labels("memory")
_DISK_REQUESTS, _DISK_BYTES = REQUESTS.labels("disk"), BYTES.labels("disk")

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Origin:
    """Media of one process: the gate, the files, and what players report."""

    def __init__(
        self,
        container: Container,
        storage: Storage,
        keyring: Keyring,
        external: usecases.ExternalAssets,
        *,
        edge_secret: str = "",
    ) -> None:
        self._container = container
        self.keyring = keyring
        self.external = external
        self._clock = container.clock
        self._edge_secret = edge_secret.encode()
        self.gate = Gate(keyring, self._open_master, container.clock)
        self.files = MediaFiles(storage)
        self.reports = Reports()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``: writes down what players report."""
        tasks = TaskSet("origin")
        tasks.spawn(self._flush_for_ever(), name="reports")
        yield
        await tasks.close()
        await self.gate.close()
        await self.flush()

    def with_fast_path(self, handler: Handler) -> Handler:
        """``handler`` with :meth:`fast_path` before it, for ``aiohttp.web.Server.request_handler``."""

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            if request.raw_path == VERIFY_PATH:
                # Without the headers that middleware adds for people: nginx reads them again at every cached answer.
                return await self.verify(request)
            return self.fast_path(request) or await handler(request)

        return answer

    def fast_path(self, request: web.BaseRequest) -> PrebuiltResponse | None:
        """The answer, if it is at hand; otherwise ``None``, and nothing has happened."""
        target = request.raw_path
        if not target.startswith("/hls/") or request.method != hdrs.METH_GET:
            return None
        address, _, query = target.partition("?")
        parts = address.split("/", 4)
        if len(parts) != 5:
            return None
        _, _, token, asset_id, path = parts
        grant = self.gate.remembered(token, asset_id)
        if grant is None:
            return None
        headers = request.headers
        if hdrs.RANGE in headers or hdrs.IF_NONE_MATCH in headers or hdrs.EXPECT in headers:
            return None
        if path == MASTER:
            packed: Packed | None = grant.master
        else:
            file = self.files.held(asset_id, path)
            packed = None if file is None else file.packed
        if packed is None or not PrebuiltResponse.suits(request):
            return None
        self._take_report(grant, query, request)
        _MEMORY_REQUESTS.inc()
        if packed.ready_gzipped is not None and accepts_gzip(headers.get(hdrs.ACCEPT_ENCODING, "")):
            _MEMORY_BYTES.inc(len(packed.gzipped or b""))
            return packed.ready_gzipped
        _MEMORY_BYTES.inc(len(packed.body))
        return packed.ready

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET|HEAD|OPTIONS /hls/{token}/{asset}/{path}``."""
        if request.method == hdrs.METH_OPTIONS:
            # Asked by browsers before the request proper and without its address's meaning: nothing to protect here.
            return web.Response(status=204, headers=PREFLIGHT_HEADERS)
        token, asset_id, path = (request.match_info[name] for name in ("token", "asset", "path"))
        try:
            grant = await self.gate.admit(token, asset_id)
            self._take_report(grant, request.rel_url.raw_query_string, request)
            if path == MASTER:
                return _whole(grant.master, request)
            if (track := sidecar_subtitles.parse(path)) is not None:
                return _whole(await self._added(grant.token, path, *track), request)
            return await _send(await self.files.get(asset_id, path), request)
        except AniError as error:
            return _refused(error, request)

    async def verify(self, request: web.BaseRequest) -> web.StreamResponse:
        """``GET /internal/verify``: may the media at ``X-Original-URI`` be served?  For nginx's ``auth_request``.

        204 yes, 403 no, 401 no longer there: ``auth_request`` passes on no other refusal, and the edge turns 401 into 404.
        To everybody but the edge the route does not exist.
        """
        status = await self._verdict(request) if self._asked_by_edge(request) else 404
        VERDICTS.labels(status).inc()
        return web.Response(status=status)

    async def _verdict(self, request: web.BaseRequest) -> int:
        address, _, query = request.headers.get(ORIGINAL_URI_HEADER, "").partition("?")
        parts = address.split("/", 4)
        if len(parts) != 5 or parts[1] != "hls":
            return 403
        try:
            grant = await self.gate.admit(parts[2], parts[3], fresh=True)  # the edge remembers it for 30 s
        except NotFound:
            return 401
        except Forbidden:
            return 403
        except Unavailable:
            return 503
        self._take_report(grant, query, request)
        return 204

    def _asked_by_edge(self, request: web.BaseRequest) -> bool:
        """The shared secret, or without one a neighbour on this machine that is not itself passing something on."""
        if self._edge_secret:
            return hmac.compare_digest(request.headers.get(EDGE_HEADER, "").encode(errors="replace"), self._edge_secret)
        if hdrs.X_FORWARDED_FOR in request.headers or hdrs.FORWARDED in request.headers:
            return False
        # Not request.remote, which a proxy's header may have set.
        peer = request.transport.get_extra_info("peername") if request.transport else None
        return peer is not None and len(peer) > 1 and ipaddress.ip_address(peer[0]).is_loopback

    async def _open_master(self, token: StreamToken) -> usecases.OpenStream:
        external = await self.external.get(token.asset_id)
        async with self._container.scope(write=False) as scope:
            return await usecases.open_master(usecases.Context.of(scope), token, external=external)

    async def _added(self, token: StreamToken, path: str, subtitle_id: str, suffix: str) -> Packed:
        """A track that was added to the episode of this stream, or its playlist.  Raises :class:`MediaNotFound`."""
        external = await self.external.get(token.asset_id)
        async with self._container.scope(write=False) as scope:
            text = await usecases.sidecar_file(
                usecases.Context.of(scope), token, path, subtitle_id, suffix, external=external
            )
        if text is None:
            raise MediaNotFound
        headers = {**OPEN_HEADERS, "Content-Type": CONTENT_TYPES[f".{suffix}"], "Cache-Control": ADDED_CACHED}
        return pack(text.encode(), headers, compress=True)

    def _take_report(self, grant: StreamGrant, query: str, request: web.BaseRequest) -> None:
        texts = [unquote(part[5:]) for part in query.split("&") if part.startswith("CMCD=")] if query else []
        headers = request.headers
        texts += [headers[name] for name in cmcd.HEADERS if name in headers]
        if texts:
            self.reports.add(grant.token.session_id, cmcd.parse(texts), self._clock.now_ms())

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()

    async def flush(self) -> None:
        """Write down what players reported since the last time."""
        measured = self.reports.take()
        if not measured:
            return
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT_S), self._container.scope(write=True) as scope:
                await usecases.record_throughput(measured, sessions=scope.port(usecases.StreamSessions))
        except Exception:
            log.exception("player reports could not be written, and are kept", sessions=len(measured))
            self.reports.put_back(measured)


async def delete_expired_streams(container: Container) -> None:
    """A periodic task: forget sessions a while after their last possible request, and links nobody would trust any more."""
    async with container.scope(write=True) as scope:
        sessions, now = scope.port(usecases.StreamSessions), container.clock.now()
        deleted = await sessions.delete_expired(now - REPORTS_MAY_COME)
        await sessions.forget_links(now - timedelta(milliseconds=REMEMBERED_FOR_MS))
    if deleted:
        log.info("expired stream sessions deleted", count=deleted)


def _whole(packed: Packed, request: web.BaseRequest) -> web.Response:
    zipped = packed.gzipped is not None and accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    body = packed.gzipped if zipped else packed.body
    _MEMORY_REQUESTS.inc()
    _MEMORY_BYTES.inc(len(body or b""))
    return web.Response(body=body, headers=packed.gzip_headers if zipped else packed.headers)


async def _send(file: MediaFile, request: web.Request) -> web.StreamResponse:
    """The file, or as much of it as was asked for (RFC 9110 §13.2.2 gives the order of the checks)."""
    known = request.headers.get(hdrs.IF_NONE_MATCH)
    if known is not None and not none_match(known, file.etag):
        headers = file.headers if file.packed is None else file.packed.headers
        return web.Response(status=304, headers=_without(headers, hdrs.CONTENT_TYPE))
    asked = request.headers.get(hdrs.RANGE) if request.method == hdrs.METH_GET else None
    part: tuple[int, int] | None = None
    if asked is not None and range_applies(request.headers.get(hdrs.IF_RANGE), file.etag):
        try:
            part = parse_range(asked, file.size_bytes)
        except RangeNotSatisfiable:
            unsatisfied = {**OPEN_HEADERS, hdrs.CONTENT_RANGE: f"bytes */{file.size_bytes}"}
            return web.Response(status=416, headers=unsatisfied)
    if file.packed is not None and part is None:
        return _whole(file.packed, request)
    start, stop = part or (0, file.size_bytes)
    headers = file.headers.copy() if file.packed is None else file.packed.headers.copy()
    if part is not None:
        headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
    status = 200 if part is None else 206
    if file.packed is not None:
        return web.Response(status=status, body=file.packed.body[start:stop], headers=headers)
    headers[hdrs.CONTENT_LENGTH] = str(stop - start)
    return await _stream(file, request, web.StreamResponse(status=status, headers=headers), start, stop)


async def _stream(
    file: MediaFile, request: web.Request, response: web.StreamResponse, start: int, stop: int
) -> web.StreamResponse:
    if request.method == hdrs.METH_HEAD:
        await response.prepare(request)
        return response
    try:
        descriptor = await asyncio.to_thread(os.open, file.path, os.O_RDONLY)
    except OSError:
        raise MediaNotFound from None  # deleted since it was first asked for
    try:
        await response.prepare(request)
        while start < stop:
            chunk = await asyncio.to_thread(os.pread, descriptor, min(CHUNK_BYTES, stop - start), start)
            if not chunk:
                raise ConnectionResetError("the file is shorter than it was; published files never change")
            async with asyncio.timeout(STALL_TIMEOUT_S):
                await response.write(chunk)
            start += len(chunk)
            _DISK_BYTES.inc(len(chunk))
        await response.write_eof()
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()
    finally:
        os.close(descriptor)
    _DISK_REQUESTS.inc()
    return response


def _refused(error: AniError, request: web.Request) -> web.Response:
    response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
    assert response is not None  # it knows every AniError
    response.headers.update(OPEN_HEADERS)
    return response


def _without(headers: CIMultiDict[str], name: str) -> CIMultiDict[str]:
    left = headers.copy()
    left.popall(name, None)
    return left
