"""The copy of one's data as JSON."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from accounts.federation.schemas import IdentityOut
from accounts.identity.schemas import SessionOut, UserOut
from accounts.library.collections.schemas import ChangedFavoriteOut, ChangedShelfItemOut
from accounts.library.lists.schemas import OwnListOut
from accounts.library.progress.schemas import ChangedProgressOut
from accounts.library.statistics.schemas import SharingOut
from accounts.teams.invitations.schemas import SentInvitationOut
from accounts.teams.schemas import MyTeamOut


class Kept(BaseModel):
    """The base of what the copy of somebody's data holds of other features."""

    model_config = ConfigDict(from_attributes=True)

    id: str


class ProposalKept(Kept):
    """A change one asked for."""

    kind: str
    target_id: str | None
    team_id: str | None
    title: str
    note: str
    changes: dict[str, tuple[JsonValue, JsonValue]] = Field(description="Field → what stood there, and what should.")
    state: str
    reason: str = Field(description="Why it was rejected or rolled back.")
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


class CommentKept(Kept):
    """A comment somebody wrote on a proposal."""

    proposal_id: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


class ReportKept(Kept):
    """A report somebody filed."""

    kind: str
    target_id: str
    title: str
    reason: str
    text: str
    state: str
    filed_at: datetime
    closed_at: datetime | None
    outcome: str


class NotificationKept(Kept):
    """What happened, without words: clients have a text for each kind, and put the values into it."""

    kind: str
    params: dict[str, Any]
    link: str = Field(description="A path of the web client; empty where there is nowhere to go.")
    created_at: datetime
    read_at: datetime | None


class NotInterested(BaseModel):
    """A release somebody does not want to be recommended."""

    model_config = ConfigDict(from_attributes=True)

    release_id: str
    hidden_at: datetime


class CalendarKept(Kept):
    """A calendar address one made; the address itself is known to nobody."""

    label: str
    created_at: datetime


class ToldEpisodeKept(BaseModel):
    """An episode one was told of."""

    model_config = ConfigDict(from_attributes=True)

    release_id: str
    ordinal: float
    told_at: datetime


class SimilarVote(BaseModel):
    """Two releases one finds similar."""

    model_config = ConfigDict(from_attributes=True)

    release_id: str
    other_id: str
    voted_at: datetime


class RecommendationsKept(BaseModel):
    """What one chose about recommendations; they themselves are worked out anew whenever they are asked for."""

    model_config = ConfigDict(from_attributes=True)

    sequels: bool
    count_dropped: bool
    minimum_members: int
    kinds: list[str]
    not_interested: list[NotInterested]
    similar_votes: list[SimilarVote]


class ScoreKept(BaseModel):
    """One's vote on a release."""

    release_id: str
    score: int
    voted_at: datetime


class PersonalDataOut(BaseModel):
    """All that is kept of a person (GDPR, article 15), for a machine to read (article 20)."""

    exported_at: datetime
    user: UserOut
    sessions: list[SessionOut]
    linked_accounts: list[IdentityOut]
    history: list[ChangedProgressOut]
    favorites: list[ChangedFavoriteOut]
    collections: list[ChangedShelfItemOut]
    lists: list[OwnListOut]
    scores: list[ScoreKept]
    sharing: SharingOut
    teams: list[MyTeamOut]
    invitations: list[SentInvitationOut]
    notifications: list[NotificationKept]
    recommendations: RecommendationsKept
    told_episodes: list[ToldEpisodeKept] = Field(description="Of the last 90 days.")
    calendars: list[CalendarKept]
    proposals: list[ProposalKept]
    comments: list[CommentKept]
    reports: list[ReportKept]
