"""What teams send and receive as JSON."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from accounts.identity.schemas import ProofIn, Shape, Text
from accounts.teams import limits, permissions
from accounts.teams.model import Member, Team, TeamDraft
from accounts.teams.names import (
    MAX_DESCRIPTION_CHARS,
    MAX_NAME_CHARS,
    MAX_SLUG_CHARS,
    MAX_TITLE_CHARS,
    MIN_NAME_CHARS,
    MIN_SLUG_CHARS,
)
from accounts.teams.permissions import Level, Permission
from accounts.teams.roles.model import RoleDraft, TeamRole
from accounts.teams.usecases import MemberCard, Membership, TeamCard
from kernel.access import Actor
from kernel.http.schemas import PageIn
from kernel.ids import is_id


def _identifier(text: str) -> str:
    if not is_id(text):
        raise ValueError("must be an identifier")
    return text


Identifier = Annotated[str, Field(min_length=36, max_length=36), AfterValidator(_identifier)]
LongText = Annotated[str, Field(max_length=8_000, json_schema_extra={"x-maxLength": MAX_DESCRIPTION_CHARS})]
Position = Literal["owner", "admin", "moderator", "editor", "user"]
"""How high somebody stands."""
RoleIds = Annotated[list[Identifier], Field(max_length=limits.MAX_ROLES)]


class TeamIn(Shape):
    """A team as its people describe it."""

    name: Text = Field(json_schema_extra={"x-minLength": MIN_NAME_CHARS, "x-maxLength": MAX_NAME_CHARS})
    slug: Text = Field(
        description="For addresses: small Latin letters, digits, single hyphens; 3 to 40 characters.",
        json_schema_extra={"x-minLength": MIN_SLUG_CHARS, "x-maxLength": MAX_SLUG_CHARS},
    )
    description: LongText = ""
    visibility: Literal["public", "private"] = "public"

    def draft(self) -> TeamDraft:
        return TeamDraft.parse(
            name=self.name, slug=self.slug, description=self.description, is_public=self.visibility == "public"
        )


class TrustIn(Shape):
    """Whether a team's changes need nobody's review."""

    trusted: bool


class RoleIn(Shape):
    """A role as its people describe it."""

    title: Text = Field(json_schema_extra={"x-maxLength": MAX_TITLE_CHARS})
    colour: Text = Field(description="#rrggbb")
    level: Level = Level.USER
    permissions: Annotated[list[Permission], Field(max_length=2 * len(Permission))]

    def draft(self) -> RoleDraft:
        return RoleDraft.parse(title=self.title, colour=self.colour, level=self.level, permissions=self.permissions)


class RoleOrderIn(Shape):
    """All roles of a team, the highest first."""

    role_ids: RoleIds


class MemberRolesIn(Shape):
    """The roles a member has from now on."""

    role_ids: RoleIds


class OwnerIn(ProofIn):
    """Who is to be an owner, and what shows who says so."""

    user_id: Identifier


class TeamsIn(PageIn):
    """Which teams to list."""

    search: Annotated[Text, Field(max_length=200, description="Words that must occur in the name or address.")] = ""


class MyTeamsIn(BaseModel):
    """Which of one's own teams: those in which one has this permission, or all."""

    permission: Permission | None = Field(default=None, description="Only those in which this may be done, and counts.")


class MembersIn(PageIn):
    """Which members to list."""

    search: Annotated[str, Field(max_length=200, description="Text that must occur in the nickname.")] = ""
    role_id: Identifier | None = None


class RoleOut(BaseModel):
    """A role of a team."""

    id: str
    title: str
    colour: str
    level: Level
    position: int
    permissions: list[Permission]
    version: int

    @classmethod
    def of(cls, role: TeamRole) -> "RoleOut":
        return cls(
            id=role.id,
            title=role.title,
            colour=role.colour,
            level=role.level,
            position=role.position,
            permissions=sorted(role.permissions),
            version=role.version,
        )


class RolesOut(BaseModel):
    """The roles of a team, the highest first."""

    items: list[RoleOut]

    @classmethod
    def of(cls, team: Team) -> "RolesOut":
        return cls(items=[RoleOut.of(role) for role in team.roles_in_order()])


class PlaceOut(BaseModel):
    """Where the caller stands in a team."""

    is_member: bool
    position: Position | None
    """`None` for somebody who is neither a member nor an administrator of the site."""
    permissions: list[Permission]
    """All that their roles allow."""
    effective: list[Permission]
    """Less what counts in trusted teams only."""

    @classmethod
    def of(cls, team: Team, actor: Actor) -> "PlaceOut":
        """An administrator of the site has a standing without being a member."""
        standing = team.standing(actor)
        return cls(
            is_member=team.member(actor.user_id) is not None,
            position=position_of(standing.rank),
            permissions=sorted(standing.permissions),
            effective=sorted(team.effective_permissions(actor.user_id)),
        )


class TeamOut(BaseModel):
    """A team."""

    id: str
    name: str
    slug: str
    description: str
    visibility: Literal["public", "private"]
    trusted: bool
    """Whether a moderator of the site lets its people review and accept on their own."""
    avatar_url: str | None
    members_count: int
    created_at: datetime
    updated_at: datetime
    version: int
    you: PlaceOut | None
    """`None` for who is signed out."""

    @classmethod
    def of(cls, team: Team, actor: Actor | None) -> "TeamOut":
        """``actor``: whose place in it is told, too; ``None`` for somebody who is not signed in."""
        return cls(
            id=team.id,
            name=team.name,
            slug=team.slug,
            description=team.description,
            visibility="public" if team.is_public else "private",
            trusted=team.trusted,
            avatar_url=team.avatar_url,
            members_count=len(team.members),
            created_at=team.created_at,
            updated_at=team.updated_at,
            version=team.version,
            you=None if actor is None else PlaceOut.of(team, actor),
        )


class TeamCardOut(BaseModel):
    """A team in a list."""

    id: str
    name: str
    slug: str
    description: str
    visibility: Literal["public", "private"]
    trusted: bool
    avatar_url: str | None
    members_count: int
    created_at: datetime

    @classmethod
    def of(cls, card: TeamCard) -> "TeamCardOut":
        return cls(
            id=card.team_id,
            name=card.name,
            slug=card.slug,
            description=card.description,
            visibility="public" if card.is_public else "private",
            trusted=card.trusted,
            avatar_url=card.avatar_url,
            members_count=card.members_count,
            created_at=card.created_at,
        )


class TeamPage(BaseModel):
    """A page of teams."""

    items: list[TeamCardOut]
    total: int
    page: int
    page_size: int


class MyTeamOut(TeamCardOut):
    """A team one is in."""

    position: Position
    roles: list[RoleOut]
    joined_at: datetime

    @classmethod
    def of_mine(cls, found: Membership) -> "MyTeamOut":
        return cls(
            **TeamCardOut.of(found.team).model_dump(),
            position=position_of(found.member.standing.rank) or "user",
            roles=[RoleOut.of(role) for role in found.member.roles_in_order()],
            joined_at=found.member.joined_at,
        )


class MyTeamsOut(BaseModel):
    """The teams one is a member of."""

    items: list[MyTeamOut]
    total: int


class MemberOut(BaseModel):
    """Somebody in a team."""

    user_id: str
    nickname: str
    avatar_url: str | None
    position: Position
    roles: list[RoleOut]
    joined_at: datetime
    version: int

    @classmethod
    def of(cls, card: MemberCard) -> "MemberOut":
        member: Member = card.member
        return cls(
            user_id=member.user_id,
            nickname=card.person.nickname,
            avatar_url=card.person.avatar_url,
            position=position_of(member.standing.rank) or "user",
            roles=[RoleOut.of(role) for role in member.roles_in_order()],
            joined_at=member.joined_at,
            version=member.version,
        )


class MemberPage(BaseModel):
    """A page of a team's members."""

    items: list[MemberOut]
    total: int
    page: int
    page_size: int


def position_of(rank: int) -> Position | None:
    """The place in the order of roles, from ``user`` (1) to ``owner`` (5); ``None`` for an outsider."""
    names: tuple[Position, ...] = ("user", "editor", "moderator", "admin", "owner")
    return None if rank == permissions.OUTSIDER_RANK else names[rank - 1]
