"""What is answered and taken about jobs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field, field_validator

from kernel.http.schemas import PageIn
from kernel.jobs import JobView, Priority, State

TRIED_AGAIN = (
    "When it is begun again after `error`, such as a storage that does not answer; `null` unless it waits for that."
)


class PriorityName(StrEnum):
    """Which of the jobs that wait is next: the highest first, among equals the oldest."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


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
    is_stopping: bool = Field(description="It was stopped, and its worker is about to hear of it.")
    error: JobError | None
    tried_again_at: datetime | None = Field(description=TRIED_AGAIN)
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: JobView) -> "JobOut":
        """As its owner sees it."""
        return cls.model_validate(job, from_attributes=True)


class JobsIn(PageIn):
    """Which jobs to list."""

    state: State | None = None


class PriorityIn(BaseModel):
    """Where a job that waits is to stand."""

    priority: PriorityName


class AnyJobOut(BaseModel):
    """A job as an administrator sees it; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    priority: PriorityName
    is_stoppable: bool = Field(description="`POST /jobs/{job_id}/cancel` takes jobs of this kind.")
    is_stopping: bool = Field(description="It was stopped, and its worker is about to hear of it.")
    attempts: int
    owner_id: str | None
    owner_nickname: str | None = Field(description="`null` for the program's own work, and for accounts that are gone.")
    error: JobError | None
    tried_again_at: datetime | None = Field(description=TRIED_AGAIN)
    created_at: datetime
    ended_at: datetime | None

    @field_validator("priority", mode="before")
    @classmethod
    def named(cls, value: object) -> object:
        """A stored priority under its name."""
        return value.name.lower() if isinstance(value, Priority) else value


class JobPage(BaseModel):
    """A page of jobs: those that wait in the order in which they are done, all others the newest first."""

    items: list[AnyJobOut]
    total: int
    page: int
    page_size: int
