"""Which packets of a stream came at once, which when they were asked for, and which never.  Pure."""

from typing import Final

from streaming.live.media.loss import FIRST_WAIT_MS

MAX_MISSING: Final = 4_000
"""Kept at a time: two seconds of what a publisher may send."""


class Arrivals:
    """The packets of one SSRC, by their numbers."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._highest = 0
        self._missing: dict[int, float] = {}
        self._given_up = 0
        self.repaired = 0
        """Came late enough to have been sent again."""

    def received(self, sequence: int, now_ms: float) -> None:
        """A packet came; ``sequence`` modulo 2¹⁶."""
        if self._first is None:
            self._first = self._highest = sequence
            return
        ahead = (sequence - self._highest) & 0xFFFF
        if ahead >= 0x8000:
            since_ms = self._missing.pop(self._highest + ahead - 0x10000, None)
            if since_ms is not None and now_ms - since_ms >= FIRST_WAIT_MS:
                self.repaired += 1
            return
        for number in range(self._highest + 1, self._highest + ahead):
            if len(self._missing) >= MAX_MISSING:
                self._given_up += self._highest + ahead - number
                break
            self._missing[number] = now_ms
        self._highest += ahead

    @property
    def expected(self) -> int:
        """As many as were sent, as far as that can be known."""
        return 0 if self._first is None else self._highest - self._first + 1

    @property
    def lost(self) -> int:
        """Never came."""
        return len(self._missing) + self._given_up
