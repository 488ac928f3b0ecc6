"""What waits to be decided: lists of proposals and how much there is."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from catalog.moderation.cursor import Place
from catalog.moderation.proposals.model import Proposal
from catalog.moderation.proposals.ports import Box, Wanted
from catalog.moderation.proposals.usecases import REVIEW, Desk
from kernel.access import Actor, Role
from kernel.errors import Forbidden


async def page(desk: Desk, actor: Actor, wanted: Wanted, *, limit: int) -> tuple[Sequence[Proposal], Place | None]:
    """Proposals, and where the next page begins.  Raises :class:`kernel.errors.Forbidden`."""
    if wanted.box is not Box.OWN:
        teams = await teams_of(desk, actor, wanted.team_ids)
        wanted = replace(wanted, team_ids=teams, decides_own=actor.may(Role.ADMIN))
    found = await desk.proposals.page(wanted, desk.now, limit=limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return found, _place(found[-1], wanted.box) if more else None


async def teams_of(desk: Desk, actor: Actor, asked: Collection[str] | None) -> Collection[str] | None:
    """In whose names proposals are shown to ``actor``; ``None``: everybody's.  Raises ``Forbidden`` where none would be."""
    if actor.may(Role.MODERATOR):
        return asked
    reviewed = await desk.teams.where(actor.user_id, REVIEW)
    theirs = reviewed if asked is None else reviewed.intersection(asked)
    if not theirs:
        raise Forbidden
    return theirs


def _place(last: Proposal, box: Box) -> Place:
    key = {Box.OWN: last.created_at, Box.DECIDED: last.decided_at or last.updated_at}
    return Place(key.get(box, last.submitted_at or last.created_at), last.id)
