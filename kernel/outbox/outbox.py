"""Domain events on their way: written with the change (here), delivered after it (``kernel.outbox.relay``).

At commit every event becomes one row **for each subscriber**.  The relay runs a subscriber in a transaction of its own that
also deletes the row, so the effects a subscriber has in the database happen exactly once, each subscriber is retried on its
own, and a slow one holds up nobody.  What a subscriber does outside the database may happen twice (at least once).
One that has a handler of many is given what waits for it in groups, each in one transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Column, Index, Integer, String, Table, Text, insert
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.db import Id, Json, UtcDateTime, metadata
from kernel.events import Event
from kernel.ids import new_id

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

Handler = Callable[[Any, Any], Awaitable[None]]
"""What is done when an event is heard: given a ``kernel.scope.Scope`` of its own, which knows this file, and the event."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a subscriber."""

    event: Any
    """An :class:`~kernel.events.Event` of a class that the subscriber hears of."""
    origin: dict[str, Any]
    """Who caused it, see ``kernel.scope.Scope``."""


ManyHandler = Callable[[Any, Sequence[Delivery]], Awaitable[None]]
"""The same for several at once, the oldest first, in one scope; nobody caused that, so it records no events of its own."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A handler under the name its deliveries are stored by.

    The name stays when the code behind it moves: rows wait in the database while a new version is installed.
    """

    name: str
    handler: Handler
    many: ManyHandler | None = None
    """For what comes by the thousand.  Where it fails, each event of the group is given to ``handler`` by itself."""


Subscriptions = Mapping[type[Event], Sequence[Subscriber]]
"""Event class → who hears of it.  A subscription to a base class hears every subclass."""


class EventTable:
    """The subscriptions of ``server/wiring.py``, looked up both ways.

    ``former_names`` leads what older versions stored to who handles it by now.  Raises ``ValueError`` where two handlers
    have one name.
    """

    def __init__(self, subscriptions: Subscriptions, former_names: Mapping[str, Handler] | None = None) -> None:
        self._subscriptions = subscriptions
        self._by_name: dict[str, Handler] = dict(former_names or {})
        self._many: dict[str, ManyHandler] = {}
        for subscriber in (subscriber for group in subscriptions.values() for subscriber in group):
            if self._by_name.setdefault(subscriber.name, subscriber.handler) != subscriber.handler:
                raise ValueError(f"two subscribers are called {subscriber.name}")
            if subscriber.many is not None:
                self._many[subscriber.name] = subscriber.many

    def subscribers_of(self, kind: type[Event]) -> list[str]:
        """The names of all who hear of ``kind``, each once."""
        names = (
            subscriber.name
            for base, group in self._subscriptions.items()
            if issubclass(kind, base)
            for subscriber in group
        )
        return list(dict.fromkeys(names))

    def handler(self, name: str) -> Handler | None:
        """Who handles what was stored under ``name``; ``None`` where this version knows nobody."""
        return self._by_name.get(name)

    def many_handler(self, name: str) -> ManyHandler | None:
        """Who takes several at once of what was stored under ``name``; ``None`` where each goes by itself."""
        return self._many.get(name)


def encode(event: Event) -> dict[str, Any]:
    """An event's fields as JSON values."""
    encoded: dict[str, Any] = _adapter(type(event)).dump_python(event, mode="json")
    return encoded


def decode(name: str, payload: dict[str, Any]) -> Event:
    """The event called ``name`` from its JSON values; ``LookupError`` when this version does not know it."""
    kind = Event.registry[name]
    event: Event = _adapter(kind).validate_python(payload)
    return event


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}
"""By the event's name; made once, for making one takes longer than to store a release with its names."""


def _adapter(kind: type[Event]) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(kind.__name__)
    if adapter is None:
        adapter = _ADAPTERS[kind.__name__] = TypeAdapter(kind)
    return adapter


EVENTS_AT_ONCE: Final = 50
"""Encoded and stored in one go, about 5 ms of the event loop: a bulk edit leaves hundreds of them."""


async def write(session: AsyncSession, events: list[Event], table: EventTable, origin: dict[str, Any]) -> int:
    """Store one row for each event and subscriber; ``origin`` says who caused it.  Returns the number of rows."""
    count = 0
    for first in range(0, len(events), EVENTS_AT_ONCE):
        rows = [
            {
                "id": new_id(),
                "subscriber": name,
                "event": event.name,
                "payload": payload,
                "origin": origin,
                "not_before": event.at,
                "attempts": 0,
            }
            for event in events[first : first + EVENTS_AT_ONCE]
            for payload in [encode(event)]
            for name in table.subscribers_of(type(event))
        ]
        if rows:
            await session.execute(insert(outbox_table), rows)
            count += len(rows)
    return count
