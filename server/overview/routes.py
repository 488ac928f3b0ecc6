"""``/api/v1/admin``: how the program is doing, for administrators – counts, events that could not be delivered, disk."""

import asyncio

import accounts.identity.queries
import catalog.releases.episodes.queries
import kernel.outbox.queries
from kernel.access import Role
from kernel.errors import NotFound
from kernel.http import Call, Router
from kernel.http.schemas import PageIn
from kernel.jobs import queries as job_queries
from kernel.storage import LocalStorage
from server.overview.schemas import (
    DeliveriesOut,
    DeliveryOut,
    DeliveryPage,
    DiskOut,
    JobsOut,
    OverviewOut,
)
from server.overview.storage.usecases import disk_of

router = Router("/api/v1/admin", tag="Administration")


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
        disk=DiskOut.model_validate(
            await asyncio.to_thread(disk_of, call.port(LocalStorage).root), from_attributes=True
        ),
    )


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
