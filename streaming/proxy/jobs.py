"""Regular work on sources."""

import structlog

from kernel.scope import Container
from kernel.storage import LocalStorage
from streaming.proxy.slates.adapters.store import remove_old

log = structlog.get_logger()


async def remove_old_slates(container: Container) -> None:
    """Slates are made when they are needed, and for as many lengths as sources have segments: without an end they would fill the disk."""
    async with container.scope(write=False) as scope:
        storage = scope.port(LocalStorage)
    if removed := await remove_old(storage):
        log.info("old slates removed", count=removed)
