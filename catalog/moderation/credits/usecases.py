"""Which teams worked on a release: those in whose name changes of it were accepted, and stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import catalog.releases.usecases as catalogue
from catalog.moderation.proposals.model import ProposalKind, TargetNotFound
from catalog.moderation.proposals.ports import TeamName, TeamNames
from catalog.releases.usecases import Reader, Releases
from kernel.access import Actor

TEAMS_NAMED: Final = 50
"""Of one release, those with the most changes; more names than that are no help to a reader."""


@dataclass(frozen=True, slots=True)
class Credit:
    """What one team did for one release."""

    team_id: str
    release_id: str
    kinds: tuple[ProposalKind, ...]
    changes: int
    """Accepted proposals; what was rolled back does not count."""
    last_at: datetime


class Credits(Protocol):
    """What was accepted, by team and release."""

    async def of_release(self, release_id: str, *, limit: int) -> list[Credit]:
        """The most changes first."""
        ...

    async def of_team(
        self, team_id: str, *, sees_drafts: bool, offset: int, limit: int
    ) -> tuple[Sequence[Credit], int]:
        """One page, worked on last first, and how many releases there are."""
        ...


async def of_release(
    releases: Releases, credits_: Credits, teams: TeamNames, actor: Actor | None, reader: Reader, release_id: str
) -> list[tuple[TeamName, Credit]]:
    """Raises ``ReleaseNotFound``."""
    await catalogue.release(releases, reader, release_id)
    found = await credits_.of_release(release_id, limit=TEAMS_NAMED)
    names = await teams.visible(actor, [credit.team_id for credit in found])
    return [(names[credit.team_id], credit) for credit in found if credit.team_id in names]


async def of_team(
    credits_: Credits, teams: TeamNames, actor: Actor | None, reader: Reader, team_id: str, *, offset: int, limit: int
) -> tuple[Sequence[Credit], int]:
    """Releases that ``reader`` can see.  Raises :class:`TargetNotFound`, also for a private team of others."""
    if team_id not in await teams.visible(actor, [team_id]):
        raise TargetNotFound
    return await credits_.of_team(team_id, sees_drafts=reader.sees_drafts, offset=offset, limit=limit)
