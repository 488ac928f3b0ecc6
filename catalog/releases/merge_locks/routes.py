"""Locks over HTTP."""

from collections.abc import Sequence

from catalog.releases.merge_locks import usecases
from catalog.releases.merge_locks.model import MergeLock, MergeLockNotFound
from catalog.releases.merge_locks.schemas import MergeLockIn, MergeLockOut, MergeLockPage
from catalog.releases.merge_locks.usecases import MergeLocks
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Conflict
from kernel.http import Call, Router
from kernel.http.schemas import PageIn

router = Router(tag="Catalog")


async def _shown(call: Call, locks: Sequence[MergeLock]) -> list[MergeLockOut]:
    ids = {one for lock in locks for one in (lock.release_id, lock.other_id)}
    titles = {str(release.id): release.name.main for release in await call.port(Releases).many(sorted(ids))}
    return [MergeLockOut.of(lock, titles) for lock in locks]


@router.get("/merge-locks", role=Role.MODERATOR, summary="List releases that are never merged")
async def list_merge_locks(call: Call, query: PageIn) -> MergeLockPage:
    """The newest first."""
    found, total = await call.port(MergeLocks).pairs(offset=query.offset, limit=query.page_size)
    return MergeLockPage(items=await _shown(call, found), total=total, page=query.page, page_size=query.page_size)


@router.post(
    "/merge-locks",
    status=201,
    role=Role.MODERATOR,
    summary="Lock two releases against merging",
    raises=(ReleaseNotFound, Conflict),
)
async def create_merge_lock(call: Call, body: MergeLockIn) -> MergeLockOut:
    """Neither by hand nor by an import."""
    lock = await usecases.lock_pair(
        call.port(MergeLocks), call.port(Releases), body.release_id, body.other_id, body.reason, call.clock.now()
    )
    return (await _shown(call, [lock]))[0]


@router.delete(
    "/merge-locks/{release_id}/{other_id}",
    role=Role.MODERATOR,
    summary="Let two releases be merged",
    raises=(MergeLockNotFound,),
)
async def delete_merge_lock(call: Call, release_id: str, other_id: str) -> None:
    await usecases.unlock_pair(call.port(MergeLocks), release_id, other_id, call.clock.now())
