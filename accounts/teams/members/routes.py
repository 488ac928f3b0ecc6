"""``/api/v1/teams/…/members`` and ``/owners``: who is in a team, and who owns it."""

from accounts.identity import usecases as identity
from accounts.identity.errors import UserNotFound
from accounts.identity.ports import Users
from accounts.identity.reauthentication.routes import PROOF, prove
from accounts.teams import limits
from accounts.teams.adapters.http import LIMITED, shown
from accounts.teams.errors import (
    AlreadyOwner,
    LastOwner,
    MemberNotFound,
    OutranksYou,
    OwnerBanned,
    TeamForbidden,
    TeamNotFound,
    TeamRoleNotFound,
)
from accounts.teams.members import usecases
from accounts.teams.schemas import (
    MemberOut,
    MemberPage,
    MemberRolesIn,
    MembersIn,
    OwnerIn,
    TeamOut,
)
from accounts.teams.usecases import MemberCard, People, Teams, visible
from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Reply, Router, versioned

router = Router("/api/v1/teams", tag="Teams")


@router.get("/{team_id}/members", summary="List a team's members", raises=(TeamNotFound,))
async def list_members(call: Call, team_id: str, query: MembersIn) -> MemberPage:
    """Owners first, then by level, then who has been there longest."""
    team = await visible(call.port(Teams), call.actor, team_id)
    cards = await usecases.members(call.port(People), team, search=query.search, role_id=query.role_id)
    return MemberPage(
        items=[MemberOut.of(card) for card in cards[query.offset : query.offset + query.page_size]],
        total=len(cards),
        page=query.page,
        page_size=query.page_size,
    )


@router.put(
    "/{team_id}/members/{user_id}/roles",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Give a member exactly these roles",
    raises=(TeamNotFound, MemberNotFound, TeamRoleNotFound, TeamForbidden, OutranksYou, Stale, *LIMITED),
)
async def set_member_roles(call: Call, team_id: str, user_id: str, body: MemberRolesIn) -> Reply[MemberOut]:
    """Takes the permission `manage_members`; only below one's own level, and nothing one may not do oneself."""
    member = await usecases.set_roles(
        call.port(Teams), call.user, team_id, user_id, body.role_ids, call.clock.now(), version=call.if_match()
    )
    person = (await call.port(People).known([user_id]))[user_id]
    return versioned(MemberOut.of(MemberCard(member, person)), member.version)


@router.delete(
    "/{team_id}/members/{user_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Put a member out of a team",
    raises=(TeamNotFound, MemberNotFound, TeamForbidden, OutranksYou, LastOwner, *LIMITED),
)
async def remove_member(call: Call, team_id: str, user_id: str) -> None:
    """Takes the permission `manage_members`; only below one's own level."""
    await usecases.remove_member(call.port(Teams), call.port(People), call.user, team_id, user_id, call.clock.now())


@router.post(
    "/{team_id}/leave",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Leave a team",
    raises=(TeamNotFound, MemberNotFound, LastOwner, *LIMITED),
)
async def leave_team(call: Call, team_id: str) -> None:
    await usecases.leave(call.port(Teams), call.port(People), call.user, team_id, call.clock.now())


async def _prove(call: Call, proof: OwnerIn) -> None:
    """That it is still the owner who sits there: an unlocked screen must not be enough to give a team away."""
    async with call.container.scope(write=False) as scope:
        user = await identity.me(scope.port(Users), call.user)
    await prove(call, user, proof)


OWNER_ERRORS = (
    *PROOF,
    UserNotFound,
    TeamNotFound,
    MemberNotFound,
    TeamForbidden,
    AlreadyOwner,
    OwnerBanned,
    *LIMITED,
)


@router.post(
    "/{team_id}/owners",
    role=Role.USER,
    transaction=False,
    limit=limits.CHANGE_TEAM,
    summary="Make a member one more owner",
    raises=OWNER_ERRORS,
)
async def appoint_owner(call: Call, team_id: str, body: OwnerIn) -> Reply[TeamOut]:
    """For owners; also for administrators of the site, where a team's owners are all banned."""
    await _prove(call, body)
    async with call.write_scope() as scope:
        team = await usecases.appoint(
            scope.port(Teams), scope.port(People), call.user, team_id, body.user_id, call.clock.now()
        )
        return shown(team, call)


@router.post(
    "/{team_id}/transfer",
    role=Role.USER,
    transaction=False,
    limit=limits.CHANGE_TEAM,
    summary="Hand one's ownership over to another member",
    raises=OWNER_ERRORS,
)
async def transfer_team(call: Call, team_id: str, body: OwnerIn) -> Reply[TeamOut]:
    """The one before stays a member, with the roles they have."""
    await _prove(call, body)
    async with call.write_scope() as scope:
        team = await usecases.transfer(
            scope.port(Teams), scope.port(People), call.user, team_id, body.user_id, call.clock.now()
        )
        return shown(team, call)


@router.post(
    "/{team_id}/step-down",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Be an owner no longer",
    raises=(TeamNotFound, TeamForbidden, LastOwner, *LIMITED),
)
async def step_down(call: Call, team_id: str) -> Reply[TeamOut]:
    return shown(
        await usecases.step_down(call.port(Teams), call.port(People), call.user, team_id, call.clock.now()), call
    )
