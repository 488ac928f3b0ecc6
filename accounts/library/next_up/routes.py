"""``/api/v1/library/continue``: what to go on with."""

from accounts.library.next_up import usecases
from accounts.library.next_up.schemas import ContinueIn, ContinueListOut, ContinueOut
from accounts.library.next_up.usecases import Seasons
from accounts.library.progress.usecases import History
from accounts.library.push import LibraryPush
from kernel.access import Role
from kernel.http import Call, Router

router = Router("/api/v1", tag="Library")


@router.get("/library/continue", role=Role.USER, summary="What to go on with: one entry a series, last watched first")
async def continue_watching(call: Call, query: ContinueIn) -> ContinueListOut:
    entries = await usecases.continue_watching(
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
    call.port(LibraryPush).library_changed(call.user.user_id, "history", release_ids=[release_id])
