"""What a job is, what can be done with it, and what does it.

::

    enqueue ──► queued ──► running ──► succeeded
                  ▲  │        ├──────► failed        refused, or broken MAX_ATTEMPTS times
                  │  └────────┴──────► cancelled     somebody stopped it
                  └───────────────────────┘  retry: from failed and cancelled, with all attempts anew
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, Protocol

from kernel.errors import Conflict, Forbidden, NotFound

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class Priority(IntEnum):
    """Which of those that wait is next: the highest first, among equals the oldest.  Nothing that runs is interrupted."""

    LOW = -1
    NORMAL = 0
    HIGH = 1


class JobNotFound(NotFound):
    """There is no such job."""


class OwnerMayNot(Forbidden):
    """Whoever ordered this may not have it done any more."""


class JobEnded(Conflict):
    """This job has ended; there is nothing to stop or to put before others."""


class JobUnderWay(Conflict):
    """Only a job that failed or was stopped can be done again."""


class JobNotStoppable(Conflict):
    """A job of this kind is not stopped here: it is short, or has a page of its own where it is stopped."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its owner sees it; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    owner_id: str | None
    error: dict[str, Any] | None
    result: dict[str, Any] | None
    is_stopping: bool = False
    """Somebody stopped it, and its worker is about to hear of it."""
    tried_again_at: datetime | None = None
    """When it is begun again after :attr:`error`; ``None`` unless it waits for that."""


class Jobs(Protocol):
    """Orders work, and looks at it."""

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """Order a job in this scope's transaction; returns its id.  The same ``key`` orders only once."""
        ...

    async def get(self, job_id: str) -> JobView:
        """Raises :class:`JobNotFound`."""
        ...

    async def of_keys(self, keys: Collection[str]) -> Mapping[str, JobView]:
        """Those that were ordered by these keys and are remembered still, by key."""
        ...


class JobControl(Jobs, Protocol):
    """Stops, repeats and reorders jobs."""

    async def cancel(self, job_id: str) -> JobView:
        """Stop a job: at once where it waits, within seconds where it runs.  What it had made is removed, what it was made from stays.

        Raises :class:`JobNotFound`, :class:`JobEnded`, :class:`JobNotStoppable`.
        """
        ...

    async def retry(self, job_id: str) -> JobView:
        """Do a job again that failed or was stopped.  Raises :class:`JobNotFound`, :class:`JobUnderWay`."""
        ...

    def is_stoppable(self, kind: str) -> bool:
        """Whether jobs of this kind can be stopped by :meth:`cancel`."""
        ...

    async def put_before(self, job_id: str, priority: Priority) -> None:
        """Change which of those that wait is next.  Raises :class:`JobNotFound`, :class:`JobEnded`."""
        ...


@dataclass(frozen=True, slots=True)
class JobNews:
    """How far somebody's job is."""

    job_id: str
    kind: str
    owner_id: str
    state: State
    stage: str
    progress: float


Listener = Callable[[JobNews], Awaitable[None]]
"""Called in the worker's process for jobs that have an owner; best effort, for what is told here can be asked."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as administrators see it; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    priority: Priority
    is_stopping: bool
    attempts: int
    owner_id: str | None
    error: dict[str, Any] | None
    created_at: datetime
    ended_at: datetime | None
    tried_again_at: datetime | None
