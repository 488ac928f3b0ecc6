"""Teams and what they worked on, as JSON."""

from datetime import datetime

from pydantic import BaseModel, Field

from catalog.moderation.proposals.model import ProposalKind
from catalog.moderation.proposals.schemas import TeamNameOut


class CreditOut(BaseModel):
    kinds: list[ProposalKind] = Field(description="What was worked on.")
    changes: int = Field(description="Proposals in the team's name that were accepted, and stand.")
    last_at: datetime


class TeamCreditOut(CreditOut):
    team: TeamNameOut


class TeamCredits(BaseModel):
    items: list[TeamCreditOut]


class ReleaseCreditOut(CreditOut):
    release_id: str


class ReleaseCreditPage(BaseModel):
    items: list[ReleaseCreditOut]
    total: int
    page: int
    page_size: int
