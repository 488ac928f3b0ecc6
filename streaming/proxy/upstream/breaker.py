"""A circuit breaker: an upstream that keeps failing is left alone for a while, and then tried with one request."""

from dataclasses import dataclass
from enum import Enum

#: Failures in a row that open the circuit: one lost packet is none, and a player retries about as often before it gives up.
FAILURES_TO_OPEN = 5
#: How long it stays open; a restart of an encoder takes some seconds.
OPEN_S = 10.0


class Circuit(Enum):
    """Whether requests go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class Breaker:
    """The state of one upstream.  Time comes in as monotonic seconds."""

    failures: int = 0
    opened_at_s: float = 0.0

    def state(self, now_s: float) -> Circuit:
        """What a request at ``now_s`` would meet."""
        if self.failures < FAILURES_TO_OPEN:
            return Circuit.CLOSED
        return Circuit.HALF_OPEN if now_s - self.opened_at_s >= OPEN_S else Circuit.OPEN

    def admits(self, now_s: float) -> bool:
        """Whether a request may go out now; in the half-open state the first one may, alone."""
        state = self.state(now_s)
        if state is Circuit.HALF_OPEN:
            # Not until somebody says how it went: a viewer who leaves takes the trial along, and nobody ever would.
            self.opened_at_s = now_s
        return state is not Circuit.OPEN

    def succeeded(self) -> None:
        """The upstream answered."""
        self.failures = 0

    def failed(self, now_s: float) -> None:
        """It did not, or with an error of its own."""
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            self.opened_at_s = now_s
