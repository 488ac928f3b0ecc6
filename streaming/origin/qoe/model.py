"""What is kept of how a stream went, and what comes of many of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kernel.entity import Entity
from streaming.origin.model import StreamSession
from streaming.origin.qoe.events import PlaybackEvent
from streaming.origin.qoe.figures import Figures, Observation, Outcome

KEPT: Final = timedelta(days=30)
"""Long enough to compare with last month, for each row is some 2 KB."""
HOUR_S: Final = 3600


@dataclass(eq=False, kw_only=True)
class PlaybackQuality(Entity):
    """How one stream went.  Says nothing of who watched: it outlives the stream session."""

    session_id: str
    episode_id: str
    title: str
    browser: str | None
    platform: str | None
    started_at: datetime
    started_hour: int
    """Of ``started_at``, in hours of Unix time: what is counted together."""
    updated_at: datetime
    observation: Observation = field(default_factory=Observation)
    outcome: Outcome = Outcome.WAITING
    startup_ms: int | None = None
    played_ms: int = 0
    rebuffers: int = 0
    rebuffered_ms: int = 0
    mean_bitrate_bps: int | None = None
    switches: int = 0
    dropped_frames: int | None = None
    error: str = ""

    @classmethod
    def of(cls, session: StreamSession, now: datetime) -> "PlaybackQuality":
        """Of a session that nothing was heard of yet."""
        return cls(
            session_id=session.id,
            episode_id=session.episode_id,
            title=session.title,
            browser=session.browser,
            platform=session.platform,
            started_at=session.started_at,
            started_hour=int(session.started_at.timestamp()) // HOUR_S,
            updated_at=now,
        )

    def observe(self, events: Iterable[PlaybackEvent], now: datetime) -> None:
        """Take in what its player told."""
        self.observation = self.observation.with_events(events)
        figures = self.observation.figures()
        self.outcome = figures.outcome
        self.startup_ms = figures.startup_ms
        self.played_ms = figures.played_ms
        self.rebuffers = figures.rebuffers
        self.rebuffered_ms = figures.rebuffered_ms
        self.mean_bitrate_bps = figures.mean_bitrate_bps
        self.switches = figures.switches
        self.dropped_frames = figures.dropped_frames
        self.error = figures.error
        self.updated_at = now

    @property
    def figures(self) -> Figures:
        """As they are kept."""
        return Figures(
            outcome=self.outcome,
            startup_ms=self.startup_ms,
            played_ms=self.played_ms,
            rebuffers=self.rebuffers,
            rebuffered_ms=self.rebuffered_ms,
            mean_bitrate_bps=self.mean_bitrate_bps,
            switches=self.switches,
            dropped_frames=self.dropped_frames,
            error=self.error,
        )


@dataclass(frozen=True, slots=True)
class QualitySummary:
    """Of the streams that began within some time."""

    sessions: int = 0
    """Of which anything was heard."""
    played: int = 0
    """Of which a picture was seen."""
    failed_starts: int = 0
    failed: int = 0
    """Which ended with an error after a picture was seen."""
    startup_p50_ms: int | None = None
    startup_p95_ms: int | None = None
    played_ms: int = 0
    rebuffers: int = 0
    rebuffered_ms: int = 0
    mean_bitrate_bps: int | None = None
    """By the time that was played."""
    switches: int = 0
    dropped_frames: int = 0

    @property
    def rebuffer_ratio(self) -> float | None:
        """The part of the time of watching that was spent waiting, 0 to 1; ``None``: nobody watched."""
        watched_ms = self.played_ms + self.rebuffered_ms
        return self.rebuffered_ms / watched_ms if watched_ms else None

    @property
    def failure_ratio(self) -> float | None:
        """The part of streams that failed, of those that were begun in earnest; ``None``: there were none."""
        begun = self.played + self.failed_starts
        return (self.failed_starts + self.failed) / begun if begun else None


@dataclass(frozen=True, slots=True)
class QualityWindow:
    """The last hours, by themselves and together; hours without streams are left out."""

    since: datetime
    until: datetime
    whole: QualitySummary
    hours: tuple[tuple[datetime, QualitySummary], ...]
    """Oldest first, each by its beginning."""
