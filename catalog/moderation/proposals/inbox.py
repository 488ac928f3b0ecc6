"""What waits to be decided: lists of proposals and how much there is."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from catalog.moderation.cursor import Cursor
from catalog.moderation.proposals.model import Proposal
from catalog.moderation.proposals.ports import InboxTab, ProposalFilter
from catalog.moderation.proposals.usecases import REVIEW, ProposalContext
from kernel.access import Actor, Role
from kernel.errors import Forbidden


async def page(
    context: ProposalContext, actor: Actor, wanted: ProposalFilter, *, limit: int
) -> tuple[Sequence[Proposal], Cursor | None]:
    """Proposals, and where the next page begins.  Raises :class:`kernel.errors.Forbidden`."""
    if wanted.box is not InboxTab.OWN:
        teams = await teams_of(context, actor, wanted.team_ids)
        wanted = replace(wanted, team_ids=teams, decides_own=actor.may(Role.ADMIN))
    found = await context.proposals.page(wanted, context.now, limit=limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return found, _cursor_after(found[-1], wanted.box) if more else None


async def teams_of(context: ProposalContext, actor: Actor, asked: Collection[str] | None) -> Collection[str] | None:
    """In whose names proposals are shown to ``actor``; ``None``: everybody's.  Raises ``Forbidden`` where none would be."""
    if actor.may(Role.MODERATOR):
        return asked
    reviewed = await context.teams.where(actor.user_id, REVIEW)
    theirs = reviewed if asked is None else reviewed.intersection(asked)
    if not theirs:
        raise Forbidden
    return theirs


def _cursor_after(last: Proposal, box: InboxTab) -> Cursor:
    key = {InboxTab.OWN: last.created_at, InboxTab.DECIDED: last.decided_at or last.updated_at}
    return Cursor(key.get(box, last.submitted_at or last.created_at), last.id)
