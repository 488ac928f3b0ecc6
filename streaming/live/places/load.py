"""Whether a node keeps up with its viewers: how late its own steps are.  Pure.

A step is due every few milliseconds on the loop that forwards each packet.  Where steps come late on average, so do packets, and viewers see
what they were to be spared; Low-Latency HLS takes a small part of the time and has a buffer.
"""

from typing import Final

LATE_MS: Final = 100.0
"""On average over a second: a third of what a picture may take from lens to screen."""
BAD_SECONDS: Final = 5
"""In a row: one garbage collection, or one large answer, is no load."""
GOOD_SECONDS: Final = 60
"""In a row, before there are more places again."""
MORE_EVERY_S: Final = 10
SHARE: Final = 0.75
"""Of the viewers, that stay each time."""
FLOOR: Final = 10
"""So few are not what keeps a node busy, and sending them over helps nobody."""


class Load:
    """See the module."""

    def __init__(self) -> None:
        self.allows: int | None = None
        """How many viewers; ``None`` where that is no matter."""
        self._late_ms = 0.0
        self._steps = 0
        self._bad = 0
        self._good = 0

    def step(self, late_ms: float) -> None:
        """One step came so late."""
        self._late_ms += max(late_ms, 0.0)
        self._steps += 1

    def second(self, viewers: int, configured: int) -> None:
        """A second is over, in which so many watched."""
        late = self._steps > 0 and self._late_ms / self._steps > LATE_MS
        self._late_ms, self._steps = 0.0, 0
        self._bad, self._good = (self._bad + 1, 0) if late else (0, self._good + 1)
        if self._bad >= BAD_SECONDS:
            self._bad = 0
            if viewers > FLOOR:
                self.allows = max(int(viewers * SHARE), FLOOR)
        elif self.allows is not None and self._good >= GOOD_SECONDS and self._good % MORE_EVERY_S == 0:
            self.allows += max(self.allows // 10, 1)
            if self.allows >= configured:
                self.allows = None
