"""Domain events on their way: written with the change, delivered after it.

At commit every event becomes one row **for each subscriber**.  The relay runs a subscriber in a transaction of its own that
also deletes the row, so the effects a subscriber has in the database happen exactly once, each subscriber is retried on its
own, and a slow one holds up nobody.  What a subscriber does outside the database may happen twice (at least once).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Column, Index, Integer, String, Table, Text, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.clock import Clock
from kernel.db import Id, Json, UtcDateTime, metadata
from kernel.events import Event
from kernel.ids import new_id
from kernel.metrics import OUTBOX_DELIVERIES

if TYPE_CHECKING:
    from kernel.scope import Container, Scope

log = structlog.get_logger()

outbox_table = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subscriber", String(120), nullable=False),
    Column("event", String(80), nullable=False),
    Column("payload", Json, nullable=False),
    Column("origin", Json, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("failed_at", UtcDateTime),
    Column("last_error", Text),
    Index("ix_outbox_due", "failed_at", "not_before"),
)

Subscriber = Callable[["Scope", Any], Awaitable[None]]
Subscriptions = Mapping[type[Event], Sequence[Subscriber]]
"""Event class → who hears of it.  A subscription to a base class hears every subclass."""

MAX_ATTEMPTS: Final = 10
"""With the back-off below the last attempt comes about 17 minutes after the first; then a person has to look."""

BATCH: Final = 50
POLL_INTERVAL_S: Final = 1.0
"""Only for rows another process wrote, and for retries: our own commits wake the relay at once."""

HANDLER_TIMEOUT_S: Final = 30


def subscriber_name(subscriber: Subscriber) -> str:
    """The stable name under which a subscriber's deliveries are stored."""
    return f"{subscriber.__module__}.{getattr(subscriber, '__qualname__', type(subscriber).__qualname__)}"


class EventTable:
    """The subscriptions of ``server/wiring.py``, looked up both ways."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._by_name = {subscriber_name(s): s for group in subscriptions.values() for s in group}

    def subscribers_of(self, kind: type[Event]) -> list[str]:
        """The names of all who hear of ``kind``, each once."""
        names = (
            subscriber_name(subscriber)
            for base, group in self._subscriptions.items()
            if issubclass(kind, base)
            for subscriber in group
        )
        return list(dict.fromkeys(names))

    def subscriber(self, name: str) -> Subscriber | None:
        return self._by_name.get(name)


def encode(event: Event) -> dict[str, Any]:
    """An event's fields as JSON values."""
    encoded: dict[str, Any] = TypeAdapter(type(event)).dump_python(event, mode="json")
    return encoded


def decode(name: str, payload: dict[str, Any]) -> Event:
    """The event called ``name`` from its JSON values; ``LookupError`` when this version does not know it."""
    kind = Event.registry[name]
    event: Event = TypeAdapter(kind).validate_python(payload)
    return event


async def write(session: AsyncSession, events: list[Event], table: EventTable, origin: dict[str, Any]) -> int:
    """Store one row for each event and subscriber; ``origin`` says who caused it.  Returns the number of rows."""
    rows = [
        {
            "id": new_id(),
            "subscriber": name,
            "event": event.name,
            "payload": encode(event),
            "origin": origin,
            "not_before": event.at,
            "attempts": 0,
        }
        for event in events
        for name in table.subscribers_of(type(event))
    ]
    if rows:
        await session.execute(insert(outbox_table), rows)
    return len(rows)


class Relay:
    """Delivers outbox rows.  Any number of processes may run one: a row is locked while it is being delivered."""

    def __init__(self, container: "Container", clock: Clock) -> None:
        self._container = container
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._wake.clear()
            try:
                delivered = await self.deliver_due()
            except Exception:
                log.exception("outbox relay could not read the outbox")  # the database is away: wait for it
                delivered = 0
            if delivered < BATCH:
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
        """Try one batch of due rows, oldest first; returns how many were tried."""
        async with self._container.scope(write=False) as scope:
            due = await scope.uow.session.execute(
                select(outbox_table.c.id)
                .where(outbox_table.c.failed_at.is_(None), outbox_table.c.not_before <= self._clock.now())
                .order_by(outbox_table.c.id)
                .limit(BATCH)
            )
            ids = list(due.scalars())
        for row_id in ids:
            await self._deliver(row_id)
        return len(ids)

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
                subscriber = self._container.events.subscriber(row.subscriber)
                if subscriber is None:
                    raise LookupError(f"no subscriber is called {row.subscriber}")  # noqa: TRY301 - retried like any failure
                await subscriber(scope, decode(row.event, row.payload))
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
