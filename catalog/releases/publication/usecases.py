"""Publish, schedule and unpublish."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from catalog.releases.model import Release
from catalog.releases.usecases import ReleaseContext, locked_release


class ScheduledReleases(Protocol):
    """Releases that are to be published by themselves."""

    async def due(self, now: datetime, limit: int) -> Sequence[Release]:
        """Those whose time has come, the longest due first; nobody else changes them until the end of the transaction."""
        ...


async def schedule(
    context: ReleaseContext, release_id: str, publish_at: datetime | None, *, version: int | None
) -> Release:
    """Publish it at ``publish_at``, or (``None``) not by itself.

    Raises ``ReleaseNotFound``, ``ReleaseChanged``, ``AlreadyPublished``, ``BadPublishTime``.
    """
    found = await locked_release(context.releases, release_id, version)
    found.schedule(publish_at, context.now)
    return found


async def unpublish(context: ReleaseContext, release_id: str, *, version: int | None) -> Release:
    """Hide it from viewers; streams of its episodes end when they next ask, within half a minute.

    Raises ``ReleaseNotFound``, ``ReleaseChanged``.
    """
    found = await locked_release(context.releases, release_id, version)
    found.unpublish(context.now)
    return found


async def publish_due(scheduled: ScheduledReleases, now: datetime, limit: int) -> int:
    """Publish up to ``limit`` releases whose time has come; how many."""
    found = await scheduled.due(now, limit)
    for release in found:
        release.publish(now)
    return len(found)
