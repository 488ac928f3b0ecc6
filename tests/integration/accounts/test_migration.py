"""The accounts' migration steps, up and down."""

import pytest
from sqlalchemy import inspect

import migrations
from kernel.db import Database
from server.services import Services
from tests.conftest import MakeUser
from tests.support.people import Person

pytestmark = pytest.mark.both_adapters

STEPS = {
    "0003_accounts": {"users", "sessions", "refresh_tokens", "watch_progress", "library_revisions"},
    "0008_recovery": {"letters", "one_time_tokens"},
    "0009_library": {"favorites", "shelf_items", "continue_dismissals"},
}


async def tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


@pytest.mark.parametrize(
    ("step", "before"),
    [("0003_accounts", "0002_catalog"), ("0008_recovery", "0007_audit"), ("0009_library", "0008_recovery")],
)
async def test_down_and_up_again(services: Services, step: str, before: str) -> None:
    database = services.database
    everything = await tables(database)
    assert STEPS[step] <= everything
    await migrations.downgrade(database, before)
    assert not STEPS[step] & await tables(database)
    await migrations.upgrade(database, step)
    assert STEPS[step] <= await tables(database)
    await migrations.upgrade(database)
    assert await tables(database) == everything


async def test_a_step_back_loses_nothing_but_what_the_step_added(services: Services, make_user: MakeUser) -> None:
    ann: Person = await make_user()
    await migrations.downgrade(services.database, "0007_audit")
    await migrations.upgrade(services.database)
    actor = await services.components.accounts.identity.authenticator.actor(ann.access_token)
    assert actor.user_id == ann.user_id
