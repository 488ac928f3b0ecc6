"""The proxy at work: playlists of registered sources stripped and rewritten, segments passed through.

``/hls/{token}/{source}/p/{sealed}.{ending}``: the token is the same as for our own assets and is checked at the same gate; what to
fetch is sealed in the address, by us, for this source alone.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from aiohttp import hdrs, web
from prometheus_client import Counter

from kernel.errors import AniError, NotFound
from kernel.http import REQUEST_ID
from kernel.problems import response_for
from kernel.scope import Container
from streaming.origin.gate import Gate
from streaming.origin.media import OPEN_HEADERS
from streaming.proxy import usecases
from streaming.proxy.attributes import attribute_values
from streaming.proxy.fetch import STALE_IF_ERROR_S, Document, Fetcher, Upstream, UpstreamFailed, UpstreamRefused
from streaming.proxy.lines import Playlist
from streaming.proxy.model import SourceSettings, VideoSource
from streaming.proxy.remove import Mode, Policy, Rendition, Shared, Stripped, strip
from streaming.proxy.rewrite import Rewriter, Role
from streaming.proxy.safety import FORWARDED_RESPONSE_HEADERS, MAX_KEY_BYTES, MAX_PLAYLIST_LINES
from streaming.proxy.sealing import SealBroken, Sealer

PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
GAP: Final = "gap.ts"
"""What a cut segment is called; there is nothing there."""
REMEMBERED_S: Final = 10.0
"""A change of a source reaches the other processes within that time."""
MAX_SOURCES, MAX_RENDITIONS = 256, 64
"""Kept in memory: states of a few kilobytes each, and the last output of each rendition."""
COMPLETE_FRESH_S: Final = 60.0
"""A finished playlist hardly ever changes; but the addresses in it may expire."""
THREAD_FROM_BYTES: Final = 32 * 1024
"""From here on surgery takes longer than a millisecond, and goes to a thread."""
CHUNK_BYTES: Final = 64 * 1024
STALL_TIMEOUT_S: Final = 60
"""A viewer that takes none of a chunk for so long has gone."""

_SMALL_NUMBER: Final = re.compile(r"[0-9]{1,15}")

_ENDINGS: Final = frozenset(
    {
        "ts",
        "m4s",
        "mp4",
        "m4v",
        "m4a",
        "cmfv",
        "cmfa",
        "aac",
        "mp3",
        "ac3",
        "ec3",
        "vtt",
        "webvtt",
        "jpg",
        "jpeg",
        "png",
        "json",
    }
)
"""Endings kept, because players judge by them; everything else is called ``.ts``."""
_SAFE_TYPES: Final = (
    "video/",
    "audio/",
    "text/vtt",
    "image/jpeg",
    "image/png",
    "application/mp4",
    "application/octet-stream",
    "application/json",
)
"""Passed on as they are; a page or a script of somebody else's must not come from our address as one."""

PLAYLISTS: Final = Counter("ani_proxy_playlists_total", "Playlists of video sources given out", ["source", "outcome"])
ADS: Final = Counter("ani_proxy_ads_cut_total", "Ad segments cut", ["source"])
AD_SECONDS: Final = Counter("ani_proxy_ad_seconds_cut_total", "Seconds of ads cut", ["source"])
GUARDS: Final = Counter(
    "ani_proxy_guard_trips_total", "Playlists given back whole because a guard or the own check said so", ["source"]
)
BYTES: Final = Counter("ani_proxy_bytes_total", "Bytes of segments passed through", ["source"])


@dataclass(slots=True)
class _Output:
    document: Document
    body: bytes
    is_complete: bool
    fresh_s: float
    #: The highest sequence number a blocking reload may ask for (rfc8216bis section 6.2.5.2); 0 where it may not be asked.
    awaited_msn: int = 0


@dataclass(slots=True)
class _Known:
    """A source in memory, with what its stream has shown so far."""

    source_id: str
    version: int
    mode: Mode
    policy: Policy
    upstream: Upstream
    until_s: float
    shared: Shared = field(default_factory=Shared)
    renditions: OrderedDict[str, Rendition] = field(default_factory=OrderedDict)
    outputs: OrderedDict[str, _Output] = field(default_factory=OrderedDict)
    variables: dict[str, str] = field(default_factory=dict)
    counted_msn: dict[str, int] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Proxy:
    """Registered sources of one process."""

    def __init__(self, container: Container, fetcher: Fetcher, sealer: Sealer, gate: Gate) -> None:
        self._container = container
        self._gate = gate
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self.fetcher = fetcher
        self.sealer = sealer

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``."""
        yield
        await self.fetcher.close()

    def forget(self, source_id: str) -> None:
        """A source was changed or removed."""
        self._known.pop(source_id, None)
        self.fetcher.forget(source_id)

    def upstream(self, key: str, settings: SourceSettings, headers: Mapping[str, str]) -> Upstream:
        """Where a source with these settings would be fetched from.  Raises ``AddressRefused``."""
        return self.fetcher.upstream(key, settings.url, headers, settings.allowed_hosts)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET|HEAD|OPTIONS /hls/{token}/{source}/p/{name}``."""
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(
                status=204,
                headers={**OPEN_HEADERS, "Access-Control-Allow-Headers": "Range", "Access-Control-Max-Age": "7200"},
            )
        token, source_id, name = (request.match_info[part] for part in ("token", "source", "name"))
        try:
            await self._gate.admit(token, source_id)
            if name == GAP:
                raise SealBroken
            url, role = self.sealer.open_url(source_id, name.partition(".")[0])
            known = await self._source(source_id)
            if role is Role.PLAYLIST:
                return await self._serve_playlist(known, url, request)
            if role is Role.KEY:
                key = await self.fetcher.document(known.upstream, url, fresh_s=COMPLETE_FRESH_S, limit=MAX_KEY_BYTES)
                return web.Response(body=key.body, headers={**OPEN_HEADERS, hdrs.CACHE_CONTROL: "no-store"})
            return await self._pass_through(known, url, request)
        except UpstreamRefused as error:
            # The truth, as far as it is the viewer's: what is missing is missing, the rest is between us and the source.
            status = error.status if error.status in (404, 410, 416, 429) else 502
            return web.Response(status=status, text=error.message, headers=OPEN_HEADERS)
        except AniError as error:
            response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
            assert response is not None  # it knows every AniError
            response.headers.update(OPEN_HEADERS)
            return response

    async def multivariant(self, source: VideoSource) -> tuple[Playlist, bool]:
        """The source's own playlist with addresses relative to ``/hls/{token}/{source}/``; whether it lists variants."""
        known = await self._take(source)
        document = await self.fetcher.document(known.upstream, source.settings.url, fresh_s=REMEMBERED_S)
        playlist = parsed(document)
        if not playlist.is_multivariant:
            return playlist, False
        rewriter = Rewriter(document.url, lambda url, role: "p/" + self._name(source.id, url, role))
        output = Playlist.parse(rewriter.rewrite(playlist))
        known.variables = rewriter.variables
        return output, True

    def media_uri(self, source: VideoSource) -> str:
        """Where the one media playlist of a source without variants is."""
        return "p/" + self._name(source.id, source.settings.url, Role.PLAYLIST)

    async def _source(self, source_id: str) -> _Known:
        known = self._known.get(source_id)
        if known is not None and time.monotonic() < known.until_s:
            self._known.move_to_end(source_id)
            return known
        async with self._container.scope(write=False) as scope:
            return await self._take(await usecases.get(scope.port(usecases.Sources), source_id))

    async def _take(self, source: VideoSource) -> _Known:
        known = self._known.get(source.id)
        until_s = time.monotonic() + REMEMBERED_S
        if known is not None and known.version == source.version:
            known.until_s = until_s
            return known
        upstream = self.upstream(source.id, source.settings, self.sealer.open_headers(source.sealed_headers))
        policy = Policy(source.settings.mode, source.settings.rules, gap_uri=GAP)
        known = self._known[source.id] = _Known(
            source.id, source.version, source.settings.mode, policy, upstream, until_s
        )
        while len(self._known) > MAX_SOURCES:
            self._known.popitem(last=False)
        return known

    async def _serve_playlist(self, known: _Known, url: str, request: web.Request) -> web.Response:
        output = await self.playlist(known, url, _blocking(request.query, known.outputs.get(url)))
        age = COMPLETE_FRESH_S if output.is_complete else output.fresh_s
        headers = {**OPEN_HEADERS, hdrs.CONTENT_TYPE: PLAYLIST_TYPE, hdrs.CACHE_CONTROL: f"private, max-age={int(age)}"}
        return web.Response(body=output.body, headers=headers)

    async def playlist(self, known: _Known, url: str, query: str = "") -> _Output:
        """A media playlist, stripped and rewritten; once for all who watch."""
        before = known.outputs.get(url)
        fresh_s = before.fresh_s if before is not None and not query else 0.5
        asked = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
        document = await self.fetcher.document(known.upstream, asked, fresh_s=fresh_s)
        async with known.lock:
            before = known.outputs.get(url)
            if before is not None and before.document.body is document.body:
                PLAYLISTS.labels(known.source_id, "cached").inc()
                return before
            try:
                if len(document.body) >= THREAD_FROM_BYTES:
                    output = await asyncio.to_thread(self._operate, known, url, document)
                else:
                    output = self._operate(known, url, document)
            except NotAPlaylist:
                # An error page with status 200: as good as no answer, and treated alike.
                if before is None or self.fetcher.clock() - before.document.fetched_at_s > STALE_IF_ERROR_S:
                    raise
                PLAYLISTS.labels(known.source_id, "stale").inc()
                return before
            known.outputs[url] = output
            known.outputs.move_to_end(url)
            while len(known.outputs) > MAX_RENDITIONS:
                gone, _ = known.outputs.popitem(last=False)
                known.renditions.pop(gone, None)
                known.counted_msn.pop(gone, None)
            return output

    def _operate(self, known: _Known, url: str, document: Document) -> _Output:
        playlist = parsed(document)
        result = strip(playlist, known.policy, known.shared, known.renditions.get(url))
        if result.stale:
            before = known.outputs.get(url)
            if before is None:
                raise UpstreamFailed
            PLAYLISTS.labels(known.source_id, "stale").inc()
            return replace(before, document=document)
        known.shared, known.renditions[url] = result.shared, result.rendition
        self._count(known, url, playlist, result)
        rewriter = Rewriter(
            document.url,
            lambda child, role: self._name(known.source_id, child, role),
            variables=known.variables,
            keep=GAP.__eq__,
        )
        body = rewriter.rewrite(result.playlist)
        complete = playlist.is_complete
        fresh_s = COMPLETE_FRESH_S if complete else min(max((playlist.target_duration_s or 2) / 2, 0.5), 3.0)
        awaited = playlist.segments[-1].msn + 2 if playlist.segments and _blocks(result.playlist) else 0
        return _Output(document, body, complete, fresh_s, awaited)

    def _count(self, known: _Known, url: str, playlist: Playlist, result: Stripped) -> None:
        PLAYLISTS.labels(
            known.source_id, "refused" if result.refusal else "stripped" if result.cut_segments else "clean"
        ).inc()
        if result.refusal:
            GUARDS.labels(known.source_id).inc()
            return
        newest = known.counted_msn.get(url, -1)
        new = [playlist.segments[index] for index in result.detection.ads if playlist.segments[index].msn > newest]
        ADS.labels(known.source_id).inc(len(new))
        AD_SECONDS.labels(known.source_id).inc(sum(segment.duration_s for segment in new))
        if playlist.segments:
            known.counted_msn[url] = max(newest, playlist.segments[-1].msn)

    def _name(self, source_id: str, url: str, role: Role) -> str:
        ending = {Role.PLAYLIST: "m3u8", Role.KEY: "key"}.get(role, "")
        if not ending:
            given = url.partition("?")[0].rpartition("/")[2].rpartition(".")[2].lower()
            ending = given if given in _ENDINGS else "mp4" if role is Role.INIT else "ts"
        return f"{self.sealer.seal_url(source_id, url, role) or 'gone'}.{ending}"

    async def _pass_through(self, known: _Known, url: str, request: web.Request) -> web.StreamResponse:
        viewer = {str(name): value for name, value in request.headers.items()}
        async with self.fetcher.stream(known.upstream, url, viewer, method=request.method) as upstream:
            if upstream.status not in (200, 206):
                raise UpstreamRefused(status=upstream.status)
            headers = {
                name: value for name, value in upstream.headers.items() if name.lower() in FORWARDED_RESPONSE_HEADERS
            }
            if hdrs.CONTENT_ENCODING in upstream.headers:
                headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
            if not headers.get(hdrs.CONTENT_TYPE, "").lower().startswith(_SAFE_TYPES):
                headers[hdrs.CONTENT_TYPE] = "application/octet-stream"
            response = web.StreamResponse(status=upstream.status, headers={**headers, **OPEN_HEADERS})
            await response.prepare(request)
            if request.method == hdrs.METH_HEAD:
                return response
            try:
                async for chunk in upstream.content.iter_chunked(CHUNK_BYTES):
                    async with asyncio.timeout(STALL_TIMEOUT_S):
                        await response.write(chunk)
                    BYTES.labels(known.source_id).inc(len(chunk))
                await response.write_eof()
            except Exception:
                # Half a segment must not look like a whole one.
                if request.transport is not None:
                    request.transport.abort()
                raise
            return response


def _blocking(query: Mapping[str, str], before: _Output | None) -> str:
    """Directives of a low-latency reload to pass on, if the playlist offered it and they ask for what comes next.

    Any others would be a way to make us ask the source for the same over and over.  Delta updates are not passed on, and so never come.
    """
    wanted = {name: query[name] for name in ("_HLS_msn", "_HLS_part") if _SMALL_NUMBER.fullmatch(query.get(name, ""))}
    if before is None or int(wanted.get("_HLS_msn", before.awaited_msn + 1)) > before.awaited_msn:
        return ""
    return urlencode(wanted)


def _blocks(playlist: Playlist) -> bool:
    controls = (attribute_values(line.value) for line in playlist.lines if line.tag == "#EXT-X-SERVER-CONTROL")
    return any(control.get("CAN-BLOCK-RELOAD") == "YES" for control in controls)


def parsed(document: Document) -> Playlist:
    """The playlist in an answer.  Raises :class:`NotAPlaylist`."""
    head = document.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"#EXTM3U"):
        raise NotAPlaylist
    playlist = Playlist.parse(document.body)
    if len(playlist.lines) > MAX_PLAYLIST_LINES:
        raise NotAPlaylist
    return playlist


class NotAPlaylist(NotFound):
    """The source did not answer with an HLS playlist."""
