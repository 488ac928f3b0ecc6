"""``/releases/{release_id}/locks``."""

from collections.abc import Sequence

from catalog.releases.locks import usecases
from catalog.releases.locks.model import Lock
from catalog.releases.locks.schemas import LocksIn, LocksOut
from catalog.releases.locks.usecases import Lockers, Locks, LocksContext
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.http import Call, Router

router = Router(tag="Catalog")


@router.get(
    "/releases/{release_id}/locks",
    role=Role.EDITOR,
    summary="The fields that imports leave alone",
    raises=(ReleaseNotFound,),
)
async def get_locks(call: Call, release_id: str) -> LocksOut:
    found = await usecases.locks_of(_context(call), release_id)
    return await _named(call, found)


@router.put(
    "/releases/{release_id}/locks",
    role=Role.EDITOR,
    summary="Lock fields against imports",
    raises=(ReleaseNotFound,),
)
async def put_locks(call: Call, release_id: str, body: LocksIn) -> LocksOut:
    """All that are not named are free. What was edited by hand stays as it is without a lock, too."""
    found = await usecases.lock(_context(call), release_id, body.fields, by=call.user.user_id)
    return await _named(call, found)


def _context(call: Call) -> LocksContext:
    return LocksContext(releases=call.port(Releases), locks=call.port(Locks), now=call.clock.now())


async def _named(call: Call, locks: Sequence[Lock]) -> LocksOut:
    people = {lock.locked_by for lock in locks if lock.locked_by is not None}
    return LocksOut.of(locks, await call.port(Lockers).nicknames(people))
