"""Sources over HTTP: operators register, look at, correct and remove them; players fetch through them."""

from datetime import datetime
from typing import Annotated, Final

from aiohttp import hdrs, web
from pydantic import BaseModel, Field, SecretStr

from kernel.access import Role
from kernel.addresses import AddressRefused
from kernel.errors import NotFound, Stale
from kernel.http import Call, Reply, Router, etag
from streaming.proxy import inspection, usecases
from streaming.proxy.documents import NotAPlaylist
from streaming.proxy.fetch import UpstreamFailed, UpstreamRefused, UpstreamTooLarge
from streaming.proxy.model import (
    EpisodeHasSource,
    Findings,
    SourceNotFound,
    SourceSettings,
    SourceUnusable,
    VideoSource,
)
from streaming.proxy.remove import Mode, Policy
from streaming.proxy.safety import vet_headers
from streaming.proxy.serving import Proxy

router = Router("/api/v1", tag="Video sources")
media_router = Router("", tag="Media")

PROXY: Final = web.AppKey("proxy", Proxy)

_FETCHING = (AddressRefused, UpstreamRefused, UpstreamFailed, UpstreamTooLarge, NotAPlaylist, SourceUnusable)

Host = Annotated[str, Field(min_length=1, max_length=253)]
Pattern = Annotated[str, Field(min_length=2, max_length=500, description="A shell glob on the whole address.")]


class EpisodeUnknown(NotFound):
    """There is no episode {episode_id} to attach a source to."""


class SourceChange(BaseModel):
    """How a source is fetched and played."""

    name: str = Field(min_length=1, max_length=200)
    url: str = Field(min_length=1, max_length=4000, description="An HLS multivariant or media playlist.")
    policy: Mode = Field(Mode.REPLACE, description="replace: same time, gaps for ads. delete: shorter. off: as it is.")
    signals: bool = Field(True, description="Believe what the playlist itself says about its ads.")
    heuristics: bool = Field(False, description="Also guess, where nothing is said.")
    allowed_hosts: list[Host] = Field(
        default_factory=list,
        max_length=50,
        description="Besides its own: names, or .example.com for a whole domain. Empty: any.",
    )
    ad_addresses: list[Pattern] = Field(default_factory=list, max_length=100, description="Always cut.")
    programme_addresses: list[Pattern] = Field(default_factory=list, max_length=100, description="Never cut.")
    headers: dict[str, SecretStr] | None = Field(
        None, max_length=20, description="Sent to the source, stored encrypted, never shown. Left out: as they were."
    )

    def settings(self) -> SourceSettings:
        return SourceSettings(
            name=self.name,
            url=self.url,
            mode=self.policy,
            signals=self.signals,
            heuristics=self.heuristics,
            allowed_hosts=tuple(self.allowed_hosts),
            ad_addresses=tuple(self.ad_addresses),
            programme_addresses=tuple(self.programme_addresses),
        )

    def plain_headers(self) -> dict[str, str]:
        return vet_headers({name: value.get_secret_value() for name, value in (self.headers or {}).items()})


class SourceIn(SourceChange):
    """A source to register."""

    episode_id: str = Field(min_length=1, max_length=64)


class FindingsOut(BaseModel):
    """What the source showed when it was last looked at."""

    is_live: bool
    variants: int
    height_px: int
    duration_ms: int
    codecs: list[str]
    encryption: list[str]
    ad_signals: list[str]
    ads: int = Field(description="Segments that would be cut.")

    @classmethod
    def of(cls, findings: Findings) -> "FindingsOut":
        return cls(
            is_live=findings.is_live,
            variants=findings.variants,
            height_px=findings.height_px,
            duration_ms=findings.duration_ms,
            codecs=list(findings.codecs),
            encryption=list(findings.encryption),
            ad_signals=list(findings.ad_signals),
            ads=findings.ads,
        )


class SourceOut(BaseModel):
    """A registered source."""

    id: str
    episode_id: str
    name: str
    url: str
    policy: Mode
    signals: bool
    heuristics: bool
    allowed_hosts: list[str]
    ad_addresses: list[str]
    programme_addresses: list[str]
    findings: FindingsOut
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, source: VideoSource) -> "SourceOut":
        chosen = source.settings
        return cls(
            id=source.id,
            episode_id=source.episode_id,
            name=chosen.name,
            url=chosen.url,
            policy=chosen.mode,
            signals=chosen.signals,
            heuristics=chosen.heuristics,
            allowed_hosts=list(chosen.allowed_hosts),
            ad_addresses=list(chosen.ad_addresses),
            programme_addresses=list(chosen.programme_addresses),
            findings=FindingsOut.of(source.findings),
            created_at=source.created_at,
            updated_at=source.updated_at,
            version=source.version,
        )


class SourcesOut(BaseModel):
    items: list[SourceOut]
    total: int
    page: int
    page_size: int


class PageQuery(BaseModel):
    page: int = Field(1, ge=1, le=10_000)
    page_size: int = Field(20, ge=1, le=100)


class ExplainedSegmentOut(BaseModel):
    msn: int
    start_s: float
    duration_s: float
    uri: str
    title: str
    discontinuity: bool
    fate: str = Field(description="keep, gap, slate or delete.")
    source: str | None = Field(description="Who says it is an ad: signal, rule or heuristic.")
    reasons: list[str]
    score: float


class ExplainedOut(BaseModel):
    """A media playlist as the detector sees it now."""

    url: str
    is_live: bool
    refusal: str = Field(description="Why nothing is cut although ads were found; empty otherwise.")
    segments: list[ExplainedSegmentOut]


@router.post(
    "/sources",
    status=201,
    role=Role.ADMIN,
    summary="Register a video source",
    transaction=False,
    raises=(*_FETCHING, EpisodeHasSource, EpisodeUnknown),
)
async def register_source(call: Call, body: SourceIn) -> Reply[SourceOut]:
    proxy, settings, headers = call.request.app[PROXY], body.settings(), body.plain_headers()
    upstream = proxy.upstream("registration", settings, headers)
    # Looked at before the transaction begins: a slow source must not hold up everybody's writes.
    findings = await inspection.probe(proxy.fetcher, upstream, _policy(settings))
    async with call.container.scope(write=True, actor=call.actor, origin=call.origin()) as scope:
        if not await scope.port(usecases.Episodes).exists(body.episode_id):
            raise EpisodeUnknown(episode_id=body.episode_id)
        sealed = proxy.sealer.seal_headers(headers)
        source = await usecases.register(
            scope.port(usecases.Sources), body.episode_id, settings, sealed, findings, now=call.clock.now()
        )
    return Reply(SourceOut.of(source), headers={hdrs.ETAG: etag(source.version)})


@router.get("/sources", role=Role.ADMIN, summary="List video sources")
async def list_sources(call: Call, query: PageQuery) -> SourcesOut:
    found, total = await call.port(usecases.Sources).page(
        limit=query.page_size, offset=(query.page - 1) * query.page_size
    )
    return SourcesOut(
        items=[SourceOut.of(source) for source in found], total=total, page=query.page, page_size=query.page_size
    )


@router.get("/sources/{source_id}", role=Role.ADMIN, summary="Get a video source", raises=(SourceNotFound,))
async def get_source(call: Call, source_id: str) -> Reply[SourceOut]:
    source = await usecases.get(call.port(usecases.Sources), source_id)
    return Reply(SourceOut.of(source), headers={hdrs.ETAG: etag(source.version)})


@router.put(
    "/sources/{source_id}",
    role=Role.ADMIN,
    summary="Change a video source",
    transaction=False,
    raises=(*_FETCHING, SourceNotFound, Stale),
)
async def change_source(call: Call, source_id: str, body: SourceChange) -> Reply[SourceOut]:
    proxy, settings = call.request.app[PROXY], body.settings()
    async with call.container.scope(write=False) as scope:
        before = await usecases.get(scope.port(usecases.Sources), source_id)
    sealed = before.sealed_headers if body.headers is None else proxy.sealer.seal_headers(body.plain_headers())
    upstream = proxy.upstream("registration", settings, proxy.sealer.open_headers(sealed))
    findings = await inspection.probe(proxy.fetcher, upstream, _policy(settings))
    async with call.container.scope(write=True, actor=call.actor, origin=call.origin()) as scope:
        source = await usecases.change(
            scope.port(usecases.Sources),
            source_id,
            settings,
            sealed,
            findings,
            if_version=call.if_match(),
            now=call.clock.now(),
        )
        scope.uow.after_commit(lambda: proxy.forget(source_id))
    return Reply(SourceOut.of(source), headers={hdrs.ETAG: etag(source.version)})


@router.delete("/sources/{source_id}", role=Role.ADMIN, summary="Remove a video source", raises=(SourceNotFound,))
async def remove_source(call: Call, source_id: str) -> None:
    proxy = call.request.app[PROXY]
    await usecases.remove(call.port(usecases.Sources), source_id, now=call.clock.now())
    call.scope.uow.after_commit(lambda: proxy.forget(source_id))


@router.get(
    "/sources/{source_id}/explain",
    role=Role.ADMIN,
    summary="Show what is cut from a video source, and why",
    transaction=False,
    raises=(*_FETCHING, SourceNotFound),
)
async def explain_source(call: Call, source_id: str) -> ExplainedOut:
    proxy = call.request.app[PROXY]
    async with call.container.scope(write=False) as scope:
        source = await usecases.get(scope.port(usecases.Sources), source_id)
    upstream = proxy.upstream(source.id, source.settings, proxy.sealer.open_headers(source.sealed_headers))
    explained = await inspection.explain(proxy.fetcher, upstream, inspection.policy_of(source))
    return ExplainedOut(
        url=explained.url,
        is_live=explained.is_live,
        refusal=explained.refusal,
        segments=[
            ExplainedSegmentOut(
                msn=segment.msn,
                start_s=segment.start_s,
                duration_s=segment.duration_s,
                uri=segment.uri,
                title=segment.title,
                discontinuity=segment.discontinuity,
                fate=segment.fate.value,
                source=segment.source,
                reasons=list(segment.reasons),
                score=segment.score,
            )
            for segment in explained.segments
        ],
    )


def _policy(settings: SourceSettings) -> Policy:
    return Policy(settings.mode, settings.rules)


async def _media(request: web.Request) -> web.StreamResponse:
    return await request.app[PROXY].serve(request)


for _method in (hdrs.METH_GET, hdrs.METH_OPTIONS):  # aiohttp adds HEAD to every GET
    media_router.raw(_method, "/hls/{token}/{source}/p/{name}", _media)


def mount(app: web.Application, proxy: Proxy) -> None:
    """Give ``app`` its proxy, which stops with it."""
    app[PROXY] = proxy
    app.cleanup_ctx.append(proxy.running)
