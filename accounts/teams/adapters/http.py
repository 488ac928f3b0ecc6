"""What the routes of teams have in common."""

from accounts.teams.model import Team
from accounts.teams.schemas import TeamOut
from kernel.errors import TooManyRequests, Unavailable
from kernel.http import Call, Reply, versioned

LIMITED = (TooManyRequests, Unavailable)
"""What every route with a limit raises."""


def shown(team: Team, call: Call, *, status: int | None = None) -> Reply[TeamOut]:
    """``team`` as the caller may see it, with the ``ETag`` for ``If-Match``."""
    return versioned(TeamOut.of(team, call.actor), team.version, status=status)
