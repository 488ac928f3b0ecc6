"""``/api/v1/library/changes``: what changed, for devices that keep a copy."""

from accounts.library.collections.schemas import (
    ChangedFavoriteOut,
    ChangedShelfItemOut,
)
from accounts.library.collections.usecases import Collections
from accounts.library.lists.usecases import Lists
from accounts.library.progress.schemas import (
    ChangedProgressOut,
)
from accounts.library.progress.usecases import History
from accounts.library.sync import usecases
from accounts.library.sync.schemas import ChangedListOut, ChangesOut, SinceIn
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/library/changes", role=Role.USER, summary="What changed in one's library, with tombstones")
async def list_changes(call: Call, query: SinceIn) -> ChangesOut:
    """For devices that keep a copy: start with `since=0`, then send the `revision` of the last answer."""
    found = await usecases.changes(
        call.port(History), call.port(Collections), call.port(Lists), user_id=call.user.user_id, since=query.since
    )
    return ChangesOut(
        revision=found.revision,
        more=found.more,
        timecodes=[ChangedProgressOut.of(row) for row in found.progress],
        favorites=[ChangedFavoriteOut.of(row) for row in found.favorites],
        collections=[ChangedShelfItemOut.of(row) for row in found.items],
        lists=[ChangedListOut.of(row) for row in found.lists],
    )
