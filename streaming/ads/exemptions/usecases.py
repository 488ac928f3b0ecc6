"""What administrators do with exemptions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from streaming.ads.exemptions.model import (
    MAX_EXEMPTIONS,
    AdExemption,
    ExemptedUnknown,
    ExemptionNotFound,
    TooManyExemptions,
)


class AdExemptions(Protocol):
    """All exemptions."""

    def add(self, exemption: AdExemption) -> None:
        """Keep a new one."""
        ...

    async def get(self, user_id: str) -> AdExemption | None:
        """``None``: not exempt."""
        ...

    async def listed(self, *, limit: int, offset: int) -> tuple[Sequence[AdExemption], int]:
        """The newest first, and how many there are."""
        ...

    async def remove(self, exemption: AdExemption) -> None:
        """Delete it."""
        ...


class ExemptedPeople(Protocol):
    """Accounts, as far as exemptions need them."""

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """Of those that exist."""
        ...


async def grant(
    exemptions: AdExemptions, people: ExemptedPeople, user_id: str, reason: str, *, now: datetime
) -> AdExemption:
    """Exempt an account; one that is exempt already stays as it is.

    Raises :class:`ExemptedUnknown`, :class:`TooManyExemptions`.
    """
    known = await exemptions.get(user_id)
    if known is not None:
        return known
    if user_id not in await people.nicknames([user_id]):
        raise ExemptedUnknown
    _, total = await exemptions.listed(limit=1, offset=0)
    if total >= MAX_EXEMPTIONS:
        raise TooManyExemptions(limit=MAX_EXEMPTIONS)
    granted = AdExemption.grant(user_id, reason, now)
    exemptions.add(granted)
    return granted


async def revoke(exemptions: AdExemptions, user_id: str, *, now: datetime) -> None:
    """Raises :class:`ExemptionNotFound`."""
    known = await exemptions.get(user_id)
    if known is None:
        raise ExemptionNotFound
    known.revoke(now)
    await exemptions.remove(known)
