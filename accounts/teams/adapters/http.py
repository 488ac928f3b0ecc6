"""What the routes of teams have in common."""

from accounts.teams.model import Team
from accounts.teams.schemas import TeamOut
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, etag

LIMITED = (TooManyRequests, Unavailable)
"""What every route with a limit raises."""


def shown(team: Team, call: Call, *, status: int | None = None) -> Reply[TeamOut]:
    """``team`` as the caller may see it, with the ``ETag`` for ``If-Match``."""
    return Reply(TeamOut.of(team, call.actor), status=status, headers={"ETag": etag(team.version)})
