"""Which connection of several is taken next."""

import pytest
from sqlalchemy import text

from kernel.scope import Container


@pytest.mark.cluster
@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_the_connection_that_was_used_last_is_used_again(container: Container) -> None:
    """It knows most statements; in turns each of all would come to know all."""
    engine = container.database.engine
    which = text("SELECT pg_backend_pid()")
    async with engine.connect() as first, engine.connect() as second:
        pids = {await first.scalar(which), await second.scalar(which)}
    assert len(pids) == 2
    seen = set()
    for _ in range(4):
        async with engine.connect() as connection:
            seen.add(await connection.scalar(which))
    assert len(seen) == 1
