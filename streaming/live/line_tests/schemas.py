"""What a test of a line found, as it is answered."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from streaming.live.media.line_report import Finding, NetworkPath, Verdict


class LineQualityOut(BaseModel):
    """A picture to choose."""

    height_px: int
    frames_per_s: int
    video_kbps: int


class LineReportOut(BaseModel):
    """What arrived of a test, and what to make of it."""

    tested_at: datetime
    verdict: Verdict
    findings: Annotated[list[Finding], Field(description="What is wrong or should be known, the worst first.")]
    quality: Annotated[
        LineQualityOut | None, Field(description="What to choose in the encoder; `null` where nothing can be said.")
    ]
    duration_ms: int
    complete: Annotated[bool, Field(description="Whether the test ran to its end.")]
    video_kbps: Annotated[int, Field(description="Reached: the median of the second half.")]
    audio_kbps: int
    lowest_video_kbps: Annotated[int, Field(description="In the worst second of the second half.")]
    lost: Annotated[float, Field(description="Of the packets, 0 to 1: sent again, or never there.")]
    unrepaired: Annotated[float, Field(description="Of the packets, 0 to 1: never there.")]
    jitter_ms: Annotated[int | None, Field(description="RFC 3550 §6.4.1.")]
    round_trip_ms: Annotated[
        int | None, Field(description="`null` where the encoder does not answer reference times (RFC 3611).")
    ]
    key_frame_interval_ms: Annotated[int | None, Field(description="The longest; the server asks every two seconds.")]
    frames_per_s: int
    width_px: int | None
    height_px: int | None
    video_codec: str | None
    audio_codec: str | None
    path: Annotated[NetworkPath | None, Field(description="`relay`: over a TURN server.")]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """From what is kept of it."""
        at = datetime.fromtimestamp(kept["tested_at_ms"] / 1000, UTC)
        return cls.model_validate({**kept, "tested_at": at})


class LineTestOut(BaseModel):
    """The test of a line, and the last one."""

    running: bool
    max_kbps: Annotated[int, Field(description="What a publisher may send.")]
    report: Annotated[LineReportOut | None, Field(description="Of the last test; kept for an hour.")]
