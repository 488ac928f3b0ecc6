"""What somebody was told, for the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNotification:
    """One notification: its kind, the values for its text, and where a click on it leads."""

    id: str
    kind: str
    params: Mapping[str, str | int | float]
    link: str
    created_at: datetime
    read_at: datetime | None


TOLD_MAX: Final = 20_000
"""Episodes one was told of: three months of two hundred a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEpisode:
    """An episode somebody was told of, so that they are not told again; kept for 90 days."""

    release_id: str
    ordinal: float
    told_at: datetime


class NotificationArchive(Protocol):
    """Notifications of one person that are still kept."""

    async def of_user(self, user_id: str) -> Sequence[ReceivedNotification]:
        """All of them, newest first."""
        ...

    async def episodes_of_user(self, user_id: str) -> Sequence[ToldEpisode]:
        """Up to :data:`TOLD_MAX`, newest first."""
        ...

    async def muted_of_user(self, user_id: str) -> Sequence[str]:
        """Kinds of notifications that they do not want."""
        ...
