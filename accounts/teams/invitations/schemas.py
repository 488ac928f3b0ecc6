"""What invitations to teams send and receive as JSON."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from accounts.identity.schemas import EmailText, OpaqueToken, Shape
from accounts.teams import limits
from accounts.teams.invitations.model import Invitation, InvitationKind, InvitationState
from accounts.teams.invitations.usecases import Seen
from accounts.teams.schemas import Identifier, RoleOut

HOUR_S = 3600


class LinkIn(Shape):
    """An invitation that whoever has its link may take."""

    kind: Literal["link"]
    role_id: Identifier | None = None
    expires_in_s: Annotated[
        int,
        Field(
            ge=int(limits.MIN_LINK_LIFETIME.total_seconds()),
            le=int(limits.MAX_LINK_LIFETIME.total_seconds()),
        ),
    ] = 7 * 24 * HOUR_S
    max_uses: Annotated[int, Field(ge=1, le=limits.MAX_USES)] = 10

    @property
    def lifetime(self) -> timedelta:
        return timedelta(seconds=self.expires_in_s)


class LetterIn(Shape):
    """An invitation to one person, by e-mail."""

    kind: Literal["email"]
    email: EmailText
    role_id: Identifier | None = None


class InvitationIn(RootModel[Annotated[LinkIn | LetterIn, Field(discriminator="kind")]]):
    """By a link for whoever has it, or by a letter for one address."""


class TokenIn(Shape):
    """The token of an invitation."""

    token: OpaqueToken


class InvitationOut(BaseModel):
    """An invitation, for those who may invite."""

    id: str
    kind: InvitationKind
    state: InvitationState
    role: RoleOut | None
    email: str | None
    inviter: str | None
    """Their nickname."""
    uses: int
    max_uses: int
    created_at: datetime
    expires_at: datetime
    url: str | None = None
    """Of a link, in the answer that made it and never again: only a hash is kept."""

    @classmethod
    def of(cls, seen: Seen, *, url: str | None = None) -> "InvitationOut":
        """``url``: of a link, which is told when it is made and never again."""
        one = seen.invitation
        role = next((role for role in seen.team.roles if role.id == one.role_id), None)
        return cls(
            id=one.id,
            kind=one.kind,
            state=seen.state,
            role=None if role is None else RoleOut.of(role),
            email=one.email,
            inviter=None if seen.inviter is None else seen.inviter.nickname,
            uses=one.uses,
            max_uses=one.max_uses,
            created_at=one.created_at,
            expires_at=one.expires_at,
            url=url,
        )


class InvitationPage(BaseModel):
    """A page of a team's invitations."""

    items: list[InvitationOut]
    total: int
    page: int
    page_size: int


class SentInvitationOut(BaseModel):
    """An invitation in the data of who sent it."""

    team_id: str
    kind: InvitationKind
    email: str | None
    uses: int
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> "SentInvitationOut":
        return cls.model_validate(invitation, from_attributes=True)


class InvitedTeamOut(BaseModel):
    """As much of a team as somebody sees who is invited to it, also to a private one."""

    id: str
    name: str
    slug: str
    description: str
    avatar_url: str | None
    members_count: int


class OfferOut(BaseModel):
    """An invitation, for who is invited."""

    id: str
    kind: InvitationKind
    team: InvitedTeamOut
    role: RoleOut | None
    inviter: str | None
    expires_at: datetime

    @classmethod
    def of(cls, seen: Seen) -> "OfferOut":
        one, team = seen.invitation, seen.team
        role = next((role for role in team.roles if role.id == one.role_id), None)
        return cls(
            id=one.id,
            kind=one.kind,
            team=InvitedTeamOut(
                id=team.id,
                name=team.name,
                slug=team.slug,
                description=team.description,
                avatar_url=team.avatar_url,
                members_count=len(team.members),
            ),
            role=None if role is None else RoleOut.of(role),
            inviter=None if seen.inviter is None else seen.inviter.nickname,
            expires_at=one.expires_at,
        )


class OffersOut(BaseModel):
    """The invitations to oneself that are open."""

    items: list[OfferOut]
    total: int
