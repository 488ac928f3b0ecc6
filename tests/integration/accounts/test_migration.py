"""The accounts' migration steps, up and down."""

import pytest
from sqlalchemy import inspect

import migrations
from kernel.db import Database
from server.services import Services


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


@pytest.mark.parametrize("step", ["0003_accounts"])
async def test_down_and_up_again(services: Services, step: str) -> None:
    database = services.database
    before = await tables(database)
    assert {"users", "sessions", "refresh_tokens", "watch_progress", "library_revisions"} <= before
    await migrations.downgrade(database, "0002_catalog")
    assert not {"users", "sessions", "refresh_tokens", "watch_progress", "library_revisions"} & await tables(database)
    await migrations.upgrade(database, step)
    assert {"users", "sessions", "refresh_tokens", "watch_progress", "library_revisions"} <= await tables(database)
    await migrations.upgrade(database)
    assert await tables(database) == before
