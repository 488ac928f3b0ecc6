"""Looking at the deliveries of events: for administrators, and for who counts what was not delivered yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.concurrency.turns import in_turns
from kernel.events import Event
from kernel.outbox.outbox import decode, outbox_table


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """An event that one subscriber could not take, however often it was tried."""

    id: str
    event: str
    subscriber: str
    attempts: int
    failed_at: datetime
    last_error: str


async def waiting(session: AsyncSession, subscriber: str, field: str, values: Collection[str]) -> list[Event]:
    """Events whose ``field`` is one of up to 500 ``values`` that a subscriber was not given yet, without those that were given up."""
    c = outbox_table.c
    found = await session.execute(
        select(c.event, c.payload)
        .where(c.subscriber == subscriber, c.failed_at.is_(None))
        .where(c.payload[field].as_string().in_(values))
        .order_by(c.id)
    )
    return [decode(row.event, row.payload) async for row in in_turns(found)]


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many deliveries wait, and how many were given up."""
    c = outbox_table.c
    row = (await session.execute(select(func.count(), func.count(c.failed_at)).select_from(outbox_table))).one()
    return row[0] - row[1], row[1]


async def failed(session: AsyncSession, *, offset: int, limit: int) -> tuple[list[FailedDelivery], int]:
    """A page of those that were given up, the newest first, and how many there are."""
    c = outbox_table.c
    given_up = c.failed_at.is_not(None)
    found = await session.execute(
        select(c.id, c.event, c.subscriber, c.attempts, c.failed_at, c.last_error)
        .where(given_up)
        .order_by(c.failed_at.desc(), c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    total = await session.scalar(select(func.count()).select_from(outbox_table).where(given_up))
    return [FailedDelivery(*row) for row in found], total or 0


async def retry(session: AsyncSession, delivery_id: str, now: datetime) -> bool:
    """Give a delivery that was given up all its attempts anew; false where there is none (any more)."""
    c = outbox_table.c
    changed = await session.execute(
        update(outbox_table)
        .where(c.id == delivery_id, c.failed_at.is_not(None))
        .values(failed_at=None, attempts=0, not_before=now)
        .returning(c.id)
    )
    return changed.one_or_none() is not None
