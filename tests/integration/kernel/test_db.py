"""The unit of work, on both databases."""

import pytest
from sqlalchemy import func, select

from kernel.jobs import Jobs, job_table
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
