"""Calendar addresses somebody made, for the copy of their data; the secret part is known to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAddress:
    """One address, as its owner called it."""

    id: str
    label: str
    created_at: datetime


class CalendarAddresses(Protocol):
    """Addresses of one person that were not revoked."""

    async def of_user(self, user_id: str) -> Sequence[CalendarAddress]:
        """All of them, oldest first."""
        ...
