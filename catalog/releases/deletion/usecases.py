"""List, restore and purge deleted releases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.releases.model import RESTORABLE_FOR, AliasTaken, Release, ReleaseNotFound
from catalog.releases.usecases import EpisodeIds, ReleaseContext


class DeletedReleases(Protocol):
    """Releases that were deleted and are still kept."""

    async def get(self, release_id: str) -> Release | None:
        """With its genres, and nobody else's to change; ``None`` where no deleted release has this id."""
        ...

    async def merged(self, release_id: str) -> Release | None:
        """One that became part of another, and nobody else's to change."""
        ...

    async def page(self, *, offset: int, limit: int) -> tuple[list[Release], int]:
        """With their genres, the one deleted last first; and how many there are in all."""
        ...

    async def expired(self, before: datetime, limit: int) -> Sequence[Release]:
        """Those deleted before that moment, the oldest first; nobody else changes them until the end of the transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionContext(ReleaseContext):
    """What the use cases here work with: ports of one transaction, and its moment."""

    deleted: DeletedReleases
    episodes: EpisodeIds


async def restore(context: DeletionContext, release_id: str, alias: str | None) -> Release:
    """Bring a release back as it was, under its own alias or (``alias``) another.

    Raises ``ReleaseNotFound``, ``BadAlias``, ``AliasTaken`` where another release has its alias by now.
    """
    found = await context.deleted.get(release_id)
    if found is None or found.deleted_alias is None:
        raise ReleaseNotFound
    wanted = alias or found.deleted_alias
    if await context.releases.by_alias(wanted) is not None:
        raise AliasTaken(alias=wanted)
    found.restore(alias, context.now)
    return found


async def purge_expired(context: DeletionContext, limit: int) -> int:
    """Delete up to ``limit`` releases for good that nobody restored in time; how many."""
    found = await context.deleted.expired(context.now - RESTORABLE_FOR, limit)
    for release in found:
        release.purged(await context.episodes.ids_of_release(release.id), context.now)
        await context.releases.remove(release)
    return len(found)
