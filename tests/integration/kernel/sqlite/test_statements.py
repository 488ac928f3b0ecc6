"""Writes that go to the database together with the commit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from kernel.db import Database, UnitOfWork
from kernel.errors import Conflict
from kernel.scope import Container
from kernel.sqlite.driver import Connection
from kernel.sqlite.statements import Work
from tests.support.servers.databases import no_outbox

pytestmark = pytest.mark.both_adapters

table = sa.Table(
    "with_commit",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(10), nullable=False),
)
insert = sa.insert(table)
delete = sa.delete(table).where(table.c.name == sa.bindparam("_name"))


@pytest.fixture
async def database(container: Container) -> AsyncIterator[Database]:
    opened = container.database
    async with opened.engine.begin() as connection:
        await connection.run_sync(table.create)
    yield opened
    async with opened.engine.begin() as connection:
        await connection.run_sync(table.drop)


def unit_of_work(database: Database) -> UnitOfWork:
    return UnitOfWork(database, writes=True, outbox=no_outbox)


async def write(database: Database, *work: Work) -> None:
    async with unit_of_work(database) as unit:
        for each in work:
            unit.with_commit(each)
        await unit.commit()


async def names(database: Database) -> list[str]:
    async with database.sessions() as session:
        return list(await session.scalars(sa.select(table.c.name).order_by(table.c.id)))


async def test_it_is_executed_in_order(database: Database) -> None:
    await write(database, [(insert, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]), (delete, [{"_name": "a"}])])
    assert await names(database) == ["b"]
    await write(database, [(delete, [{"_name": "b"}])], [(insert, [{"id": 2, "name": "c"}])])
    assert await names(database) == ["c"]


async def test_it_belongs_to_the_transaction(database: Database) -> None:
    await write(database, [(insert, [{"id": 1, "name": "a"}])])
    with pytest.raises(Conflict):
        async with unit_of_work(database) as unit:
            await unit.session.execute(insert, {"id": 2, "name": "before"})
            unit.with_commit([(insert, [{"id": 3, "name": "b"}, {"id": 1, "name": "taken"}])])
            await unit.commit()
    assert await names(database) == ["a"], "all of it or nothing"
    async with unit_of_work(database) as unit:
        unit.with_commit([(insert, [{"id": 3, "name": "never committed"}])])
    assert await names(database) == ["a"]


async def test_it_takes_one_trip(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if not database.is_sqlite:
        pytest.skip("its driver has no thread to go to")
    trips: list[str] = []
    execute = Connection._execute

    async def counted(self: Connection, function: object, *arguments: object, **options: object) -> object:
        trips.append(getattr(function, "__name__", "?"))
        return await execute(self, function, *arguments, **options)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(Connection, "_execute", counted)
    await database.write([(insert, [{"id": 2, "name": "b"}])])
    assert trips == ["_run_last"]
    trips.clear()
    await write(database, [(insert, [{"id": 1, "name": "a"}]), (delete, [{"_name": "b"}])])
    assert trips == ["_run_last"]
    assert await names(database) == ["a"]


async def test_a_transaction_of_its_own(database: Database) -> None:
    await database.write([(insert, [{"id": 1, "name": "a"}])])
    with pytest.raises(Conflict):
        await database.write(
            [(delete, [{"_name": "a"}]), (insert, [{"id": 2, "name": "b"}, {"id": 2, "name": "taken"}])]
        )
    assert await names(database) == ["a"], "all of it or nothing"
    await database.write([(delete, [{"_name": "a"}])])
    assert await names(database) == [], "and the connection came back clean"


async def test_who_is_cancelled_leaves_the_next_writer_alone(database: Database) -> None:
    writing = asyncio.create_task(database.write([(insert, [{"id": 1, "name": "a"}])]))
    await asyncio.sleep(0)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    await database.write([(insert, [{"id": 2, "name": "b"}])])
    assert "b" in await names(database)
    assert not database.write_lock.locked()
