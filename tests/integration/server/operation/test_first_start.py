"""Several processes that start together on an installation that does not exist yet, and databases that are not theirs."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

import migrations
from kernel.db import Database, DatabaseAway
from kernel.ids import new_id
from migrations import DatabaseForeign, DatabaseNewer
from server.local_stack import Postgres
from server.local_stack.service import free_port
from tests.support.servers.preloaded import Preloaded

STARTS = 3
START = """
import asyncio, sys
from server.cli import serving
from server.boot import open_services
from server.settings import Settings

async def start():
    settings = Settings.load(_env_file=None)
    async with open_services(settings) as services:
        password = await serving.prepare(services)
        print("made" if password else "found", settings.key_file.read()[0].secret)

asyncio.run(start())
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_first_starts_at_the_same_moment(
    tmp_path: Path, preloaded: Preloaded, database: str, request: pytest.FixtureRequest
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANI_")}
    environment["ANI_DATA_DIR"] = str(tmp_path / "data")
    if database == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        name = f"empty_{new_id()}"
        await server.create_database(name)
        environment["ANI_DATABASE_URL"] = server.url(name)
    starting = (
        asyncio.to_thread(preloaded.run, ["-c", START], env=environment, cwd=tmp_path, timeout_s=60)
        for _ in range(STARTS)
    )
    ended = await asyncio.gather(*starting)
    assert [process.returncode for process in ended] == [0] * STARTS, [process.stderr for process in ended]
    said = [process.stdout.split()[-2:] for process in ended]
    assert sorted(who for who, _ in said) == ["found"] * (STARTS - 1) + ["made"], "one administrator"
    assert len({key for _, key in said}) == 1, "one secret key"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'ani.sqlite3'}")


async def test_a_database_of_a_newer_version(database: Database, tmp_path: Path) -> None:
    await migrations.upgrade(database)
    with sqlite3.connect(tmp_path / "ani.sqlite3") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    file.close()
    with pytest.raises(DatabaseNewer, match="9999_of_tomorrow"):
        await migrations.upgrade(database)
    await database.close()


async def test_a_database_of_something_else(database: Database, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ani.sqlite3") as file:
        file.execute("CREATE TABLE invoices (id INTEGER)")
    file.close()
    with pytest.raises(DatabaseForeign, match="invoices"):
        await migrations.upgrade(database)
    await database.close()


async def test_a_file_that_is_no_database(database: Database, tmp_path: Path) -> None:
    (tmp_path / "ani.sqlite3").write_bytes(b"a letter to grandmother, " * 100)
    with pytest.raises(DatabaseForeign, match="not a database"):
        await migrations.upgrade(database)
    await database.close()


async def test_a_postgresql_that_is_not_there() -> None:
    database = Database(f"postgresql://ani@127.0.0.1:{free_port()}/ani")
    with pytest.raises(DatabaseAway):
        await migrations.upgrade(database)
    await database.close()
