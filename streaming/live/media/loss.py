"""Which packets of a publisher are missing, and when to ask for them.  Pure."""

from dataclasses import dataclass
from typing import Final

FIRST_WAIT_MS: Final = 10.0
"""A swapped packet is there within a few milliseconds."""
REPEAT_MS: Final = 60.0
"""Over the round trip of most lines; asked sooner, each packet comes twice."""
MAX_ASKS: Final = 6
MAX_AGE_MS: Final = 600.0
"""Later than that viewers have frozen or gone on, and a key frame helps more."""
MAX_GAP: Final = 200
"""Packets in a row: a line that was gone for that long needs a key frame and no old packets."""


@dataclass(slots=True)
class _Missing:
    since_ms: float
    asks: int = 0
    asked_ms: float = 0.0


class LossDetector:
    """The gaps of one stream."""

    def __init__(self) -> None:
        self._highest: int | None = None
        self._missing: dict[int, _Missing] = {}

    def received(self, sequence: int, now_ms: float) -> bool:
        """A packet came; true where so many are missing before it that only a key frame helps."""
        if self._highest is None:
            self._highest = sequence
            return False
        ahead = (sequence - self._highest) & 0xFFFF
        if ahead == 0 or ahead >= 0x8000:
            self._missing.pop(sequence, None)
            return False
        before, self._highest = self._highest, sequence
        if ahead > MAX_GAP or len(self._missing) + ahead > 2 * MAX_GAP:
            self._missing.clear()
            return True
        for step in range(1, ahead):
            self._missing[(before + step) & 0xFFFF] = _Missing(now_ms)
        return False

    def due(self, now_ms: float) -> tuple[list[int], bool]:
        """What to ask for now, and whether something was given up on since the last call."""
        asked: list[int] = []
        given_up = False
        for sequence, missing in list(self._missing.items()):
            if now_ms - missing.since_ms > MAX_AGE_MS or missing.asks >= MAX_ASKS:
                del self._missing[sequence]
                given_up = True
            elif now_ms - (missing.asked_ms or missing.since_ms) >= (REPEAT_MS if missing.asks else FIRST_WAIT_MS):
                missing.asks, missing.asked_ms = missing.asks + 1, now_ms
                asked.append(sequence)
        return asked, given_up
