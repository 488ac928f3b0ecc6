"""Deleted releases that nobody restored."""

from typing import Final

from catalog.releases.deletion import usecases
from catalog.releases.deletion.adapters.context import context_of
from kernel.scope import Container

BATCH: Final = 50
"""Releases in one transaction, each with all its episodes."""


async def purge_expired(container: Container) -> None:
    """A periodic task: delete for good what can be restored no longer; its media goes by the event."""
    while True:
        async with container.scope(write=True) as scope:
            count = await usecases.purge_expired(context_of(scope), BATCH)
        if count < BATCH:
            return
