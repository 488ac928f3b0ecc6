"""What somebody was told, for the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNotification:
    """One notification: its kind, the values for its text, and where a click on it leads."""

    id: str
    kind: str
    params: Mapping[str, str | int | float]
    link: str
    created_at: datetime
    read_at: datetime | None


class NotificationArchive(Protocol):
    """Notifications of one person that are still kept."""

    async def of_user(self, user_id: str) -> Sequence[ReceivedNotification]:
        """All of them, newest first."""
        ...
