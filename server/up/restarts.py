"""When a part that died is started again.  Pure."""

from dataclasses import dataclass
from typing import Final

FIRST_DELAY_S: Final = 0.25
"""A crash is seldom two: people are waiting."""
MAX_DELAY_S: Final = 15.0
STEADY_S: Final = 60.0
"""Who lived so long has recovered, and is forgiven."""
MAX_DEATHS: Final = 10
"""In a row: about a minute and a half of trying."""
MAX_FAILED_STARTS: Final = 3
"""Of a part that was never ready: its settings are wrong, and will be the next time."""


class GaveUp(Exception):
    """A part does not stay alive."""


@dataclass(slots=True)
class Restarts:
    """The deaths of one part."""

    was_ready: bool = False
    """Ever, in this run."""
    deaths: int = 0
    """In a row."""
    total: int = 0

    def died(self, *, lived_s: float) -> float:
        """It ended by itself, ``lived_s`` after its start; how many seconds to wait.  Raises :class:`GaveUp`."""
        self.deaths = 1 if lived_s >= STEADY_S else self.deaths + 1
        self.total += 1
        if self.deaths > MAX_DEATHS or (not self.was_ready and self.deaths >= MAX_FAILED_STARTS):
            raise GaveUp
        return float(min(MAX_DELAY_S, FIRST_DELAY_S * 2 ** (self.deaths - 1)))
