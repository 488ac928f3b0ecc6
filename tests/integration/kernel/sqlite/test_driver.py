"""The SQLite connection: the same behaviour in fewer trips to its thread."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from kernel.db import Database, UnitOfWork
from kernel.sqlite.driver import Connection, Connector
from tests.support.servers.databases import no_outbox


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    async with opened.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"))
        await connection.execute(text("INSERT INTO t (name) VALUES (:name)"), [{"name": "a"}, {"name": "b"}])
    yield opened
    await opened.close()


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done in the threads of connections."""
    made: list[str] = []
    execute = Connection._execute

    async def counted(self: Connection, function: object, *arguments: object, **options: object) -> object:
        made.append(getattr(function, "__name__", "?"))
        return await execute(self, function, *arguments, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Connection, "_execute", counted)
    return made


async def names(database: Database) -> list[str]:
    async with database.sessions() as session:
        return list(await session.scalars(text("SELECT name FROM t ORDER BY id")))


async def test_a_read_goes_there_twice(database: Database, trips: list[str]) -> None:
    assert await names(database) == ["a", "b"]
    assert trips == ["_run", "rollback"]


async def test_a_session_that_asked_nothing_goes_nowhere(database: Database, trips: list[str]) -> None:
    async with database.sessions() as session:
        await session.connection()
    assert trips == []


async def test_a_write_is_there_once_it_is_committed(database: Database) -> None:
    async with database.sessions() as session:
        found = await session.execute(text("INSERT INTO t (name) VALUES ('c') RETURNING id, name"))
        assert found.all() == [(3, "c")]
        assert await names(database) == ["a", "b"], "nobody else sees it yet"
        await session.commit()
    assert await names(database) == ["a", "b", "c"]


async def test_a_write_that_is_not_committed_never_was(database: Database) -> None:
    async with database.sessions() as session:
        assert (await session.execute(text("DELETE FROM t"))).rowcount == 2  # type: ignore[attr-defined]  # of a DELETE
    assert await names(database) == ["a", "b"]
    async with database.sessions() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text("INSERT INTO t (name) VALUES ('c'), ('a')"))
        await session.rollback()
        await session.execute(text("INSERT INTO t (name) VALUES ('d')"))
        await session.commit()
    assert await names(database) == ["a", "b", "d"]


async def test_a_transaction_sees_one_state(database: Database) -> None:
    async with database.sessions() as reader:
        first = await reader.scalar(text("SELECT count(*) FROM t"))
        async with database.engine.begin() as writer:
            await writer.execute(text("INSERT INTO t (name) VALUES ('c')"))
        assert await reader.scalar(text("SELECT count(*) FROM t")) == first == 2
    assert len(await names(database)) == 3


async def test_savepoints(database: Database) -> None:
    async with database.sessions() as session:
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(text("INSERT INTO t (name) VALUES ('c')"))
                await session.execute(text("INSERT INTO t (name) VALUES ('a')"))
        await session.execute(text("INSERT INTO t (name) VALUES ('d')"))
        await session.commit()
    assert await names(database) == ["a", "b", "d"]


async def test_connections_come_back_clean(database: Database) -> None:
    async def one(number: int) -> None:
        async with database.sessions() as session:
            with pytest.raises(OperationalError):
                await session.execute(text("SELECT no_such_column FROM t"))
            assert await session.scalar(text("SELECT :n"), {"n": number}) == number

    await asyncio.gather(*(one(number) for number in range(30)))
    async with database.engine.begin() as connection:  # would wait for a reader that never ended
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


@pytest.fixture
def died(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of what threads died."""
    found: list[str] = []
    monkeypatch.setattr(
        threading, "excepthook", lambda hook: found.append(f"{hook.exc_type.__name__}: {hook.exc_value}")
    )
    return found


def test_a_dropped_connection_tells_nobody(tmp_path: Path, died: list[str]) -> None:
    """Its event loop may be closed by then, and its thread would die of that."""
    held, threads = threading.Event(), []

    async def drop() -> None:
        connection = await Connector().connect(tmp_path / "x.sqlite3")
        threads.append(connection._thread)
        connection._tx.put_nowait((None, held.wait))
        connection.stop()

    asyncio.run(drop())
    held.set()
    threads[0].join(10)
    assert not threads[0].is_alive()
    assert died == []


def test_a_database_closes_after_its_last_reader(tmp_path: Path, died: list[str]) -> None:
    """A reader that is cancelled while it ends is not left behind: its connection would outlive the event loop."""
    held, ended = threading.Event(), []

    async def read(database: Database) -> None:
        async with UnitOfWork(database, writes=False, outbox=no_outbox) as unit:
            await unit.session.execute(text("SELECT 1"))
            connection = await unit.session.connection()
            raw = (await connection.get_raw_connection()).driver_connection
            assert isinstance(raw, Connection)
            raw._tx.put_nowait((None, held.wait))  # what ends the read waits behind this
            ended.append(raw._thread)

    async def main() -> None:
        database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        reader = asyncio.create_task(read(database))
        while not ended:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0.05)
        assert not closing.done(), "the reader had not ended"
        held.set()
        await closing

    asyncio.run(main())
    ended[0].join(10)
    assert not ended[0].is_alive()
    assert died == []


def test_a_database_closes_after_whoever_was_cancelled_while_connecting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, died: list[str]
) -> None:
    """Nobody waits for that connection any more, and its thread is at it all the same."""
    held, opening = threading.Event(), threading.Event()
    file: Callable[..., sqlite3.Connection] = sqlite3.connect

    def slow(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opening.set()
        held.wait()
        return file(*arguments, **options)

    async def read(database: Database) -> None:
        async with UnitOfWork(database, writes=False, outbox=no_outbox) as unit:
            await unit.session.execute(text("SELECT 1"))

    async def main() -> None:
        database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        monkeypatch.setattr(sqlite3, "connect", slow)
        reader = asyncio.create_task(read(database))
        await asyncio.to_thread(opening.wait)
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader
        asyncio.get_running_loop().call_later(0.05, held.set)
        await database.close()

    before = set(threading.enumerate())
    asyncio.run(main())
    assert not set(threading.enumerate()) - before
    assert died == []


async def test_a_database_that_is_closed_stays_so(database: Database) -> None:
    """Whoever comes late, cancelled or forgotten, would open a connection that nobody closes."""
    await database.close()
    with pytest.raises(ProgrammingError, match="closed database"):
        await names(database)
