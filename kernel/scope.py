"""The composition at run time: a container for the process, a scope for each request, job or socket command."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from kernel.access import Actor
from kernel.clock import Clock, SystemClock
from kernel.db import Database, UnitOfWork
from kernel.events import Event
from kernel.outbox import outbox

P = TypeVar("P")

Bindings = Mapping[type, Callable[["Scope"], Any]]
"""Port → how to make its adapter for a scope.  The table itself stands in ``server/wiring.py``."""


class Scope:
    """What one request, job or socket command works with; ends with its transaction."""

    def __init__(self, container: "Container", uow: UnitOfWork, actor: Actor | None, origin: dict[str, Any]) -> None:
        self.container = container
        self.uow = uow
        self.actor = actor
        self.origin = origin
        """Who caused it, for the audit log: ``actor_id``, ``address``, ``request_id`` where known."""

    @property
    def clock(self) -> Clock:
        """The clock of the container."""
        return self.container.clock

    def port(self, kind: type[P]) -> P:
        """The adapter bound to the Protocol ``kind``; ``LookupError`` when the wiring has none."""
        try:
            make = self.container.bindings[kind]
        except KeyError:
            raise LookupError(f"server/wiring.py binds nothing to {kind.__module__}.{kind.__qualname__}") from None
        adapter: P = make(self)
        return adapter

    async def flush(self) -> None:
        """Write what was changed so far, so that versions count up before an answer tells them.

        Raises :class:`kernel.errors.Stale` where a versioned row changed underneath, :class:`kernel.errors.Conflict` where a
        constraint objects.
        """
        await self.uow.session.flush()


class Container:
    """The process-wide parts, and the only way to begin a transaction."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self.database = database
        self.clock: Clock = clock or SystemClock()
        self.bindings: Bindings = {}
        self.events = outbox.EventTable({})
        self.events_committed = asyncio.Event()
        """Set by every commit that left something to deliver; the relay waits for it."""
        self.first_reading = asyncio.Lock()
        """Held by whoever reads for the first time what it is going to follow: the start of a process opens one connection for all of
        them, because none is ready any sooner where they take the interpreter from each other."""

    def wire(self, bindings: Bindings, events: outbox.EventTable) -> None:
        """Take the tables; they come after the container because their adapters are made from it."""
        self.bindings = bindings
        self.events = events

    @asynccontextmanager
    async def scope(
        self, *, write: bool, actor: Actor | None = None, origin: dict[str, Any] | None = None
    ) -> AsyncIterator[Scope]:
        """A scope over one transaction: committed when the block ends well (``write``), rolled back otherwise."""
        origin = dict(origin or {})
        if actor is not None:
            origin.setdefault("actor_id", actor.user_id)
            origin.setdefault("address", actor.address)

        async def store_events(session: AsyncSession, events: list[Event]) -> None:
            if await outbox.write(session, events, self.events, scope.origin):
                scope.uow.after_commit(self.events_committed.set)

        async with UnitOfWork(self.database, writes=write, outbox=store_events) as uow:
            scope = Scope(self, uow, actor, origin)
            yield scope
            if write:
                await uow.commit()
