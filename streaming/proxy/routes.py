"""Sources over HTTP: operators register, look at, correct and remove them; players fetch through them."""

from typing import Final

from aiohttp import hdrs, web

from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Prepared, Reply, Router, etag
from kernel.http.schemas import PageIn
from kernel.outbound.url_vetting import AddressRefused
from kernel.scope import Scope
from streaming.origin.routes import ORIGIN
from streaming.proxy import inspection, usecases
from streaming.proxy.adapters.activity import SourceActivity
from streaming.proxy.adapters.context import context_of
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.model import (
    CorrectionNotFound,
    CredentialsStay,
    EpisodeHasSource,
    EpisodeUnknown,
    SourceNotFound,
    SourceUnusable,
    TooManyCorrections,
    VideoSource,
)
from streaming.proxy.schemas import (
    CorrectionIn,
    ExplainedOut,
    ExplainedSegmentOut,
    PreviewOut,
    SourceChange,
    SourceIn,
    SourceOut,
    SourcesOut,
)
from streaming.proxy.upstream.adapters.fetch import UpstreamFailed, UpstreamRefused, UpstreamTooLarge
from streaming.proxy.upstream.metrics import Counts
from streaming.proxy.upstream.responses import NotAPlaylist

router = Router("/api/v1", tag="Video sources")
media_router = Router("", tag="Media")

PROXY: Final = web.AppKey("proxy", Proxy)

_FETCHING = (AddressRefused, UpstreamRefused, UpstreamFailed, UpstreamTooLarge, NotAPlaylist, SourceUnusable)


@router.post(
    "/sources",
    status=201,
    role=Role.ADMIN,
    summary="Register a video source",
    transaction=False,
    raises=(*_FETCHING, EpisodeHasSource, EpisodeUnknown),
)
async def register_source(call: Call, body: SourceIn) -> Prepared[SourceOut]:
    """It is fetched first, as a player would; what cannot be played is not registered."""
    proxy, settings, headers = call.request.app[PROXY], body.settings(), body.plain_headers()
    # Looked at before the transaction begins: a slow source must not hold up everybody's writes.
    findings = await inspection.inspect_source(proxy, settings, headers)

    async def register(scope: Scope) -> Reply[SourceOut]:
        sealed = proxy.sealer.seal_headers(headers)
        source = await usecases.register(context_of(scope), body.episode_id, settings, sealed, findings)
        shown = SourceOut.of(source, SourceActivity(Counts()), proxy.fetcher.circuit(source.id))
        return Reply(shown, headers={hdrs.ETAG: etag(source.version)})

    return Prepared(register)


@router.get("/sources", role=Role.ADMIN, summary="List video sources")
async def list_sources(call: Call, query: PageIn) -> SourcesOut:
    found, total = await call.port(usecases.Sources).page(limit=query.page_size, offset=query.offset)
    proxy = call.request.app[PROXY]
    activities = await proxy.activities.of_all(source.id for source in found)
    shown = [
        SourceOut.of(source, activity, proxy.fetcher.circuit(source.id))
        for source, activity in zip(found, activities, strict=True)
    ]
    return SourcesOut(items=shown, total=total, page=query.page, page_size=query.page_size)


@router.get("/sources/{source_id}", role=Role.ADMIN, summary="Get a video source", raises=(SourceNotFound,))
async def get_source(call: Call, source_id: str) -> Reply[SourceOut]:
    source = await usecases.get(context_of(call.scope), source_id)
    proxy = call.request.app[PROXY]
    return await _shown(proxy, source)


@router.put(
    "/sources/{source_id}",
    role=Role.ADMIN,
    summary="Change a video source",
    transaction=False,
    raises=(*_FETCHING, SourceNotFound, CredentialsStay, Stale),
)
async def change_source(call: Call, source_id: str, body: SourceChange) -> Reply[SourceOut]:
    """Fetched first, like a new one. Without `headers` those it has stay, for the same host alone."""
    proxy, settings = call.request.app[PROXY], body.settings()
    async with call.container.scope(write=False) as scope:
        before = await usecases.get(context_of(scope), source_id)
    headers = proxy.sealer.open_headers(before.sealed_headers) if body.headers is None else body.plain_headers()
    if body.headers is None and headers and proxy.origin(settings) != proxy.origin(before.settings):
        raise CredentialsStay  # or whoever may change a source could have them sent to himself
    sealed = before.sealed_headers if body.headers is None else proxy.sealer.seal_headers(headers)
    findings = await inspection.inspect_source(proxy, settings, headers)
    async with call.write_scope() as scope:
        source = await usecases.change(
            context_of(scope),
            source_id,
            settings,
            sealed,
            findings,
            if_version=call.if_match(),
        )
        scope.uow.after_commit(lambda: proxy.forget(source_id))
    return await _shown(proxy, source)


@router.delete("/sources/{source_id}", role=Role.ADMIN, summary="Remove a video source", raises=(SourceNotFound,))
async def remove_source(call: Call, source_id: str) -> None:
    """Streams of it end."""
    proxy = call.request.app[PROXY]
    await usecases.remove(context_of(call.scope), source_id)
    call.scope.uow.after_commit(lambda: proxy.removed(source_id))


@router.post(
    "/sources/{source_id}/corrections",
    status=201,
    role=Role.ADMIN,
    summary="Say that a stretch of a video source is, or is not, advertising",
    raises=(SourceNotFound, TooManyCorrections),
)
async def correct_source(call: Call, source_id: str, body: CorrectionIn) -> Reply[SourceOut]:
    """Holds from the next playlist on."""
    proxy = call.request.app[PROXY]
    source = await usecases.correct(
        context_of(call.scope),
        source_id,
        is_ad=body.is_ad,
        clock=body.clock,
        start=body.start,
        end=body.end,
        by=call.user.user_id,
    )
    await call.scope.flush()  # the version that the answer tells is that of the row
    call.scope.uow.after_commit(lambda: proxy.forget(source_id))
    return await _shown(proxy, source)


@router.delete(
    "/sources/{source_id}/corrections/{correction_id}",
    role=Role.ADMIN,
    summary="Leave a stretch of a video source to the detector again",
    raises=(SourceNotFound, CorrectionNotFound),
)
async def withdraw_correction(call: Call, source_id: str, correction_id: str) -> None:
    """Holds from the next playlist on."""
    proxy = call.request.app[PROXY]
    await usecases.withdraw(context_of(call.scope), source_id, correction_id)
    call.scope.uow.after_commit(lambda: proxy.forget(source_id))


@router.get(
    "/sources/{source_id}/explain",
    role=Role.ADMIN,
    summary="Show what is cut from a video source, and why",
    transaction=False,
    raises=(*_FETCHING, SourceNotFound),
)
async def explain_source(call: Call, source_id: str) -> ExplainedOut:
    """As the source is at this moment; it is fetched for the answer."""
    explained = await _explained(call, source_id)
    return ExplainedOut(
        url=explained.url,
        is_live=explained.is_live,
        refusal=explained.refusal,
        clock=explained.clock,
        segments=[
            ExplainedSegmentOut(
                msn=segment.msn,
                start_s=segment.start_s,
                at=segment.at,
                until=segment.until,
                duration_s=segment.duration_s,
                uri=segment.uri,
                title=segment.title,
                discontinuity=segment.discontinuity,
                fate=segment.action,
                source=segment.source,
                reasons=list(segment.reasons),
                score=segment.score,
            )
            for segment in explained.segments
        ],
    )


@router.get(
    "/sources/{source_id}/preview",
    role=Role.ADMIN,
    summary="Show a playlist of a video source before and after stripping",
    transaction=False,
    raises=(*_FETCHING, SourceNotFound),
)
async def preview_source(call: Call, source_id: str) -> PreviewOut:
    """As the source is at this moment; it is fetched for the answer."""
    explained = await _explained(call, source_id)
    return PreviewOut(original=explained.original, stripped=explained.stripped)


async def _shown(proxy: Proxy, source: VideoSource) -> Reply[SourceOut]:
    activity = await proxy.activities.of(source.id)
    shown = SourceOut.of(source, activity, proxy.fetcher.circuit(source.id))
    return Reply(shown, headers={hdrs.ETAG: etag(source.version)})


async def _explained(call: Call, source_id: str) -> inspection.ExplainedPlaylist:
    proxy = call.request.app[PROXY]
    async with call.container.scope(write=False) as scope:
        source = await usecases.get(context_of(scope), source_id)
    upstream = proxy.upstream(source.id, source.settings, proxy.sealer.open_headers(source.sealed_headers))
    return await inspection.explain(proxy, upstream, inspection.policy_of(source))


async def _media(request: web.Request) -> web.StreamResponse:
    return await request.app[PROXY].serve(request, request.app[ORIGIN].gate)


for _method in (hdrs.METH_GET, hdrs.METH_OPTIONS):  # aiohttp adds HEAD to every GET
    media_router.raw(_method, "/hls/{token}/{source}/p/{name}", _media)


def mount(app: web.Application, proxy: Proxy) -> None:
    """Give ``app`` its proxy, which stops with it."""
    app[PROXY] = proxy
    app.cleanup_ctx.append(proxy.running)
