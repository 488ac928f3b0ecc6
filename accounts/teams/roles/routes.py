"""``/api/v1/teams/…/roles``: the roles of a team."""

from accounts.teams import limits
from accounts.teams.adapters.http import LIMITED
from accounts.teams.errors import (
    ColourInvalid,
    OutranksYou,
    RoleOrderInvalid,
    RoleTitleInvalid,
    RoleTitleTaken,
    TeamForbidden,
    TeamNotFound,
    TeamRoleNotFound,
    TooManyRoles,
)
from accounts.teams.model import Team
from accounts.teams.roles import usecases
from accounts.teams.roles.model import TeamRole
from accounts.teams.roles.rules import order_version
from accounts.teams.schemas import (
    RoleIn,
    RoleOrderIn,
    RoleOut,
    RolesOut,
)
from accounts.teams.usecases import Teams, visible
from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Reply, Router, etag, versioned
from kernel.versions import version_of

router = Router("/api/v1/teams", tag="Teams")


def _role(role: TeamRole, *, status: int | None = None) -> Reply[RoleOut]:
    return versioned(RoleOut.of(role), role.version, status=status)


ROLE_ERRORS = (TeamNotFound, TeamForbidden, OutranksYou, *LIMITED)


@router.get("/{team_id}/roles", summary="List a team's roles, in their order", raises=(TeamNotFound,))
async def list_roles(call: Call, team_id: str) -> Reply[RolesOut]:
    """The `ETag` is also good for `PUT …/roles/order`."""
    return _roles(await visible(call.port(Teams), call.actor, team_id))


def _roles(team: Team) -> Reply[RolesOut]:
    answer = RolesOut.of(team)
    return Reply(answer, headers={"ETag": etag(order_version(team), str(version_of(answer.model_dump(mode="json"))))})


@router.post(
    "/{team_id}/roles",
    status=201,
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Make a role",
    raises=(RoleTitleInvalid, ColourInvalid, RoleTitleTaken, TooManyRoles, *ROLE_ERRORS),
)
async def add_role(call: Call, team_id: str, body: RoleIn) -> Reply[RoleOut]:
    """Takes the permission `manage_roles`; only below one's own level, and nothing one may not do oneself."""
    return _role(await usecases.add_role(call.port(Teams), call.user, team_id, body.draft(), call.clock.now()))


@router.put(
    "/{team_id}/roles/order",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Put a team's roles into another order",
    raises=(RoleOrderInvalid, Stale, *ROLE_ERRORS),
)
async def order_roles(call: Call, team_id: str, body: RoleOrderIn) -> Reply[RolesOut]:
    """Every role once; those not below one's own level keep their order among themselves."""
    return _roles(
        await usecases.order_roles(
            call.port(Teams), call.user, team_id, body.role_ids, call.clock.now(), version=call.if_match()
        )
    )


@router.put(
    "/{team_id}/roles/{role_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Change a role",
    raises=(RoleTitleInvalid, ColourInvalid, RoleTitleTaken, TeamRoleNotFound, Stale, *ROLE_ERRORS),
)
async def change_role(call: Call, team_id: str, role_id: str, body: RoleIn) -> Reply[RoleOut]:
    changed = await usecases.change_role(
        call.port(Teams),
        call.user,
        team_id,
        role_id,
        body.draft(),
        call.clock.now(),
        version=call.if_match(),
    )
    return _role(changed)


@router.delete(
    "/{team_id}/roles/{role_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Delete a role; those who have it lose it",
    raises=(TeamRoleNotFound, *ROLE_ERRORS),
)
async def delete_role(call: Call, team_id: str, role_id: str) -> None:
    await usecases.delete_role(call.port(Teams), call.user, team_id, role_id, call.clock.now())
