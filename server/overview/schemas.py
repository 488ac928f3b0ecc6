"""What administration answers and takes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from kernel.http.schemas import PageIn
from kernel.jobs import JobView, State


class JobError(BaseModel):
    """Why a job failed; ``message`` is meant for people."""

    code: str
    message: str


class JobOut(BaseModel):
    """Background work; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    error: JobError | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: JobView) -> "JobOut":
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            stage=job.stage,
            progress=job.progress,
            error=None if job.error is None else JobError(**job.error),
            result=job.result,
        )


class JobsOut(BaseModel):
    """How many jobs are in each state."""

    queued: int
    running: int
    succeeded: int
    failed: int


class DeliveriesOut(BaseModel):
    """Domain events on their way to those who hear of them."""

    waiting: int
    failed: int = Field(description="Given up; see /admin/deliveries")


class DiskOut(BaseModel):
    """The disk that media lies on."""

    used_bytes: int
    free_bytes: int
    total_bytes: int


class OverviewOut(BaseModel):
    """The server in numbers, for administrators."""

    users: int
    banned_users: int
    releases: int
    episodes: int
    jobs: JobsOut
    deliveries: DeliveriesOut
    disk: DiskOut


class JobsIn(PageIn):
    """Which jobs to list."""

    state: State | None = None


class AnyJobOut(BaseModel):
    """A job as an administrator sees it; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    attempts: int
    owner_id: str | None
    error: JobError | None
    created_at: datetime
    ended_at: datetime | None


class JobPage(BaseModel):
    """A page of jobs."""

    items: list[AnyJobOut]
    total: int
    page: int
    page_size: int


class DeliveryOut(BaseModel):
    """An event that one subscriber could not take, however often it was tried."""

    id: str
    event: str
    subscriber: str
    attempts: int
    failed_at: datetime
    last_error: str


class DeliveryPage(BaseModel):
    """A page of events that a subscriber could not take."""

    items: list[DeliveryOut]
    total: int
    page: int
    page_size: int
