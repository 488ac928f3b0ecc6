"""The unit of work, on both databases."""

import pytest
from sqlalchemy import delete, func, select

from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.repository import release_table
from catalog.releases.usecases import create_release
from kernel.db import is_one_of
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.jobs.table import job_table
from kernel.outbox.outbox import outbox_table
from kernel.scope import Container


@pytest.mark.both_adapters
async def test_a_read_sees_one_moment(container: Container) -> None:
    """A page and the total beside it are two statements; somebody may commit in between."""
    count = select(func.count()).select_from(job_table)
    async with container.scope(write=False) as reader:
        before = await reader.uow.session.scalar(count)
        async with container.scope(write=True) as writer:
            await writer.port(Jobs).enqueue("ingest", {})
            await writer.uow.commit()
        assert await reader.uow.session.scalar(count) == before
    async with container.scope(write=False) as reader:
        assert await reader.uow.session.scalar(count) == (before or 0) + 1


async def test_every_entity_of_a_transaction_is_asked_for_its_events(container: Container) -> None:
    subscribers = []
    for count in (1, 3):
        async with container.scope(write=True) as scope:
            for number in range(count):
                draft = ReleaseDraft(f"film-{count}-{number}", ReleaseType.MOVIE, Names(f"Film {number}"))
                (await create_release(context_of(scope), draft, [])).publish(scope.clock.now())
            await scope.uow.session.execute(delete(outbox_table))
            await scope.uow.commit()
            said = select(func.count()).where(outbox_table.c.event == "ReleasePublished")
            subscribers.append(await scope.uow.session.scalar(said))
    assert subscribers[0]
    assert subscribers[1] == 3 * subscribers[0]


@pytest.mark.both_adapters
async def test_thousands_of_identifiers_are_one_condition(container: Container) -> None:
    async with container.scope(write=True) as scope:
        made = [
            await create_release(context_of(scope), ReleaseDraft(name, ReleaseType.MOVIE, Names(name)), [])
            for name in ("one", "two", "three")
        ]
        ids = [release.id for release in made]
    # PostgreSQL takes 32,767 parameters; SQLite is asked with one for each.
    others = [new_id() for _ in range(2_000 if container.database.is_sqlite else 40_000)]
    async with container.scope(write=False) as scope:
        session, column = scope.uow.session, release_table.c.id
        found = await session.scalars(select(column).where(is_one_of(session, column, {*ids[:2], *others})))
        assert sorted(found) == sorted(ids[:2])
        assert not list(await session.scalars(select(column).where(is_one_of(session, column, []))))
