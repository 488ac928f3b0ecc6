"""What people are told of their proposals and reports."""

from collections.abc import Collection, Mapping

import accounts.identity.queries
import catalog.moderation.queries
from catalog.moderation.proposals.events import (
    ProposalAccepted,
    ProposalCommented,
    ProposalEvent,
    ProposalRejected,
    ProposalRolledBack,
    ProposalTaken,
)
from catalog.moderation.reports.events import ReportDismissed, ReportResolved
from kernel.events import Event
from kernel.scope import Scope
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.model import Notice, NotificationKind, Value


async def proposal_taken(scope: Scope, event: ProposalTaken) -> Sending | None:
    """To its author."""
    return await _of_proposal(scope, NotificationKind.PROPOSAL_TAKEN, event, {event.author_id} - {event.moderator_id})


async def proposal_accepted(scope: Scope, event: ProposalAccepted) -> Sending | None:
    """Who is trusted has seen it happen."""
    return await _of_proposal(
        scope, NotificationKind.PROPOSAL_ACCEPTED, event, {event.author_id} if event.moderator_id else set()
    )


async def proposal_rejected(scope: Scope, event: ProposalRejected) -> Sending | None:
    """To its author, with the reason."""
    reason = {"reason": event.reason}
    return await _of_proposal(
        scope, NotificationKind.PROPOSAL_REJECTED, event, {event.author_id} - {event.moderator_id}, reason
    )


async def proposal_rolled_back(scope: Scope, event: ProposalRolledBack) -> Sending | None:
    """To its author, with the reason."""
    reason = {"reason": event.reason}
    return await _of_proposal(
        scope, NotificationKind.PROPOSAL_ROLLED_BACK, event, {event.author_id} - {event.moderator_id}, reason
    )


async def proposal_commented(scope: Scope, event: ProposalCommented) -> Sending | None:
    """To its author, and to whoever holds it or decided on it; not to who wrote the comment."""
    others = {event.author_id, *([event.moderator_id] if event.moderator_id else [])} - {event.commenter_id}
    person = {"person": await accounts.identity.queries.nickname(scope.uow.session, event.commenter_id)}
    return await _of_proposal(scope, NotificationKind.PROPOSAL_COMMENTED, event, others, person, topic="comments")


async def _of_proposal(
    scope: Scope,
    kind: NotificationKind,
    event: ProposalEvent,
    to: Collection[str],
    more: Mapping[str, Value] | None = None,
    *,
    topic: str = "",
) -> Sending | None:
    title = await catalog.moderation.queries.proposal_title(scope.uow.session, event.proposal_id)
    if title is None or not to:
        return None
    notice = Notice(
        kind=kind,
        at=event.at,
        params={"title": title, **(more or {})},
        link=f"/moderation/{event.proposal_id}",
        topic=f"{topic}:{event.proposal_id}" if topic else "",
    )
    return Sending(notice, to)


async def report_closed(scope: Scope, event: ReportResolved | ReportDismissed) -> Sending | None:
    """To whoever made the report, with what was done about it."""
    kind = NotificationKind.REPORT_RESOLVED if isinstance(event, ReportResolved) else NotificationKind.REPORT_DISMISSED
    title = await catalog.moderation.queries.report_title(scope.uow.session, event.report_id)
    params = {"title": title or "", "outcome": event.outcome}
    return Sending(Notice(kind=kind, at=event.at, params=params), [event.reporter_id])


RULES: Mapping[type[Event], Rule] = {
    ProposalTaken: proposal_taken,
    ProposalAccepted: proposal_accepted,
    ProposalRejected: proposal_rejected,
    ProposalRolledBack: proposal_rolled_back,
    ProposalCommented: proposal_commented,
    ReportResolved: report_closed,
    ReportDismissed: report_closed,
}
