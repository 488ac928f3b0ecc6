"""``/api/v1/admin``: how the program is doing, for administrators – counts, jobs, events that could not be delivered, disk.

And ``/api/v1/jobs``, for whoever ordered one.
"""

import asyncio
import shutil
from pathlib import Path

import accounts.identity.queries
import catalog.releases.episodes.queries
import kernel.outbox.queries
from kernel import job_queries
from kernel.access import Role
from kernel.errors import NotFound
from kernel.http import Call, Router
from kernel.http.schemas import PageIn
from kernel.jobs import JobNotFound, Jobs
from kernel.storage import Storage
from server.overview.schemas import (
    AnyJobOut,
    DeliveriesOut,
    DeliveryOut,
    DeliveryPage,
    DiskOut,
    JobOut,
    JobPage,
    JobsIn,
    JobsOut,
    OverviewOut,
)

router = Router("/api/v1/admin", tag="Administration")
job_router = Router(tag="Jobs")


class DeliveryNotFound(NotFound):
    """There is no such failed delivery; it may have been delivered in the meantime."""


@router.get("/overview", role=Role.ADMIN, summary="How the program is doing")
async def get_overview(call: Call) -> OverviewOut:
    session = call.scope.uow.session
    states = await job_queries.counts(session)
    users, banned_users = await accounts.identity.queries.counts(session)
    releases, episodes = await catalog.releases.episodes.queries.counts(session)
    waiting, failed = await kernel.outbox.queries.counts(session)
    return OverviewOut(
        users=users,
        banned_users=banned_users,
        releases=releases,
        episodes=episodes,
        jobs=JobsOut(**{state: states.get(state, 0) for state in JobsOut.model_fields}),
        deliveries=DeliveriesOut(waiting=waiting, failed=failed),
        disk=await asyncio.to_thread(_disk, call.port(Storage).path("any").parent),
    )


@router.get("/jobs", role=Role.ADMIN, summary="List background jobs, newest first")
async def list_jobs(call: Call, query: JobsIn) -> JobPage:
    found, total = await job_queries.jobs(
        call.scope.uow.session, query.state, offset=query.offset, limit=query.page_size
    )
    items = [AnyJobOut.model_validate(job, from_attributes=True) for job in found]
    return JobPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.get("/deliveries", role=Role.ADMIN, summary="List the events that could not be delivered, newest first")
async def list_failed_deliveries(call: Call, query: PageIn) -> DeliveryPage:
    found, total = await kernel.outbox.queries.failed(
        call.scope.uow.session, offset=query.offset, limit=query.page_size
    )
    items = [DeliveryOut.model_validate(delivery, from_attributes=True) for delivery in found]
    return DeliveryPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/deliveries/{delivery_id}/retry",
    role=Role.ADMIN,
    status=204,
    summary="Try again to deliver an event",
    raises=(DeliveryNotFound,),
)
async def retry_delivery(call: Call, delivery_id: str) -> None:
    """It gets all its attempts anew."""
    if not await kernel.outbox.queries.retry(call.scope.uow.session, delivery_id, call.clock.now()):
        raise DeliveryNotFound
    call.scope.uow.after_commit(call.container.events_committed.set)


@job_router.get("/jobs/{job_id}", role=Role.USER, summary="Look at a background job", raises=(JobNotFound,))
async def get_job(call: Call, job_id: str) -> JobOut:
    """One's own jobs; editors see all."""
    job = await call.port(Jobs).get(job_id)
    if job.owner_id != call.user.user_id and not call.user.may(Role.EDITOR):
        raise JobNotFound
    return JobOut.of(job)


def _disk(folder: Path) -> DiskOut:
    while not folder.exists():  # before the first video
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return DiskOut(used_bytes=usage.used, free_bytes=usage.free, total_bytes=usage.total)
