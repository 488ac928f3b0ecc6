"""``/api/v1/library`` and ``/api/v1/favorites``: what one has watched, likes, and means to watch."""

from accounts.library.collections.usecases import Collections
from accounts.library.lists.usecases import Lists
from accounts.library.progress.usecases import History
from accounts.library.schemas import CountsOut, StandingOut
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/library/counts", role=Role.USER, summary="How much there is in one's library")
async def count_library(call: Call) -> CountsOut:
    user_id, shelved = call.user.user_id, call.port(Collections)
    return CountsOut(
        favorites=(await shelved.favorites_page(user_id, offset=0, limit=1))[1],
        collections=await shelved.counts(user_id),
        history=(await call.port(History).page(user_id, offset=0, limit=1))[1],
        lists=len(await call.port(Lists).of_owner(user_id)),
    )


@router.get("/library/releases/{release_id}", role=Role.USER, summary="What one's library says of a release")
async def get_standing(call: Call, release_id: str) -> StandingOut:
    """Of one that is not there it says nothing."""
    user_id, shelved = call.user.user_id, call.port(Collections)
    favorite = (await shelved.favorites(user_id, [release_id])).get(release_id)
    item = (await shelved.items(user_id, [release_id])).get(release_id)
    return StandingOut(
        favorite=favorite is not None and not favorite.removed,
        collection=None if item is None or item.removed else item.shelf,
        lists=sorted(await call.port(Lists).holding(user_id, release_id)),
    )
