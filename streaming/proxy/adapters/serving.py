"""The proxy at work: playlists of registered sources stripped and rewritten, segments passed through.

``/hls/{token}/{source}/p/{sealed}.{ending}``: the token is the same as for our own assets and is checked at the same gate; what to
fetch is sealed in the address, by us, for this source alone.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Final

from aiohttp import hdrs, web

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError
from kernel.http import REQUEST_ID
from kernel.http.problems import response_for
from kernel.scope import Container
from streaming.origin.gate import Gate
from streaming.origin.media.files import OPEN_HEADERS
from streaming.proxy import usecases
from streaming.proxy.adapters.activity import SHARE_EVERY_S, ActivityStore
from streaming.proxy.adapters.context import context_of
from streaming.proxy.adapters.state_store import StateStore
from streaming.proxy.ladder import read_ladder
from streaming.proxy.model import SourceSettings, VideoSource
from streaming.proxy.offload import offload
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter, UriKind, resolver
from streaming.proxy.sealing import SealBroken, Sealer
from streaming.proxy.slates.adapters.format_probe import FormatProbe
from streaming.proxy.slates.adapters.inserter import OWN, SlateInserter
from streaming.proxy.slates.adapters.store import SlateStore
from streaming.proxy.slates.stream_format import stream_formats_of
from streaming.proxy.source_state import Output, SourceState
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, StripResult, strip
from streaming.proxy.strip.timeline import SegmentAction
from streaming.proxy.upstream.adapters.fetch import (
    STALE_IF_ERROR_S,
    Document,
    Fetcher,
    Upstream,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamTooLarge,
)
from streaming.proxy.upstream.adapters.passthrough import pass_through
from streaming.proxy.upstream.responses import BLOCKS_AHEAD, NotAPlaylist, blocking, blocks, parsed
from streaming.proxy.upstream.url_policy import MAX_KEY_BYTES

PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
GAP: Final = "gap.ts"
"""What a cut segment is called; there is nothing there."""
REMEMBERED_S: Final = 10.0
"""A change of a source reaches the other processes within that time."""
MAX_SOURCES, MAX_RENDITIONS = 256, 64
"""Kept in memory: states of a few kilobytes each, and the last output of each rendition."""
LEADER_WAIT_S: Final = 3.0
"""Sound does not wait for the picture's playlist longer than a player has in its buffer."""
COMPLETE_FRESH_S: Final = 60.0
"""A finished playlist hardly ever changes; but the addresses in it may expire."""

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
_ENDING_OF: Final = {UriKind.PLAYLIST: "m3u8", UriKind.KEY: "key"}


class Proxy:
    """Registered sources of one process."""

    def __init__(
        self,
        container: Container,
        fetcher: Fetcher,
        sealer: Sealer,
        states: StateStore,
        slates: SlateStore,
        activities: ActivityStore,
    ) -> None:
        self._container = container
        self._states = states
        self.slate_inserter = SlateInserter(FormatProbe(fetcher), slates, sealer)
        self._known: OrderedDict[str, SourceState] = OrderedDict()
        self._tasks = TaskSet("proxy")
        self.activities = activities
        self.fetcher = fetcher
        self.sealer = sealer

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``."""
        self._tasks.spawn(self._share_activity(), name="activity")
        yield
        await self._tasks.close()
        await self.activities.share(self._known)
        await self.slate_inserter.close()
        await self.fetcher.close()

    async def _share_activity(self) -> None:
        while True:
            await asyncio.sleep(SHARE_EVERY_S)
            await self.activities.share(tuple(self._known))

    def forget(self, source_id: str) -> None:
        """A source was changed."""
        self._known.pop(source_id, None)
        self.slate_inserter.forget(source_id)
        self.fetcher.forget(source_id)

    def removed(self, source_id: str) -> None:
        """A source is no more."""
        self._known.pop(source_id, None)
        self.slate_inserter.forget(source_id)
        self.fetcher.removed(source_id)
        self._tasks.spawn(self.activities.forget(source_id), name="forget activity")

    def upstream(self, key: str, settings: SourceSettings, headers: Mapping[str, str]) -> Upstream:
        """Where a source with these settings would be fetched from.  Raises ``AddressRefused``."""
        return self.fetcher.upstream(key, settings.url, headers, settings.allowed_hosts)

    def origin(self, settings: SourceSettings) -> tuple[str, str, int]:
        """Whom a source's credentials are for.  Raises ``AddressRefused``."""
        return self.fetcher.upstream("", settings.url, {}, settings.allowed_hosts).home.origin

    async def serve(self, request: web.Request, gate: Gate) -> web.StreamResponse:
        """``GET|HEAD|OPTIONS /hls/{token}/{source}/p/{name}``, for those whom the origin's ``gate`` admits."""
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(
                status=204,
                headers={**OPEN_HEADERS, "Access-Control-Allow-Headers": "Range", "Access-Control-Max-Age": "7200"},
            )
        token, source_id, name = (request.match_info[part] for part in ("token", "source", "name"))
        try:
            await gate.admit(token, source_id)
            if name == GAP:
                raise SealBroken
            url, role = self.sealer.open_url(source_id, name.partition(".")[0])
            if role is UriKind.SLATE:
                return await self.slate_inserter.serve(url)
            known = await self._source(source_id)
            if role is UriKind.PLAYLIST:
                return await self._serve_playlist(known, url, request)
            if role is UriKind.KEY:
                key = await self.fetcher.document(known.upstream, url, fresh_s=COMPLETE_FRESH_S, limit=MAX_KEY_BYTES)
                return web.Response(body=key.body, headers={**OPEN_HEADERS, hdrs.CACHE_CONTROL: "no-store"})
            return await pass_through(self.fetcher, known.upstream, url, request)
        except UpstreamRefused as error:
            # The truth, as far as it is the viewer's: what is missing is missing, the rest is between us and the source.
            status = error.status if error.status in (404, 410, 416, 429) else 502
            response = web.Response(status=status, text=error.message, headers=OPEN_HEADERS)
            if error.retry_after:
                response.headers[hdrs.RETRY_AFTER] = error.retry_after
            return response
        except UpstreamTooLarge as error:  # of our own requests that status would speak of the viewer's
            return web.Response(status=502, text=error.message, headers=OPEN_HEADERS)
        except AniError as error:
            told = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
            assert told is not None  # it knows every AniError
            told.headers.update(OPEN_HEADERS)
            return told

    async def multivariant(self, source: VideoSource) -> tuple[Playlist, bool]:
        """The source's own playlist with addresses relative to ``/hls/{token}/{source}/``; whether it lists variants.

        Raises :class:`NotAPlaylist`, and what the fetcher raises.
        """
        known = await self._take(source)
        document = await self.fetcher.document(known.upstream, source.settings.url, fresh_s=REMEMBERED_S)
        size_bytes = len(document.body)
        playlist = await offload(partial(parsed, document), size_bytes=size_bytes)
        if not playlist.is_multivariant:
            known.is_primed = True
            return playlist, False
        rewriter = Rewriter(document.url, lambda url, role: "p/" + self._name(source.id, url, role))
        output = await offload(lambda: Playlist.parse(rewriter.rewrite(playlist)), size_bytes=size_bytes)
        known.variables, known.is_primed = rewriter.variables, True
        ladder = read_ladder(playlist)
        known.stream_formats = {
            rewriter.absolute(uri): stream_format for uri, stream_format in stream_formats_of(ladder).items()
        }
        known.variants = tuple(rewriter.absolute(variant.uri) for variant in ladder.variants)
        return output, True

    def media_uri(self, source: VideoSource) -> str:
        """Where the one media playlist of a source without variants is."""
        return "p/" + self._name(source.id, source.settings.url, UriKind.PLAYLIST)

    async def _source(self, source_id: str) -> SourceState:
        known = self._known.get(source_id)
        if known is not None and time.monotonic() < known.until_s:
            self._known.move_to_end(source_id)
            return known
        async with self._container.scope(write=False) as scope:
            source = await usecases.get(context_of(scope), source_id)
        known = await self._take(source)
        if not known.is_primed:  # the session was opened at another node, or before a restart
            await self.multivariant(source)
        return known

    async def _take(self, source: VideoSource) -> SourceState:
        known = self._known.get(source.id)
        until_s = time.monotonic() + REMEMBERED_S
        if known is not None and known.version == source.version:
            known.until_s = until_s
            return known
        upstream = self.upstream(source.id, source.settings, self.sealer.open_headers(source.sealed_headers))
        policy = StripOptions(source.settings.mode, source.settings.rules, gap_uri=OWN + GAP)
        before = known
        known = self._known[source.id] = SourceState(
            source.id, source.version, source.settings.mode, policy, upstream, until_s
        )
        if before is not None:
            known.shared = before.shared  # a stream's numbers go on, whatever an operator changes
        while len(self._known) > MAX_SOURCES:
            self._known.popitem(last=False)
        return known

    async def _serve_playlist(self, known: SourceState, url: str, request: web.Request) -> web.Response:
        before = known.outputs.get(url)
        output = await self.playlist(known, url, blocking(request.query, before.awaited_msn if before else None))
        age = COMPLETE_FRESH_S if output.is_complete else output.fresh_s
        headers = {**OPEN_HEADERS, hdrs.CONTENT_TYPE: PLAYLIST_TYPE, hdrs.CACHE_CONTROL: f"private, max-age={int(age)}"}
        return web.Response(body=output.body, headers=headers)

    async def playlist(self, known: SourceState, url: str, query: str = "", *, since_s: float | None = None) -> Output:
        """A media playlist, stripped and rewritten; once for all who watch.  ``since_s``: an answer from before is not new enough."""
        before = known.outputs.get(url)
        fresh_s = before.fresh_s if before is not None and not query else 0.5
        if since_s is not None and (before is None or not before.is_complete):
            fresh_s = min(fresh_s, self.fetcher.clock() - since_s)
        asked = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
        document = await self.fetcher.document(known.upstream, asked, fresh_s=fresh_s)
        if (leader := known.leader(url)) and known.mode is not AdPolicy.OFF:
            # Sound, text and pictures for seeking seldom have signals of their own, and what was given out once stays.
            with suppress(AniError, TimeoutError):
                async with asyncio.timeout(LEADER_WAIT_S):
                    await self.playlist(known, leader, since_s=document.fetched_at_s)
        async with known.lock:
            before = known.outputs.get(url)
            if before is not None and before.document.body is document.body:
                known.meter(self.fetcher).playlist("cached")
                return before
            try:
                output = await self._renewed(known, url, document)
            except NotAPlaylist:
                # An error page with status 200: as good as no answer, and treated alike.
                if before is None or self.fetcher.clock() - before.document.fetched_at_s > STALE_IF_ERROR_S:
                    raise
                known.meter(self.fetcher).playlist("stale")
                return before
            known.outputs[url] = output
            known.outputs.move_to_end(url)
            while len(known.outputs) > MAX_RENDITIONS:
                gone, _ = known.outputs.popitem(last=False)
                known.renditions.pop(gone, None)
            return output

    async def _renewed(self, known: SourceState, url: str, document: Document) -> Output:
        """The output for a new answer of the source.  Raises :class:`NotAPlaylist`."""
        size_bytes = len(document.body)
        playlist = await offload(partial(_located, document, known), size_bytes=size_bytes)
        if playlist.is_multivariant:
            raise NotAPlaylist  # where there was a media playlist: players would not understand it either
        rendition = known.renditions.get(url) or RenditionState(sha256(url.encode()).hexdigest()[:16])

        async def stripped(policy: StripOptions, shared: StreamState, looked: StripResult | None = None) -> StripResult:
            found = None if looked is None else looked.detection
            work = partial(strip, playlist, policy, shared, rendition, detection=found)
            return await offload(work, size_bytes=size_bytes)

        before_step = known.shared

        async def step(shared: StreamState) -> tuple[StreamState, StripResult]:
            nonlocal before_step
            before_step = shared
            result = await stripped(known.policy, shared)
            if known.mode is AdPolicy.REPLACE and result.cut_segments:
                slate = await self.slate_inserter.slate(known, url, document, playlist, result)
                result = result if slate is None else await stripped(replace(known.policy, slate=slate), shared, result)
            return shared if result.stale else result.shared, result

        if playlist.is_complete or playlist.playlist_type == "EVENT" or known.mode is AdPolicy.OFF:
            shared, result = await step(known.shared)
        else:
            shared, result = await self._states.change(known.source_id, known.shared, step)
        known.shared = shared
        if result.stale:
            before = known.outputs.get(url)
            if before is None:
                raise UpstreamFailed
            known.meter(self.fetcher).playlist("stale")
            return replace(before, document=document)
        known.renditions[url] = result.rendition
        self._count(known, url, playlist, result, before_step)
        finish = partial(self._finished, known, document, playlist, result)
        return await offload(finish, size_bytes=size_bytes)

    def _finished(self, known: SourceState, document: Document, playlist: Playlist, result: StripResult) -> Output:
        rewriter = Rewriter(
            document.url,
            lambda child, role: self._name(known.source_id, child, role),
            variables=known.variables,
            keep=lambda uri: uri.startswith(OWN),
        )
        body = rewriter.rewrite(result.playlist)
        complete = playlist.is_complete
        fresh_s = COMPLETE_FRESH_S if complete else min(max((playlist.target_duration_s or 2) / 2, 0.5), 3.0)
        newest = playlist.segments[-1].msn if playlist.segments else 0
        awaited = newest + BLOCKS_AHEAD if playlist.segments and blocks(result.playlist) else 0
        return Output(document, body.replace(OWN.encode(), b""), complete, fresh_s, awaited)

    def _count(
        self, known: SourceState, url: str, playlist: Playlist, result: StripResult, before: StreamState
    ) -> None:
        """An ad counts once: for the variants of a complete playlist together, of a live one for the node that decided it."""
        meter = known.meter(self.fetcher)
        meter.playlist("refused" if result.refusal else "stripped" if result.cut_segments else "clean")
        if known.leader(url) or not result.cut_segments:
            return
        cut = [
            s for s, action in zip(playlist.segments, result.actions, strict=True) if action is not SegmentAction.KEEP
        ]
        if playlist.is_complete or playlist.playlist_type == "EVENT":
            new = [segment for segment in cut if segment.msn > known.counted_msn]
            known.counted_msn = max(known.counted_msn, cut[-1].msn)
        else:
            decided = before.own.get(result.rendition.name, before.timeline).decisions
            new = [segment for segment in cut if segment.msn not in decided]
        if new:
            meter.cut(len(new), sum(segment.duration_s for segment in new))

    def _name(self, source_id: str, url: str, role: UriKind) -> str:
        ending = _ENDING_OF.get(role, "")
        if not ending:
            given = url.partition("?")[0].rpartition("/")[2].rpartition(".")[2].lower()
            ending = given if given in _ENDINGS else "mp4" if role is UriKind.INIT else "ts"
        return f"{self.sealer.seal_url(source_id, url, role) or 'gone'}.{ending}"


def _located(document: Document, known: SourceState) -> Playlist:
    """The playlist in an answer, knowing where its segments lie.  Raises :class:`NotAPlaylist`."""
    playlist = parsed(document)
    playlist.locate(resolver(document.url, playlist, known.variables).absolute)
    return playlist
