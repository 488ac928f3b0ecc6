"""What players told between two writes to the database.  Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from streaming.origin.qoe.events import PlaybackEvent

MAX_SESSIONS: Final = 20_000
"""As many as the gate remembers."""
MAX_OF_SESSION: Final = 100
"""Two bodies that are as long as they may be, in the 5 s between two writes."""


class Backlog:
    """Reports that are to be written, by session."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[PlaybackEvent]] = {}

    def add(self, session_id: str, events: Sequence[PlaybackEvent]) -> None:
        """Some more of a session; beyond the bounds the earliest are given up."""
        if not events:
            return
        waiting = self._waiting.setdefault(session_id, [])
        waiting += events
        del waiting[:-MAX_OF_SESSION]
        if len(self._waiting) > MAX_SESSIONS:
            del self._waiting[next(iter(self._waiting))]

    def take(self) -> Mapping[str, Sequence[PlaybackEvent]]:
        """Everything since the last call."""
        taken, self._waiting = self._waiting, {}
        return taken

    def put_back(self, taken: Mapping[str, Sequence[PlaybackEvent]]) -> None:
        """They could not be written: give them out again next time."""
        fresh = self.take()
        for events_of in (taken, fresh):
            for session_id, events in events_of.items():
                self.add(session_id, events)
