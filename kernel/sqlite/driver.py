"""A SQLite connection that goes to its thread once for a statement.

``aiosqlite`` runs every call of the database API in the connection's own thread: making a cursor, executing, fetching and
closing are four trips, each of which waits for the other thread to be given the interpreter.  With ``BEGIN`` and the
``ROLLBACK`` that ends a read, twice, looking one row up took eleven.  Here it takes two: a statement is executed, fetched and
its cursor closed in one go, ``BEGIN`` waits for the first statement, and nothing is rolled back that never began.  Writes whose
results nobody waits for go together (see :mod:`kernel.sqlite.statements`).
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Sequence
from threading import Thread
from typing import Any, Self
from weakref import WeakSet

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL

BEGINNINGS = ("BEGIN", "BEGIN IMMEDIATE")


class Connection(aiosqlite.Connection):
    """For SQLAlchemy's ``async_creator_fn``, which uses of it what is here, and no more."""

    _beginning: str | None = None
    """What begins the transaction, with the next statement."""

    def cursor(self) -> "Cursor":  # type: ignore[override]  # what SQLAlchemy uses of a cursor
        """A cursor whose rows came with its statement."""
        return Cursor(self)

    async def run(self, sql: str, parameters: Any, *, many: bool) -> "_Outcome":
        """Execute ``sql`` in the thread, with everything that belongs to it."""
        if sql in BEGINNINGS:
            # SQLite takes its snapshot at the first read after BEGIN, not at BEGIN, and whoever says IMMEDIATE has our lock of
            # writers: nothing changes by waiting for it.
            self._beginning = sql
            return _Outcome()
        beginning, self._beginning = self._beginning, None
        outcome: _Outcome = await self._execute(  # type: ignore[no-untyped-call]  # aiosqlite has no types for it
            _run, self._conn, sql, parameters, many=many, beginning=beginning
        )
        return outcome

    async def run_last(self, work: Sequence[tuple[str, Sequence[Any]]], *, beginning: str | None = None) -> None:
        """Execute each statement with each of its rows and commit, in one trip."""
        deferred, self._beginning = self._beginning, None
        await self._execute(  # type: ignore[no-untyped-call]  # as above
            _run_last, self._conn, work, beginning=beginning or deferred
        )

    def stop(self) -> None:
        """End the thread once everything before is done.

        Nobody waits for it: a connection that is dropped, or found by the garbage collector, may well be so when its event loop
        is about to close, and a thread that reported to a closed loop would die of it.  ``close`` has waited before it comes here.
        """
        self._running = False
        connection, self._connection = self._connection, None

        def end() -> object:
            if connection is not None:
                connection.close()
            return _STOP_RUNNING_SENTINEL

        self._tx.put_nowait((None, end))

    async def commit(self) -> None:
        """End the transaction, if one has begun."""
        self._beginning = None
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Undo the transaction, if one has begun."""
        self._beginning = None
        if self.in_transaction:
            await super().rollback()


class _Outcome:
    """What came of a statement; of one that was never executed, nothing did."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, cursor: sqlite3.Cursor | None = None) -> None:
        self.description = None if cursor is None else cursor.description
        self.rows: Sequence[Any] = [] if cursor is None or cursor.description is None else cursor.fetchall()
        # Only now: RETURNING is executed row by row, as they are fetched.
        self.rowcount = -1 if cursor is None else cursor.rowcount
        self.lastrowid = None if cursor is None else cursor.lastrowid


def _run(connection: sqlite3.Connection, sql: str, parameters: Any, *, many: bool, beginning: str | None) -> _Outcome:
    cursor = connection.cursor()
    try:
        if beginning is not None:
            cursor.execute(beginning)
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
        return _Outcome(cursor)
    finally:
        cursor.close()


def _run_last(
    connection: sqlite3.Connection, work: Sequence[tuple[str, Sequence[Any]]], *, beginning: str | None
) -> None:
    cursor = connection.cursor()
    try:
        if beginning is not None:
            cursor.execute(beginning)
        for sql, rows in work:
            cursor.executemany(sql, rows)
        connection.commit()
    finally:
        cursor.close()


class Cursor:
    """Holds the rows from the moment the statement was executed."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outcome = _Outcome()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> Self:
        """Execute one statement and take all its rows, in one trip to the connection's thread."""
        self._outcome = await self._connection.run(sql, parameters or (), many=False)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute one statement for each row of parameters, in one trip."""
        self._outcome = await self._connection.run(sql, parameters, many=True)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """All rows, which are here already."""
        return self._outcome.rows

    async def close(self) -> None:
        """Nothing is left open."""

    @property
    def description(self) -> Any:
        """The columns, as DB-API has them (PEP 249)."""
        return self._outcome.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed; -1 where that has no meaning."""
        return self._outcome.rowcount

    @property
    def lastrowid(self) -> int | None:
        """Of the last row that was inserted."""
        return self._outcome.lastrowid


class Connector:
    """Makes connections, and waits for the threads of those that it made."""

    def __init__(self) -> None:
        self._connections: WeakSet[Connection] = WeakSet()
        self._threads: list[Thread] = []
        self._closed = False

    def connect(self, *arguments: Any, **options: Any) -> Connection:
        """Like ``aiosqlite.connect``; raises ``sqlite3.ProgrammingError`` after :meth:`close`."""
        if self._closed:
            raise sqlite3.ProgrammingError("Cannot operate on a closed database.")  # SQLite's own words
        connection = Connection(lambda: sqlite3.connect(*arguments, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does: a connection nobody closed must not keep the process
        self._connections.add(connection)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(connection._thread)
        return connection

    async def close(self, *, timeout_s: float) -> bool:
        """Stop every connection and wait until its thread has ended; false if one has not after ``timeout_s``.

        Whoever is cancelled while it connects, or twice while it ends, no longer waits for its thread.  That would report to
        an event loop that is closed by then, and what it was writing would be lost with the process.
        """
        self._closed = True
        for connection in list(self._connections):
            connection.stop()
        return await asyncio.to_thread(self._join, time.monotonic() + timeout_s)

    def _join(self, deadline_s: float) -> bool:
        for thread in self._threads:
            if thread.ident is not None:  # else nobody awaited the connection, and it never started
                thread.join(max(0, deadline_s - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
