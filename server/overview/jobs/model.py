"""What is written down when somebody interferes with a job."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class JobCancelled(Event):
    """Somebody stopped a job; where it was running, its worker hears of it within seconds."""

    job_id: str
    kind: str
    by_id: str


@dataclass(frozen=True, kw_only=True)
class JobRetried(Event):
    """Somebody has a job done again that had failed or been stopped."""

    job_id: str
    kind: str
    by_id: str
