"""``/api/v1/moderation``: the inbox and reports."""

from collections.abc import Sequence

from catalog.moderation.comments.ports import Comments
from catalog.moderation.cursor import Cursor
from catalog.moderation.proposals.model import DailyCap, TargetNotFound
from catalog.moderation.proposals.ports import People
from catalog.moderation.proposals.routes import context_of
from catalog.moderation.reports import inbox, usecases
from catalog.moderation.reports.model import AlreadyReported, Report, ReportClosed, ReportNotFound, ReportSubject
from catalog.moderation.reports.ports import Reports, Subjects
from catalog.moderation.reports.schemas import (
    InboxOut,
    InboxQuery,
    OutcomeIn,
    ReportIn,
    ReportOut,
    ReportPage,
    ReportQuery,
)
from catalog.moderation.schemas import encoded
from kernel.access import Role
from kernel.errors import Conflict, Forbidden
from kernel.http import Call, Router

router = Router("/api/v1/moderation", tag="Moderation")


@router.get("/inbox", role=Role.USER, summary="Count what is to be decided", raises=(Forbidden,))
async def get_inbox(call: Call, query: InboxQuery) -> InboxOut:
    """For moderators, and for reviewers of teams; theirs are the proposals made in the names of these teams, or of `team_id`."""
    return InboxOut.of(await inbox.count(context_of(call), call.port(Reports), call.user, query.team_id))


@router.post(
    "/reports",
    status=201,
    role=Role.USER,
    summary="Report something to the moderators",
    raises=(TargetNotFound, AlreadyReported, DailyCap, Conflict),
)
async def file_report(call: Call, body: ReportIn) -> ReportOut:
    """Once for each thing."""
    filed = await usecases.file(
        context_of(call),
        call.port(Reports),
        call.port(Subjects),
        call.port(Comments),
        call.user,
        kind=body.kind,
        target_id=body.target_id,
        reason=body.reason,
        text=body.text,
    )
    return await _one(call, filed)


@router.get("/reports", role=Role.MODERATOR, summary="List reports")
async def list_reports(call: Call, query: ReportQuery) -> ReportPage:
    """Oldest first."""
    return await _page(call, query, None)


@router.get("/reports/own", role=Role.USER, summary="List one's own reports")
async def list_own_reports(call: Call, query: ReportQuery) -> ReportPage:
    """Oldest first; who dealt with them is not said."""
    page = await _page(call, query, call.user.user_id)
    for item in page.items:
        item.closed_by = None
    return page


@router.post(
    "/reports/{report_id}/resolve",
    role=Role.MODERATOR,
    summary="Close a report one has acted on",
    raises=(ReportNotFound, ReportClosed, Conflict),
)
async def resolve_report(call: Call, report_id: str, body: OutcomeIn) -> ReportOut:
    return await _close(call, report_id, body, resolved=True)


@router.post(
    "/reports/{report_id}/dismiss",
    role=Role.MODERATOR,
    summary="Close a report there is nothing to do about",
    raises=(ReportNotFound, ReportClosed, Conflict),
)
async def dismiss_report(call: Call, report_id: str, body: OutcomeIn) -> ReportOut:
    return await _close(call, report_id, body, resolved=False)


async def _close(call: Call, report_id: str, body: OutcomeIn, *, resolved: bool) -> ReportOut:
    closed = await usecases.close(
        call.port(Reports), call.user, report_id, body.outcome, call.clock.now(), resolved=resolved
    )
    return await _one(call, closed)


async def _one(call: Call, report: Report) -> ReportOut:
    return (await _shown(call, [report]))[0]


async def _shown(call: Call, found: Sequence[Report]) -> list[ReportOut]:
    people = {each for report in found for each in (report.reporter_id, report.closed_by) if each is not None}
    names = await call.port(People).nicknames(people)
    said = [report.target_id for report in found if report.kind is ReportSubject.COMMENT]
    places = await call.port(Comments).proposals_of(said) if said else {}
    pairs = [report.target_id for report in found if report.kind is ReportSubject.SIMILAR]
    releases = await call.port(Subjects).releases_of(pairs) if pairs else {}
    return [
        ReportOut.of(report, names, proposal_id=places.get(report.target_id), release_id=releases.get(report.target_id))
        for report in found
    ]


async def _page(call: Call, query: ReportQuery, reporter_id: str | None) -> ReportPage:
    found = await call.port(Reports).page(
        states=query.state, kind=query.kind, reporter_id=reporter_id, after=query.after, limit=query.page_size + 1
    )
    shown, more = found[: query.page_size], len(found) > query.page_size
    return ReportPage(
        items=await _shown(call, shown),
        next_cursor=encoded(Cursor(shown[-1].filed_at, shown[-1].id)) if more else None,
    )
