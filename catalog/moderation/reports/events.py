"""What happens to reports."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ReportFiled(Event):
    """Somebody reported something to the moderators."""

    report_id: str
    reporter_id: str
    kind: str
    target_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportResolved(Event):
    """A moderator acted on a report."""

    report_id: str
    reporter_id: str
    kind: str
    target_id: str
    moderator_id: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReportDismissed(Event):
    """A moderator found nothing to do about a report."""

    report_id: str
    reporter_id: str
    kind: str
    target_id: str
    moderator_id: str
    outcome: str
