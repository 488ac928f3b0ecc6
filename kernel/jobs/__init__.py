"""Long work outside the request: a durable row for what is to be done, taskiq to carry its id to a worker.

The row is the truth: a worker claims it with a heartbeat, and a row whose worker fell silent is claimed again.  The broker
(in-process, or Valkey streams) may therefore deliver an id twice or never; the sweep sends what it lost.  A delivery is the
bell and no order: whoever hears it takes the most urgent of what waits.
"""

from kernel.jobs.context import JobContext
from kernel.jobs.kinds import JobHandler, JobKind, PeriodicTask
from kernel.jobs.model import (
    JobControl,
    JobEnded,
    JobNews,
    JobNotFound,
    JobNotStoppable,
    Jobs,
    JobUnderWay,
    JobView,
    Listener,
    OwnerMayNot,
    Priority,
    State,
)
from kernel.jobs.runner import JobRunner

__all__ = [
    "JobContext",
    "JobControl",
    "JobEnded",
    "JobHandler",
    "JobKind",
    "JobNews",
    "JobNotFound",
    "JobNotStoppable",
    "JobRunner",
    "JobUnderWay",
    "JobView",
    "Jobs",
    "Listener",
    "OwnerMayNot",
    "PeriodicTask",
    "Priority",
    "State",
]
