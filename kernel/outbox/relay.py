"""Delivers what ``kernel.outbox.outbox`` wrote, however often it takes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select, update

from kernel.metrics import OUTBOX_DELIVERIES
from kernel.outbox.outbox import Delivery, ManyHandler, decode, outbox_table
from kernel.scope import Container

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 10
"""With the back-off below the last attempt comes about 17 minutes after the first; then a person has to look."""

BATCH: Final = 1_000
"""Due rows looked at in one go: finding the oldest takes as long for many as for few."""
ONE_BY_ONE: Final = 50
"""Of those, how many for each subscriber that takes no group, so that the others need not wait for all of them."""
GROUP: Final = 100
"""Events in one transaction: with fewer its cost counts, with more it keeps other writers waiting."""
POLL_INTERVAL_S: Final = 1.0
"""Only for rows another process wrote, and for retries: our own commits wake the relay at once."""

HANDLER_TIMEOUT_S: Final = 30


class Relay:
    """Delivers outbox rows.  Any number of processes may run one: a row is locked while it is being delivered."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._clock = container.clock
        self._wake = container.events_committed

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._wake.clear()
            try:
                delivered = await self.deliver_due()
            except Exception:
                log.exception("outbox relay could not read the outbox")  # the database is away: wait for it
                delivered = 0
            if delivered < ONE_BY_ONE:
                try:
                    async with asyncio.timeout(POLL_INTERVAL_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def drain(self) -> None:
        """Deliver everything that is due now, including what the deliveries themselves cause."""
        while await self.deliver_due():
            pass

    async def deliver_due(self) -> int:
        """Try a batch of due rows, for each subscriber the oldest first; returns how many were tried."""
        async with self._container.scope(write=False) as scope:
            due = await scope.uow.session.execute(
                select(outbox_table.c.id, outbox_table.c.subscriber)
                .where(outbox_table.c.failed_at.is_(None), outbox_table.c.not_before <= self._clock.now())
                .order_by(outbox_table.c.id)
                .limit(BATCH)
            )
            waiting: dict[str, list[str]] = {}
            for row_id, subscriber in due:
                waiting.setdefault(subscriber, []).append(row_id)
        tried = 0
        for subscriber, ids in waiting.items():
            many = self._container.events.many_handler(subscriber)
            if many is None:
                for row_id in ids[:ONE_BY_ONE]:
                    await self._deliver(row_id)
                tried += len(ids[:ONE_BY_ONE])
            else:
                for first in range(0, len(ids), GROUP):
                    await self._deliver_group(many, ids[first : first + GROUP])
                tried += len(ids)
        return tried

    async def _deliver_group(self, many: ManyHandler, ids: Sequence[str]) -> None:
        """Give a subscriber several events in one transaction, or each by itself where that fails."""
        if len(ids) > 1:
            try:
                delivered = await self._delivered_at_once(many, ids)
            except Exception as error:  # noqa: BLE001 - one of them may be at fault; alone it is found, and the others go
                log.info("events are delivered one by one", reason=f"{type(error).__name__}: {error}"[:1000])
            else:
                OUTBOX_DELIVERIES.labels(outcome="delivered").inc(delivered)
                return
        for row_id in ids:
            await self._deliver(row_id)

    async def _delivered_at_once(self, many: ManyHandler, ids: Sequence[str]) -> int:
        c = outbox_table.c
        async with asyncio.timeout(HANDLER_TIMEOUT_S), self._container.scope(write=True) as scope:
            session = scope.uow.session
            found = await session.execute(
                select(c.id, c.event, c.payload, c.origin)
                .where(c.id.in_(ids))
                .order_by(c.id)
                .with_for_update(skip_locked=True)
            )
            rows = found.all()
            if rows:
                await many(scope, [Delivery(decode(row.event, row.payload), dict(row.origin)) for row in rows])
                await session.execute(delete(outbox_table).where(c.id.in_([row.id for row in rows])))
        return len(rows)

    async def _deliver(self, row_id: str) -> None:
        try:
            async with asyncio.timeout(HANDLER_TIMEOUT_S), self._container.scope(write=True) as scope:
                session = scope.uow.session
                row = (
                    await session.execute(
                        select(outbox_table).where(outbox_table.c.id == row_id).with_for_update(skip_locked=True)
                    )
                ).one_or_none()
                if row is None:
                    return  # another process has it, or already had it
                scope.origin = dict(row.origin)
                handler = self._container.events.handler(row.subscriber)
                if handler is None:
                    raise LookupError(f"no subscriber is called {row.subscriber}")  # noqa: TRY301 - retried like any failure
                await handler(scope, decode(row.event, row.payload))
                await session.execute(delete(outbox_table).where(outbox_table.c.id == row_id))
            OUTBOX_DELIVERIES.labels(outcome="delivered").inc()
        except Exception as error:  # noqa: BLE001 - whatever a subscriber raises, the row stays and is tried again
            await self._postpone(row_id, error)

    async def _postpone(self, row_id: str, error: Exception) -> None:
        now = self._clock.now()
        async with self._container.scope(write=True) as scope:
            attempts = (
                await scope.uow.session.execute(select(outbox_table.c.attempts).where(outbox_table.c.id == row_id))
            ).scalar_one_or_none()
            if attempts is None:
                return
            attempts += 1
            gives_up = attempts >= MAX_ATTEMPTS
            await scope.uow.session.execute(
                update(outbox_table)
                .where(outbox_table.c.id == row_id)
                .values(
                    attempts=attempts,
                    not_before=next_attempt(now, attempts),
                    failed_at=now if gives_up else None,
                    last_error=f"{type(error).__name__}: {error}"[:1000],
                )
            )
        OUTBOX_DELIVERIES.labels(outcome="failed" if gives_up else "retried").inc()
        log.warning("event delivery failed", outbox_id=row_id, attempts=attempts, gives_up=gives_up, exc_info=error)


def next_attempt(now: datetime, attempts: int) -> datetime:
    """When to try again after ``attempts`` failures: 1, 2, 4 … seconds, at most 8 minutes."""
    return now + timedelta(seconds=min(2 ** (attempts - 1), 480))
