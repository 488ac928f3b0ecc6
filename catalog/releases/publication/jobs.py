"""Releases that publish themselves."""

from typing import Final

from catalog.releases.publication import usecases
from catalog.releases.publication.usecases import ScheduledReleases
from kernel.scope import Container

BATCH: Final = 100
"""Releases in one transaction: some 50 ms in which nobody else writes to SQLite."""
PUBLISH_INTERVAL_S: Final = 20
"""A release that is due is published within a minute, also when one run is missed."""


async def publish_due(container: Container) -> None:
    """A periodic task: publish what is due, as an editor would."""
    while True:
        async with container.scope(write=True) as scope:
            count = await usecases.publish_due(scope.port(ScheduledReleases), scope.clock.now(), BATCH)
        if count < BATCH:
            return
