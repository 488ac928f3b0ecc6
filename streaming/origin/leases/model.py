"""How many streams an account may watch, and who holds a place.  Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kernel.access import Role
from kernel.errors import Conflict

SAFE_REST: Final = timedelta(seconds=15)
"""A lease with less than this left is renewed only after a look at the account's others: by the time the database has it,
somebody else may have counted it as free.  More than the write may take (``RENEW_TIMEOUT_S`` of the keeper)."""


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Streams that one account may watch at a time; 0: any number."""

    everybody: int = 0
    by_role: Mapping[Role, int] = field(default_factory=dict)

    def of(self, role: Role) -> int | None:
        """The limit for a role; ``None``: there is none."""
        return self.by_role.get(role, self.everybody) or None


@dataclass(frozen=True, slots=True)
class StreamHolder:
    """A stream that is watched now."""

    session_id: str
    user_id: str | None
    login_id: str | None
    episode_id: str
    title: str
    browser: str | None
    platform: str | None
    started_at: datetime

    def as_details(self) -> dict[str, object]:
        """Its members in the answer that refuses another stream: as ``GET /playback`` has them."""
        return {
            "session_id": self.session_id,
            "episode_id": self.episode_id,
            "title": self.title,
            "browser": self.browser,
            "device": self.platform,
            "since": self.started_at,
        }


class StreamLimitReached(Conflict):
    """This account is watching {limit} streams already, as many as it may at a time. End one of them, or take it over."""

    def __init__(self, message: str | None = None, *, limit: int, holders: Sequence[StreamHolder]) -> None:
        super().__init__(message, limit=limit, holders=[each.as_details() for each in holders])
