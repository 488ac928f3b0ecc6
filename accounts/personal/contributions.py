"""What somebody asked of the catalogue and told its moderators, for the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

PAGE: Final = 20
"""Read at once: subtitles are 400 kB each, so a page of nothing else is 8 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMade:
    """A change asked for; ``changes`` has the values before and after for each field."""

    id: str
    kind: str
    target_id: str | None
    team_id: str | None
    title: str
    note: str
    changes: Mapping[str, tuple[Any, Any]]
    state: str
    reason: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMade:
    """What somebody said to a proposal."""

    id: str
    proposal_id: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMade:
    """What somebody reported to the moderators."""

    id: str
    kind: str
    target_id: str
    title: str
    reason: str
    text: str
    state: str
    filed_at: datetime
    closed_at: datetime | None
    outcome: str


class Contributions(Protocol):
    """What one person contributed, oldest first: those whose ids come after ``after``, up to :data:`PAGE`."""

    async def proposals(self, user_id: str, after: str | None) -> Sequence[ProposalMade]:
        """Changes asked for."""
        ...

    async def comments(self, user_id: str, after: str | None) -> Sequence[CommentMade]:
        """Comments to proposals, deleted ones too."""
        ...

    async def reports(self, user_id: str, after: str | None) -> Sequence[ReportMade]:
        """Reports filed."""
        ...
