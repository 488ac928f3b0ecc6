"""What a source costs and saves, counted: for Prometheus, and for the operator who looks at one source.

The only free label is the source, of which operators register a bounded number; what a source is called is nobody's metric.  A source
that is removed takes its series along.
"""

from dataclasses import astuple, dataclass
from typing import Final

from prometheus_client import Counter, Histogram
from prometheus_client.metrics import MetricWrapperBase

REQUESTS: Final = Counter("ani_proxy_requests_total", "What was asked of video sources", ["source", "outcome"])
"""Outcomes: fetched, cached, unchanged (304), stale (the source failed, an older answer stood in), streamed, failed."""
ERRORS: Final = Counter("ani_proxy_upstream_errors_total", "How video sources failed", ["source", "kind"])
"""Kinds: timeout, connection, truncated, too_large, status_4xx, status_5xx."""
SECONDS: Final = Histogram(
    "ani_proxy_upstream_seconds",
    "Time until a playlist or key of a video source was read, or a segment began to come",
    ["source", "what"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PLAYLISTS: Final = Counter("ani_proxy_playlists_total", "Playlists of video sources given out", ["source", "outcome"])
ADS: Final = Counter("ani_proxy_ads_cut_total", "Ad segments cut", ["source"])
AD_SECONDS: Final = Counter("ani_proxy_ad_seconds_cut_total", "Seconds of ads cut", ["source"])
GUARDS: Final = Counter(
    "ani_proxy_guard_trips_total", "Playlists given back whole because a guard or the own check said so", ["source"]
)
BYTES: Final = Counter("ani_proxy_bytes_total", "Bytes of segments passed through", ["source"])

_ALL: Final[tuple[MetricWrapperBase, ...]] = (*(REQUESTS, ERRORS, SECONDS, PLAYLISTS, ADS, AD_SECONDS, GUARDS, BYTES),)


@dataclass(slots=True)
class Counts:
    """What a source did, as numbers that may be added up over the processes that serve it."""

    requests: int = 0
    cached: int = 0
    failed: int = 0
    playlists: int = 0
    ads_cut: int = 0
    ad_seconds_cut: float = 0.0
    guard_trips: int = 0
    bytes_passed: int = 0
    answers: int = 0
    answer_s: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


class Meter:
    """Counts for one source, in this process."""

    def __init__(self, source: str) -> None:
        self._source = source
        #: Since this process first met the source.
        self.counts = Counts()
        self._bytes = BYTES.labels(source)
        self.last_error = ""
        #: As much of the counts as other processes know of.
        self.shared = Counts()

    def asked(self, outcome: str) -> None:
        """The upstream was asked, or need not be; ``outcome`` is a label of the request counter (``fetched``, ``cached``, …)."""
        REQUESTS.labels(self._source, outcome).inc()
        self.counts.requests += 1
        self.counts.cached += outcome in ("cached", "stale")
        self.counts.failed += outcome == "failed"

    def failed(self, kind: str) -> None:
        """It could not be asked; ``kind`` is a label of the error counter."""
        self.asked("failed")
        ERRORS.labels(self._source, kind).inc()
        self.last_error = kind

    def answered(self, what: str, seconds: float) -> None:
        """It answered with ``what`` (a playlist, a segment) in so many seconds."""
        SECONDS.labels(self._source, what).observe(seconds)
        self.counts.answers += 1
        self.counts.answer_s += seconds

    def playlist(self, outcome: str) -> None:
        """A playlist was given out; ``outcome`` is a label of the playlist counter."""
        PLAYLISTS.labels(self._source, outcome).inc()
        self.counts.playlists += 1
        if outcome == "refused":
            GUARDS.labels(self._source).inc()
            self.counts.guard_trips += 1

    def cut(self, segments: int, seconds: float) -> None:
        """So many segments of so many seconds were taken out."""
        ADS.labels(self._source).inc(segments)
        AD_SECONDS.labels(self._source).inc(seconds)
        self.counts.ads_cut += segments
        self.counts.ad_seconds_cut += seconds

    def passed(self, count: int) -> None:
        """So many bytes were passed through."""
        self._bytes.inc(count)
        self.counts.bytes_passed += count

    def forget(self) -> None:
        """The source is gone, and nobody counts it any more."""
        for metric in _ALL:
            metric.remove_by_labels({"source": self._source})
