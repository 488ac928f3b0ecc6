"""Deleted releases that nobody restored."""

from typing import Final

from catalog.releases.deletion import usecases
from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.usecases import EpisodeIds, Releases
from kernel.scope import Container

BATCH: Final = 50
"""Releases in one transaction, each with all its episodes."""


async def purge_expired(container: Container) -> None:
    """A periodic task: delete for good what can be restored no longer; its media goes by the event."""
    while True:
        async with container.scope(write=True) as scope:
            count = await usecases.purge_expired(
                scope.port(DeletedReleases), scope.port(Releases), scope.port(EpisodeIds), scope.clock.now(), BATCH
            )
        if count < BATCH:
            return
