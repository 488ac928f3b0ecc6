"""What players report of their links, gathered between two writes to the database."""

from typing import Final

from streaming.origin.cmcd import PlayerReport
from streaming.origin.quality import Throughput, sample_of

MAX_SESSIONS: Final = 20_000
"""As many as the gate remembers."""


class Reports:
    """The throughput of running sessions, by session."""

    def __init__(self) -> None:
        self._estimates: dict[str, Throughput] = {}
        self._fresh: set[str] = set()

    def add(self, session_id: str, report: PlayerReport, now_ms: int) -> None:
        """One request's report, received at ``now_ms`` (Unix)."""
        sample_bps = sample_of(report)
        if sample_bps is None:
            return
        known = self._estimates.pop(session_id, None)
        self._estimates[session_id] = (
            Throughput.of(sample_bps, now_ms) if known is None else known.with_sample(sample_bps, now_ms)
        )
        self._fresh.add(session_id)
        if len(self._estimates) > MAX_SESSIONS:
            oldest = next(iter(self._estimates))
            del self._estimates[oldest]
            self._fresh.discard(oldest)

    def take(self) -> dict[str, Throughput]:
        """What changed since the last call."""
        fresh, self._fresh = self._fresh, set()
        return {session_id: self._estimates[session_id] for session_id in fresh}

    def put_back(self, taken: dict[str, Throughput]) -> None:
        """They could not be written: give them out again next time."""
        self._fresh |= taken.keys() & self._estimates.keys()
