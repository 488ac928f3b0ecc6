"""The Low-Latency HLS of a process: its broadcasts, and the requests for them at ``/llhls/{token}/{channel}/{path}``."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final
from uuid import UUID

import av
import structlog
from aiohttp import hdrs, web
from prometheus_client import Counter

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Forbidden, NotFound, Unavailable
from kernel.http import REQUEST_ID
from kernel.http.problems import response_for
from streaming.live.llhls import reload
from streaming.live.llhls.adapters.dvr import DvrFolder
from streaming.live.llhls.adapters.feed import RenditionFeed
from streaming.live.llhls.adapters.forwarding import FORWARDED, OtherNodes
from streaming.live.llhls.adapters.sink import HlsSink, OnSegment
from streaming.live.llhls.adapters.slates import encode_slate
from streaming.live.llhls.model import KEPT_S, BroadcastNotFound, PieceNotFound
from streaming.live.llhls.playlist import CONTENT_TYPE
from streaming.live.llhls.slate import Slate
from streaming.live.model import ChannelId, LiveSink, LiveSource
from streaming.origin.access.token import Keyring, StreamToken, sign
from streaming.origin.adapters.serving import MASTER, ORIGINAL_URI_HEADER, PREFLIGHT_HEADERS, asked_by_edge
from streaming.origin.gate import Gate
from streaming.origin.media.adapters.prebuilt import Packed, PrebuiltResponse, SentResponse, pack
from streaming.origin.media.conditional import accepts_gzip
from streaming.origin.media.files import CONTENT_TYPES, OPEN_HEADERS
from streaming.origin.usecases import OpenStream

log = structlog.get_logger()

TICK_S: Final = 0.05
"""Between two looks at every broadcast: a slate or silence is late by as much."""
LINGER_S: Final = 60
"""So long a broadcast that is over can still be asked for, and where viewers may seek back for as long as they may: players read
that it is over, and play what is left."""
TOKEN_S: Final = 12 * 3600
"""An address is good for so long at most: a long evening."""
REMEMBERED_S: Final = 15
"""So long may somebody go on whose right has ended, and then a request may be held for another 12 s: 30 s are promised.
The edge remembers for as long."""
NOBODY: Final = str(UUID(int=0))
"""Stands in a token for the sign-in of somebody who has none."""
THREADS: Final = 2
"""For sound, of all channels: each needs a hundredth or two of a core."""

_PIECE: Final = re.compile(r"(video|opus|aac)/(?:init(\d{1,15})\.mp4|(\d{1,15})(?:\.(\d{1,4}))?\.m4s)", re.ASCII)
_PLAYLIST: Final = re.compile(r"(video|opus|aac)\.m3u8", re.ASCII)

_MASTER_HEADERS: Final = {**OPEN_HEADERS, "Content-Type": CONTENT_TYPE, "Cache-Control": "no-cache"}
# Numbers never come twice, not even after a restart; there is no use in keeping a piece for longer than we do.
_KEPT: Final = f"public, max-age={KEPT_S}, immutable"
_SEGMENT_HEADERS: Final = {**OPEN_HEADERS, "Content-Type": CONTENT_TYPES[".m4s"], "Cache-Control": _KEPT}
_INIT_HEADERS: Final = {**OPEN_HEADERS, "Content-Type": CONTENT_TYPES[".mp4"], "Cache-Control": _KEPT}


EnsureWatching = Callable[[str, str | None], Awaitable[None]]
"""Raises an ``AniError`` where who began to watch a channel under a sign-in (``None``: without one) may not go on."""

PIECES: Final = Counter(
    "ani_live_pieces_total", "Parts, segments and initialisation sections of live channels answered"
)


class LiveHls:
    """All broadcasts of this process.  Implements ``LiveSinks``."""

    def __init__(
        self,
        clock: Clock,
        keyring: Keyring,
        ensure: EnsureWatching,
        *,
        edge_secret: str = "",
        on_segment: OnSegment | None = None,
        dvr: DvrFolder | None = None,
    ) -> None:
        """``edge_secret`` is what nginx shows when it asks whether a token is good; ``on_segment`` hears of every complete segment;
        ``dvr`` is where what viewers may seek back to lies."""
        self._dvr = dvr
        self._on_segment = on_segment
        self._ensure = ensure
        self._gate = Gate(keyring, self._open, clock, remembered_s=REMEMBERED_S)
        self._clock = clock
        self._edge_secret = edge_secret.encode()
        self._keyring = keyring
        self._sinks: dict[ChannelId, HlsSink] = {}
        self._slate: Slate | None = None
        self._slate_coming = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live-aac")
        self._tasks = TaskSet("live-hls")
        self._running = False

    def open(self, channel_id: ChannelId, source: LiveSource) -> Sequence[LiveSink]:
        """See ``LiveSinks``."""
        if (before := self._sinks.pop(channel_id, None)) is not None:
            before.forgotten()
        archive = None if self._dvr is None else self._dvr.open(channel_id)
        sink = HlsSink(channel_id, source, self._clock, self._threads, self._linger, self._on_segment, archive)
        if self._slate is not None:
            sink.show(self._slate)
        elif not self._slate_coming:
            self._slate_coming = True
            self._tasks.spawn(self._make_slate(), name="slate")
        self._sinks[channel_id] = sink
        if not self._running:
            self._running = True
            self._tasks.spawn(self._tick(), name="tick")
        return [sink]

    def sink(self, channel_id: str) -> HlsSink:
        """The broadcast of a channel.  Raises BroadcastNotFound."""
        sink = self._sinks.get(ChannelId(channel_id))
        if sink is None:
            raise BroadcastNotFound
        return sink

    def rewind_s(self, channel_id: ChannelId) -> int:
        """How far back viewers of a channel may seek, in whole seconds; 0 where they may not."""
        sink = self._sinks.get(channel_id)
        return 0 if sink is None else sink.rewind_s

    def address(self, channel_id: str, login_id: str | None) -> str:
        """Where the multivariant playlist is, relative to the server, for somebody who may watch the channel, as long as they may."""
        expires_at_s = self._clock.now_ms() // 1000 + TOKEN_S
        token = sign(StreamToken(login_id or NOBODY, channel_id, expires_at_s), self._keyring)
        return f"/llhls/{token}/{channel_id}/{MASTER}"

    def revoked(self, what: str) -> None:
        """A sign-in is over, or who may watch a channel has changed: ask again."""
        self._gate.forget(what)
        self._gate.forget_asset(what)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``."""
        yield
        for sink in list(self._sinks.values()):
            sink.closed()
        await self._tasks.close()
        await self._gate.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._dvr is not None:
            self._dvr.close()

    async def serve(self, request: web.Request, others: OtherNodes | None = None) -> web.StreamResponse:
        """``GET|HEAD|OPTIONS /llhls/{token}/{channel}/{path}``; what one of ``others`` carries is asked there."""
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(status=204, headers=PREFLIGHT_HEADERS)
        token, channel_id, path = (request.match_info[name] for name in ("token", "channel", "path"))
        try:
            if self._gate.remembered(token, channel_id) is None:
                await self._gate.admit(token, channel_id)
            node_url = None if others is None or FORWARDED in request.headers else await others.node_of(channel_id)
            if others is None or node_url is None:
                return await self._ours(request, channel_id, path)
            if _PIECE.fullmatch(path):
                with suppress(NotFound):  # of a broadcast that was here before
                    return await self._ours(request, channel_id, path)
            elif path != MASTER and not _PLAYLIST.fullmatch(path):
                raise PieceNotFound
            return await others.forward(request, node_url, f"/llhls/{token}/{channel_id}/{path}")
        except AniError as error:
            response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
            assert response is not None  # it knows every AniError
            response.headers.update({**OPEN_HEADERS, "Cache-Control": "no-store"})
            return response

    async def _ours(self, request: web.Request, channel_id: str, path: str) -> web.StreamResponse:
        sink = self.sink(channel_id)
        if (match := _PLAYLIST.fullmatch(path)) is not None:
            return await self._reload(sink.feed(match[1]), request)
        return _answer(await self._find(sink, path), request)

    async def verify(self, request: web.Request, others: OtherNodes | None = None) -> web.StreamResponse:
        """May what is at ``X-Original-URI`` be had?  For nginx, as ``Origin.verify``: 204 yes, 403 no, 401 not live."""
        if not asked_by_edge(request, self._edge_secret):
            return web.Response(status=404)
        parts = request.headers.get(ORIGINAL_URI_HEADER, "").split("/", 4)
        if len(parts) != 5 or parts[1] != "llhls":
            return web.Response(status=403)
        try:
            await self._gate.admit(parts[2], parts[3], fresh=True)  # the edge remembers it itself
            if others is None or await others.node_of(parts[3]) is None:
                self.sink(parts[3])
        except Forbidden:
            return web.Response(status=403)
        except NotFound:
            return web.Response(status=401)
        except Unavailable:
            return web.Response(status=503)
        return web.Response(status=204)

    async def _open(self, token: StreamToken) -> OpenStream:
        await self._ensure(token.asset_id, None if token.session_id == NOBODY else token.session_id)
        return OpenStream("", None)  # the playlist is the same for everybody, and no part of the answer

    async def _reload(self, feed: RenditionFeed, request: web.Request) -> web.StreamResponse:
        """Written to the network in the moment that the playlist is there, and what aiohttp does about it afterwards."""
        sent: list[SentResponse] = []

        def wake(packed: Packed) -> None:
            if request.method == hdrs.METH_GET and PrebuiltResponse.suits(request):
                _prebuilt(packed, request).send(request)
                sent.append(SentResponse())

        packed = await feed.reload(reload.parse(request.query), wake)
        return sent[0] if sent else _answer(packed, request)

    async def _find(self, sink: HlsSink, path: str) -> Packed:
        if path == MASTER:
            return pack(sink.multivariant().encode(), _MASTER_HEADERS, compress=True)
        if (match := _PIECE.fullmatch(path)) is None:
            raise PieceNotFound
        name, init, msn, index = match.groups()
        feed = sink.feed(name)
        PIECES.inc()
        if init is not None:
            section = feed.rendition.init_section(int(init))
            if section is None:
                raise PieceNotFound
            return pack(section.data, _INIT_HEADERS, compress=False)
        if index is not None:
            return pack(await feed.part(int(msn), int(index)), _SEGMENT_HEADERS, compress=False)
        return pack(await sink.segment(feed, int(msn)), _SEGMENT_HEADERS, compress=False)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for sink in list(self._sinks.values()):
                sink.tick()

    async def _make_slate(self) -> None:
        try:
            self._slate = await asyncio.to_thread(encode_slate)
        except av.FFmpegError:
            log.exception("the slate of live channels could not be encoded; they stand still while nobody sends")
            return
        for sink in self._sinks.values():
            sink.show(self._slate)

    def _linger(self, sink: HlsSink) -> None:
        self._tasks.spawn(self._forget(sink), name="linger")

    async def _forget(self, sink: HlsSink) -> None:
        await asyncio.sleep(LINGER_S)
        if self._dvr is not None:
            sink.rest()
            await asyncio.sleep(max(0.0, self._dvr.limits.window_s - LINGER_S))
        sink.forgotten()
        if self._sinks.get(sink.channel_id) is sink:
            del self._sinks[sink.channel_id]


def _answer(packed: Packed, request: web.Request) -> web.StreamResponse:
    prebuilt = _prebuilt(packed, request)
    if request.method == hdrs.METH_GET and PrebuiltResponse.suits(request):
        return prebuilt
    if prebuilt is packed.ready_gzipped:
        return web.Response(body=packed.gzipped, headers=packed.gzip_headers)
    return web.Response(body=packed.body, headers=packed.headers)


def _prebuilt(packed: Packed, request: web.Request) -> PrebuiltResponse:
    zipped = packed.ready_gzipped if accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")) else None
    return zipped or packed.ready
