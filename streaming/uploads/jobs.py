"""Regular work on uploads."""

import structlog

from kernel.scope import Container
from streaming.uploads import usecases
from streaming.uploads.adapters.context import context_of

log = structlog.get_logger()


async def remove_expired(container: Container) -> None:
    """Remove uploads that nobody came back for, with their bytes."""
    async with container.scope(write=True) as scope:
        count = await usecases.remove_expired(context_of(scope))
    if count:
        log.info("removed expired uploads", count=count)
