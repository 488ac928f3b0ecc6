"""Who may make, change, order and delete the roles of a team."""

from collections.abc import Sequence
from datetime import datetime

from accounts.teams import events
from accounts.teams.errors import OutranksYou, RoleOrderInvalid, RoleTitleTaken, TooManyRoles
from accounts.teams.limits import MAX_ROLES
from accounts.teams.model import Team
from accounts.teams.permissions import Permission
from accounts.teams.roles.model import DESCRIPTION, RoleDraft, TeamRole
from kernel.access import Actor
from kernel.changes import differences, shown, snapshot
from kernel.versions import ensure_unchanged, version_of


def add_role(team: Team, actor: Actor, draft: RoleDraft, now: datetime) -> TeamRole:
    """Raises :class:`TeamForbidden`, :class:`OutranksYou`, :class:`TooManyRoles`, :class:`RoleTitleTaken`."""
    if not team.require(actor, Permission.MANAGE_ROLES).may_grant(draft.level, draft.permissions):
        raise OutranksYou
    if len(team.roles) >= MAX_ROLES:
        raise TooManyRoles(limit=MAX_ROLES)
    _ensure_title_free(team, draft.title)
    role = TeamRole.make(draft, team_id=team.id, position=1 + max((known.position for known in team.roles), default=-1))
    team.roles.append(role)
    team.record(
        events.TeamRoleCreated(
            at=now,
            team_id=team.id,
            by_id=actor.user_id,
            role_id=role.id,
            title=role.title,
            level=role.level,
            permissions=tuple(sorted(role.permissions)),
        )
    )
    return role


def change_role(
    team: Team, actor: Actor, role_id: str, draft: RoleDraft, now: datetime, *, version: int | None
) -> TeamRole:
    """Raises :class:`TeamForbidden`, :class:`TeamRoleNotFound`, :class:`OutranksYou`, :class:`Stale`,
    :class:`RoleTitleTaken`."""
    role = _role_below(team, actor, role_id)
    ensure_unchanged(role.version, version)
    # Keeping what the role allows already is not granting it.
    if not team.standing(actor).may_grant(draft.level, draft.permissions - role.permissions):
        raise OutranksYou
    _ensure_title_free(team, draft.title, but=role)
    before = snapshot(role, DESCRIPTION)
    role.title, role.colour = draft.title, draft.colour
    role.level, role.permissions = draft.level, draft.permissions
    if changes := differences(before, snapshot(role, DESCRIPTION)):
        team.record(
            events.TeamRoleChanged(at=now, team_id=team.id, by_id=actor.user_id, role_id=role.id, changes=changes)
        )
    return role


def order_version(team: Team) -> int:
    """Of the order the roles are in."""
    return version_of(*(role.id for role in team.roles_in_order()))


def order_roles(team: Team, actor: Actor, role_ids: Sequence[str], now: datetime) -> None:
    """Raises :class:`TeamForbidden`, :class:`RoleOrderInvalid`, and :class:`OutranksYou` when roles out of one's reach
    would change places among themselves."""
    standing = team.require(actor, Permission.MANAGE_ROLES)
    present = team.roles_in_order()
    if sorted(role_ids) != sorted(role.id for role in present):
        raise RoleOrderInvalid
    wanted = [team.role(role_id) for role_id in role_ids]
    if [r for r in wanted if not standing.outranks(r.level.rank)] != [
        r for r in present if not standing.outranks(r.level.rank)
    ]:
        raise OutranksYou
    if wanted == present:
        return
    for position, role in enumerate(wanted):
        role.position = position
    titles = tuple(shown([role.title for role in roles]) for roles in (present, wanted))
    team.record(
        events.TeamUpdated(at=now, team_id=team.id, by_id=actor.user_id, changes={"roles": (titles[0], titles[1])})
    )


def delete_role(team: Team, actor: Actor, role_id: str, now: datetime) -> None:
    """Raises :class:`TeamForbidden`, :class:`TeamRoleNotFound`, :class:`OutranksYou`."""
    role = _role_below(team, actor, role_id)
    for member in team.members:
        if role in member.roles:
            member.roles.remove(role)
            member.changed_at = now
    team.roles.remove(role)
    team.record(events.TeamRoleDeleted(at=now, team_id=team.id, by_id=actor.user_id, role_id=role.id, title=role.title))


def _role_below(team: Team, actor: Actor, role_id: str) -> TeamRole:
    standing = team.require(actor, Permission.MANAGE_ROLES)
    role = team.role(role_id)
    if not standing.outranks(role.level.rank):
        raise OutranksYou
    return role


def _ensure_title_free(team: Team, title: str, *, but: TeamRole | None = None) -> None:
    if any(role is not but and role.title.casefold() == title.casefold() for role in team.roles):
        raise RoleTitleTaken
