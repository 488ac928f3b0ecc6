"""How far a person's proposals are trusted, and how many things they may do in a day.  Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from kernel.access import Role


class Trust(StrEnum):
    """How far the proposals of somebody are trusted, by what became of the former ones."""

    NEW = "new"
    KNOWN = "known"
    TRUSTED = "trusted"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Record:
    """What moderators made of somebody's proposals; what was accepted by itself does not count, for or against."""

    accepted: int = 0
    refused: int = 0
    """Rejected or rolled back."""


KNOWN_FROM: Final = 5
"""Accepted proposals after which somebody is no newcomer."""
TRUSTED_FROM: Final = 20
"""Accepted proposals from which on most people have met every rule once."""
TRUSTED_RATIO: Final = 0.9
"""Of all decided; one slip in ten is human, more is work for others."""


def trust(role: Role, record: Record) -> Trust:
    """Site editors could make the change by themselves; everybody else earns it."""
    if role.at_least(Role.EDITOR):
        return Trust.STAFF
    if record.accepted >= TRUSTED_FROM and record.accepted >= TRUSTED_RATIO * (record.accepted + record.refused):
        return Trust.TRUSTED
    if record.accepted >= KNOWN_FROM and record.accepted > record.refused:
        return Trust.KNOWN
    return Trust.NEW


ACCEPTED_BY_ITSELF: Final = frozenset({Trust.TRUSTED, Trust.STAFF})


class CountedAction(StrEnum):
    """What is counted by the day."""

    PROPOSAL = "proposal"
    REPORT = "report"
    COMMENT = "comment"


DAILY: Final[dict[CountedAction, dict[Trust, int]]] = {
    # A newcomer's evening of fixing typos; a series' worth of episodes; what one person can have looked at in a day; a
    # script's mistake that somebody can still clean up.
    CountedAction.PROPOSAL: {Trust.NEW: 10, Trust.KNOWN: 50, Trust.TRUSTED: 200, Trust.STAFF: 1_000},
    # Who sees more wrong things than that in a day should write to the operator.
    CountedAction.REPORT: {Trust.NEW: 20, Trust.KNOWN: 40, Trust.TRUSTED: 100, Trust.STAFF: 1_000},
    # A conversation, not a chat.
    CountedAction.COMMENT: {Trust.NEW: 50, Trust.KNOWN: 100, Trust.TRUSTED: 200, Trust.STAFF: 1_000},
}


def seconds_until_tomorrow(now: datetime) -> int:
    """Until the next day (UTC) begins, at least 1."""
    utc = now.astimezone(UTC)
    tomorrow = (utc + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, round((tomorrow - utc).total_seconds()))
