"""Deleted releases over HTTP."""

from catalog.releases.deletion import usecases
from catalog.releases.deletion.adapters.context import context_of
from catalog.releases.deletion.schemas import DeletedReleaseOut, DeletedReleasePage, RestoreIn
from catalog.releases.deletion.usecases import DeletedReleases
from catalog.releases.model import AliasTaken, BadAlias, ReleaseNotFound
from catalog.releases.routes import flushed
from catalog.releases.schemas import ReleaseOut
from kernel.access import Role
from kernel.http import Call, Reply, Router
from kernel.http.schemas import PageIn

router = Router(tag="Catalog")


@router.get("/releases/deleted", role=Role.MODERATOR, summary="List deleted releases")
async def list_deleted(call: Call, query: PageIn) -> DeletedReleasePage:
    """Those that can still be restored, the one deleted last first."""
    items, total = await call.port(DeletedReleases).page(offset=query.offset, limit=query.page_size)
    return DeletedReleasePage(
        items=[DeletedReleaseOut.of(item) for item in items], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "/releases/{release_id}/restore",
    role=Role.MODERATOR,
    summary="Restore a deleted release",
    raises=(ReleaseNotFound, AliasTaken, BadAlias),
)
async def restore_release(call: Call, release_id: str, body: RestoreIn) -> Reply[ReleaseOut]:
    """As it was, with its episodes; published if it was."""
    return await flushed(
        call,
        await usecases.restore(context_of(call.scope), release_id, body.alias),
    )
