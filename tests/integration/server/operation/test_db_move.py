"""`ani db move`: every row from SQLite into PostgreSQL and back, or none."""

import io
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, make_url, null, select, text

import kernel.log
from catalog.ratings.figures.repository import epoch_table
from kernel.access import Role
from kernel.db import Database, metadata
from server.cli import commands
from server.cli.upkeep import move
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.servers.databases import SqliteDatabases
from tests.support.world import World

FEWEST_TABLES = 40
"""Of those with rows: fewer would make this no test of types."""


def quiet(_stage: str, _fraction: float) -> None:
    return None


@pytest.fixture
async def source(
    services: Services, app_client: AppClient, make_user: MakeUser, tmp_path: Path
) -> AsyncIterator[Database]:
    """A database with one of each thing that the API has, standing still."""
    editor = await make_user(Role.ADMIN)
    world = World(app_client, owner=await make_user(Role.EDITOR), editor=editor, container=services.container)
    await world.one_of_each()
    copy = tmp_path / "source.sqlite3"
    with (
        closing(sqlite3.connect(make_url(services.database.url).database or "")) as living,
        closing(sqlite3.connect(copy)) as still,
    ):
        living.backup(still)
    database = Database(f"sqlite:///{copy}")
    yield database
    await database.close()


@pytest.fixture
async def target(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url)
    yield database
    await database.close()


async def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows, and which of their fields are NULL: a JSON ``null`` would read the same."""
    found = {}
    async with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            query = select(*table.columns, *(column.is_(null()).label(f"{column.name}?") for column in table.columns))
            rows = (await connection.execute(query.order_by(*table.primary_key.columns))).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


async def test_everything_goes_over_and_comes_back(source: Database, target: Database, tmp_path: Path) -> None:
    before = await content(source)
    assert sum(bool(rows) for rows in before.values()) >= FEWEST_TABLES
    shown: list[float] = []

    moved = await move.move(source, target, lambda _stage, fraction: shown.append(fraction))

    there = await content(target)
    for table, rows in before.items():
        assert by_key(there[table], table) == by_key(rows, table), table
    assert moved == {name: len(rows) for name, rows in before.items() if rows}
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 1)

    home = Database(f"sqlite:///{tmp_path / 'home.sqlite3'}")
    try:
        assert await move.move(target, home, quiet) == moved
        back = await content(home)
    finally:
        await home.close()
    for table, rows in before.items():
        assert by_key(back[table], table) == by_key(rows, table), table
    assert await content(source) == before, "the source stays as it was"


def by_key(rows: list[dict[str, Any]], table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The databases sort texts in orders of their own."""
    key = [column.name for column in metadata.tables[table].primary_key.columns]
    return {tuple(row[name] for name in key): row for row in rows}


@pytest.fixture
async def small(sqlite_databases: SqliteDatabases, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one row, which has a number."""
    database = Database(sqlite_databases.copy_to(tmp_path / "small.sqlite3"))
    async with database.engine.begin() as connection:
        await connection.execute(insert(epoch_table), [{"id": 7, "at": datetime(2026, 1, 1, tzinfo=UTC)}])
    yield database
    await database.close()


async def test_numbers_go_on_where_they_were(small: Database, target: Database) -> None:
    await move.move(small, target, quiet)

    async with target.engine.connect() as connection:
        sequence = select(func.pg_get_serial_sequence("trend_epoch", "id"))
        assert await connection.scalar(select(func.nextval(await connection.scalar(sequence)))) == 8


async def test_a_target_that_holds_something_is_left_alone(small: Database, target: Database) -> None:
    await move.move(small, target, quiet)

    with pytest.raises(move.TargetNotEmpty, match="trend_epoch"):
        await move.move(small, target, quiet)


async def test_interrupted_it_begins_anew(small: Database, target: Database) -> None:
    def interrupt(stage: str, _fraction: float) -> None:
        if stage == "trend_epoch":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await move.move(small, target, interrupt)
    assert not any((await content(target)).values())

    assert await move.move(small, target, quiet) == {"trend_epoch": 1}


async def test_rows_that_get_lost_on_the_way(
    small: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> AsyncIterator[list[dict[str, Any]]]:
        for rows in list[list[dict[str, Any]]]():
            yield rows

    monkeypatch.setattr(move, "_rows", nothing)

    with pytest.raises(move.CountsDiffer, match="trend_epoch has 1 rows in the source, and 0 arrived"):
        await move.move(small, target, quiet)
    assert not any((await content(target)).values())


async def test_what_cannot_be_moved(small: Database, target: Database, tmp_path: Path) -> None:
    with pytest.raises(move.SameDatabase):
        await move.move(small, small, quiet)
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    try:
        with pytest.raises(move.NothingToMove):
            await move.move(empty, target, quiet)
    finally:
        await empty.close()
    async with small.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001_kernel'"))
    with pytest.raises(move.OtherStep, match="0001_kernel"):
        await move.move(small, target, quiet)


def test_the_command(
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where no .env is
    monkeypatch.setattr(kernel.log, "configure", lambda **_: None)
    data, home = tmp_path / "data", tmp_path / "home.sqlite3"
    sqlite_databases.copy_to(data / "ani.sqlite3")
    with closing(sqlite3.connect(data / "ani.sqlite3")) as database, database:
        database.execute("INSERT INTO trend_epoch (id, at) VALUES (7, '2026-01-01 00:00:00.000000')")

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"sqlite:///{home}\n"))
    commands.move_database("-", data)
    assert "Moved 1 rows of 1 tables" in capsys.readouterr().out
    with closing(sqlite3.connect(home)) as database:
        assert database.execute("SELECT id FROM trend_epoch").fetchall() == [(7,)]

    with pytest.raises(SystemExit) as refused:
        commands.move_database(f"sqlite:///{home}", data)
    assert refused.value.code == commands.EXIT_REFUSED
    assert "The target holds data already: trend_epoch" in capsys.readouterr().err

    with pytest.raises(SystemExit) as wrong:
        commands.move_database("mysql://there/ani", data)
    assert wrong.value.code == commands.EXIT_SETTINGS
    assert "The target: " in capsys.readouterr().err


async def test_large_texts_go_a_few_at_a_time(tmp_path: Path) -> None:
    """A thousand files of subtitles would be gigabytes of memory."""
    length = 4 * 1024**2
    table = Table("large", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
    database = Database(f"sqlite:///{tmp_path / 'large.sqlite3'}")
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(table.create)
            await connection.execute(insert(table), [{"id": 1, "text": "x" * length}])
            assert 1 <= await move._rows_at_once(connection, table) <= move.BYTES_AT_ONCE // length
    finally:
        await database.close()
