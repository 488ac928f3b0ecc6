"""``/api/v1/library``: history and progress."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library import progress, usecases
from accounts.library.model import NothingWatched, Progress, Sample, UnknownEpisode
from accounts.library.usecases import Episodes, History
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1/library", tag="Library")

MAX_REPORTS = 500
"""In one batch: an evening of reports every ten seconds is three times as many, and clients coalesce per episode."""
MAX_DURATION_MS = 7 * 24 * 3_600_000  # a week: longer than any recording, far from the end of a 64-bit column
MAX_UNIX_MS = 253_402_300_799_999  # the year 9999; past it nothing here can be written as a date

Identifier = Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Duration = Annotated[int, Field(ge=0, le=MAX_DURATION_MS)]


class ReportIn(BaseModel):
    """``at_ms`` is the client's clock (Unix ms) when its player was at ``position_ms``."""

    model_config = ConfigDict(extra="forbid")

    episode_id: Identifier
    position_ms: Duration
    duration_ms: Duration
    at_ms: int = Field(ge=1, le=MAX_UNIX_MS)


class ReportsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[ReportIn] = Field(max_length=MAX_REPORTS)


class ProgressOut(BaseModel):
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
            resume_position_ms=progress.resume_position_ms(row),
            duration_ms=row.duration_ms,
            watched=row.is_watched,
            rewatches=row.rewatches,
            updated_at=datetime.fromtimestamp(row.at_ms / 1000, UTC),
        )


class RecordedOut(BaseModel):
    items: list[ProgressOut] = Field(description="What changed, as it is now")


class PageIn(BaseModel):
    page: int = Field(default=1, ge=1, le=100_000)
    page_size: int = Field(default=20, ge=1, le=100)


class HistoryOut(BaseModel):
    items: list[ProgressOut]
    total: int
    page: int
    page_size: int


@router.get("/history", role=Role.USER, summary="What one has watched, newest first")
async def list_history(call: Call, query: PageIn) -> HistoryOut:
    rows, total = await call.port(History).page(
        call.user.user_id, offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    return HistoryOut(
        items=[ProgressOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/progress", role=Role.USER, summary="Report how far one's players are")
async def record_progress(call: Call, body: ReportsIn) -> RecordedOut:
    """The newest report of an episode by ``at_ms`` holds, in whatever order they arrive. Reports of unknown episodes are left
    out."""
    samples = [
        Sample(call.user.user_id, item.episode_id, item.position_ms, item.duration_ms, item.at_ms)
        for item in body.items
    ]
    changed = await usecases.record_progress(
        call.port(History),
        call.port(Episodes),
        progress.settle(samples, call.clock.now_ms()),
        now=call.clock.now(),
    )
    return RecordedOut(items=[ProgressOut.of(row) for row in changed])


@router.get(
    "/progress/{episode_id}",
    role=Role.USER,
    summary="How far one is in an episode",
    raises=(NothingWatched, UnknownEpisode),
)
async def get_progress(call: Call, episode_id: str) -> ProgressOut:
    found = await usecases.get_progress(
        call.port(History), call.port(Episodes), user_id=call.user.user_id, episode_id=episode_id
    )
    return ProgressOut.of(found)
