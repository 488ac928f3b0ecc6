"""What editors do with posters, and what that needs from outside.

Files are written before the row that names them, and noted down before they are written: whatever happens in between, the next
look for unused files finds them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from catalog.releases.model import Release
from catalog.releases.poster import Poster
from catalog.releases.usecases import Releases, release_called
from kernel.versions import ensure_unchanged

UNUSED_AFTER: Final = timedelta(hours=1)
"""An upload takes minutes at most between noting down its files and showing them."""
REMOVED_AT_ONCE: Final = 100
"""Posters of one look for unused ones."""


class PosterRecords(Protocol):
    """Which posters have files, whether a release shows them or not."""

    async def note(self, key: str, now: datetime) -> None:
        """Files of this key are about to be written."""
        ...

    async def unused(self, *, before: datetime, limit: int, key: str | None = None) -> Sequence[str]:
        """Keys noted before a moment that no release shows: ``key`` if it is one, or any."""
        ...

    async def forget(self, key: str) -> None:
        """Its files are gone."""
        ...


class PosterFiles(Protocol):
    """Where the files are."""

    async def write(self, key: str, webps: Mapping[int, bytes]) -> None:
        """Keep width in pixels → file, durably, all or none."""
        ...

    async def delete(self, key: str) -> None:
        """Remove them; those that are not there are no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PostersContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    releases: Releases
    records: PosterRecords
    files: PosterFiles
    now: datetime


async def show(context: PostersContext, release_key: str, poster: Poster, *, version: int | None) -> Release:
    """Show a poster whose files are there.  Raises ``ReleaseNotFound``, ``Stale``."""
    release = await release_called(context.releases, release_key)
    ensure_unchanged(release.version, version)
    release.show_poster(poster, context.now)
    return release


async def remove(context: PostersContext, release_key: str, *, version: int | None) -> Release:
    """Go back to what there was without an upload.  Raises ``ReleaseNotFound``, ``Stale``."""
    release = await release_called(context.releases, release_key)
    ensure_unchanged(release.version, version)
    release.show_poster(None, context.now)
    return release


async def remove_former(context: PostersContext, key: str, *, since: datetime) -> None:
    """Delete the files of a poster that is not shown any more ``since`` a moment, if it was not uploaded again after it."""
    for unused in await context.records.unused(before=since, limit=1, key=key):
        await _delete(context, unused)


async def remove_unused(context: PostersContext) -> int:
    """Delete files that no release shows :data:`UNUSED_AFTER` they were noted; how many posters, :data:`REMOVED_AT_ONCE` at most."""
    keys = await context.records.unused(before=context.now - UNUSED_AFTER, limit=REMOVED_AT_ONCE)
    for key in keys:
        await _delete(context, key)
    return len(keys)


async def _delete(context: PostersContext, key: str) -> None:
    await context.files.delete(key)
    await context.records.forget(key)
