"""``/api/v1/teams``: teams, their members, owners and roles."""

from accounts.identity import usecases as identity
from accounts.identity.errors import UserNotFound
from accounts.identity.reauthentication.routes import PROOF, prove
from accounts.identity.routes import writing
from accounts.identity.usecases import Users
from accounts.teams import limits, usecases
from accounts.teams.errors import (
    AlreadyOwner,
    ColourInvalid,
    LastOwner,
    MemberNotFound,
    OutranksYou,
    OwnerBanned,
    RoleOrderInvalid,
    RoleTitleInvalid,
    RoleTitleTaken,
    SlugInvalid,
    SlugTaken,
    TeamForbidden,
    TeamNameInvalid,
    TeamNotFound,
    TeamRoleNotFound,
    TeamTextInvalid,
    TooManyRoles,
    TooManyTeams,
)
from accounts.teams.model import Team
from accounts.teams.roles.model import TeamRole
from accounts.teams.roles.rules import order_version
from accounts.teams.schemas import (
    MemberOut,
    MemberPage,
    MemberRolesIn,
    MembersIn,
    MyTeamOut,
    MyTeamsIn,
    MyTeamsOut,
    OwnerIn,
    RoleIn,
    RoleOrderIn,
    RoleOut,
    RolesOut,
    TeamCardOut,
    TeamIn,
    TeamOut,
    TeamPage,
    TeamsIn,
    TrustIn,
)
from accounts.teams.usecases import MemberCard, People, Teams
from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, Unavailable
from kernel.http import Call, Reply, Router, etag
from kernel.images import ImageTooLarge, NotAnImage, square_webp
from kernel.pictures import AVATAR_PX, MEDIA_TYPES, Pictures, read_image
from kernel.versions import version_of

router = Router("/api/v1/teams", tag="Teams")

LIMITED = (TooManyRequests, Unavailable)


def _team(team: Team, call: Call, *, status: int | None = None) -> Reply[TeamOut]:
    return Reply(TeamOut.of(team, call.actor), status=status, headers={"ETag": etag(team.version)})


def _role(role: TeamRole, *, status: int | None = None) -> Reply[RoleOut]:
    return Reply(RoleOut.of(role), status=status, headers={"ETag": etag(role.version)})


@router.get("", summary="Search teams")
async def find_teams(call: Call, query: TeamsIn) -> TeamPage:
    """Public ones, by name; also the private ones one is in, and for moderators of the site all."""
    cards, total = await usecases.find(
        call.port(Teams), call.actor, search=query.search, offset=query.offset, limit=query.page_size
    )
    return TeamPage(
        items=[TeamCardOut.of(card) for card in cards], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "",
    status=201,
    role=Role.USER,
    limit=limits.FOUND_TEAM,
    summary="Found a team, and own it",
    raises=(TeamNameInvalid, SlugInvalid, TeamTextInvalid, SlugTaken, TooManyTeams, *LIMITED),
)
async def found_team(call: Call, body: TeamIn) -> Reply[TeamOut]:
    team = await usecases.found(call.port(Teams), call.port(People), call.user, body.draft(), call.clock.now())
    reply = _team(team, call)
    reply.headers["Location"] = f"/api/v1/teams/{team.id}"
    return reply


@router.get("/mine", role=Role.USER, summary="The teams one is in, by name")
async def list_my_teams(call: Call, query: MyTeamsIn) -> MyTeamsOut:
    found = await usecases.teams_where(call.port(Teams), user_id=call.user.user_id, permission=query.permission)
    return MyTeamsOut(items=[MyTeamOut.of_mine(one) for one in found], total=len(found))


@router.get("/by-slug/{slug}", summary="Read a team by its short address", raises=(TeamNotFound,))
async def get_team_by_slug(call: Call, slug: str) -> Reply[TeamOut]:
    return _team(await usecases.visible_by_slug(call.port(Teams), call.actor, slug), call)


@router.get("/{team_id}", summary="Read a team", raises=(TeamNotFound,))
async def get_team(call: Call, team_id: str) -> Reply[TeamOut]:
    return _team(await usecases.visible(call.port(Teams), call.actor, team_id), call)


@router.put(
    "/{team_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Describe a team anew",
    raises=(
        TeamNotFound,
        TeamForbidden,
        TeamNameInvalid,
        SlugInvalid,
        TeamTextInvalid,
        SlugTaken,
        Stale,
        *LIMITED,
    ),
)
async def edit_team(call: Call, team_id: str, body: TeamIn) -> Reply[TeamOut]:
    """Takes the permission `edit_team`."""
    edited = await usecases.edit(
        call.port(Teams), call.user, team_id, body.draft(), call.clock.now(), version=call.if_match()
    )
    return _team(edited, call)


@router.delete(
    "/{team_id}",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Delete a team for good",
    raises=(TeamNotFound, TeamForbidden, *LIMITED),
)
async def delete_team(call: Call, team_id: str) -> None:
    """For its owners, and administrators of the site."""
    picture = await usecases.dissolve(call.port(Teams), call.user, team_id, call.clock.now())
    await call.port(Pictures).remove(picture)


@router.put(
    "/{team_id}/trust",
    role=Role.MODERATOR,
    limit=limits.CHANGE_TEAM,
    summary="Let a team's people review and accept changes on their own, or no longer",
    raises=(TeamNotFound, TeamForbidden, *LIMITED),
)
async def trust_team(call: Call, team_id: str, body: TrustIn) -> Reply[TeamOut]:
    trusted = await usecases.trust(call.port(Teams), call.user, team_id, trusted=body.trusted, now=call.clock.now())
    return _team(trusted, call)


@router.put(
    "/{team_id}/avatar",
    role=Role.USER,
    transaction=False,
    media=MEDIA_TYPES,
    limit=limits.CHANGE_TEAM,
    summary="Show a picture of the team",
    raises=(NotAnImage, ImageTooLarge, TeamNotFound, TeamForbidden, Stale, *LIMITED),
)
async def put_team_avatar(call: Call, team_id: str) -> Reply[TeamOut]:
    """The body is the picture: JPEG, PNG, WebP or GIF, at most 8 MiB and 25 megapixels. Takes the permission
    `edit_team`."""
    async with call.container.scope(write=False) as scope:
        # Asked twice, so that nobody makes us decode what they may not show.
        await usecases.ensure_may_edit(scope.port(Teams), call.user, team_id)
    webp = await square_webp(await read_image(call.request), size_px=AVATAR_PX)
    async with writing(call) as scope:
        pictures = scope.port(Pictures)
        team, replaced = await usecases.show(
            scope.port(Teams), call.user, team_id, await pictures.add(webp), call.clock.now(), version=call.if_match()
        )
        await pictures.remove(replaced)
        return _team(team, call)


@router.delete(
    "/{team_id}/avatar",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Show no picture of the team",
    raises=(TeamNotFound, TeamForbidden, *LIMITED),
)
async def delete_team_avatar(call: Call, team_id: str) -> None:
    _, replaced = await usecases.show(call.port(Teams), call.user, team_id, None, call.clock.now())
    await call.port(Pictures).remove(replaced)


# Members.


@router.get("/{team_id}/members", summary="List a team's members", raises=(TeamNotFound,))
async def list_members(call: Call, team_id: str, query: MembersIn) -> MemberPage:
    """Owners first, then by level, then who has been there longest."""
    team = await usecases.visible(call.port(Teams), call.actor, team_id)
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
    return Reply(MemberOut.of(MemberCard(member, person)), headers={"ETag": etag(member.version)})


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


# Owners.


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
    async with writing(call) as scope:
        team = await usecases.appoint(
            scope.port(Teams), scope.port(People), call.user, team_id, body.user_id, call.clock.now()
        )
        return _team(team, call)


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
    async with writing(call) as scope:
        team = await usecases.transfer(
            scope.port(Teams), scope.port(People), call.user, team_id, body.user_id, call.clock.now()
        )
        return _team(team, call)


@router.post(
    "/{team_id}/step-down",
    role=Role.USER,
    limit=limits.CHANGE_TEAM,
    summary="Be an owner no longer",
    raises=(TeamNotFound, TeamForbidden, LastOwner, *LIMITED),
)
async def step_down(call: Call, team_id: str) -> Reply[TeamOut]:
    return _team(
        await usecases.step_down(call.port(Teams), call.port(People), call.user, team_id, call.clock.now()), call
    )


# Roles.

ROLE_ERRORS = (TeamNotFound, TeamForbidden, OutranksYou, *LIMITED)


@router.get("/{team_id}/roles", summary="List a team's roles, in their order", raises=(TeamNotFound,))
async def list_roles(call: Call, team_id: str) -> Reply[RolesOut]:
    """The `ETag` is also good for `PUT …/roles/order`."""
    return _roles(await usecases.visible(call.port(Teams), call.actor, team_id))


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
