"""Why somebody is shown no promos, for the copy of their data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AdExemptionHeld:
    """What an administrator wrote down of one account."""

    reason: str
    granted_at: datetime


class AdExemptionArchive(Protocol):
    """The exemption of one person."""

    async def of_user(self, user_id: str) -> AdExemptionHeld | None:
        """``None`` for almost everybody."""
        ...
