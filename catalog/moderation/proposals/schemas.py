"""Proposals as JSON."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, JsonValue

from catalog.moderation.proposals import diff
from catalog.moderation.proposals.model import Proposal, ProposalKind
from catalog.moderation.proposals.ports import InboxTab, TeamName
from catalog.moderation.proposals.states import ProposalState, Step
from catalog.moderation.proposals.trust import Trust
from catalog.moderation.proposals.usecases import FieldEdit
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

FIELDS_MAX = 40
"""Of one proposal; a release has half of that."""
FieldName = Annotated[str, Field(max_length=64)]


class ChangeIn(Strict):
    """A field's new value; ``before`` is what the author saw there, and may be left out for what stands now."""

    before: JsonValue = None
    after: JsonValue

    def asked(self) -> FieldEdit:
        """Keeps apart that ``before`` was left out and that it was null."""
        return FieldEdit(self.after, self.before, has_before="before" in self.model_fields_set)


class DiffIn(Strict):
    """What is to be different, by field."""

    fields: Annotated[
        dict[FieldName, ChangeIn],
        Field(min_length=1, max_length=FIELDS_MAX, description="By name, such as `year` or `name.main`."),
    ]
    note: Annotated[Note, Field(description="Why, and where it can be read.")] = ""

    def asked(self) -> dict[str, FieldEdit]:
        """By the name of the field, such as ``name.main``."""
        return {name: change.asked() for name, change in self.fields.items()}


class ProposalIn(DiffIn):
    """A change to something (``target_id``), or something new (``parent_id`` says where, for all but a release)."""

    kind: ProposalKind
    target_id: Identifier | None = None
    parent_id: Identifier | None = None
    team_id: Annotated[Identifier | None, Field(description="In whose name, if in a team's.")] = None
    submit: Annotated[bool, Field(description="At once, rather than as a draft.")] = False
    review: Annotated[bool, Field(description="Have somebody else decide, although one is trusted.")] = False


class SubmitIn(Strict):
    """Whether a proposal is to be looked at by somebody even where its author needs no review."""

    review: Annotated[bool, Field(description="Have somebody else decide, although one is trusted.")] = False


class AcceptIn(Strict):
    """Whether what was made by a proposal is published at once."""

    publish: Annotated[bool, Field(description="Show something new to viewers at once.")] = False


class RejectIn(Strict):
    """Why a proposal is not accepted; its author reads it."""

    reason: Words


class RebaseIn(Strict):
    """Which of the fields changed meanwhile keep what the proposal says."""

    keep: list[FieldName] = Field(
        [], max_length=FIELDS_MAX, description="Fields in conflict that still stand; others go."
    )


class RollBackIn(Strict):
    """Why an accepted proposal is undone, and whether over what was changed since."""

    reason: Words
    force: Annotated[bool, Field(description="Over what others changed since; administrators only.")] = False


class ProposalQuery(PageQuery):
    """Which proposals to list."""

    box: Annotated[InboxTab, Field(description="Open ones come oldest first, decided and own ones newest first.")] = (
        InboxTab.PENDING
    )
    kind: ProposalKind | None = None
    release_id: Identifier | None = None
    author_id: Identifier | None = None
    team_id: Annotated[Identifier | None, Field(description="Made in the name of this team.")] = None


Teams = Mapping[str, TeamName]


class TeamNameOut(BaseModel):
    """A team, in a few words."""

    id: str
    name: str
    slug: str
    avatar_url: str | None

    @classmethod
    def of(cls, team: TeamName) -> "TeamNameOut":
        return cls(id=team.team_id, name=team.name, slug=team.slug, avatar_url=team.avatar_url)


class ProposalBrief(BaseModel):
    """A proposal in a list."""

    id: str
    kind: ProposalKind
    target_id: str | None
    parent_id: str | None
    release_id: str | None
    team_id: str | None
    team: TeamNameOut | None = Field(description="In whose name, if in a team's that is still there.")
    title: str
    note: str
    fields: list[str] = Field(description="The names of what would change.")
    state: ProposalState
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
        """What lists and single proposals have in common.  A take that is over at ``now`` is not shown; ``names`` and
        ``teams`` hold those that are still there.
        """
        state = proposal.state_at(now)
        held = state is ProposalState.TAKEN
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
            "author": known_person(proposal.author_id, names),
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
    """A page of proposals; ``next_cursor`` leads to the next."""

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
        """``document``: what its target says now, ``None`` where that is gone; ``clashing``: fields that changed since it
        was made.
        """
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


class StandingOut(BaseModel):
    """How far the caller is trusted, and what that allows."""

    trust: Trust
    accepted: int
    refused: int
    proposals_a_day: int
    accepted_by_itself: bool
