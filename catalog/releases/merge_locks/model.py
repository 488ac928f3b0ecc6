"""Two releases that are two works, whatever they have in common."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.errors import Conflict, NotFound
from kernel.events import Event

REASON_MAX: Final = 500


class NeverMerged(Conflict):
    """These two releases are locked against merging. Take the lock away first, if they are one work after all."""


class MergeLockNotFound(NotFound):
    """These two releases are not locked against merging."""


@dataclass(frozen=True, kw_only=True)
class MergeLocked(Event):
    """Two releases are never to be merged (again)."""

    release_id: str
    other_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MergeUnlocked(Event):
    """Two releases may be merged again."""

    release_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class MergeLock:
    """Two releases that are two works; ``release_id`` is the smaller of the two."""

    release_id: str
    other_id: str
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, one_id: str, other_id: str, reason: str, now: datetime) -> "MergeLock":
        """The same whichever comes first."""
        first, second = sorted((one_id, other_id))
        return cls(first, second, reason[:REASON_MAX], now)
