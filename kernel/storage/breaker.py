"""A circuit breaker: after some failures in a row nobody waits for the next one.  Pure."""

from dataclasses import dataclass
from typing import Final

FAILURES: Final = 3
"""In a row: one is a lost packet."""
REST_S: Final = 5.0
"""From the last of them to the next try: what a player waits before it asks for a segment again."""


@dataclass(slots=True)
class Breaker:
    """Of one service; ``now_s`` is any steady clock."""

    failures: int = 0
    open_until_s: float = 0.0

    def is_open(self, now_s: float) -> bool:
        """Whether to refuse at once.  After the rest one is let through, and the others go on being refused until it succeeds."""
        if self.failures < FAILURES:
            return False
        if now_s < self.open_until_s:
            return True
        self.open_until_s = now_s + REST_S
        return False

    def failed(self, now_s: float) -> None:
        """It did not answer."""
        self.failures += 1
        self.open_until_s = now_s + REST_S

    def succeeded(self) -> None:
        """It did."""
        self.failures = 0
