"""Teams and what they worked on, as JSON."""

from datetime import datetime

from pydantic import BaseModel, Field

from catalog.moderation.proposals.model import ProposalKind
from catalog.moderation.proposals.schemas import TeamNameOut


class CreditOut(BaseModel):
    """What a team worked on, how much of it was accepted and stands, and when the last was."""

    kinds: list[ProposalKind] = Field(description="What was worked on.")
    changes: int = Field(description="Proposals in the team's name that were accepted, and stand.")
    last_at: datetime


class TeamCreditOut(CreditOut):
    """What a team changed in a release."""

    team: TeamNameOut


class TeamCredits(BaseModel):
    """The teams whose changes are in a release."""

    items: list[TeamCreditOut]


class ReleaseCreditOut(CreditOut):
    """What a team changed in one release."""

    release_id: str


class ReleaseCreditPage(BaseModel):
    """A page of the releases that a team changed."""

    items: list[ReleaseCreditOut]
    total: int
    page: int
    page_size: int
