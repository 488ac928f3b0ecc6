"""Lock pairs of releases against merging, and free them."""

from datetime import datetime
from typing import Protocol

from catalog.releases.merge_locks.model import (
    MergeLock,
    MergeLocked,
    MergeLockNotFound,
    MergeUnlocked,
    NeverMerged,
)
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.events import Event


class MergeLocks(Protocol):
    """Where locks are kept."""

    async def pair(self, one_id: str, other_id: str) -> MergeLock | None:
        """``None`` where the two may be merged."""
        ...

    async def pairs(self, *, offset: int, limit: int) -> tuple[list[MergeLock], int]:
        """The newest first, and how many there are in all."""
        ...

    async def keep_pair(self, lock: MergeLock) -> None:
        """Twice is once."""
        ...

    async def remove_pair(self, lock: MergeLock) -> None:
        """Let the two be merged."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


async def lock_pair(
    locks: MergeLocks, releases: Releases, one_id: str, other_id: str, reason: str, now: datetime
) -> MergeLock:
    """Never merge these two.  Raises :class:`ReleaseNotFound`."""
    if one_id == other_id or len(await releases.many([one_id, other_id])) != 2:
        raise ReleaseNotFound
    return await keep_apart(locks, one_id, other_id, reason, now)


async def keep_apart(locks: MergeLocks, one_id: str, other_id: str, reason: str, now: datetime) -> MergeLock:
    """As :func:`lock_pair`, of two that are known to be there."""
    if (known := await locks.pair(one_id, other_id)) is not None:
        return known
    lock = MergeLock.of(one_id, other_id, reason, now)
    await locks.keep_pair(lock)
    locks.announce(MergeLocked(at=now, release_id=lock.release_id, other_id=lock.other_id, reason=lock.reason))
    return lock


async def unlock_pair(locks: MergeLocks, one_id: str, other_id: str, now: datetime) -> None:
    """Raises :class:`MergeLockNotFound`."""
    known = await locks.pair(one_id, other_id)
    if known is None:
        raise MergeLockNotFound
    await locks.remove_pair(known)
    locks.announce(MergeUnlocked(at=now, release_id=known.release_id, other_id=known.other_id))


async def ensure_mergeable(locks: MergeLocks, one_id: str, other_id: str) -> None:
    """Raises :class:`NeverMerged`."""
    if await locks.pair(one_id, other_id) is not None:
        raise NeverMerged
