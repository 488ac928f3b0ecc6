"""A clock for tests that decide what time it is."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class HandClock:
    """Wall time and monotonic time, both ``ms``; they stand until somebody moves them."""

    ms: float

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.ms / 1000, UTC)

    def now_ms(self) -> int:
        return int(self.ms)

    def monotonic_ms(self) -> float:
        return self.ms
