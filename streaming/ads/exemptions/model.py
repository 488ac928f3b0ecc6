"""An exemption of one account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.events import Event

MAX_REASON_CHARS: Final = 200
MAX_EXEMPTIONS: Final = 10_000


class ExemptionNotFound(NotFound):
    """This account is not exempt from ads."""


class ExemptedUnknown(NotFound):
    """There is no such account."""


class TooManyExemptions(Conflict):
    """{limit} accounts are exempt from ads, which is as many as there can be."""


@dataclass(frozen=True, kw_only=True)
class AdExemptionGranted(Event):
    """An administrator exempted an account from promos and ads."""

    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AdExemptionRevoked(Event):
    """An account is shown promos and ads again."""

    user_id: str


@dataclass(eq=False, kw_only=True)
class AdExemption(Entity):
    """One account, and why it is shown nothing."""

    user_id: str
    reason: str
    granted_at: datetime

    @classmethod
    def grant(cls, user_id: str, reason: str, now: datetime) -> "AdExemption":
        """From now on."""
        granted = cls(user_id=user_id, reason=reason, granted_at=now)
        granted.record(AdExemptionGranted(at=now, user_id=user_id, reason=reason))
        return granted

    def revoke(self, now: datetime) -> None:
        """Record that it is over."""
        self.record(AdExemptionRevoked(at=now, user_id=self.user_id))
