"""Sources in JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, model_validator

from kernel.ids import ID_PATTERN
from streaming.proxy.adapters.activity import SourceActivity
from streaming.proxy.detect.corrections import Clock, Correction
from streaming.proxy.detect.detect import VerdictSource
from streaming.proxy.model import Findings, SourceSettings, VideoSource
from streaming.proxy.strip.strip import AdPolicy
from streaming.proxy.strip.timeline import SegmentAction
from streaming.proxy.upstream.breaker import Circuit
from streaming.proxy.upstream.url_policy import vet_headers

Host = Annotated[str, Field(min_length=1, max_length=253)]
Pattern = Annotated[str, Field(min_length=2, max_length=500, description="A shell glob on the whole address.")]


class SourceChange(BaseModel):
    """How a source is fetched and played."""

    name: str = Field(min_length=1, max_length=200)
    url: str = Field(min_length=1, max_length=4000, description="An HLS multivariant or media playlist.")
    policy: AdPolicy = Field(
        AdPolicy.REPLACE, description="replace: same time, our picture for ads. delete: shorter. off: as it is."
    )
    signals: bool = Field(True, description="Believe what the playlist itself says about its ads.")
    heuristics: bool = Field(
        False,
        description="Also guess, where nothing is said. Of a live source the first pod of a host nobody has seen is shown.",
    )
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
        """With their secrets, for what is fetched.  Raises what ``vet_headers`` does."""
        return vet_headers({name: value.get_secret_value() for name, value in (self.headers or {}).items()})


class SourceIn(SourceChange):
    """A source to register."""

    episode_id: str = Field(pattern=ID_PATTERN)


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


class CorrectionIn(BaseModel):
    """A stretch of a source that is, or is not, advertising, whatever the detector thinks."""

    is_ad: bool
    clock: Clock = Field(description="As the explanation of this source says.")
    start: float = Field(ge=0, le=1e12)
    end: float = Field(ge=0, le=1e12)

    @model_validator(mode="after")
    def _has_length(self) -> "CorrectionIn":
        if self.end <= self.start:
            raise ValueError("the end must lie behind the start")
        return self


class CorrectionOut(BaseModel):
    """A stretch that an operator said is, or is not, advertising; ``start`` and ``end`` are on its ``clock``."""

    id: str
    is_ad: bool
    clock: Clock
    start: float
    end: float
    by: str
    at: datetime

    @classmethod
    def of(cls, correction: Correction) -> "CorrectionOut":
        return cls(**asdict(correction))


class ActivityOut(BaseModel):
    """What all nodes saw of a source; those that did not answer this request report every few seconds."""

    circuit: Circuit = Field(
        description="Of the node that answers. open: it failed too often in a row and is left alone for some seconds."
    )
    since: datetime | None = Field(
        description="When counting began; null before the first request, or while this node counts for itself."
    )
    requests: int
    cached: int
    failed: int
    playlists: int
    ads_cut: int = Field(description="Ad segments: of a live stream each once, of a complete playlist once for a node.")
    ad_seconds_cut: float
    guard_trips: int
    bytes_passed: int
    upstream_ms: float | None = Field(description="Mean time of an answer.")
    last_error: str

    @classmethod
    def of(cls, activity: SourceActivity, circuit: Circuit) -> "ActivityOut":
        """``circuit``: whether requests to the source are let through on this node."""
        counts = activity.counts
        return cls(
            circuit=circuit,
            since=activity.since,
            requests=counts.requests,
            cached=counts.cached,
            failed=counts.failed,
            playlists=counts.playlists,
            ads_cut=counts.ads_cut,
            ad_seconds_cut=counts.ad_seconds_cut,
            guard_trips=counts.guard_trips,
            bytes_passed=counts.bytes_passed,
            upstream_ms=activity.upstream_ms,
            last_error=activity.last_error,
        )


class SourceOut(BaseModel):
    """A registered source."""

    id: str
    episode_id: str
    name: str
    url: str
    policy: AdPolicy
    signals: bool
    heuristics: bool
    allowed_hosts: list[str]
    ad_addresses: list[str]
    programme_addresses: list[str]
    corrections: list[CorrectionOut]
    activity: ActivityOut
    findings: FindingsOut
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, source: VideoSource, activity: SourceActivity, circuit: Circuit) -> "SourceOut":
        """``circuit`` is that of this node.  Its headers, which may hold secrets, are not told."""
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
            corrections=[CorrectionOut.of(correction) for correction in chosen.corrections],
            activity=ActivityOut.of(activity, circuit),
            findings=FindingsOut.of(source.findings),
            created_at=source.created_at,
            updated_at=source.updated_at,
            version=source.version,
        )


class SourcesOut(BaseModel):
    """A page of video sources, the newest first."""

    items: list[SourceOut]
    total: int
    page: int
    page_size: int


class ExplainedSegmentOut(BaseModel):
    """A segment of the upstream, and what becomes of it and why."""

    msn: int
    start_s: float
    at: float = Field(description="When it begins by the clock of corrections.")
    until: float
    duration_s: float
    uri: str
    title: str
    discontinuity: bool
    fate: SegmentAction
    source: VerdictSource | None = Field(description="`null`: nobody says that it is an ad.")
    reasons: list[str]
    score: float


class ExplainedOut(BaseModel):
    """A media playlist as the detector sees it now."""

    url: str
    is_live: bool
    refusal: str = Field(description="Why nothing is cut although ads were found; empty otherwise.")
    clock: Clock = Field(
        description="measured: seconds from the beginning. dated: since the epoch. numbered: segments."
    )
    segments: list[ExplainedSegmentOut]


class PreviewOut(BaseModel):
    """The media playlist of the first variant, as the source has it and as viewers get it (with the source's addresses)."""

    original: str
    stripped: str
