"""``/api/v1/favorites`` and ``/api/v1/library/collections``: what one likes, and means to watch."""

from accounts.library.collections import usecases
from accounts.library.collections.adapters.context import context_of
from accounts.library.collections.model import UnknownRelease
from accounts.library.collections.schemas import (
    FavoriteOut,
    FavoritesIn,
    FavoritesOut,
    ScoredShelfItemOut,
    ShelfIn,
    ShelfItemsOut,
    ShelfMovesIn,
    ShelfPageIn,
    SortedPageIn,
)
from accounts.library.collections.usecases import Collections
from accounts.library.scores import OwnScores
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/favorites", role=Role.USER, summary="One's favourites, by when they were added")
async def list_favorites(call: Call, query: SortedPageIn) -> FavoritesOut:
    rows, total = await call.port(Collections).favorites_page(
        call.user.user_id,
        offset=query.offset,
        limit=query.page_size,
        oldest_first=query.oldest_first,
    )
    return FavoritesOut(
        items=[FavoriteOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/favorites", role=Role.USER, summary="Change many favourites at once", raises=(UnknownRelease,))
async def change_favorites(call: Call, body: FavoritesIn) -> None:
    """Releases that do not exist are left out; an error only when none of `add` does."""
    await usecases.change_favorites(
        context_of(call.scope),
        user_id=call.user.user_id,
        add=body.add,
        remove=body.remove,
    )


@router.post("/favorites/{release_id}", role=Role.USER, summary="Add a favourite", raises=(UnknownRelease,))
async def add_favorite(call: Call, release_id: str) -> None:
    await usecases.change_favorites(
        context_of(call.scope),
        user_id=call.user.user_id,
        add=[release_id],
    )


@router.delete("/favorites/{release_id}", role=Role.USER, summary="Remove a favourite")
async def remove_favorite(call: Call, release_id: str) -> None:
    await usecases.change_favorites(
        context_of(call.scope),
        user_id=call.user.user_id,
        remove=[release_id],
    )


@router.get("/library/collections", role=Role.USER, summary="What stands on one's shelves, by when it changed")
async def list_collections(call: Call, query: ShelfPageIn) -> ShelfItemsOut:
    collections, scores, user_id = call.port(Collections), call.port(OwnScores), call.user.user_id
    if query.wanted.is_any:
        rows, total = await collections.items_page(
            user_id,
            query.type,
            offset=query.offset,
            limit=query.page_size,
            oldest_first=query.sort == "changed_at",
        )
    else:
        rows, total = await usecases.scored_page(
            collections,
            scores,
            user_id=user_id,
            name=query.type,
            wanted=query.wanted,
            offset=query.offset,
            limit=query.page_size,
        )
    given = await scores.of(user_id, [row.release_id for row in rows])
    return ShelfItemsOut(
        items=[ScoredShelfItemOut.scored(row, given.get(row.release_id)) for row in rows],
        total=total,
        page=query.page,
        page_size=query.page_size,
    )


@router.post("/library/collections", role=Role.USER, summary="Move many releases at once", raises=(UnknownRelease,))
async def change_collections(call: Call, body: ShelfMovesIn) -> None:
    """Releases that do not exist are left out; an error only when none does."""
    await usecases.put_on_shelves(
        context_of(call.scope),
        user_id=call.user.user_id,
        wanted={item.release_id: item.type for item in body.items},
    )


@router.put(
    "/library/collections/{release_id}", role=Role.USER, summary="Put a release on a shelf", raises=(UnknownRelease,)
)
async def put_on_shelf(call: Call, release_id: str, body: ShelfIn) -> None:
    """It stands on one shelf at a time."""
    await usecases.put_on_shelves(
        context_of(call.scope),
        user_id=call.user.user_id,
        wanted={release_id: body.type},
    )


@router.delete("/library/collections/{release_id}", role=Role.USER, summary="Take a release off its shelf")
async def take_off_shelf(call: Call, release_id: str) -> None:
    await usecases.put_on_shelves(
        context_of(call.scope),
        user_id=call.user.user_id,
        wanted={release_id: None},
    )
