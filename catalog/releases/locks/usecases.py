"""Locking fields and giving them free."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from catalog.releases import usecases as releases_usecases
from catalog.releases.locks.model import Lock, LockedField, ReleaseLocksChanged
from catalog.releases.usecases import Reader, Releases
from kernel.events import Event


class Locks(Protocol):
    """The locks of releases."""

    async def of(self, release_id: str) -> Sequence[Lock]:
        """By the name of the field."""
        ...

    async def replace(self, release_id: str, locks: Sequence[Lock]) -> None:
        """These, and no others."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


class Lockers(Protocol):
    """What those who lock fields are called."""

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """User → nickname; accounts that are gone are left out."""
        ...


async def locks_of(releases: Releases, locks: Locks, release_id: str) -> Sequence[Lock]:
    """Raises ``ReleaseNotFound``."""
    await releases_usecases.release(releases, Reader(sees_drafts=True), release_id)
    return await locks.of(release_id)


async def lock(
    releases: Releases, locks: Locks, release_id: str, fields: Collection[LockedField], *, by: str, now: datetime
) -> Sequence[Lock]:
    """Lock ``fields`` and no others; who locked one first stays.  Raises ``ReleaseNotFound``."""
    before = {each.field: each for each in await locks_of(releases, locks, release_id)}
    after = [before.get(each) or Lock(each, by, now) for each in sorted(set(fields))]
    if set(before) != {each.field for each in after}:
        await locks.replace(release_id, after)
        changes = {"locks": (sorted(before), [each.field.value for each in after])}
        locks.announce(ReleaseLocksChanged(at=now, release_id=release_id, changes=changes))
    return after
