"""Merges over HTTP."""

from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.merge_locks.model import NeverMerged
from catalog.releases.merge_locks.usecases import MergeLocks
from catalog.releases.merging import usecases
from catalog.releases.merging.model import AlreadyUndone, MergeContradicted, MergeNotFound, SameRelease
from catalog.releases.merging.schemas import MergeIn, MergeOut, MergePage, MergePreviewOut
from catalog.releases.merging.usecases import Followers, MergeContext, Merges
from catalog.releases.model import ReleaseNotFound
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.errors import Conflict, Stale, TooManyRequests
from kernel.http import Call, Router
from kernel.http.schemas import PageIn
from kernel.limits import Limit

router = Router(tag="Catalog")

MERGES = Limit("merges", attempts=300, window_s=3600)
"""By one moderator: each may touch the libraries of thousands."""


def _context(call: Call) -> MergeContext:
    return MergeContext(
        releases=call.port(Releases),
        deleted=call.port(DeletedReleases),
        episodes=call.port(Episodes),
        locks=call.port(MergeLocks),
        merges=call.port(Merges),
        followers=call.port(Followers),
        actor_id=call.user.user_id,
        now=call.clock.now(),
    )


@router.get("/merges", role=Role.MODERATOR, summary="List merges of releases")
async def list_merges(call: Call, query: PageIn) -> MergePage:
    """The newest first, undone ones too."""
    found, total = await call.port(Merges).page(offset=query.offset, limit=query.page_size)
    return MergePage(
        items=[MergeOut.of(merge) for merge in found], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "/merges/preview",
    role=Role.MODERATOR,
    summary="Look what a merge would do",
    raises=(SameRelease, ReleaseNotFound, NeverMerged),
)
async def preview_merge(call: Call, body: MergeIn) -> MergePreviewOut:
    return MergePreviewOut.of(await usecases.preview(_context(call), body.source_id, body.target_id))


@router.post(
    "/merges",
    status=201,
    role=Role.MODERATOR,
    limit=MERGES,
    summary="Merge a release into another",
    raises=(SameRelease, ReleaseNotFound, NeverMerged, Conflict, TooManyRequests),
)
async def create_merge(call: Call, body: MergeIn) -> MergeOut:
    """Its episodes, names, identifiers and genres, its place in a franchise and what people keep of it go over; its address
    and its id lead to the other one from then on. What the other one says of itself stays."""
    return MergeOut.of(await usecases.merge(_context(call), body.source_id, body.target_id))


@router.post(
    "/merges/{merge_id}/undo",
    role=Role.MODERATOR,
    summary="Undo a merge",
    raises=(MergeNotFound, AlreadyUndone, MergeContradicted, Stale, Conflict),
)
async def undo_merge(call: Call, merge_id: str) -> MergeOut:
    """Both are as they were, but for what people changed in their libraries since; they are locked against another merge.
    Where something contradicts, nothing happens, and the answer says what it is."""
    return MergeOut.of(await usecases.undo(_context(call), merge_id))
