"""``/api/v1``: the teams of a release, and the releases of a team."""

from catalog.moderation.credits import usecases
from catalog.moderation.credits.schemas import ReleaseCreditOut, ReleaseCreditPage, TeamCreditOut, TeamCredits
from catalog.moderation.credits.usecases import Credits
from catalog.moderation.proposals.model import TargetNotFound
from catalog.moderation.proposals.ports import TeamNames
from catalog.moderation.proposals.schemas import TeamNameOut
from catalog.releases.model import ReleaseNotFound
from catalog.releases.schemas import Paging
from catalog.releases.usecases import Reader, Releases
from kernel.access import Role
from kernel.http import Call, Router

router = Router(tag="Catalog")


def _reader(call: Call) -> Reader:
    return Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR), region=call.region)


@router.get("/releases/{release_id}/teams", summary="The teams that worked on a release", raises=(ReleaseNotFound,))
async def list_teams_of_release(call: Call, release_id: str) -> TeamCredits:
    """Those in whose name changes were accepted, most changes first; private ones for their members and moderators."""
    found = await usecases.of_release(
        call.port(Releases), call.port(Credits), call.port(TeamNames), call.actor, _reader(call), release_id
    )
    return TeamCredits(
        items=[
            TeamCreditOut(team=TeamNameOut.of(team), kinds=list(of.kinds), changes=of.changes, last_at=of.last_at)
            for team, of in found
        ]
    )


@router.get("/teams/{team_id}/releases", summary="The releases a team worked on", raises=(TargetNotFound,))
async def list_releases_of_team(call: Call, team_id: str, query: Paging) -> ReleaseCreditPage:
    """Worked on last first; their names and posters are at `GET /releases?id=…`."""
    found, total = await usecases.of_team(
        call.port(Credits),
        call.port(TeamNames),
        call.actor,
        _reader(call),
        team_id,
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
    )
    return ReleaseCreditPage(
        items=[
            ReleaseCreditOut(release_id=of.release_id, kinds=list(of.kinds), changes=of.changes, last_at=of.last_at)
            for of in found
        ],
        total=total,
        page=query.page,
        page_size=query.page_size,
    )
