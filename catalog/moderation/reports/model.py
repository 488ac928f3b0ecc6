"""A report: somebody tells the moderators that something is wrong."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from catalog.moderation.reports.events import ReportDismissed, ReportFiled, ReportResolved
from kernel.entity import Entity
from kernel.errors import Conflict, NotFound

ReportId = NewType("ReportId", str)


class ReportNotFound(NotFound):
    """There is no such report."""


class AlreadyReported(Conflict):
    """You have reported this already."""


class ReportClosed(Conflict):
    """Somebody has dealt with this report."""


class ReportSubject(StrEnum):
    """What can be reported."""

    RELEASE = "release"
    EPISODE = "episode"
    PROPOSAL = "proposal"
    COMMENT = "comment"
    USER = "user"
    TEAM = "team"
    SIMILAR = "similar"
    """A pair of releases that somebody finds similar."""


class ReportReason(StrEnum):
    """What is wrong with it."""

    WRONG = "wrong"
    DUPLICATE = "duplicate"
    BROKEN = "broken"
    COPYRIGHT = "copyright"
    OFFENSIVE = "offensive"
    SPAM = "spam"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


@dataclass(eq=False, kw_only=True)
class Report(Entity):
    """Somebody tells the moderators that something is wrong."""

    id: ReportId
    reporter_id: str
    kind: ReportSubject
    target_id: str
    title: str
    """What it is about, in words."""
    reason: ReportReason
    text: str
    filed_at: datetime
    state: ReportState = ReportState.OPEN
    closed_by: str | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    """What was done about it, for the reporter to read."""
    version: int = 1

    def filed(self) -> None:
        """Record that it was made."""
        self.record(
            ReportFiled(
                at=self.filed_at,
                report_id=self.id,
                reporter_id=self.reporter_id,
                kind=self.kind,
                target_id=self.target_id,
                reason=self.reason,
            )
        )

    def close(self, moderator_id: str, outcome: str, now: datetime, *, resolved: bool) -> None:
        """Resolve it, or dismiss it.  Raises :class:`ReportClosed`."""
        if self.state is not ReportState.OPEN:
            raise ReportClosed
        self.state = ReportState.RESOLVED if resolved else ReportState.DISMISSED
        self.closed_by, self.closed_at, self.outcome = moderator_id, now, outcome
        happened = ReportResolved if resolved else ReportDismissed
        self.record(
            happened(
                at=now,
                report_id=self.id,
                reporter_id=self.reporter_id,
                kind=self.kind,
                target_id=self.target_id,
                moderator_id=moderator_id,
                outcome=outcome,
            )
        )
