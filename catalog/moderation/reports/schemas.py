"""Reports, and how much there is to decide, as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.moderation.proposals.ports import Counts
from catalog.moderation.reports.model import Report, ReportReason, ReportState, ReportSubject
from catalog.moderation.schemas import (
    Identifier,
    Names,
    Note,
    PageQuery,
    PersonOut,
    Strict,
    Words,
    known_person,
    person,
)


class ReportIn(Strict):
    """What is wrong with what."""

    kind: ReportSubject
    target_id: Identifier
    reason: ReportReason
    text: Note = ""


class OutcomeIn(Strict):
    """What was done about it, for the reporter to read."""

    outcome: Words


class InboxQuery(BaseModel):
    """For whose inbox to count: one's own, or that of a team."""

    team_id: Annotated[Identifier | None, Field(description="What was proposed in the name of this team.")] = None


class ReportQuery(PageQuery):
    """Which reports to list."""

    state: list[ReportState] = Field([ReportState.OPEN], max_length=3)
    kind: ReportSubject | None = None


class ReportOut(BaseModel):
    """A report."""

    id: str
    kind: ReportSubject
    target_id: str
    proposal_id: str | None = Field(description="That a reported comment is on.")
    release_id: str | None = Field(description="On whose page a reported pair of similar releases is.")
    title: str
    reason: ReportReason
    text: str
    state: ReportState
    filed_at: datetime
    reporter: PersonOut
    closed_by: PersonOut | None
    closed_at: datetime | None
    outcome: str

    @classmethod
    def of(cls, report: Report, names: Names, *, proposal_id: str | None, release_id: str | None) -> "ReportOut":
        """``proposal_id`` and ``release_id`` say where its subject is to be found; ``None`` where that is gone, or elsewhere."""
        return cls(
            id=report.id,
            kind=report.kind,
            target_id=report.target_id,
            proposal_id=proposal_id,
            release_id=release_id,
            title=report.title,
            reason=report.reason,
            text=report.text,
            state=report.state,
            filed_at=report.filed_at,
            reporter=known_person(report.reporter_id, names),
            closed_by=person(report.closed_by, names),
            closed_at=report.closed_at,
            outcome=report.outcome,
        )


class ReportPage(BaseModel):
    """A page of reports; ``next_cursor`` leads to the next."""

    items: list[ReportOut]
    next_cursor: str | None


class InboxOut(BaseModel):
    """How much there is to decide."""

    pending: int
    taken: int = Field(description="Held by the caller.")
    held: int = Field(description="Held by others.")
    pending_by_kind: dict[str, int]
    reports: int = Field(description="Open ones; for moderators of the site.")
    reports_by_kind: dict[str, int]

    @classmethod
    def of(cls, counts: Counts) -> "InboxOut":
        return cls.model_validate(counts, from_attributes=True)
