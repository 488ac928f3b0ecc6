"""How often somebody may try a party's password.  Pure."""

import math

from kernel.errors import TooManyRequests

TRIES = 10
"""Enough for a person with a long password and cold fingers."""
WINDOW_MS = 60_000.0
REMEMBERED = 10_000
"""Addresses kept; beyond that the longest quiet one is forgotten."""


class AttemptLimiter:
    """Counts tries by key (an address at a door) within a window, in this process."""

    def __init__(self) -> None:
        self._tries: dict[str, tuple[float, int]] = {}

    def count(self, key: str, now_ms: float) -> None:
        """One more try.  Raises ``TooManyRequests`` when there were too many."""
        began_ms, tries = self._tries.pop(key, (now_ms, 0))
        if now_ms - began_ms >= WINDOW_MS:
            began_ms, tries = now_ms, 0
        self._tries[key] = (began_ms, min(tries + 1, TRIES + 1))  # at the end: the order is the order of use
        if len(self._tries) > REMEMBERED:
            self._tries.pop(next(iter(self._tries)))
        if tries >= TRIES:
            raise TooManyRequests(retry_after_s=math.ceil((began_ms + WINDOW_MS - now_ms) / 1000))
