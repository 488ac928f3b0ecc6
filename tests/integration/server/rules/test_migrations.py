"""The schema in the code is the schema of the migrations, and every step can be taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, inspect, select, text

import migrations
import server.wiring  # noqa: F401 - imports every table
from catalog.releases.repository import release_table
from kernel.db import Database, Id, UtcDateTime, metadata
from kernel.ids import new_id
from kernel.text.titles import stored_key


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


async def test_titles_of_before_have_their_keys(migrated_url: str) -> None:
    database = Database(migrated_url)
    names = {"name_main": "Ёлки: Pokémon – 2!", "name_english": None, "name_alternative": "ﷺ" * 255}
    known = [{"id": new_id(), "alias": f"show-{number}", **names} for number in range(3)]
    try:
        await migrations.upgrade(database)
        await migrations.downgrade(database, "0023_credits")
        async with database.engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO release (id, alias, type, name_main, name_english, name_alternative, description, age_rating,"
                    " is_ongoing, status, search_text, created_at, updated_at, version) VALUES (:id, :alias, 'TV', :name_main,"
                    " :name_english, :name_alternative, '', 0, false, 'draft', '', :now, :now, 1)"
                ).bindparams(bindparam("now", type_=UtcDateTime()), bindparam("id", type_=Id())),
                [{**row, "now": datetime(2026, 1, 1, tzinfo=UTC)} for row in known],
            )
        await migrations.upgrade(database)
        async with database.engine.connect() as connection:
            c = release_table.c
            found = (await connection.execute(select(c.key_main, c.key_english, c.key_alternative))).all()
        assert [tuple(row) for row in found] == [tuple(map(stored_key, names.values()))] * len(known)
    finally:
        await database.close()


def test_the_last_file_is_the_newest_step() -> None:
    steps = ScriptDirectory.from_config(migrations.config())
    assert steps.get_heads() == [migrations.head()], "one chain, and the files are called as their steps"
