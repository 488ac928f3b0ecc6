"""``/api/v1/live/channels``: channels, for those who have them, those who watch, and those who watch over them."""

from collections.abc import Sequence
from typing import Any

from kernel.access import Role
from kernel.errors import Stale, Unavailable
from kernel.http import Call, Reply, Router, versioned
from kernel.limits import Limit
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels import usecases
from streaming.live.channels.model import PUBLISHES, WATCHES_OVER, Channel, ChannelView
from streaming.live.channels.usecases import ChannelFilter, ChannelOwners, Channels
from streaming.live.errors import ChannelNotFound, TooManyChannels
from streaming.live.media.channel import EndReason
from streaming.live.model import ChannelId
from streaming.live.schemas import (
    ChannelHealthOut,
    ChannelIn,
    ChannelOut,
    ChannelsIn,
    ChannelsOut,
    ChannelWithKeyOut,
    TakeDownIn,
)
from streaming.origin.leases.usecases import StreamRevocations

CREATE = Limit("live_channels", 20, 3600)
"""Channels made by one account; ten can be there at a time."""
KEYS = Limit("live_keys", 30, 3600)


async def _out(call: Call, views: Sequence[ChannelView]) -> list[ChannelOut]:
    names = await call.port(ChannelOwners).nicknames({view.channel.owner_id for view in views})
    me = None if call.actor is None else call.actor.user_id
    return [
        ChannelOut.of(view, owner_name=names.get(view.channel.owner_id, ""), own=view.channel.owner_id == me)
        for view in views
    ]


async def one_channel(call: Call, channel: Channel, status: int | None = None) -> Reply[ChannelOut]:
    """A channel that was changed, for whoever changed it."""
    await call.scope.flush()
    view = await usecases.shown(call.port(Channels), call.actor, channel.id, call.clock.now())
    [out] = await _out(call, [view])
    return versioned(out, channel.version, status=status)


async def _with_key(call: Call, channel: Channel, key: str, status: int | None = None) -> Reply[ChannelWithKeyOut]:
    reply = await one_channel(call, channel, status)
    assert reply.body is not None
    body = ChannelWithKeyOut(stream_key=key, **reply.body.model_dump())
    return Reply(body, status=reply.status, headers={**reply.headers, "Cache-Control": "no-store"})


def routers(serving: LiveServing) -> list[Router]:
    """The routes over the live channels of this process."""
    router = Router("/api/v1/live/channels", tag="Live")

    @router.get("", summary="List live channels, those that are live first")
    async def list_channels(call: Call, query: ChannelsIn) -> ChannelsOut:
        """Those the caller may know of; what was taken down is shown to its owner and to moderators alone."""
        wanted = ChannelFilter(viewer=call.actor, mine=query.mine, live=query.live, everything=query.everything)
        views, total = await call.port(Channels).listed(wanted, call.clock.now(), query.offset, query.page_size)
        return ChannelsOut(items=await _out(call, views), total=total, page=query.page, page_size=query.page_size)

    @router.post("", role=PUBLISHES, status=201, summary="Make a live channel", raises=(TooManyChannels,), limit=CREATE)
    async def create_channel(call: Call, body: ChannelIn) -> Reply[ChannelWithKeyOut]:
        """Its stream key comes with this answer and never again."""
        channel, key = await usecases.create(
            call.port(Channels),
            owner_id=call.user.user_id,
            title=body.title,
            description=body.description,
            audience=body.audience,
            now=call.clock.now(),
        )
        reply = await _with_key(call, channel, key, 201)
        reply.headers["Location"] = f"/api/v1/live/channels/{channel.id}"
        return reply

    @router.get("/{channel_id}", summary="One live channel", raises=(ChannelNotFound,))
    async def get_channel(call: Call, channel_id: str) -> ChannelOut:
        """Without an entity tag: who watches changes without an edit. `If-Match` takes `"v<version>"`."""
        view = await usecases.shown(call.port(Channels), call.actor, channel_id, call.clock.now())
        [out] = await _out(call, [view])
        hls_url, rewind_s = None, 0
        if view.broadcast is not None:
            hls_url, rewind_s = await serving.hls.of(view.channel.id, call.actor)
        return out.model_copy(update={"hls_url": hls_url, "rewind_s": rewind_s})

    @router.put(
        "/{channel_id}",
        role=PUBLISHES,
        summary="Rename a channel, describe it, or show it to others",
        raises=(ChannelNotFound, Stale),
    )
    async def update_channel(call: Call, channel_id: str, body: ChannelIn) -> Reply[ChannelOut]:
        channel = await usecases.locked(call.port(Channels), call.user, channel_id, call.if_match())
        channel.describe(title=body.title, description=body.description, audience=body.audience, now=call.clock.now())
        call.port(StreamRevocations).revoke(channel.id)
        return await one_channel(call, channel)

    @router.delete(
        "/{channel_id}",
        role=PUBLISHES,
        summary="Delete a channel; whoever publishes or watches is sent away",
        raises=(ChannelNotFound, Stale),
        transaction=False,
    )
    async def delete_channel(call: Call, channel_id: str) -> None:
        async with call.write_scope() as scope:
            await usecases.delete(scope.port(Channels), call.user, channel_id, call.if_match(), call.clock.now())
            scope.port(StreamRevocations).revoke(channel_id)
        await serving.end(ChannelId(channel_id), EndReason.ENDED, viewers=True)

    @router.put(
        "/{channel_id}/key",
        role=PUBLISHES,
        summary="Make a new stream key; the one before is good for nothing",
        raises=(ChannelNotFound, Stale),
        limit=KEYS,
        transaction=False,
    )
    async def make_stream_key(call: Call, channel_id: str) -> Reply[ChannelWithKeyOut]:
        """Whoever publishes with the key before is sent away. The new one comes with this answer and never again."""
        async with call.write_scope() as scope:
            inner = Call(call.request, scope)
            channel = await usecases.locked(scope.port(Channels), call.user, channel_id, call.if_match())
            key = channel.make_key(call.clock.now())
            reply = await _with_key(inner, channel, key)
        await serving.end(ChannelId(channel_id), EndReason.STOPPED, viewers=False, with_key_alone=True)
        return reply

    @router.delete(
        "/{channel_id}/key",
        role=PUBLISHES,
        summary="Revoke the stream key of a channel",
        raises=(ChannelNotFound, Stale),
        transaction=False,
    )
    async def revoke_stream_key(call: Call, channel_id: str) -> None:
        async with call.write_scope() as scope:
            channel = await usecases.locked(scope.port(Channels), call.user, channel_id, call.if_match())
            channel.revoke_key(call.clock.now())
        await serving.end(ChannelId(channel_id), EndReason.STOPPED, viewers=False, with_key_alone=True)

    @router.put(
        "/{channel_id}/take-down",
        role=WATCHES_OVER,
        summary="Take a channel down: everybody's session ends at once",
        raises=(ChannelNotFound,),
        transaction=False,
    )
    async def take_channel_down(call: Call, channel_id: str, body: TakeDownIn) -> Reply[ChannelOut]:
        async with call.write_scope() as scope:
            channel = await usecases.locked_by_moderator(scope.port(Channels), call.user, channel_id)
            channel.take_down(body.reason, call.clock.now())
            scope.port(StreamRevocations).revoke(channel.id)
            reply = await one_channel(Call(call.request, scope), channel)
        await serving.end(ChannelId(channel_id), EndReason.TAKEN_DOWN, viewers=True)
        return reply

    @router.delete(
        "/{channel_id}/take-down", role=WATCHES_OVER, summary="Bring a channel back", raises=(ChannelNotFound,)
    )
    async def restore_channel(call: Call, channel_id: str) -> Reply[ChannelOut]:
        channel = await usecases.locked_by_moderator(call.port(Channels), call.user, channel_id)
        channel.restore(call.clock.now())
        return await one_channel(call, channel)

    @router.delete(
        "/{channel_id}/publisher",
        role=Role.USER,
        summary="End what goes on in a channel; its viewers wait for what comes next",
        raises=(ChannelNotFound,),
        transaction=False,
    )
    async def stop_publisher(call: Call, channel_id: str) -> None:
        async with call.container.scope(write=False, actor=call.actor) as scope:
            channel = await usecases.watched_over(scope.port(Channels), call.user, channel_id)
        await serving.end(channel.id, EndReason.STOPPED, viewers=False)

    @router.get(
        "/{channel_id}/health",
        role=Role.USER,
        summary="How a channel does, for its owner and those who watch over it",
        raises=(ChannelNotFound, Unavailable),
        transaction=False,
    )
    async def get_channel_health(call: Call, channel_id: str) -> ChannelHealthOut:
        async with call.container.scope(write=False, actor=call.actor) as scope:
            channel = await usecases.watched_over(scope.port(Channels), call.user, channel_id)
        found: dict[str, Any] = await serving.health(channel.id)
        return ChannelHealthOut.model_validate({**found, "max_kbps": serving.max_kbps})

    return [router]
