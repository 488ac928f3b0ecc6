"""``/api/v1/teams``: teams, their members, owners and roles."""

from accounts.teams import limits, usecases
from accounts.teams.adapters.http import LIMITED, shown
from accounts.teams.errors import (
    SlugInvalid,
    SlugTaken,
    TeamForbidden,
    TeamNameInvalid,
    TeamNotFound,
    TeamTextInvalid,
    TooManyTeams,
)
from accounts.teams.schemas import (
    MyTeamOut,
    MyTeamsIn,
    MyTeamsOut,
    TeamCardOut,
    TeamIn,
    TeamOut,
    TeamPage,
    TeamsIn,
    TrustIn,
)
from accounts.teams.usecases import People, Teams
from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Reply, Router
from kernel.images.images import ImageTooLarge, NotAnImage, square_webp
from kernel.images.pictures import AVATAR_PX, MEDIA_TYPES, Pictures, read_image

router = Router("/api/v1/teams", tag="Teams")


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
    reply = shown(team, call)
    reply.headers["Location"] = f"/api/v1/teams/{team.id}"
    return reply


@router.get("/mine", role=Role.USER, summary="The teams one is in, by name")
async def list_my_teams(call: Call, query: MyTeamsIn) -> MyTeamsOut:
    found = await usecases.teams_where(call.port(Teams), user_id=call.user.user_id, permission=query.permission)
    return MyTeamsOut(items=[MyTeamOut.of_mine(one) for one in found], total=len(found))


@router.get("/by-slug/{slug}", summary="Read a team by its short address", raises=(TeamNotFound,))
async def get_team_by_slug(call: Call, slug: str) -> Reply[TeamOut]:
    """As `GET /teams/{team_id}`."""
    return shown(await usecases.visible_by_slug(call.port(Teams), call.actor, slug), call)


@router.get("/{team_id}", summary="Read a team", raises=(TeamNotFound,))
async def get_team(call: Call, team_id: str) -> Reply[TeamOut]:
    """For everybody, signed in or not."""
    return shown(await usecases.visible(call.port(Teams), call.actor, team_id), call)


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
    return shown(edited, call)


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
    return shown(trusted, call)


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
    async with call.write_scope() as scope:
        pictures = scope.port(Pictures)
        team, replaced = await usecases.show(
            scope.port(Teams), call.user, team_id, await pictures.add(webp), call.clock.now(), version=call.if_match()
        )
        await pictures.remove(replaced)
        return shown(team, call)


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


# Owners.


# Roles.
