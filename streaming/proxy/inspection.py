"""Looking at a source: what registration shows of it, and what the explain view shows of its ads."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from kernel.errors import AniError
from kernel.ids import new_id
from kernel.scope import Container
from streaming.origin.ladder import Ladder
from streaming.origin.model import StreamableAsset, Track
from streaming.origin.usecases import Assets
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.detect.corrections import Clock, times_of
from streaming.proxy.ladder import read_ladder, single
from streaming.proxy.model import Findings, SourceSettings, SourceUnusable, VideoSource
from streaming.proxy.offload import aside
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter, resolver
from streaming.proxy.slates.stream_format import Shape, shapes_of
from streaming.proxy.strip.strip import Mode, Policy, Stripped, strip
from streaming.proxy.strip.timeline import Fate
from streaming.proxy.strip.writer import Slate
from streaming.proxy.upstream.adapters.fetch import Document, Fetcher, Upstream
from streaming.proxy.upstream.responses import parsed
from streaming.proxy.usecases import Sources

#: Findings are looked at by people; nothing needs to be newer than a click.
_FRESH_S = 2.0


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """A segment of the upstream, and what becomes of it and why.  ``at`` and ``until`` are on the clock of corrections."""

    msn: int
    start_s: float
    at: float
    until: float
    duration_s: float
    uri: str
    title: str
    discontinuity: bool
    fate: Fate
    source: str | None  # who says that it is an ad: signal, rule, heuristic
    reasons: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A media playlist as the detector sees it now."""

    url: str
    is_live: bool
    refusal: str
    clock: Clock
    segments: tuple[ExplainedSegment, ...]
    original: str
    stripped: str


@dataclass(frozen=True, slots=True)
class _Look:
    """What a source shows: its ladder, and its first media playlist with where it is and what is known of its kind."""

    ladder: Ladder
    url: str
    shape: Shape | None
    playlist: Playlist
    rewriter: Rewriter


async def probe(proxy: Proxy, settings: SourceSettings, headers: Mapping[str, str]) -> Findings:
    """Fetch a source as a player would and say what it is.

    Raises :class:`SourceUnusable`, and what the fetcher raises.
    """
    key = f"probe-{new_id()}"  # of its own: an address that was mistyped five times must not close the door to the right one
    try:
        upstream = proxy.upstream(key, settings, headers)
        return await _found(proxy.fetcher, upstream, Policy(settings.mode, settings.rules))
    finally:
        proxy.fetcher.removed(key)


async def _found(fetcher: Fetcher, upstream: Upstream, policy: Policy) -> Findings:
    look = await _look(fetcher, upstream)
    return await aside(lambda: _findings(look.ladder, look.playlist, policy))


def _findings(ladder: Ladder, media: Playlist, policy: Policy) -> Findings:
    stripped = strip(media, policy)
    methods = sorted({f"{key.method} ({key.format})" for segment in media.segments for key in segment.keys})
    signals = sorted({reason for verdict in stripped.detection.verdicts.values() for reason in verdict.reasons})
    is_live = not media.is_complete
    return Findings(
        is_live=is_live,
        variants=len(ladder.variants),
        height_px=max((variant.short_side_px for variant in ladder.variants), default=0),
        duration_ms=0 if is_live else round(_duration_s(media, stripped) * 1000),
        codecs=tuple(sorted({codec for variant in ladder.variants for codec in variant.codecs})),
        encryption=tuple(methods),
        ad_signals=tuple(signals),
        ads=len(stripped.detection.verdicts),
    )


async def explain(proxy: Proxy, upstream: Upstream, policy: Policy) -> Explained:
    """What the detector makes of the source's first variant at this moment.  Raises as :func:`probe`."""
    look = await _look(proxy.fetcher, upstream)
    media = look.playlist
    stripped = await aside(partial(strip, media, policy))
    if policy.mode is Mode.REPLACE and stripped.cut_segments:
        cut = [index for index, fate in enumerate(stripped.fates) if fate is not Fate.KEEP]
        if await proxy.stand_ins.fitting(upstream, look.url, media, look.rewriter, look.shape, cut) is not None:
            policy = replace(policy, slate=lambda duration_s, start_s: Slate(f"slate-{start_s:.3f}-{duration_s:.3f}"))
            stripped = await aside(partial(strip, media, policy))
    return await aside(lambda: _explained(upstream.home.url, media, stripped))


def _explained(url: str, media: Playlist, stripped: Stripped) -> Explained:
    segments, start_s = [], 0.0
    clock, times = times_of(media)
    for segment, fate in zip(media.segments, stripped.fates, strict=True):
        verdict = stripped.detection.verdicts.get(segment.index)
        segments.append(
            ExplainedSegment(
                segment.msn,
                start_s,
                times[segment.index],
                times[segment.index + 1],
                segment.duration_s,
                segment.uri,
                segment.title,
                segment.discontinuity,
                fate,
                verdict.source.value if verdict else None,
                verdict.reasons if verdict else (),
                verdict.score if verdict else 0.0,
            )
        )
        start_s += segment.duration_s
    return Explained(
        url,
        not media.is_complete,
        stripped.refusal or stripped.detection.withheld,
        clock,
        tuple(segments),
        _text(media),
        _text(stripped.playlist),
    )


async def _look(fetcher: Fetcher, upstream: Upstream) -> _Look:
    document = await fetcher.document(upstream, upstream.home.url, fresh_s=_FRESH_S)
    playlist, rewriter = await aside(partial(_read, document, {}))
    ladder, shape, url = single(document.url), None, upstream.home.url
    if playlist.is_multivariant:
        ladder, shapes = await aside(partial(_ladder, playlist))
        if not ladder.variants:
            raise SourceUnusable(reason="it offers no variant")
        shape = shapes.get(ladder.variants[0].uri)
        url = rewriter.absolute(ladder.variants[0].uri)
        document = await fetcher.document(upstream, url, fresh_s=_FRESH_S)
        playlist, rewriter = await aside(partial(_read, document, rewriter.variables))
    if not playlist.segments:
        raise SourceUnusable(reason="there are no segments in it")
    return _Look(ladder, url, shape, playlist, rewriter)


def _read(document: Document, variables: Mapping[str, str]) -> tuple[Playlist, Rewriter]:
    """The playlist in an answer, and where its addresses lead."""
    playlist = parsed(document)
    rewriter = resolver(document.url, playlist, variables)
    playlist.locate(rewriter.absolute)
    return playlist, rewriter


def _ladder(playlist: Playlist) -> tuple[Ladder, dict[str, Shape]]:
    ladder = read_ladder(playlist)
    return ladder, shapes_of(ladder)


def _text(playlist: Playlist) -> str:
    """A playlist to be looked at."""
    return playlist.write().decode("utf-8", "replace")


def _duration_s(media: Playlist, stripped: Stripped) -> float:
    return stripped.playlist.duration_s if Fate.DELETE in stripped.fates else media.duration_s


class SourcePrefetch:
    """The origin's ``Prefetch``: asks an upstream before a transaction begins, so that a slow one holds up nobody's writes."""

    def __init__(self, container: Container, proxy: Proxy) -> None:
        self._container = container
        self._proxy = proxy

    async def prepare_episode(self, episode_id: str) -> None:
        async with self._container.scope(write=False) as scope:
            source = await scope.port(Sources).of_episode(episode_id)
        await self._prepare(source)

    async def prepare_asset(self, asset_id: str) -> None:
        async with self._container.scope(write=False) as scope:
            source = await scope.port(Sources).get(asset_id)
        await self._prepare(source)

    async def _prepare(self, source: VideoSource | None) -> None:
        if source is not None:
            # Whether this viewer may hear of it is asked after; what failed here fails there for those who may.
            with suppress(AniError):
                await self._proxy.multivariant(source)


class SourcedAssets:
    """The origin's ``Assets``, registered sources included: an episode with a source is played from there.

    Within a transaction nobody is asked: see :class:`SourcePrefetch`.
    """

    def __init__(self, published: Assets, sources: Sources, proxy: Proxy) -> None:
        self._published = published
        self._sources = sources
        self._proxy = proxy

    async def current(self, episode_id: str) -> StreamableAsset | None:
        source = await self._sources.of_episode(episode_id)
        return await self._published.current(episode_id) if source is None else await self._streamable(source)

    async def get(self, asset_id: str) -> StreamableAsset | None:
        published = await self._published.get(asset_id)
        if published is not None:
            return published
        source = await self._sources.get(asset_id)
        return None if source is None else await self._streamable(source)

    async def _streamable(self, source: VideoSource) -> StreamableAsset:
        playlist, is_multivariant = await self._proxy.multivariant(source, fetch=False)
        ladder = read_ladder(playlist) if is_multivariant else single(self._proxy.media_uri(source))
        tracks: Mapping[str, tuple[Track, ...]] = {
            kind: tuple(Track(r.language or "und", r.name) for r in ladder.renditions if r.kind == kind)
            for kind in ("AUDIO", "SUBTITLES")
        }
        return StreamableAsset(
            asset_id=source.id,
            episode_id=source.episode_id,
            duration_ms=source.findings.duration_ms,
            ladder=ladder,
            audio=tracks["AUDIO"],
            subtitles=tracks["SUBTITLES"],
        )


def policy_of(source: VideoSource) -> Policy:
    """How a source is stripped; for looking at it even where stripping is off."""
    return Policy(source.settings.mode if source.settings.mode is not Mode.OFF else Mode.REPLACE, source.settings.rules)
