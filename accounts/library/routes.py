"""``/api/v1/library`` and ``/api/v1/favorites``: what one has watched, likes, and means to watch."""

from accounts.library import usecases
from accounts.library.collections import usecases as collections
from accounts.library.collections.model import UnknownRelease
from accounts.library.collections.usecases import Releases, Shelves
from accounts.library.lists.usecases import Lists
from accounts.library.next_up import usecases as next_up
from accounts.library.next_up.usecases import Seasons
from accounts.library.progress import rules
from accounts.library.progress import usecases as progress
from accounts.library.progress.model import Audio, NothingWatched, Sample, UnknownEpisode
from accounts.library.progress.usecases import Episodes, History
from accounts.library.push import News
from accounts.library.schemas import (
    ChangedFavoriteOut,
    ChangedListOut,
    ChangedProgressOut,
    ChangedShelfItemOut,
    ChangesOut,
    ContinueIn,
    ContinueListOut,
    ContinueOut,
    CountsOut,
    FavoriteOut,
    FavoritesIn,
    FavoritesOut,
    HistoryOut,
    HistoryPageIn,
    ProgressOut,
    RecordedOut,
    ReportsIn,
    ShelfIn,
    ShelfItemOut,
    ShelfItemsOut,
    ShelfMovesIn,
    ShelfPageIn,
    SinceIn,
    SortedPageIn,
    StandingOut,
    WatchedIn,
)
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/library/history", role=Role.USER, summary="What one has watched, newest first")
async def list_history(call: Call, query: HistoryPageIn) -> HistoryOut:
    rows, total = await call.port(History).page(
        call.user.user_id,
        release_id=query.release_id,
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
    )
    return HistoryOut(
        items=[ProgressOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/library/progress", role=Role.USER, summary="Report how far one's players are")
async def record_progress(call: Call, body: ReportsIn) -> RecordedOut:
    """The newest report of an episode by `at_ms` holds, in whatever order they arrive. Reports of unknown episodes are left
    out."""
    samples = [
        Sample(
            call.user.user_id,
            item.episode_id,
            item.position_ms,
            item.duration_ms,
            item.at_ms,
            Audio(item.audio.language, item.audio.label) if item.audio else None,
        )
        for item in body.items
    ]
    changed = await collections.record(
        call.port(History),
        call.port(Episodes),
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        rules.settle(samples, call.clock.now_ms()),
        now=call.clock.now(),
    )
    call.port(News).progress_changed(call.user.user_id, changed)
    return RecordedOut(items=[ProgressOut.of(row) for row in changed])


@router.get(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="How far one is in an episode",
    raises=(NothingWatched, UnknownEpisode),
)
async def get_progress(call: Call, episode_id: str) -> ProgressOut:
    found = await progress.get_progress(
        call.port(History), call.port(Episodes), user_id=call.user.user_id, episode_id=episode_id
    )
    return ProgressOut.of(found)


@router.put(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="Say that one has seen an episode, or that one has not",
    raises=(UnknownEpisode,),
)
async def mark_progress(call: Call, episode_id: str, body: WatchedIn) -> RecordedOut:
    changed = await progress.mark(
        call.port(History),
        call.port(Episodes),
        user_id=call.user.user_id,
        episode_id=episode_id,
        watched=body.watched,
        now=call.clock.now(),
    )
    await collections.tidy_after_watching(
        call.port(Shelves), call.port(Releases), call.port(History), call.port(News), changed, now=call.clock.now()
    )
    call.port(News).progress_changed(call.user.user_id, changed)
    return RecordedOut(items=[ProgressOut.of(row) for row in changed])


@router.delete(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="Take an episode out of one's history",
    raises=(NothingWatched,),
)
async def remove_progress(call: Call, episode_id: str) -> None:
    removed = await progress.remove(
        call.port(History), user_id=call.user.user_id, episode_id=episode_id, now=call.clock.now()
    )
    call.port(News).library_changed(call.user.user_id, "history", release_ids=[row.release_id for row in removed])


@router.get("/library/continue", role=Role.USER, summary="What to go on with: one entry a series, last watched first")
async def continue_watching(call: Call, query: ContinueIn) -> ContinueListOut:
    entries = await next_up.continue_watching(
        call.port(History), call.port(Seasons), user_id=call.user.user_id, limit=query.limit
    )
    return ContinueListOut(items=[ContinueOut.of(entry) for entry in entries])


@router.delete(
    "/library/continue/{release_id}",
    role=Role.USER,
    summary="Leave a series out of that list until it is watched again",
)
async def dismiss_continue(call: Call, release_id: str) -> None:
    await call.port(History).dismiss(call.user.user_id, release_id, call.clock.now_ms())
    call.port(News).library_changed(call.user.user_id, "history", release_ids=[release_id])


@router.get("/library/changes", role=Role.USER, summary="What changed in one's library, with tombstones")
async def list_changes(call: Call, query: SinceIn) -> ChangesOut:
    """For devices that keep a copy: start with `since=0`, then send the `revision` of the last answer."""
    found = await usecases.changes(
        call.port(History), call.port(Shelves), call.port(Lists), user_id=call.user.user_id, since=query.since
    )
    return ChangesOut(
        revision=found.revision,
        more=found.more,
        timecodes=[ChangedProgressOut.of(row) for row in found.progress],
        favorites=[ChangedFavoriteOut.of(row) for row in found.favorites],
        collections=[ChangedShelfItemOut.of(row) for row in found.items],
        lists=[ChangedListOut.of(row) for row in found.lists],
    )


@router.get("/library/counts", role=Role.USER, summary="How much there is in one's library")
async def count_library(call: Call) -> CountsOut:
    user_id, shelved = call.user.user_id, call.port(Shelves)
    return CountsOut(
        favorites=(await shelved.favorites_page(user_id, offset=0, limit=1))[1],
        collections=await shelved.counts(user_id),
        history=(await call.port(History).page(user_id, offset=0, limit=1))[1],
        lists=len(await call.port(Lists).of_owner(user_id)),
    )


@router.get("/library/releases/{release_id}", role=Role.USER, summary="What one's library says of a release")
async def get_standing(call: Call, release_id: str) -> StandingOut:
    """Of one that is not there it says nothing."""
    user_id, shelved = call.user.user_id, call.port(Shelves)
    favorite = (await shelved.favorites(user_id, [release_id])).get(release_id)
    item = (await shelved.items(user_id, [release_id])).get(release_id)
    return StandingOut(
        favorite=favorite is not None and not favorite.removed,
        collection=None if item is None or item.removed else item.shelf,
        lists=sorted(await call.port(Lists).holding(user_id, release_id)),
    )


@router.get("/favorites", role=Role.USER, summary="One's favourites, by when they were added")
async def list_favorites(call: Call, query: SortedPageIn) -> FavoritesOut:
    rows, total = await call.port(Shelves).favorites_page(
        call.user.user_id,
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
        oldest_first=query.oldest_first,
    )
    return FavoritesOut(
        items=[FavoriteOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/favorites", role=Role.USER, summary="Change many favourites at once", raises=(UnknownRelease,))
async def change_favorites(call: Call, body: FavoritesIn) -> None:
    """Releases that do not exist are left out; an error only when none of `add` does."""
    await collections.change_favorites(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        add=body.add,
        remove=body.remove,
        now=call.clock.now(),
    )


@router.post("/favorites/{release_id}", role=Role.USER, summary="Add a favourite", raises=(UnknownRelease,))
async def add_favorite(call: Call, release_id: str) -> None:
    await collections.change_favorites(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        add=[release_id],
        now=call.clock.now(),
    )


@router.delete("/favorites/{release_id}", role=Role.USER, summary="Remove a favourite")
async def remove_favorite(call: Call, release_id: str) -> None:
    await collections.change_favorites(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        remove=[release_id],
        now=call.clock.now(),
    )


@router.get("/library/collections", role=Role.USER, summary="What stands on one's shelves, by when it changed")
async def list_collections(call: Call, query: ShelfPageIn) -> ShelfItemsOut:
    rows, total = await call.port(Shelves).items_page(
        call.user.user_id,
        query.type,
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
        oldest_first=query.oldest_first,
    )
    return ShelfItemsOut(
        items=[ShelfItemOut.of(row) for row in rows], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/library/collections", role=Role.USER, summary="Move many releases at once", raises=(UnknownRelease,))
async def change_collections(call: Call, body: ShelfMovesIn) -> None:
    """Releases that do not exist are left out; an error only when none does."""
    await collections.put_on_shelves(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        wanted={item.release_id: item.type for item in body.items},
        now=call.clock.now(),
    )


@router.put(
    "/library/collections/{release_id}", role=Role.USER, summary="Put a release on a shelf", raises=(UnknownRelease,)
)
async def put_on_shelf(call: Call, release_id: str, body: ShelfIn) -> None:
    await collections.put_on_shelves(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        wanted={release_id: body.type},
        now=call.clock.now(),
    )


@router.delete("/library/collections/{release_id}", role=Role.USER, summary="Take a release off its shelf")
async def take_off_shelf(call: Call, release_id: str) -> None:
    await collections.put_on_shelves(
        call.port(Shelves),
        call.port(Releases),
        call.port(News),
        user_id=call.user.user_id,
        wanted={release_id: None},
        now=call.clock.now(),
    )
