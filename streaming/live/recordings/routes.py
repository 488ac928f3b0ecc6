"""``/api/v1/live``: switching recording on and off, and one's recordings."""

from kernel.access import Role
from kernel.http import Call, Reply, Router
from kernel.limits import Limit
from streaming.ingest.model import EpisodeUnknown
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels.model import PUBLISHES
from streaming.live.channels.usecases import Channels, locked
from streaming.live.errors import ChannelNotFound
from streaming.live.recordings import usecases
from streaming.live.recordings.adapters.context import context_of
from streaming.live.recordings.model import (
    RecordingEmpty,
    RecordingGoesOn,
    RecordingInUse,
    RecordingLimits,
    RecordingNotFound,
    RecordingOff,
    RecordingQuotaUsed,
    RecordingsFull,
)
from streaming.live.recordings.schemas import (
    EpisodeJobOut,
    RecordedEpisodeIn,
    RecordingOut,
    RecordingsIn,
    RecordingsOut,
)
from streaming.live.recordings.usecases import Recordings
from streaming.live.routes import one_channel
from streaming.live.schemas import ChannelOut

EPISODES = Limit("recording_episodes", 60, 3600)
"""Episodes made of recordings by one person; each is an ingest."""


def routers(serving: LiveServing) -> list[Router]:
    """The routes over the recordings of this installation."""
    router = Router("/api/v1/live", tag="Live")

    @router.put(
        "/channels/{channel_id}/recording",
        role=PUBLISHES,
        summary="Record what is sent to a channel, now and whenever it is live, until it is switched off",
        raises=(ChannelNotFound, RecordingOff, RecordingQuotaUsed, RecordingsFull),
        transaction=False,
    )
    async def switch_recording_on(call: Call, channel_id: str) -> Reply[ChannelOut]:
        """Somebody who is live is recorded from this moment on; a recording ends two minutes after its publisher is gone."""
        async with call.write_scope() as scope:
            channel = await locked(scope.port(Channels), call.user, channel_id, None)
            await usecases.switch_on(context_of(scope), channel)
            reply = await one_channel(Call(call.request, scope), channel)
        await serving.look_soon()
        return reply

    @router.delete(
        "/channels/{channel_id}/recording",
        role=PUBLISHES,
        summary="Record a channel no more; what was recorded is complete",
        raises=(ChannelNotFound,),
        transaction=False,
    )
    async def switch_recording_off(call: Call, channel_id: str) -> Reply[ChannelOut]:
        async with call.write_scope() as scope:
            channel = await locked(scope.port(Channels), call.user, channel_id, None)
            channel.record_no_more()
            reply = await one_channel(Call(call.request, scope), channel)
        await serving.look_soon()
        return reply

    @router.get("/recordings", role=PUBLISHES, summary="List one's own recordings of live channels")
    async def list_recordings(call: Call, query: RecordingsIn) -> RecordingsOut:
        recordings, owner_id = call.port(Recordings), call.user.user_id
        found, total = await recordings.listed(owner_id, query.channel_id, query.offset, query.page_size)
        return RecordingsOut(
            items=[RecordingOut.of(each) for each in found],
            total=total,
            page=query.page,
            page_size=query.page_size,
            used_bytes=await recordings.used_bytes(owner_id),
            quota_bytes=call.port(RecordingLimits).quota_bytes,
        )

    @router.get(
        "/recordings/{recording_id}",
        role=PUBLISHES,
        summary="One recording, for who made it and administrators",
        raises=(RecordingNotFound,),
    )
    async def get_recording(call: Call, recording_id: str) -> RecordingOut:
        return RecordingOut.of(await usecases.find(context_of(call.scope), call.user, recording_id))

    @router.delete(
        "/recordings/{recording_id}",
        role=PUBLISHES,
        summary="Delete a recording; an episode that was made of it stays",
        raises=(RecordingNotFound, RecordingGoesOn, RecordingInUse),
    )
    async def delete_recording(call: Call, recording_id: str) -> None:
        await usecases.delete(context_of(call.scope), call.user, recording_id)

    @router.post(
        "/recordings/{recording_id}/episode",
        role=Role.EDITOR,
        status=202,
        summary="Make a recording the video of an episode",
        limit=EPISODES,
        raises=(EpisodeUnknown, RecordingEmpty, RecordingGoesOn, RecordingInUse, RecordingNotFound),
    )
    async def make_episode_of_recording(call: Call, recording_id: str, body: RecordedEpisodeIn) -> EpisodeJobOut:
        """By the same ingest as an uploaded file. The recording stays until it expires."""
        job_id = await usecases.order_episode(
            context_of(call.scope), call.user, recording_id, episode_id=body.episode_id, protection=body.protection
        )
        return EpisodeJobOut(job_id=job_id)

    return [router]
