"""Watch history as JSON."""

from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.progress import rules
from accounts.library.progress.model import Progress
from accounts.library.schemas import MAX_REPORTS, MAX_UNIX_MS, AudioIn, Duration, Identifier, LibraryPageIn


class ReportIn(BaseModel):
    """``at_ms`` is the client's clock (Unix ms) when its player was at ``position_ms``."""

    model_config = ConfigDict(extra="forbid")

    episode_id: Identifier
    position_ms: Duration
    duration_ms: Duration
    at_ms: int = Field(ge=1, le=MAX_UNIX_MS)
    audio: AudioIn | None = Field(None, description="What is listened to; left out, it is as before")


class ReportsIn(BaseModel):
    """How far somebody is in several episodes."""

    model_config = ConfigDict(extra="forbid")

    items: list[ReportIn] = Field(max_length=MAX_REPORTS)


class ProgressOut(BaseModel):
    """How far somebody is in an episode."""

    episode_id: str
    release_id: str
    position_ms: int = Field(description="0 once the episode is over")
    resume_position_ms: int = Field(description="Where a player should start")
    duration_ms: int
    watched: bool
    rewatches: int
    updated_at: datetime = Field(description="By the clock of the device that reported it")

    @classmethod
    def of(cls, row: Progress) -> Self:
        return cls(
            episode_id=row.episode_id,
            release_id=row.release_id,
            position_ms=row.shown_position_ms,
            resume_position_ms=rules.resume_position_ms(row),
            duration_ms=row.duration_ms,
            watched=row.is_watched,
            rewatches=row.rewatches,
            updated_at=datetime.fromtimestamp(row.at_ms / 1000, UTC),
        )


class RecordedOut(BaseModel):
    """The progress of each episode that was reported, as it is kept now."""

    items: list[ProgressOut] = Field(description="What changed, as it is now")


class HistoryPageIn(LibraryPageIn):
    """Which page of the history, of all releases or of one."""

    release_id: Identifier | None = Field(None, description="Only the episodes of this release")


class HistoryOut(BaseModel):
    """A page of the history, the latest first."""

    items: list[ProgressOut]
    total: int
    page: int
    page_size: int


class WatchedIn(BaseModel):
    """Whether an episode counts as watched."""

    model_config = ConfigDict(extra="forbid")

    watched: bool


class ChangedProgressOut(ProgressOut):
    """Progress that changed or went since a revision."""

    removed: bool

    @classmethod
    def of(cls, row: Progress) -> Self:
        return cls(**ProgressOut.of(row).model_dump(), removed=row.removed)
