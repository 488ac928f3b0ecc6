"""Reports: what is wrong, told to the moderators."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from catalog.moderation.comments.usecases import Comments
from catalog.moderation.proposals.model import (
    AlreadyReported,
    Kind,
    Reason,
    Report,
    ReportId,
    ReportNotFound,
    ReportState,
    Subject,
    TargetNotFound,
)
from catalog.moderation.proposals.trust import Deed
from catalog.moderation.proposals.usecases import Desk, Place, count, visible
from kernel.access import Actor
from kernel.errors import NotFound
from kernel.ids import new_id

TITLE_MAX = 255


class Reports(Protocol):
    """Where reports are kept."""

    async def get(self, report_id: str) -> Report | None: ...
    async def by(self, reporter_id: str, kind: Subject, target_id: str) -> Report | None: ...
    def add(self, report: Report) -> None: ...
    async def page(
        self,
        *,
        states: Sequence[ReportState],
        kind: Subject | None,
        reporter_id: str | None,
        after: Place | None,
        limit: int,
    ) -> list[Report]:
        """Oldest first."""
        ...

    async def open_by_kind(self) -> Mapping[str, int]: ...


class Subjects(Protocol):
    """What else can be reported, and is not the catalogue's; bound in ``server/wiring.py``."""

    async def title(self, actor: Actor, kind: Subject, target_id: str) -> str | None:
        """What a user or a team that ``actor`` can see is called."""
        ...


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
