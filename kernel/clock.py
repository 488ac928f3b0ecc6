"""Time as a dependency, so that rules take it as an argument and tests decide it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for people and records, monotonic time for durations."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        ...

    def now_ms(self) -> int:
        """Wall time in milliseconds since the Unix epoch."""
        ...

    def monotonic_ms(self) -> float:
        """Milliseconds that never step back, from an arbitrary start."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """See ``Clock``."""
        return datetime.now(UTC)

    def now_ms(self) -> int:
        """See ``Clock``."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> float:
        """See ``Clock``."""
        return time.monotonic() * 1000
