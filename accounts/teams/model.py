"""A team: its roles, its members, and who may change what of them.

The whole team is one aggregate. Whoever changes it holds it alone until the end of their transaction (``Teams.hold``), so the
rules here can look at all members at once: two owners who leave in the same moment leave one after the other, and the second
one cannot.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NewType, Self

from accounts.teams import events, names, permissions
from accounts.teams.errors import (
    AlreadyMember,
    AlreadyOwner,
    LastOwner,
    MemberNotFound,
    OutranksYou,
    OwnerBanned,
    TeamForbidden,
    TeamNotFound,
    TeamRoleNotFound,
    TooManyMembers,
)
from accounts.teams.limits import MAX_MEMBERS
from accounts.teams.permissions import Permission, Standing
from accounts.teams.roles.model import DEFAULT_ROLES, TeamRole
from kernel.access import Actor, Role
from kernel.changes import differences, snapshot
from kernel.entity import Entity
from kernel.ids import new_id
from kernel.versions import ensure_unchanged

TeamId = NewType("TeamId", str)

DESCRIPTION: Final = ("name", "slug", "description", "is_public", "avatar_url")
"""What a team's people say of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDraft:
    """A team as its people describe it, checked."""

    name: str
    slug: str
    description: str
    is_public: bool

    @classmethod
    def parse(cls, *, name: str, slug: str, description: str, is_public: bool) -> Self:
        """Raises :class:`TeamNameInvalid`, :class:`SlugInvalid`, :class:`TeamTextInvalid`."""
        return cls(
            name=names.team_name(name),
            slug=names.slug(slug),
            description=names.description(description),
            is_public=is_public,
        )


@dataclass(eq=False, kw_only=True)
class Member:
    """Somebody in a team."""

    team_id: TeamId
    user_id: str
    joined_at: datetime
    changed_at: datetime
    is_owner: bool = False
    roles: list[TeamRole] = field(default_factory=list)
    version: int = 1

    @property
    def standing(self) -> Standing:
        """Rank and permissions, from the roles or from owning the team."""
        if self.is_owner:
            return permissions.OWNER
        return Standing.of_roles((role.level, role.permissions) for role in self.roles)

    def roles_in_order(self) -> list[TeamRole]:
        """By position."""
        return sorted(self.roles, key=lambda role: (role.position, role.id))


@dataclass(eq=False, kw_only=True)
class Team(Entity):
    """People who work together, under a name and an address of their own."""

    id: TeamId
    name: str
    slug: str
    description: str
    is_public: bool
    created_at: datetime
    updated_at: datetime
    avatar_url: str | None = None
    trusted: bool = False
    name_key: str = ""
    roles: list[TeamRole] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    version: int = 1

    def __post_init__(self) -> None:
        self.name_key = names.search_key(self.name)

    @classmethod
    def found(cls, draft: TeamDraft, founder_id: str, now: datetime) -> Self:
        """A new team with the default roles, owned by its founder, who is its first admin as well."""
        team = cls(
            id=TeamId(new_id()),
            name=draft.name,
            slug=draft.slug,
            description=draft.description,
            is_public=draft.is_public,
            created_at=now,
            updated_at=now,
        )
        team.roles += [
            TeamRole.make(role, team_id=team.id, position=position) for position, role in enumerate(DEFAULT_ROLES)
        ]
        founder = Member(team_id=team.id, user_id=founder_id, joined_at=now, changed_at=now, is_owner=True)
        founder.roles.append(team.roles[0])
        team.members.append(founder)
        team.record(events.TeamCreated(at=now, team_id=team.id, by_id=founder_id, team=team.name, slug=team.slug))
        return team

    # Who is who.

    def member(self, user_id: str) -> Member | None:
        """Somebody in the team; ``None`` for others."""
        return next((member for member in self.members if member.user_id == user_id), None)

    def require_member(self, user_id: str) -> Member:
        """Raises :class:`MemberNotFound`."""
        found = self.member(user_id)
        if found is None:
            raise MemberNotFound
        return found

    def role(self, role_id: str) -> TeamRole:
        """Raises :class:`TeamRoleNotFound`."""
        found = next((role for role in self.roles if role.id == role_id), None)
        if found is None:
            raise TeamRoleNotFound
        return found

    def roles_in_order(self) -> list[TeamRole]:
        """By position."""
        return sorted(self.roles, key=lambda role: (role.position, role.id))

    @property
    def owner_ids(self) -> list[str]:
        """User ids of the owners, sorted."""
        return sorted(member.user_id for member in self.members if member.is_owner)

    def standing_of(self, user_id: str) -> Standing:
        """As a member, whatever they are on the site."""
        found = self.member(user_id)
        return Standing() if found is None else found.standing

    def standing(self, actor: Actor | None) -> Standing:
        """As a member, or as an administrator of the site, who is everybody's steward."""
        if actor is None:
            return Standing()
        mine = self.standing_of(actor.user_id)
        if not actor.may(Role.ADMIN):
            return mine
        return Standing(permissions.OWNER_RANK, mine.permissions | permissions.OF_STEWARDS)

    def effective_permissions(self, user_id: str) -> frozenset[Permission]:
        """What somebody's place allows, less what counts in trusted teams only."""
        return permissions.effective(self.standing_of(user_id).permissions, trusted=self.trusted)

    def ensure_visible(self, actor: Actor | None) -> None:
        """Raises :class:`TeamNotFound`: a private team does not exist for others, moderators of the site excepted."""
        if self.is_public or (actor is not None and actor.may(Role.MODERATOR)):
            return
        if actor is None or self.member(actor.user_id) is None:
            raise TeamNotFound

    def require(self, actor: Actor, permission: Permission) -> Standing:
        """Raises :class:`TeamForbidden`."""
        standing = self.standing(actor)
        if permission not in standing.permissions:
            raise TeamForbidden
        return standing

    def _require_owner(self, actor: Actor) -> None:
        if not self.standing(actor).is_owner:
            raise TeamForbidden

    # The team itself.

    def edit(self, actor: Actor, draft: TeamDraft, now: datetime, *, version: int | None) -> None:
        """Raises :class:`TeamForbidden`, :class:`Stale`."""
        self.require(actor, Permission.EDIT_TEAM)
        ensure_unchanged(self.version, version)
        before = snapshot(self, DESCRIPTION)
        self.name, self.slug = draft.name, draft.slug
        self.description, self.is_public = draft.description, draft.is_public
        self.name_key = names.search_key(draft.name)
        self._record_update(actor, before, now)

    def show(self, actor: Actor, avatar_url: str | None, now: datetime) -> str | None:
        """Another picture, or none; returns the address of the one before. Raises :class:`TeamForbidden`."""
        self.require(actor, Permission.EDIT_TEAM)
        before, replaced = snapshot(self, DESCRIPTION), self.avatar_url
        self.avatar_url = avatar_url
        self._record_update(actor, before, now)
        return replaced

    def _record_update(self, actor: Actor, before: dict[str, Any], now: datetime) -> None:
        if changes := differences(before, snapshot(self, DESCRIPTION)):
            self.updated_at = now
            self.record(events.TeamUpdated(at=now, team_id=self.id, by_id=actor.user_id, changes=changes))

    def trust(self, actor: Actor, *, trusted: bool, now: datetime) -> None:
        """For moderators of the site. Raises :class:`TeamForbidden`."""
        if not actor.may(Role.MODERATOR):
            raise TeamForbidden
        if trusted != self.trusted:
            self.trusted, self.updated_at = trusted, now
            self.record(events.TeamTrustChanged(at=now, team_id=self.id, by_id=actor.user_id, trusted=trusted))

    def dissolve(self, actor: Actor, now: datetime) -> None:
        """For owners. Raises :class:`TeamForbidden`; deleting what is left is the caller's."""
        self._require_owner(actor)
        self._record_end(actor.user_id, now)

    def _record_end(self, by_id: str, now: datetime) -> None:
        member_ids = tuple(sorted(member.user_id for member in self.members))
        self.record(events.TeamDeleted(at=now, team_id=self.id, by_id=by_id, team=self.name, member_ids=member_ids))

    # Members.

    def join(self, user_id: str, *, invited_by: str, role: TeamRole | None, now: datetime) -> Member:
        """Raises :class:`AlreadyMember`, :class:`TooManyMembers`."""
        if self.member(user_id) is not None:
            raise AlreadyMember
        if len(self.members) >= MAX_MEMBERS:
            raise TooManyMembers(limit=MAX_MEMBERS)
        joined = Member(team_id=self.id, user_id=user_id, joined_at=now, changed_at=now)
        if role is not None:
            joined.roles.append(role)
        self.members.append(joined)
        self.record(
            events.MemberAdded(
                at=now,
                team_id=self.id,
                by_id=invited_by,
                team=self.name,
                user_id=user_id,
                role_id=None if role is None else role.id,
            )
        )
        return joined

    def leave(self, user_id: str, now: datetime, *, banned: Collection[str] = (), reason: str = "left") -> None:
        """Raises :class:`MemberNotFound`, :class:`LastOwner`; an owner who is ``banned`` does not count as one who stays."""
        leaving = self.require_member(user_id)
        self._ensure_owned_without(leaving, banned)
        self.members.remove(leaving)
        self.record(
            events.MemberLeft(at=now, team_id=self.id, by_id=user_id, team=self.name, user_id=user_id, reason=reason)
        )

    def remove_member(self, actor: Actor, user_id: str, now: datetime, *, banned: Collection[str] = ()) -> None:
        """Put somebody out. Raises :class:`TeamForbidden`, :class:`MemberNotFound`, :class:`OutranksYou`, :class:`LastOwner`."""
        removed = self._member_below(actor, user_id)
        self._ensure_owned_without(removed, banned)
        self.members.remove(removed)
        self.record(events.MemberRemoved(at=now, team_id=self.id, by_id=actor.user_id, team=self.name, user_id=user_id))

    def set_roles(
        self, actor: Actor, user_id: str, role_ids: Collection[str], now: datetime, *, version: int | None
    ) -> Member:
        """Give a member exactly these roles.

        Raises :class:`TeamForbidden`, :class:`MemberNotFound`, :class:`TeamRoleNotFound`, :class:`OutranksYou`, :class:`Stale`.
        """
        member = self._member_below(actor, user_id)
        ensure_unchanged(member.version, version)
        standing = self.standing(actor)
        wanted = [self.role(role_id) for role_id in dict.fromkeys(role_ids)]
        added = [role for role in wanted if role not in member.roles]
        removed = [role for role in member.roles if role not in wanted]
        if not all(standing.may_grant(role.level, role.permissions) for role in added):
            raise OutranksYou
        if not all(standing.outranks(role.level.rank) for role in removed):
            raise OutranksYou
        if added or removed:
            member.roles[:] = wanted
            member.changed_at = now
            self.record(
                events.MemberRolesChanged(
                    at=now,
                    team_id=self.id,
                    by_id=actor.user_id,
                    team=self.name,
                    user_id=user_id,
                    added=tuple(role.title for role in added),
                    removed=tuple(role.title for role in removed),
                )
            )
        return member

    def _member_below(self, actor: Actor, user_id: str) -> Member:
        """The member, when ``actor`` may change them: those who stand lower, and an owner or steward whoever is no owner,
        and an owner their own roles."""
        standing = self.require(actor, Permission.MANAGE_MEMBERS)
        member = self.require_member(user_id)
        myself = user_id == actor.user_id and standing.is_owner
        if not myself and not standing.outranks(member.standing.rank):
            raise OutranksYou
        return member

    # Ownership.

    def appoint(self, actor: Actor, user_id: str, now: datetime, *, banned: Collection[str] = ()) -> None:
        """Make a member one more owner. Raises :class:`TeamForbidden`, :class:`MemberNotFound`, :class:`AlreadyOwner`,
        :class:`OwnerBanned`."""
        self._require_owner(actor)
        self._crown(user_id, now, banned)
        self.record(
            events.OwnerAppointed(at=now, team_id=self.id, by_id=actor.user_id, team=self.name, user_id=user_id)
        )

    def transfer(self, actor: Actor, user_id: str, now: datetime, *, banned: Collection[str] = ()) -> None:
        """Hand one's own ownership over to another member, and stay as one; both in one step, so there is no moment with
        no owner and none with one too many.

        Raises as :meth:`appoint` does.
        """
        giver = self.member(actor.user_id)
        if giver is None or not giver.is_owner:
            raise TeamForbidden
        self._crown(user_id, now, banned)
        giver.is_owner, giver.changed_at = False, now
        self.record(
            events.OwnershipTransferred(
                at=now,
                team_id=self.id,
                by_id=actor.user_id,
                team=self.name,
                from_id=actor.user_id,
                to_id=user_id,
            )
        )

    def _crown(self, user_id: str, now: datetime, banned: Collection[str]) -> None:
        member = self.require_member(user_id)
        if member.is_owner:
            raise AlreadyOwner
        if user_id in banned:
            raise OwnerBanned
        member.is_owner, member.changed_at = True, now

    def step_down(self, actor: Actor, now: datetime, *, banned: Collection[str] = ()) -> None:
        """Be an owner no longer. Raises :class:`TeamForbidden` for others, :class:`LastOwner`."""
        member = self.member(actor.user_id)
        if member is None or not member.is_owner:
            raise TeamForbidden
        self._ensure_owned_without(member, banned)
        member.is_owner, member.changed_at = False, now
        self.record(events.OwnerSteppedDown(at=now, team_id=self.id, by_id=actor.user_id, user_id=actor.user_id))

    def _ensure_owned_without(self, member: Member, banned: Collection[str]) -> None:
        if member.is_owner and not any(id_ not in banned for id_ in self.owner_ids if id_ != member.user_id):
            raise LastOwner


def end_with_account(team: Team, user_id: str, now: datetime) -> bool:
    """What becomes of a team whose member deletes their account: alone in it, they take it along, and the answer is
    ``True``; else they leave. Raises :class:`LastOwner` where others would be left without an owner.

    A banned owner counts here as one who stays: they may come back, and must not hold others in their accounts.
    """
    if [member.user_id for member in team.members] == [user_id]:
        team._record_end(user_id, now)
        return True
    team.leave(user_id, now, reason="account_deleted")
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a team has to know of an account."""

    user_id: str
    nickname: str
    avatar_url: str | None = None
    is_banned: bool = False
    verified_email: str | None = None
    """The key of the address, once they have shown that it is theirs."""
