"""The schema in the code is the schema of the migrations, and every step can be taken back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

import migrations
import server.wiring  # noqa: F401 - imports every table
from kernel.db import Database, metadata


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.cluster)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ani.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_up_down_and_up_again(migrated_url: str) -> None:
    database = Database(migrated_url)
    try:
        await migrations.upgrade(database)
        async with database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
            assert await connection.run_sync(tables) == set(metadata.tables)
        assert not await migrations.upgrade(database), "there is nothing left to do"
        await migrations.downgrade(database, "base")
        async with database.engine.connect() as connection:
            assert await connection.run_sync(tables) == set()
        assert await migrations.upgrade(database)
        assert await migrations.present(database) == migrations.head()
    finally:
        await database.close()


def test_the_last_file_is_the_newest_step() -> None:
    steps = ScriptDirectory.from_config(migrations.config())
    assert steps.get_heads() == [migrations.head()], "one chain, and the files are called as their steps"
