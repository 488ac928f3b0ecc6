"""Filing a report, and closing it."""

from datetime import datetime

from catalog.moderation.comments.ports import Comments
from catalog.moderation.limits import TITLE_MAX
from catalog.moderation.proposals.model import Kind, TargetNotFound
from catalog.moderation.proposals.trust import Deed
from catalog.moderation.proposals.usecases import Desk, count, visible
from catalog.moderation.reports.model import (
    AlreadyReported,
    Reason,
    Report,
    ReportId,
    ReportNotFound,
    Subject,
)
from catalog.moderation.reports.ports import Reports, Subjects
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.ids import new_id


async def file(
    desk: Desk,
    reports: Reports,
    subjects: Subjects,
    comments: Comments,
    actor: Actor,
    *,
    kind: Subject,
    target_id: str,
    reason: Reason,
    text: str,
) -> Report:
    """Report something one can see.  Raises ``TargetNotFound``, ``AlreadyReported``, ``DailyCap``."""
    title = await _title(desk, subjects, comments, actor, kind, target_id)
    if await reports.by(actor.user_id, kind, target_id) is not None:
        raise AlreadyReported
    await count(desk, actor, Deed.REPORT)
    report = Report(
        id=ReportId(new_id()),
        reporter_id=actor.user_id,
        kind=kind,
        target_id=target_id,
        title=title[:TITLE_MAX],
        reason=reason,
        text=text,
        filed_at=desk.now,
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
    desk: Desk, subjects: Subjects, comments: Comments, actor: Actor, kind: Subject, target_id: str
) -> str:
    try:
        match kind:
            case Subject.RELEASE | Subject.EPISODE:
                return (await desk.targets.find(actor, Kind(kind.value), target_id)).title
            case Subject.PROPOSAL:
                return (await visible(desk, actor, target_id)).title
            case Subject.COMMENT:
                found = await comments.hold(target_id)
                if found is None or found.deleted_at is not None:
                    raise TargetNotFound
                return (await visible(desk, actor, found.proposal_id)).title
            case _:
                title = await subjects.title(actor, kind, target_id)
                if title is None:
                    raise TargetNotFound
                return title
    except NotFound:
        raise TargetNotFound from None
