"""Locking fields and giving them free."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.releases.locks.model import Lock, LockedField, ReleaseLocksChanged
from catalog.releases.usecases import Releases, existing_release
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LocksContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    releases: Releases
    locks: Locks
    now: datetime


async def locks_of(context: LocksContext, release_id: str) -> Sequence[Lock]:
    """Raises ``ReleaseNotFound``."""
    await existing_release(context.releases, release_id)
    return await context.locks.of(release_id)


async def lock(context: LocksContext, release_id: str, fields: Collection[LockedField], *, by: str) -> Sequence[Lock]:
    """Lock ``fields`` and no others; who locked one first stays.  Raises ``ReleaseNotFound``."""
    before = {each.field: each for each in await locks_of(context, release_id)}
    after = [before.get(each) or Lock(each, by, context.now) for each in sorted(set(fields))]
    if set(before) != {each.field for each in after}:
        await context.locks.replace(release_id, after)
        changes = {"locks": (sorted(before), [each.field.value for each in after])}
        context.locks.announce(ReleaseLocksChanged(at=context.now, release_id=release_id, changes=changes))
    return after
