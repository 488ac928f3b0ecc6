"""The unit of work: one transaction, with the events of what it changed."""

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from kernel.db.database import Database
from kernel.db.outage import outage
from kernel.db.seeing_session import SeeingSession
from kernel.errors import Conflict, Stale
from kernel.events import Event
from kernel.sqlite.statements import Work, run_last

log = structlog.get_logger()

Outbox = Callable[[AsyncSession, list[Event]], Awaitable[None]]
"""Writes events beside the changes that caused them; see ``kernel.outbox.outbox``."""


class UnitOfWork:
    """One transaction: everything in it happens, with its events, or nothing does."""

    def __init__(self, database: Database, *, writes: bool, outbox: Outbox) -> None:
        self._database = database
        self._writes = writes
        self._outbox = outbox
        self._loose_events: list[Event] = []
        self._last: list[Work] = []
        self._after_commit: list[Callable[[], Awaitable[None] | None]] = []
        self._holds_lock = False
        self.session = database.sessions() if writes else database.read_sessions()

    async def __aenter__(self) -> Self:
        if self._writes and self._database.is_sqlite:
            await self._database.acquire_write_lock()
            self._holds_lock = True
        try:
            if self._holds_lock:
                await self.session.connection(execution_options={"writes": True})
        except BaseException as error:
            self._release()
            self._explain(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Without a commit the session rolls back, which is also how a read ends.  Shielded, so that a client who
            # goes away in the middle cannot leave a connection inside a transaction.
            await self._database.end(self.session)
        finally:
            self._release()
        # Queries write what is pending before they read: an expected clash may come up there already.
        if isinstance(error, StaleDataError):
            raise Stale from error
        if isinstance(error, IntegrityError):
            log.info("constraint refused a write", reason=str(error.orig))
            raise Conflict from error
        self._explain(error)

    def _explain(self, error: BaseException | None) -> None:
        if (why := outage(error)) is not None:
            log.warning("the database failed", reason=str(error).partition("\n")[0])
            raise why from error

    def _release(self) -> None:
        if self._holds_lock:
            self._holds_lock = False
            self._database.write_lock.release()

    def record(self, happened: Event) -> None:
        """Record an event that belongs to no entity of this unit of work."""
        self._loose_events.append(happened)

    def with_commit(self, work: Work) -> None:
        """Execute these last, together with the commit; see :mod:`kernel.sqlite.statements`."""
        self._last.append(work)

    def after_commit(self, action: Callable[[], Awaitable[None] | None]) -> None:
        """Run ``action`` once everything is durable; never when it is not."""
        self._after_commit.append(action)

    async def commit(self) -> None:
        """Make it all durable, then run the ``after_commit`` actions.

        Raises :class:`Stale` where a versioned row changed underneath, :class:`Conflict` where a constraint objects.
        """
        try:
            await self.session.flush()
            seeing = self.session.sync_session
            assert isinstance(seeing, SeeingSession)
            events = [happened for entity in seeing.seen.values() for happened in entity.pull_events()]
            events += self._loose_events
            self._loose_events = []
            if events:
                await self._outbox(self.session, events)
            if self._last:
                await run_last(self.session, [each for work in self._last for each in work])
            await self.session.commit()
        except StaleDataError as error:
            raise Stale from error
        except IntegrityError as error:
            log.info("constraint refused a commit", reason=str(error.orig))
            raise Conflict from error
        except DBAPIError as error:
            self._explain(error)
            raise
        finally:
            self._release()
        actions, self._after_commit = self._after_commit, []
        for action in actions:
            outcome = action()
            if outcome is not None:
                await outcome
