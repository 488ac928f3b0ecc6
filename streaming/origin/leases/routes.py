"""``/api/v1/playback``: what is watched now, and stopping it."""

from kernel.access import Role
from kernel.errors import Forbidden
from kernel.http import Call, Router
from streaming.origin.leases import usecases
from streaming.origin.leases.model import StreamLimits
from streaming.origin.leases.schemas import (
    ViewerStreamOut,
    ViewerStreamsOut,
    WatchedStreamOut,
    WatchedStreamsIn,
    WatchedStreamsOut,
)
from streaming.origin.leases.usecases import StreamLeases, ViewerNames
from streaming.origin.model import StreamNotFound

router = Router("/api/v1", tag="Playback")


@router.get("/playback", summary="What is watched under the caller's account now", role=Role.USER)
async def list_watched(call: Call) -> WatchedStreamsOut:
    """A stream counts as watched until its player was not heard of for a minute, or it was stopped."""
    holders = await call.port(StreamLeases).watched_by(call.user.user_id, call.clock.now())
    return WatchedStreamsOut(
        items=[WatchedStreamOut.of(each, call.user.session_id) for each in holders],
        limit=call.port(StreamLimits).of(call.user.role),
    )


@router.delete("/playback", summary="Stop everything that is watched under the caller's account", role=Role.USER)
async def stop_all(call: Call) -> None:
    await usecases.end_streams_of_viewer(usecases.Context.of(call.scope), call.user)


@router.delete("/playback/{session_id}", summary="End a stream", role=Role.USER, raises=(StreamNotFound, Forbidden))
async def end_playback(call: Call, session_id: str) -> None:
    """One's own, in whatever player; moderators end anybody's. Its addresses lead nowhere from then on."""
    await usecases.end_stream(usecases.Context.of(call.scope), session_id, actor=call.user)


@router.get("/admin/playback", summary="What everybody watches now, the newest first", role=Role.MODERATOR)
async def list_everybodys(call: Call, query: WatchedStreamsIn) -> ViewerStreamsOut:
    holders, total = await call.port(StreamLeases).watched(
        call.clock.now(), offset=(query.page - 1) * query.page_size, limit=query.page_size
    )
    names = await call.port(ViewerNames).of({each.user_id for each in holders if each.user_id is not None})
    return ViewerStreamsOut(
        items=[
            ViewerStreamOut(
                session_id=each.session_id,
                episode_id=each.episode_id,
                title=each.title,
                user_id=each.user_id,
                nickname=names.get(each.user_id or ""),
                browser=each.browser,
                device=each.platform,
                since=each.started_at,
            )
            for each in holders
        ],
        total=total,
        page=query.page,
        page_size=query.page_size,
    )
