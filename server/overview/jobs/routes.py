"""``/api/v1/jobs``, for whoever ordered one, and ``/api/v1/admin/jobs``, for administrators."""

from dataclasses import asdict

import accounts.identity.queries
from kernel.access import Role
from kernel.http import Call, Router
from kernel.jobs import (
    JobControl,
    JobEnded,
    JobNotFound,
    JobNotStoppable,
    Jobs,
    JobUnderWay,
    JobView,
    Priority,
    queries,
)
from kernel.limits import Limit
from server.overview.jobs.model import JobCancelled, JobRetried
from server.overview.jobs.schemas import AnyJobOut, JobOut, JobPage, JobsIn, PriorityIn

router = Router("/api/v1", tag="Jobs")
admin_router = Router("/api/v1/admin", tag="Administration")

REPEATS = Limit("job_repeats", attempts=60, window_s=3600)
"""Jobs that one person has done again; each may be an hour of encoding."""


@router.get("/jobs/{job_id}", role=Role.USER, summary="Look at a background job", raises=(JobNotFound,))
async def get_job(call: Call, job_id: str) -> JobOut:
    """One's own jobs; editors see all."""
    job = await call.port(Jobs).get(job_id)
    if job.owner_id != call.user.user_id and not call.user.may(Role.EDITOR):
        raise JobNotFound
    return JobOut.of(job)


@router.post(
    "/jobs/{job_id}/cancel",
    role=Role.USER,
    summary="Stop a background job",
    raises=(JobNotFound, JobEnded, JobNotStoppable),
)
async def cancel_job(call: Call, job_id: str) -> JobOut:
    """One's own; administrators stop all.

    What waits is stopped at once, what runs within some five seconds: until then it is `running` and `is_stopping`.  What it had
    made is removed; an uploaded file stays until it would have expired, so that the job can be done again.
    """
    job = await _own(call, job_id)
    stopped = await call.port(JobControl).cancel(job_id)
    if not job.is_stopping:
        call.scope.uow.record(JobCancelled(at=call.clock.now(), job_id=job.id, kind=job.kind, by_id=call.user.user_id))
    return JobOut.of(stopped)


@router.post(
    "/jobs/{job_id}/retry",
    role=Role.USER,
    summary="Do a background job again that failed or was stopped",
    limit=REPEATS,
    raises=(JobNotFound, JobUnderWay),
)
async def retry_job(call: Call, job_id: str) -> JobOut:
    """One's own; administrators repeat all.  It gets all its attempts anew."""
    job = await _own(call, job_id)
    again = await call.port(JobControl).retry(job_id)
    call.scope.uow.record(JobRetried(at=call.clock.now(), job_id=job.id, kind=job.kind, by_id=call.user.user_id))
    return JobOut.of(again)


@admin_router.get("/jobs", role=Role.ADMIN, summary="List background jobs")
async def list_jobs(call: Call, query: JobsIn) -> JobPage:
    """Those that wait in the order in which they are done, all others the newest first."""
    session = call.scope.uow.session
    found, total = await queries.jobs(session, query.state, offset=query.offset, limit=query.page_size)
    names = await accounts.identity.queries.nicknames(session, {job.owner_id for job in found if job.owner_id})
    control = call.port(JobControl)
    items = [
        AnyJobOut.model_validate(
            {
                **asdict(job),
                "is_stoppable": control.is_stoppable(job.kind),
                "owner_nickname": names.get(job.owner_id or ""),
            }
        )
        for job in found
    ]
    return JobPage(items=items, total=total, page=query.page, page_size=query.page_size)


@admin_router.put(
    "/jobs/{job_id}/priority",
    role=Role.ADMIN,
    status=204,
    summary="Put a job that waits before the others, or behind them",
    raises=(JobNotFound, JobEnded),
)
async def set_job_priority(call: Call, job_id: str, body: PriorityIn) -> None:
    """What runs is not interrupted for it."""
    await call.port(JobControl).put_before(job_id, Priority[body.priority.name])


async def _own(call: Call, job_id: str) -> JobView:
    job = await call.port(Jobs).get(job_id)
    if job.owner_id != call.user.user_id and not call.user.may(Role.ADMIN):
        raise JobNotFound
    return job
