"""Filing a report, and closing it."""

from datetime import datetime

from catalog.moderation.comments.ports import Comments
from catalog.moderation.limits import TITLE_MAX
from catalog.moderation.proposals.model import ProposalKind, TargetNotFound
from catalog.moderation.proposals.trust import CountedAction
from catalog.moderation.proposals.usecases import ProposalContext, count, visible
from catalog.moderation.reports.model import (
    AlreadyReported,
    Report,
    ReportId,
    ReportNotFound,
    ReportReason,
    ReportSubject,
)
from catalog.moderation.reports.ports import Reports, Subjects
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.ids import new_id


async def file(
    context: ProposalContext,
    reports: Reports,
    subjects: Subjects,
    comments: Comments,
    actor: Actor,
    *,
    kind: ReportSubject,
    target_id: str,
    reason: ReportReason,
    text: str,
) -> Report:
    """Report something one can see.  Raises ``TargetNotFound``, ``AlreadyReported``, ``DailyCap``."""
    title = await _title(context, subjects, comments, actor, kind, target_id)
    if await reports.by(actor.user_id, kind, target_id) is not None:
        raise AlreadyReported
    await count(context, actor, CountedAction.REPORT)
    report = Report(
        id=ReportId(new_id()),
        reporter_id=actor.user_id,
        kind=kind,
        target_id=target_id,
        title=title[:TITLE_MAX],
        reason=reason,
        text=text,
        filed_at=context.now,
    )
    report.filed()
    reports.add(report)
    return report


async def close(
    reports: Reports, actor: Actor, report_id: str, outcome: str, now: datetime, *, resolved: bool
) -> Report:
    """Resolve it, or dismiss it."""
    found = await reports.get(report_id)
    if found is None:
        raise ReportNotFound
    found.close(actor.user_id, outcome, now, resolved=resolved)
    return found


async def _title(
    context: ProposalContext, subjects: Subjects, comments: Comments, actor: Actor, kind: ReportSubject, target_id: str
) -> str:
    try:
        match kind:
            case ReportSubject.RELEASE | ReportSubject.EPISODE:
                return (await context.targets.find(actor, ProposalKind(kind.value), target_id)).title
            case ReportSubject.PROPOSAL:
                return (await visible(context, actor, target_id)).title
            case ReportSubject.COMMENT:
                found = await comments.lock(target_id)
                if found is None or found.deleted_at is not None:
                    raise TargetNotFound
                return (await visible(context, actor, found.proposal_id)).title
            case _:
                title = await subjects.title(actor, kind, target_id)
                if title is None:
                    raise TargetNotFound
                return title
    except NotFound:
        raise TargetNotFound from None
