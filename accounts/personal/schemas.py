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


class LiveChannelOwned(BaseModel):
    """A live channel one has; of its stream key nothing is kept but a digest."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    description: str
    audience: str
    created_at: datetime
    key_made_at: datetime | None
    taken_down_at: datetime | None
    taken_down_reason: str


class LiveRecordingOwned(BaseModel):
    """A recording of one's live channel."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    channel_id: str
    title: str
    started_at: datetime
    duration_ms: int
    size_bytes: int
    ended_at: datetime | None
    expires_at: datetime | None
    episode_id: str | None


class DismissedSeriesKept(BaseModel):
    """A series one took out of *continue watching*."""

    release_id: str
    dismissed_at: datetime


class PartyMessageKept(BaseModel):
    """What one said in a party that is not over."""

    model_config = ConfigDict(from_attributes=True)

    party_id: str
    name: str = Field(description="What one was called there.")
    text: str
    position_ms: int
    channel_id: str | None = Field(description="The live channel that was on.")
    programme_at: datetime | None = Field(description="The moment of its broadcast that the party stood at.")
    sent_at: datetime


class PartyInviteKept(Kept):
    """An invite one made, without the secret of its address."""

    party_id: str | None
    role: str
    uses: int
    expires_at: datetime
    revoked: bool


class StreamOwned(Kept):
    """What one played in the last day or so, and on what."""

    episode_id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    region: str | None
    browser: str | None
    platform: str | None


class LinkKept(BaseModel):
    """What the connection of a device carried, so that its next film begins in the right quality."""

    model_config = ConfigDict(from_attributes=True)

    device_key: str
    bps: float
    measured_at: datetime


class UploadOwned(Kept):
    """A file one sent for an episode."""

    episode_id: str
    file_name: str
    size_bytes: int
    created_at: datetime
    expires_at: datetime


class AdExemptionKept(BaseModel):
    """That one is shown no promos, and why."""

    model_config = ConfigDict(from_attributes=True)

    reason: str
    granted_at: datetime


class SeriesChoiceKept(BaseModel):
    """Sound and subtitles one chose in a series."""

    model_config = ConfigDict(from_attributes=True)

    release_id: str
    choice: dict[str, JsonValue]
    at: datetime


class PlayerSettingsKept(BaseModel):
    """How one watches."""

    model_config = ConfigDict(from_attributes=True)

    settings: dict[str, JsonValue]
    devices: dict[str, dict[str, JsonValue]] = Field(description="Sign-in → what that device has otherwise.")
    series: list[SeriesChoiceKept]


class MergedRowKept(BaseModel):
    """What a merge of two releases changed of one's library, votes or choices, kept for its undo."""

    model_config = ConfigDict(from_attributes=True)

    merge_id: str
    kind: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None


class StaffActOut(BaseModel):
    """What one did in the catalogue under one's name, but for the audit log."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    subject_id: str
    at: datetime | None


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
    live_channels: list[LiveChannelOwned]
    live_recordings: list[LiveRecordingOwned]
    ad_exemption: AdExemptionKept | None
    player_settings: PlayerSettingsKept
    dismissed_series: list[DismissedSeriesKept]
    muted_notifications: list[str] = Field(description="Kinds that one does not want to be told of.")
    party_messages: list[PartyMessageKept] = Field(description="In parties that are not over, the newest 20,000.")
    party_invites: list[PartyInviteKept]
    streams: list[StreamOwned]
    links: list[LinkKept]
    uploads: list[UploadOwned]
    merged: list[MergedRowKept]
    staff_acts: list[StaffActOut] = Field(
        description="Merges, splits, locks, imports and decisions; of each kind the newest 5,000."
    )
    proposals: list[ProposalKept]
    comments: list[CommentKept]
    reports: list[ReportKept]
