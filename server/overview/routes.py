"""``/api/v1/admin``: how the program is doing, for administrators – counts, jobs, events that could not be delivered, disk.

And ``/api/v1/jobs``, for whoever ordered one.
"""

import asyncio
import shutil
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select, update

from accounts.identity.repository import users
from catalog.releases.repository import episode_table, release_table
from kernel.access import Role
from kernel.errors import NotFound
from kernel.http import Call, Router
from kernel.jobs import JobNotFound, Jobs, job_table
from kernel.outbox import outbox_table
from kernel.scope import Scope
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
    PageIn,
)

router = Router("/api/v1/admin", tag="Administration")
job_router = Router(tag="Jobs")


class DeliveryNotFound(NotFound):
    """There is no such failed delivery; it may have been delivered in the meantime."""


@router.get("/overview", role=Role.ADMIN, summary="How the program is doing")
async def get_overview(call: Call) -> OverviewOut:
    scope = call.scope
    states: dict[str, int] = {}
    for row in await scope.uow.session.execute(select(job_table.c.state, func.count()).group_by(job_table.c.state)):
        states[row[0]] = row[1]
    disk = await asyncio.to_thread(_disk, call.port(Storage).path("any").parent)
    return OverviewOut(
        users=await _count(scope, users),
        banned_users=await _count(scope, users, users.c.banned_at.is_not(None)),
        releases=await _count(scope, release_table),
        episodes=await _count(scope, episode_table),
        jobs=JobsOut(**{state: states.get(state, 0) for state in JobsOut.model_fields}),
        deliveries=DeliveriesOut(
            waiting=await _count(scope, outbox_table, outbox_table.c.failed_at.is_(None)),
            failed=await _count(scope, outbox_table, outbox_table.c.failed_at.is_not(None)),
        ),
        disk=disk,
    )


@router.get("/jobs", role=Role.ADMIN, summary="List background jobs, newest first")
async def list_jobs(call: Call, query: JobsIn) -> JobPage:
    conditions = [] if query.state is None else [job_table.c.state == query.state]
    found = await call.scope.uow.session.execute(
        select(job_table)
        .where(*conditions)
        .order_by(job_table.c.created_at.desc(), job_table.c.id.desc())
        .offset(query.offset)
        .limit(query.page_size)
    )
    items = [AnyJobOut.model_validate(row, from_attributes=True) for row in found]
    total = await _count(call.scope, job_table, *conditions)
    return JobPage(items=items, total=total, page=query.page, page_size=query.page_size)


@router.get("/deliveries", role=Role.ADMIN, summary="List the events that could not be delivered, newest first")
async def list_failed_deliveries(call: Call, query: PageIn) -> DeliveryPage:
    failed = outbox_table.c.failed_at.is_not(None)
    found = await call.scope.uow.session.execute(
        select(outbox_table)
        .where(failed)
        .order_by(outbox_table.c.failed_at.desc(), outbox_table.c.id.desc())
        .offset(query.offset)
        .limit(query.page_size)
    )
    items = [DeliveryOut.model_validate(row, from_attributes=True) for row in found]
    total = await _count(call.scope, outbox_table, failed)
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
    changed = await call.scope.uow.session.execute(
        update(outbox_table)
        .where(outbox_table.c.id == delivery_id, outbox_table.c.failed_at.is_not(None))
        .values(failed_at=None, attempts=0, not_before=call.clock.now())
        .returning(outbox_table.c.id)
    )
    if changed.one_or_none() is None:
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


async def _count(scope: Scope, table: Table, *conditions: ColumnElement[bool]) -> int:
    found = await scope.uow.session.execute(select(func.count()).select_from(table).where(*conditions))
    return found.scalar_one()
