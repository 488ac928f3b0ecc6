"""``/api/v1/library/history`` and ``/progress``: what one has watched, and how far."""

from accounts.library.progress import rules, usecases
from accounts.library.progress.adapters.context import context_of
from accounts.library.progress.model import Audio, NothingWatched, Sample, UnknownEpisode
from accounts.library.progress.schemas import HistoryOut, HistoryPageIn, ProgressOut, RecordedOut, ReportsIn, WatchedIn
from accounts.library.progress.usecases import CatalogEpisodes, History
from accounts.library.push import LibraryPush
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/library/history", role=Role.USER, summary="What one has watched, newest first")
async def list_history(call: Call, query: HistoryPageIn) -> HistoryOut:
    rows, total = await call.port(History).page(
        call.user.user_id,
        release_id=query.release_id,
        offset=query.offset,
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
    changed = await usecases.record_progress(context_of(call.scope), rules.correct_clock(samples, call.clock.now_ms()))
    call.port(LibraryPush).progress_changed(call.user.user_id, changed)
    return RecordedOut(items=[ProgressOut.of(row) for row in changed])


@router.get(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="How far one is in an episode",
    raises=(NothingWatched, UnknownEpisode),
)
async def get_progress(call: Call, episode_id: str) -> ProgressOut:
    found = await usecases.get_progress(
        call.port(History), call.port(CatalogEpisodes), user_id=call.user.user_id, episode_id=episode_id
    )
    return ProgressOut.of(found)


@router.put(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="Say that one has seen an episode, or that one has not",
    raises=(UnknownEpisode,),
)
async def mark_progress(call: Call, episode_id: str, body: WatchedIn) -> RecordedOut:
    changed = await usecases.mark(
        context_of(call.scope),
        user_id=call.user.user_id,
        episode_id=episode_id,
        watched=body.watched,
    )
    call.port(LibraryPush).progress_changed(call.user.user_id, changed)
    return RecordedOut(items=[ProgressOut.of(row) for row in changed])


@router.delete(
    "/library/progress/{episode_id}",
    role=Role.USER,
    summary="Take an episode out of one's history",
    raises=(NothingWatched,),
)
async def remove_progress(call: Call, episode_id: str) -> None:
    removed = await usecases.remove(
        call.port(History), user_id=call.user.user_id, episode_id=episode_id, now=call.clock.now()
    )
    call.port(LibraryPush).library_changed(
        call.user.user_id, "history", release_ids=[row.release_id for row in removed]
    )
