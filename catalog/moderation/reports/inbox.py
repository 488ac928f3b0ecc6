"""How much there is to decide: proposals and reports."""

from dataclasses import replace

from catalog.moderation.proposals.inbox import teams_of
from catalog.moderation.proposals.ports import Counts
from catalog.moderation.proposals.usecases import ProposalContext
from catalog.moderation.reports.ports import Reports
from kernel.access import Actor, Role


async def count(context: ProposalContext, reports: Reports, actor: Actor, team_id: str | None) -> Counts:
    """How much ``actor`` could decide; the reports are for moderators of the site.

    Raises :class:`kernel.errors.Forbidden`.
    """
    teams = await teams_of(context, actor, None if team_id is None else [team_id])
    counts = await context.proposals.counts(actor.user_id, teams, context.now, decides_own=actor.may(Role.ADMIN))
    if not actor.may(Role.MODERATOR):
        return counts
    open_reports = await reports.open_by_kind()
    return replace(counts, reports=sum(open_reports.values()), reports_by_kind=open_reports)
