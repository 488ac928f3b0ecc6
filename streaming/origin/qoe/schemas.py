"""How playback went, as JSON."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from kernel.http.schemas import PageIn
from streaming.origin.qoe.events import Body
from streaming.origin.qoe.figures import Outcome
from streaming.origin.qoe.model import PlaybackQuality, QualitySummary, QualityWindow
from streaming.origin.qoe.usecases import MAX_WINDOW_HOURS


class ReportFaultOut(BaseModel):
    """Something in a report that CTA-5004-B has otherwise."""

    line: int = Field(description="Of the body, counted from 1.")
    key: str = Field(description="Empty: the line as a whole.")
    problem: str = Field(description="In English, for whoever writes the player.")


class ReportsTakenOut(BaseModel):
    """What was made of a body of reports."""

    taken: int = Field(description="Reports of which something was read.")
    faults: list[ReportFaultOut] = Field(description="At most twenty; what is not named was taken as it is.")

    @classmethod
    def of(cls, body: Body) -> Self:
        """Players need not read it."""
        return cls(
            taken=len(body.reports),
            faults=[ReportFaultOut(line=each.line, key=each.key, problem=each.problem) for each in body.faults],
        )


class QualityWindowIn(BaseModel):
    """How far back."""

    hours: int = Field(24, ge=1, le=MAX_WINDOW_HOURS, description="The present one and those before it.")


class QualitySummaryOut(BaseModel):
    """Of the streams that began within some time."""

    sessions: int = Field(description="Of which anything was heard.")
    played: int = Field(description="Of which a picture was seen.")
    failed_starts: int = Field(description="Which had an error, or for 30 s no picture, before the first one.")
    failed: int = Field(description="Which ended with an error after a picture was seen.")
    failure_ratio: float | None = Field(description="Both, of those that were begun in earnest, 0 to 1.")
    startup_p50_ms: int | None = Field(description="From the wish to play to the first picture: the median.")
    startup_p95_ms: int | None
    played_ms: int
    rebuffers: int
    rebuffered_ms: int
    rebuffer_ratio: float | None = Field(description="Waiting, of watching and waiting, 0 to 1.")
    mean_bitrate_bps: int | None = Field(description="By the time that was played.")
    switches: int = Field(description="Changes of quality.")
    dropped_frames: int

    @classmethod
    def of(cls, summary: QualitySummary) -> Self:
        """With its ratios."""
        return cls.model_validate(summary, from_attributes=True)


class QualityHourOut(QualitySummaryOut):
    """Of the streams that began within an hour."""

    hour: datetime = Field(description="Its beginning.")


class QualityWindowOut(BaseModel):
    """How streams went."""

    since: datetime
    until: datetime
    whole: QualitySummaryOut
    hours: list[QualityHourOut] = Field(description="The oldest first; those without streams are left out.")

    @classmethod
    def of(cls, window: QualityWindow) -> Self:
        """With the ratios of every hour."""
        return cls(
            since=window.since,
            until=window.until,
            whole=QualitySummaryOut.of(window.whole),
            hours=[
                QualityHourOut(hour=hour, **QualitySummaryOut.of(summary).model_dump())
                for hour, summary in window.hours
            ],
        )


class QualityPageIn(PageIn):
    """Which page of streams."""

    failed: bool = Field(False, description="Those alone that failed.")


class PlaybackQualityOut(BaseModel):
    """How one stream went."""

    session_id: str
    episode_id: str
    title: str
    browser: str | None
    device: str | None
    started_at: datetime
    updated_at: datetime = Field(description="When its player was last heard of.")
    outcome: Outcome
    startup_ms: int | None
    played_ms: int
    rebuffers: int
    rebuffered_ms: int
    rebuffer_ratio: float | None
    mean_bitrate_bps: int | None
    switches: int
    dropped_frames: int | None
    error: str = Field(description="What the player calls it; empty where nothing failed.")
    estimated: bool = Field(
        description="Concluded from its requests (CMCD request mode), for want of reports of its own."
    )

    @classmethod
    def of(cls, quality: PlaybackQuality) -> Self:
        """Without what it is computed from."""
        return cls(
            session_id=quality.session_id,
            episode_id=quality.episode_id,
            title=quality.title,
            browser=quality.browser,
            device=quality.platform,
            started_at=quality.started_at,
            updated_at=quality.updated_at,
            outcome=quality.outcome,
            startup_ms=quality.startup_ms,
            played_ms=quality.played_ms,
            rebuffers=quality.rebuffers,
            rebuffered_ms=quality.rebuffered_ms,
            rebuffer_ratio=quality.figures.rebuffer_ratio,
            mean_bitrate_bps=quality.mean_bitrate_bps,
            switches=quality.switches,
            dropped_frames=quality.dropped_frames,
            error=quality.error,
            estimated=quality.observation.by_requests,
        )


class PlaybackQualitiesOut(BaseModel):
    """How streams went, the newest first."""

    items: list[PlaybackQualityOut]
    total: int
    page: int
    page_size: int
