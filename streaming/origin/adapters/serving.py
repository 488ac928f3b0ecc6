"""The media side of the origin: ``/hls/{token}/{asset}/{path}``, and the question nginx asks before it serves a file itself.

There are two ways in.  :meth:`Origin.serve` is the route: it checks, loads, streams, and answers everything.
:meth:`Origin.fast_path` stands before routing and middleware and answers only a plain GET of something in memory under a
grant already given, which is what nearly every playlist request is; the rest it leaves to the route.
"""

import asyncio
import hmac
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import unquote

import structlog
from aiohttp import hdrs, web
from multidict import CIMultiDict
from prometheus_client import Counter

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Forbidden, NotFound, Unavailable
from kernel.http import REQUEST_ID
from kernel.http.call import THROTTLE
from kernel.http.problems import response_for
from kernel.limits import Limit
from kernel.scope import Container
from kernel.storage import MediaStorage
from kernel.storage.ports import read
from streaming.origin import cmcd, dash_manifest, interstitials, ports, usecases
from streaming.origin.access import identity_keys
from streaming.origin.access.grants import QUIET_REST, Grants, sweep
from streaming.origin.access.token import Keyring, StreamToken, sign
from streaming.origin.adapters.lease_keeper import LeaseKeeper
from streaming.origin.adapters.revocations import Revocations
from streaming.origin.gate import CHECK_TIMEOUT_S, MASTER_HEADERS, Gate, StreamGrant
from streaming.origin.media.adapters.prebuilt import Packed, PrebuiltResponse, pack
from streaming.origin.media.adapters.sending import MEMORY_BYTES, MEMORY_REQUESTS, MediaSender, whole
from streaming.origin.media.conditional import accepts_gzip
from streaming.origin.media.files import CONTENT_TYPES, OPEN_HEADERS, MediaFiles, MediaNotFound
from streaming.origin.model import StreamOver
from streaming.origin.qoe import usecases as qoe
from streaming.origin.qoe.backlog import Backlog
from streaming.origin.qoe.events import Body, read_body
from streaming.origin.qoe.requests import RequestObserver
from streaming.origin.quality import REMEMBERED_FOR_MS
from streaming.origin.reports import Reports
from streaming.origin.steering import dash
from streaming.origin.steering.usecases import Steering
from streaming.origin.tracks import sidecar_subtitles

log = structlog.get_logger()

MASTER: Final = "master.m3u8"

FLUSH_S: Final = 5
"""Between two writes of what players report; losing the last ones costs a guess at the next start."""
FLUSH_TIMEOUT_S: Final = 10
SMALL_BODY_BYTES: Final = 2_048
"""Read at once, in 2 ms; a longer body of reports off the event loop."""
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

VERDICTS: Final = Counter("ani_edge_verdicts_total", "Questions of the edge whether a token is good", ["status"])
BREAKS_OF_STREAM: Final = Limit("stream-breaks", attempts=120, window_s=600)
"""Lists of assets, which ask the database: each of ten breaks twelve times."""
GRANTS: Final = Counter("ani_edge_grants_total", "Grants for the edge to serve a stream by itself", ["what"])

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Origin:
    """Media of one process: the gate, the files, and what players report."""

    def __init__(
        self,
        container: Container,
        storage: MediaStorage,
        keyring: Keyring,
        external: ports.ExternalAssets,
        grants: Grants,
        revocations: Revocations,
        steering: Steering,
        *,
        edge_secret: str = "",
        redirects_to_bucket: bool = False,
    ) -> None:
        """``redirects_to_bucket``: whether viewers fetch segments from the bucket themselves, by addresses signed for a minute."""
        self._container = container
        self.keyring = keyring
        self.external = external
        self.grants = grants
        self.steering = steering
        self._clock = container.clock
        self._edge_secret = edge_secret.encode()
        self.gate = Gate(keyring, self._open_master, container.clock)
        self.files = MediaFiles(storage)
        self.sender = MediaSender(self.files, self._edge_secret, redirects=redirects_to_bucket)
        self.reports = Reports()
        self.playback = Backlog()
        self.requests = RequestObserver()
        self.leases = LeaseKeeper(container, self._revoked)
        self.revocations = revocations
        """Tells when a session's tokens are good for nothing any more, on every process: for whoever serves by themselves."""
        revocations.subscribe(self._revoked)

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
        MEMORY_REQUESTS.inc()
        if packed.ready_gzipped is not None and accepts_gzip(headers.get(hdrs.ACCEPT_ENCODING, "")):
            MEMORY_BYTES.inc(len(packed.gzipped or b""))
            return packed.ready_gzipped
        MEMORY_BYTES.inc(len(packed.body))
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
                return whole(grant.master, request)
            if path == dash_manifest.FILE:
                return whole(await self._dash(token, grant, request), request)
            if (offset_ms := interstitials.break_of(path)) is not None:
                return await self._break(grant.token, offset_ms, request)
            if (broken := interstitials.parse(path)) is not None:
                return whole(await self._with_breaks(grant, broken), request)
            if (usual := identity_keys.parse(path)) is not None:
                return whole(await self._with_keys(grant, usual), request)
            if (track := sidecar_subtitles.parse(path)) is not None:
                return whole(await self._added(grant.token, path, *track), request)
            return await self.sender.send(asset_id, path, request)
        except AniError as error:
            return _refused(error, request)

    async def verify(self, request: web.BaseRequest) -> web.StreamResponse:
        """``GET /internal/verify``: may the media at ``X-Original-URI`` be served?  For nginx's ``auth_request``.

        204 yes, 403 no, 401 no longer there: ``auth_request`` passes on no other refusal, and the edge turns 401 into 404.
        A yes leaves a grant, with which the edge needs to ask no more.
        To everybody but the edge the route does not exist.
        """
        status = await self._verdict(request) if asked_by_edge(request, self._edge_secret) else 404
        VERDICTS.labels(status).inc()
        return web.Response(status=status)

    async def _verdict(self, request: web.BaseRequest) -> int:
        address, _, query = request.headers.get(ORIGINAL_URI_HEADER, "").partition("?")
        parts = address.split("/", 4)
        if len(parts) != 5 or parts[1] != "hls":
            return 403
        try:
            grant = await self.gate.admit(parts[2], parts[3], fresh=True)  # the edge remembers it for 30 s
            await self._leave_grant(parts[2], grant.token)
        except NotFound:
            return 401
        except Forbidden:
            return 403
        except Unavailable:
            return 503
        self._take_report(grant, query, request)
        return 204

    async def _leave_grant(self, text: str, token: StreamToken) -> None:
        """Raises what :func:`usecases.continuing` raises."""
        if not await self.grants.grant(text, token.asset_id):
            return
        stands = False
        try:
            # Once more, now that whoever ends rights finds a grant to take away: they may have ended since we were told yes.
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                await self._check(token)
            stands = True
        except TimeoutError:
            raise Unavailable(retry_after_s=CHECK_TIMEOUT_S) from None
        finally:
            if not stands:
                await self.grants.remove(text)
        GRANTS.labels("made").inc()

    async def _check(self, token: StreamToken) -> None:
        """Raises what :func:`usecases.continuing` raises."""
        async with self._container.scope(write=False) as scope:
            await usecases.continuing(usecases.Context.of(scope), token)

    async def sweep_grants(self, _container: Container) -> None:
        """A periodic task: take away the grants of streams that are over."""
        swept = await sweep(
            self.grants,
            self._check,
            partial(self.leases.quiet, rest=QUIET_REST),
            keyring=self.keyring,
            clock=self._clock,
        )
        GRANTS.labels("expired").inc(swept.expired)
        GRANTS.labels("refused").inc(swept.refused)
        GRANTS.labels("quiet").inc(swept.quiet)

    async def _open_master(self, token: StreamToken) -> usecases.OpenStream:
        external = await self.external.get(token.asset_id)
        # Signed anew, the same text comes out, unless keys were rotated meanwhile: then one that holds longer.
        plan = await self.steering.plan(token.session_id, sign(token, self.keyring), token.asset_id)
        async with self._container.scope(write=False) as scope:
            return await usecases.open_master(usecases.Context.of(scope), token, external=external, plan=plan)

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

    def _revoked(self, session_id: str) -> None:
        self.gate.forget(session_id)
        self.leases.heartbeats.forget(session_id)

    async def _break(self, token: StreamToken, offset_ms: int, request: web.Request) -> web.Response:
        """What is shown in a break.  Whatever goes wrong there, the programme goes on: then it is empty."""
        assets: Sequence[interstitials.BreakAsset] = ()
        try:
            await request.app[THROTTLE].count(BREAKS_OF_STREAM, token.session_id)
            async with self._container.scope(write=False) as scope:
                session = await scope.port(ports.StreamSessions).get(token.session_id)
                breaks = scope.port(ports.BreakAssets)
            if session is not None:
                language = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
                assets = await breaks.assets(session, offset_ms, language=language, address=request.remote or "")
        except AniError as error:
            log.warning("a break stays empty", reason=error.code)
        headers = {**OPEN_HEADERS, "Cache-Control": "private, no-store"}
        return web.json_response(interstitials.asset_list(assets), headers=headers)

    async def _dash(self, text: str, grant: StreamGrant, request: web.Request) -> Packed:
        """The manifest of DASH with what the viewer may have, and the edges of this stream.  Raises :class:`MediaNotFound`."""
        asset_id, session_id = grant.token.asset_id, grant.token.session_id
        file = await self.files.get(asset_id, dash_manifest.PACKAGED)
        packaged = await read(file.stored) if file.packed is None else file.packed.body
        manifest = await asyncio.to_thread(dash_manifest.within, packaged.decode(), grant.token.caps)
        headers = {**MASTER_HEADERS, "Content-Type": CONTENT_TYPES[".mpd"]}
        if not self.steering.edges:
            return pack(manifest.encode(), headers, compress=True)
        plan = await self.steering.plan(session_id, text, asset_id)
        pathways = plan(grant.offer.least_bps)
        steered = dash.steered(manifest, pathways, origin=str(request.url.origin()), folder=f"/hls/{text}/{asset_id}")
        return pack(steered.encode(), headers, compress=True)

    async def _with_breaks(self, grant: StreamGrant, broken: interstitials.BrokenPlaylist) -> Packed:
        """A playlist of this stream with breaks.  Raises :class:`MediaNotFound`."""
        if broken.path == MASTER:
            text = interstitials.multivariant_with_breaks(grant.master.body.decode(), broken.offsets_ms)
            return pack(text.encode(), MASTER_HEADERS, compress=True)
        plain, headers = await self._media_playlist(grant, broken.path)
        text = interstitials.media_with_breaks(plain, broken.path, broken.offsets_ms)
        return pack(text.encode(), headers, compress=True)

    async def _with_keys(self, grant: StreamGrant, path: str) -> Packed:
        """A playlist of this stream with its keys at addresses.  Raises :class:`MediaNotFound`."""
        if path == MASTER:
            text = identity_keys.multivariant(grant.master.body.decode())
            return pack(text.encode(), MASTER_HEADERS, compress=True)
        plain, headers = await self._media_playlist(grant, path)
        keyed = identity_keys.media(plain, path)
        if keyed is None:
            raise MediaNotFound
        return pack(keyed.encode(), headers, compress=True)

    async def _media_playlist(self, grant: StreamGrant, path: str) -> tuple[str, CIMultiDict[str]]:
        """A media playlist, and the headers of another text made of it.  Raises :class:`MediaNotFound`."""
        if (track := sidecar_subtitles.parse(path)) is not None:
            packed = await self._added(grant.token, path, *track)
            return packed.body.decode(), packed.headers
        file = await self.files.get(grant.token.asset_id, path)
        plain = await read(file.stored) if file.packed is None else file.packed.body
        headers = file.headers.copy()
        headers.popall("ETag", None)
        headers.popall("Accept-Ranges", None)
        return plain.decode(), headers

    def _take_report(self, grant: StreamGrant, query: str, request: web.BaseRequest) -> None:
        self.leases.heartbeats.beat(grant.token.session_id, self._clock.monotonic_ms())
        texts = [unquote(part[5:]) for part in query.split("&") if part.startswith("CMCD=")] if query else []
        headers = request.headers
        texts += [headers[name] for name in cmcd.HEADERS if name in headers]
        if texts:
            session_id, keys, now_ms = grant.token.session_id, cmcd.keys_of(texts), self._clock.now_ms()
            self.reports.add(session_id, cmcd.link_of(keys), now_ms)
            if (event := self.requests.observe(session_id, keys, now_ms)) is not None:
                self.playback.add(session_id, [event])

    async def take_events(self, session_id: str, body: bytes) -> Body:
        """What the player of a session reports in event mode.

        Raises ``StreamNotFound``, and ``StreamOver``; how playback ended is taken down even then.
        """
        # Players send one report or two at a time; the longest body takes 30 ms.
        read = read_body(body) if len(body) <= SMALL_BODY_BYTES else await asyncio.to_thread(read_body, body)
        try:
            await self.leases.beat(session_id)
        except StreamOver:
            self.playback.add(session_id, read.events)
            raise
        now_ms = self._clock.now_ms()
        if read.events:
            self.requests.has_event_mode(session_id)
        for report in read.reports:
            self.reports.add(session_id, report, now_ms)
        self.playback.add(session_id, read.events)
        await self.steering.observe(session_id, read.reports)
        return read

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()

    async def flush(self) -> None:
        """Write down what players reported since the last time, and that they go on."""
        await self.leases.renew()
        await self._flush_links()
        await self._flush_playback()

    async def _flush_links(self) -> None:
        measured = self.reports.take()
        if not measured:
            return
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT_S), self._container.scope(write=True) as scope:
                await usecases.record_throughput(measured, sessions=scope.port(ports.StreamSessions))
        except Exception:
            log.exception("player reports could not be written, and are kept", sessions=len(measured))
            self.reports.put_back(measured)

    async def _flush_playback(self) -> None:
        told = self.playback.take()
        if not told:
            return
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT_S), self._container.scope(write=True) as scope:
                records, sessions = scope.port(qoe.QualityRecords), scope.port(ports.StreamSessions)
                await qoe.record(told, records=records, sessions=sessions, now=self._clock.now())
        except Exception:
            log.exception("figures of playback could not be written, and are kept", sessions=len(told))
            self.playback.put_back(told)


def asked_by_edge(request: web.BaseRequest, secret: bytes) -> bool:
    """Whether nginx asks: by the shared secret, or without one a neighbour on this machine that is not itself passing something on."""
    if secret:
        return hmac.compare_digest(request.headers.get(EDGE_HEADER, "").encode(errors="replace"), secret)
    if hdrs.X_FORWARDED_FOR in request.headers or hdrs.FORWARDED in request.headers:
        return False
    # Not request.remote, which a proxy's header may have set.
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return peer is not None and len(peer) > 1 and ipaddress.ip_address(peer[0]).is_loopback


async def delete_expired_streams(container: Container) -> None:
    """A periodic task: forget sessions a while after their last possible request, and links nobody would trust any more."""
    async with container.scope(write=True) as scope:
        sessions, now = scope.port(ports.StreamSessions), container.clock.now()
        deleted = await sessions.delete_expired(now - REPORTS_MAY_COME)
        await sessions.forget_links(now - timedelta(milliseconds=REMEMBERED_FOR_MS))
    if deleted:
        log.info("expired stream sessions deleted", count=deleted)


def _refused(error: AniError, request: web.Request) -> web.Response:
    response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
    assert response is not None  # it knows every AniError
    response.headers.update(OPEN_HEADERS)
    return response
