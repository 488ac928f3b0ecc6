"""What features declare: what does their jobs, and what they do regularly."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from kernel.errors import AniError
from kernel.jobs.context import JobContext
from kernel.jobs.model import Priority
from kernel.scope import Container

JobHandler = Callable[[JobContext, dict[str, Any]], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """What does the jobs of one kind, and how they are treated."""

    run: JobHandler
    priority: Priority = Priority.NORMAL
    is_stoppable: bool = False
    """Whether ``run`` cleans up when it is cancelled, so that nothing shows that it had begun."""
    waits_out: tuple[type[AniError], ...] = ()
    """Refusals that pass by themselves, such as a service that is away: the job is begun again for up to a day before it fails."""


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Small regular work: removing what expired, sending what is due.

    ``name`` is what the processes of an installation agree by, so that one of them does it in each interval; it stays when
    the code behind it moves.
    """

    name: str
    interval_s: float
    run: Callable[[Container], Awaitable[None]]
