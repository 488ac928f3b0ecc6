"""``/releases/{release_id}/locks``."""

from catalog.releases.locks import usecases
from catalog.releases.locks.schemas import LockOut, LocksIn, LocksOut
from catalog.releases.locks.usecases import Locks
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
    found = await usecases.locks_of(call.port(Releases), call.port(Locks), release_id)
    return LocksOut(items=[LockOut.model_validate(lock) for lock in found])


@router.put(
    "/releases/{release_id}/locks",
    role=Role.EDITOR,
    summary="Lock fields against imports",
    raises=(ReleaseNotFound,),
)
async def put_locks(call: Call, release_id: str, body: LocksIn) -> LocksOut:
    """All that are not named are free. What was edited by hand stays as it is without a lock, too."""
    found = await usecases.lock(
        call.port(Releases),
        call.port(Locks),
        release_id,
        body.fields,
        by=call.user.user_id,
        now=call.clock.now(),
    )
    return LocksOut(items=[LockOut.model_validate(lock) for lock in found])
