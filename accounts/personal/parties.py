"""What somebody said and gave out in parties that are not over, for the copy of their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

MESSAGES_MAX: Final = 20_000
"""Messages in one copy, the newest: a line every second for five hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMessageSaid:
    """One message; ``position_ms`` is where the film was, ``programme_at`` which moment of a live channel's broadcast it was said to."""

    party_id: str
    name: str
    text: str
    position_ms: int
    channel_id: str | None
    programme_at: datetime | None
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyInviteMade:
    """An invite, without the secret part of its address, which nobody keeps."""

    id: str
    party_id: str | None
    role: str
    uses: int
    expires_at: datetime
    revoked: bool


class PartyArchive(Protocol):
    """Parties that somebody was in; bound in ``server/wiring.py``."""

    async def messages(self, user_id: str) -> Sequence[PartyMessageSaid]:
        """Up to :data:`MESSAGES_MAX`, newest first, without those that were deleted."""
        ...

    async def invites(self, user_id: str) -> Sequence[PartyInviteMade]:
        """Those that are still known."""
        ...
