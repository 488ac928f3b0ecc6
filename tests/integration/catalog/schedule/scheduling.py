"""A clock that stands, and what the use cases of schedules work with."""

import time
from datetime import datetime

from catalog.releases.usecases import Reader, Releases
from catalog.schedule.usecases import Listings, ScheduleContext, Schedules
from kernel.scope import Scope


class FixedClock:
    """A clock that stands at a moment, until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def now_ms(self) -> int:
        return int(self.at.timestamp() * 1000)

    def monotonic_ms(self) -> float:
        return time.monotonic() * 1000


def context(scope: Scope, *, drafts: bool = True) -> ScheduleContext:
    return ScheduleContext(
        releases=scope.port(Releases),
        schedules=scope.port(Schedules),
        listings=scope.port(Listings),
        reader=Reader(sees_drafts=drafts),
        now=scope.clock.now(),
    )
