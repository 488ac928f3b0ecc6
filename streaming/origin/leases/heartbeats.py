"""Which streams go on, gathered between two writes to the database.  Pure."""

from typing import Final

RENEW_EVERY_MS: Final = 15_000
"""Four chances within a lease, and one row written for each viewer four times a minute."""
MAX_SESSIONS: Final = 20_000
"""As many as the gate remembers."""


class Heartbeats:
    """When this process renewed the leases of running sessions, and which are due."""

    def __init__(self) -> None:
        self._renewed_ms: dict[str, float] = {}
        self._due: set[str] = set()

    def beat(self, session_id: str, now_ms: float) -> None:
        """Something was asked for, or said, by the player of a session at ``now_ms`` (monotonic)."""
        renewed_ms = self._renewed_ms.get(session_id)
        if renewed_ms is not None and now_ms - renewed_ms < RENEW_EVERY_MS:
            return
        self._renewed_ms.pop(session_id, None)
        self._renewed_ms[session_id] = now_ms  # last: the first is the one not heard of for longest
        self._due.add(session_id)
        if len(self._renewed_ms) > MAX_SESSIONS:
            oldest = next(iter(self._renewed_ms))
            del self._renewed_ms[oldest]
            self._due.discard(oldest)

    def take(self) -> frozenset[str]:
        """What is due since the last call."""
        due, self._due = self._due, set()
        return frozenset(due)

    def put_back(self, taken: frozenset[str]) -> None:
        """They could not be written: give them out again next time."""
        self._due |= taken & self._renewed_ms.keys()

    def forget(self, session_id: str) -> None:
        """The session is over."""
        self._renewed_ms.pop(session_id, None)
        self._due.discard(session_id)
