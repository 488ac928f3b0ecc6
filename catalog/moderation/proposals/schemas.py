"""Moderation as JSON."""

import base64
import binascii
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from catalog.moderation.credits.schemas import TeamNameOut
from catalog.moderation.credits.usecases import TeamName
from catalog.moderation.proposals import diff
from catalog.moderation.proposals.model import (
    COMMENT_MAX,
    NOTE_MAX,
    Comment,
    Kind,
    Proposal,
    Reason,
    Report,
    ReportState,
    Subject,
)
from catalog.moderation.proposals.states import State, Step
from catalog.moderation.proposals.trust import Trust
from catalog.moderation.proposals.usecases import Asked, Box, Counts, Place
from kernel.ids import is_id

PAGE_MAX = 100
FIELDS_MAX = 40
"""Of one proposal; a release has half of that."""


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("This is not an identifier.")
    return text


def _storable(text: str) -> str:
    if "\x00" in text:  # PostgreSQL cannot store it
        raise ValueError("A NUL character is no text.")
    return text


Identifier = Annotated[str, Field(max_length=36), AfterValidator(_identifier)]
FieldName = Annotated[str, Field(max_length=64)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX), AfterValidator(_storable)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX), AfterValidator(_storable)
]


class Strict(BaseModel):
    """A request body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class ChangeIn(Strict):
    """A field's new value; ``before`` is what the author saw there, and may be left out for what stands now."""

    before: JsonValue = None
    after: JsonValue

    def asked(self) -> Asked:
        return Asked(self.after, self.before, has_before="before" in self.model_fields_set)


class DiffIn(Strict):
    fields: Annotated[
        dict[FieldName, ChangeIn],
        Field(min_length=1, max_length=FIELDS_MAX, description="By name, such as `year` or `name.main`."),
    ]
    note: Annotated[Note, Field(description="Why, and where it can be read.")] = ""

    def asked(self) -> dict[str, Asked]:
        return {name: change.asked() for name, change in self.fields.items()}


class ProposalIn(DiffIn):
    """A change to something (``target_id``), or something new (``parent_id`` says where, for all but a release)."""

    kind: Kind
    target_id: Identifier | None = None
    parent_id: Identifier | None = None
    team_id: Annotated[Identifier | None, Field(description="In whose name, if in a team's.")] = None
    submit: Annotated[bool, Field(description="At once, rather than as a draft.")] = False
    review: Annotated[bool, Field(description="Have somebody else decide, although one is trusted.")] = False


class SubmitIn(Strict):
    review: Annotated[bool, Field(description="Have somebody else decide, although one is trusted.")] = False


class AcceptIn(Strict):
    publish: Annotated[bool, Field(description="Show something new to viewers at once.")] = False


class RejectIn(Strict):
    reason: Words


class RebaseIn(Strict):
    keep: Annotated[
        list[FieldName], Field(max_length=FIELDS_MAX, description="Fields in conflict that still stand; others go.")
    ] = []


class RollBackIn(Strict):
    reason: Words
    force: Annotated[bool, Field(description="Over what others changed since; administrators only.")] = False


class CommentIn(Strict):
    text: Words


class ReportIn(Strict):
    """What is wrong with what."""

    kind: Subject
    target_id: Identifier
    reason: Reason
    text: Note = ""


class OutcomeIn(Strict):
    """What was done about it, for the reporter to read."""

    outcome: Words


def decoded(cursor: str) -> Place:
    """Where a page ended.  Raises ``ValueError``."""
    try:
        at, _, last = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition("|")
        place = Place(datetime.fromisoformat(at), last)
    except (ValueError, binascii.Error, OverflowError):
        raise ValueError("This is no cursor of ours.") from None
    if place.at.tzinfo is None or not is_id(last):
        raise ValueError("This is no cursor of ours.")
    return place


def encoded(place: Place | None) -> str | None:
    return None if place is None else base64.urlsafe_b64encode(f"{place.at.isoformat()}|{place.id}".encode()).decode()


def _cursor(text: str) -> str:
    decoded(text)
    return text


class PageQuery(BaseModel):
    cursor: Annotated[
        str | None,
        Field(max_length=200, description="`next_cursor` of the page before."),
        AfterValidator(lambda text: None if text is None else _cursor(text)),
    ] = None
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 20

    @property
    def after(self) -> Place | None:
        return None if self.cursor is None else decoded(self.cursor)


class ProposalQuery(PageQuery):
    box: Annotated[Box, Field(description="Open ones come oldest first, decided and own ones newest first.")] = (
        Box.PENDING
    )
    kind: Kind | None = None
    release_id: Identifier | None = None
    author_id: Identifier | None = None
    team_id: Annotated[Identifier | None, Field(description="Made in the name of this team.")] = None


class InboxQuery(BaseModel):
    team_id: Annotated[Identifier | None, Field(description="What was proposed in the name of this team.")] = None


class ReportQuery(PageQuery):
    state: Annotated[list[ReportState], Field(max_length=3)] = [ReportState.OPEN]
    kind: Subject | None = None


class PersonOut(BaseModel):
    id: str
    nickname: str | None = Field(description="Null when the account is gone.")


Names = Mapping[str, str]
Teams = Mapping[str, TeamName]


def person(user_id: str | None, names: Names) -> PersonOut | None:
    return None if user_id is None else PersonOut(id=user_id, nickname=names.get(user_id))


def _known(user_id: str, names: Names) -> PersonOut:
    return PersonOut(id=user_id, nickname=names.get(user_id))


class ProposalBrief(BaseModel):
    """A proposal in a list."""

    id: str
    kind: Kind
    target_id: str | None
    parent_id: str | None
    release_id: str | None
    team_id: str | None
    team: TeamNameOut | None = Field(description="In whose name, if in a team's that is still there.")
    title: str
    note: str
    fields: list[str] = Field(description="The names of what would change.")
    state: State
    author: PersonOut
    created_at: datetime
    submitted_at: datetime | None
    taken_by: PersonOut | None
    taken_until: datetime | None
    decided_by: PersonOut | None = Field(description="Null on an accepted one: its author is trusted.")
    decided_at: datetime | None
    reason: str
    version: int

    @staticmethod
    def values(proposal: Proposal, names: Names, teams: Teams, now: datetime) -> dict[str, Any]:
        state = proposal.state_at(now)
        held = state is State.TAKEN
        return {
            "id": proposal.id,
            "kind": proposal.kind,
            "target_id": proposal.target_id,
            "parent_id": proposal.parent_id,
            "release_id": proposal.release_id,
            "team_id": proposal.team_id,
            "team": None if (team := teams.get(proposal.team_id or "")) is None else TeamNameOut.of(team),
            "title": proposal.title,
            "note": proposal.note,
            "fields": list(proposal.diff),
            "state": state,
            "author": _known(proposal.author_id, names),
            "created_at": proposal.created_at,
            "submitted_at": proposal.submitted_at,
            "taken_by": person(proposal.taken_by, names) if held else None,
            "taken_until": proposal.taken_until if held else None,
            "decided_by": person(proposal.decided_by, names),
            "decided_at": proposal.decided_at,
            "reason": proposal.reason,
            "version": proposal.version,
        }


class ProposalPage(BaseModel):
    items: list[ProposalBrief]
    next_cursor: str | None


class ChangeOut(BaseModel):
    """A field: what the author saw, what they want, and what stands there now."""

    field: str
    before: JsonValue
    after: JsonValue
    current: JsonValue
    conflict: bool = Field(description="Somebody changed it since, to something else.")


class ProposalOut(ProposalBrief):
    """A proposal with its changes."""

    changes: list[ChangeOut]
    target_gone: bool = Field(description="What it is about was deleted.")
    steps: list[Step] = Field(description="What the caller may do with it now.")

    @classmethod
    def of(
        cls,
        proposal: Proposal,
        document: diff.Document | None,
        clashing: Collection[str],
        steps: list[Step],
        names: Names,
        teams: Teams,
        now: datetime,
    ) -> "ProposalOut":
        current = document or {}
        return cls(
            **cls.values(proposal, names, teams, now),
            changes=[
                ChangeOut(
                    field=name,
                    before=change.before,
                    after=change.after,
                    current=current.get(name),
                    conflict=name in clashing,
                )
                for name, change in (proposal.diff if proposal.applied is None else proposal.applied).items()
            ],
            target_gone=document is None,
            steps=steps,
        )


class CommentOut(BaseModel):
    id: str
    proposal_id: str
    author: PersonOut
    text: str = Field(description="Empty once it is deleted.")
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    version: int

    @classmethod
    def of(cls, comment: Comment, names: Names) -> "CommentOut":
        return cls(
            id=comment.id,
            proposal_id=comment.proposal_id,
            author=_known(comment.author_id, names),
            text=comment.text,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            deleted_at=comment.deleted_at,
            version=comment.text_version,
        )


class CommentList(BaseModel):
    items: list[CommentOut]


class ReportOut(BaseModel):
    """A report."""

    id: str
    kind: Subject
    target_id: str
    proposal_id: str | None = Field(description="That a reported comment is on.")
    title: str
    reason: Reason
    text: str
    state: ReportState
    filed_at: datetime
    reporter: PersonOut
    closed_by: PersonOut | None
    closed_at: datetime | None
    outcome: str

    @classmethod
    def of(cls, report: Report, names: Names, proposal_id: str | None) -> "ReportOut":
        return cls(
            id=report.id,
            kind=report.kind,
            target_id=report.target_id,
            proposal_id=proposal_id,
            title=report.title,
            reason=report.reason,
            text=report.text,
            state=report.state,
            filed_at=report.filed_at,
            reporter=_known(report.reporter_id, names),
            closed_by=person(report.closed_by, names),
            closed_at=report.closed_at,
            outcome=report.outcome,
        )


class ReportPage(BaseModel):
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


class StandingOut(BaseModel):
    """How far the caller is trusted, and what that allows."""

    trust: Trust
    accepted: int
    refused: int
    proposals_a_day: int
    accepted_by_itself: bool
