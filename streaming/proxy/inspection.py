"""Looking at a source: what registration shows of it, and what the explain view shows of its ads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from kernel.ids import new_id
from streaming.origin.ladder import Ladder
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.detect.corrections import Clock, times_of
from streaming.proxy.detect.detect import VerdictSource
from streaming.proxy.ladder import read_ladder, single
from streaming.proxy.model import Findings, SourceSettings, SourceUnusable, VideoSource
from streaming.proxy.offload import offload
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter, resolver
from streaming.proxy.slates.stream_format import StreamFormat, stream_formats_of
from streaming.proxy.strip.strip import AdPolicy, StripOptions, StripResult, strip
from streaming.proxy.strip.timeline import SegmentAction
from streaming.proxy.strip.writer import Slate
from streaming.proxy.upstream.adapters.fetch import Document, Fetcher, Upstream
from streaming.proxy.upstream.responses import parsed

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
    action: SegmentAction
    source: VerdictSource | None  # who says that it is an ad
    reasons: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class ExplainedPlaylist:
    """A media playlist as the detector sees it now."""

    url: str
    is_live: bool
    refusal: str
    clock: Clock
    segments: tuple[ExplainedSegment, ...]
    original: str
    stripped: str


@dataclass(frozen=True, slots=True)
class _Probe:
    """What a source shows: its ladder, and its first media playlist with where it is and what is known of its kind."""

    ladder: Ladder
    url: str
    stream_format: StreamFormat | None
    playlist: Playlist
    rewriter: Rewriter


async def inspect_source(proxy: Proxy, settings: SourceSettings, headers: Mapping[str, str]) -> Findings:
    """Fetch a source as a player would and say what it is.

    Raises :class:`SourceUnusable`, and what the fetcher raises.
    """
    key = f"probe-{new_id()}"  # of its own: an address that was mistyped five times must not close the door to the right one
    try:
        upstream = proxy.upstream(key, settings, headers)
        return await _found(proxy.fetcher, upstream, StripOptions(settings.mode, settings.rules))
    finally:
        proxy.fetcher.removed(key)


async def _found(fetcher: Fetcher, upstream: Upstream, policy: StripOptions) -> Findings:
    look = await _probe(fetcher, upstream)
    return await offload(lambda: _findings(look.ladder, look.playlist, policy))


def _findings(ladder: Ladder, media: Playlist, policy: StripOptions) -> Findings:
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


async def explain(proxy: Proxy, upstream: Upstream, policy: StripOptions) -> ExplainedPlaylist:
    """What the detector makes of the source's first variant at this moment.  Raises as :func:`inspect_source`."""
    look = await _probe(proxy.fetcher, upstream)
    media = look.playlist
    stripped = await offload(partial(strip, media, policy))
    if policy.mode is AdPolicy.REPLACE and stripped.cut_segments:
        cut = [index for index, action in enumerate(stripped.actions) if action is not SegmentAction.KEEP]
        if (
            await proxy.slate_inserter.fitting(upstream, look.url, media, look.rewriter, look.stream_format, cut)
            is not None
        ):
            policy = replace(policy, slate=lambda duration_s, start_s: Slate(f"slate-{start_s:.3f}-{duration_s:.3f}"))
            stripped = await offload(partial(strip, media, policy))
    return await offload(lambda: _explained(upstream.home.url, media, stripped))


def _explained(url: str, media: Playlist, stripped: StripResult) -> ExplainedPlaylist:
    segments, start_s = [], 0.0
    clock, times = times_of(media)
    for segment, action in zip(media.segments, stripped.actions, strict=True):
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
                action,
                verdict.source if verdict else None,
                verdict.reasons if verdict else (),
                verdict.score if verdict else 0.0,
            )
        )
        start_s += segment.duration_s
    return ExplainedPlaylist(
        url,
        not media.is_complete,
        stripped.refusal or stripped.detection.withheld,
        clock,
        tuple(segments),
        _text(media),
        _text(stripped.playlist),
    )


async def _probe(fetcher: Fetcher, upstream: Upstream) -> _Probe:
    document = await fetcher.document(upstream, upstream.home.url, fresh_s=_FRESH_S)
    playlist, rewriter = await offload(partial(_read, document, {}))
    ladder, stream_format, url = single(document.url), None, upstream.home.url
    if playlist.is_multivariant:
        ladder, stream_formats = await offload(partial(_ladder, playlist))
        if not ladder.variants:
            raise SourceUnusable(reason="it offers no variant")
        stream_format = stream_formats.get(ladder.variants[0].uri)
        url = rewriter.absolute(ladder.variants[0].uri)
        document = await fetcher.document(upstream, url, fresh_s=_FRESH_S)
        playlist, rewriter = await offload(partial(_read, document, rewriter.variables))
    if not playlist.segments:
        raise SourceUnusable(reason="there are no segments in it")
    return _Probe(ladder, url, stream_format, playlist, rewriter)


def _read(document: Document, variables: Mapping[str, str]) -> tuple[Playlist, Rewriter]:
    """The playlist in an answer, and where its addresses lead."""
    playlist = parsed(document)
    rewriter = resolver(document.url, playlist, variables)
    playlist.locate(rewriter.absolute)
    return playlist, rewriter


def _ladder(playlist: Playlist) -> tuple[Ladder, dict[str, StreamFormat]]:
    ladder = read_ladder(playlist)
    return ladder, stream_formats_of(ladder)


def _text(playlist: Playlist) -> str:
    """A playlist to be looked at."""
    return playlist.write().decode("utf-8", "replace")


def _duration_s(media: Playlist, stripped: StripResult) -> float:
    return stripped.playlist.duration_s if SegmentAction.DELETE in stripped.actions else media.duration_s


def policy_of(source: VideoSource) -> StripOptions:
    """How a source is stripped; for looking at it even where stripping is off."""
    return StripOptions(
        source.settings.mode if source.settings.mode is not AdPolicy.OFF else AdPolicy.REPLACE, source.settings.rules
    )
