"""Whether somebody may go on watching a live channel, as the database has it at this moment."""

from kernel.access import Standing
from kernel.scope import Container
from streaming.live.channels import usecases
from streaming.live.channels.model import PUBLISHES
from streaming.live.channels.usecases import Channels
from streaming.live.media.channel import EndReason
from streaming.live.media.hub import LiveHub


class WatchingRights:
    """Asked by whoever serves a channel by tokens."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def ensure(self, channel_id: str, login_id: str | None) -> None:
        """``login_id``: the sign-in under which somebody began; ``None``: without one.  Raises ChannelNotFound, StreamEnded."""
        async with self._container.scope(write=False) as scope:
            await usecases.ensure_watched_still(scope.port(Channels), scope.port(Standing), channel_id, login_id)


async def end_what_may_not_go_on(container: Container, hub: LiveHub) -> None:
    """End what may go on no longer: a word on the bus may be lost, and an account may be banned."""
    carried = [*hub.carried(), *hub.testing]
    if not carried:
        return
    async with container.scope(write=False) as scope:
        standing = scope.port(Standing)
        channels = {channel.id: channel for channel in await scope.port(Channels).many(sorted(set(carried)))}
        owners = {one: await standing.of_user(one) for one in {channel.owner_id for channel in channels.values()}}
        publishers, viewers = hub.publishers, hub.viewers
        sessions = {one.user_session for _, one in publishers} | {one.user_session for _, one in viewers}
        roles = await standing.roles({one for one in sessions if one is not None})
    for channel_id in carried:
        channel = channels.get(channel_id)
        owner = None if channel is None else owners[channel.owner_id]
        if channel is None or channel.taken_down_at is not None or owner is None:
            await hub.close_channel(channel_id, EndReason.TAKEN_DOWN)
        elif not owner.may(PUBLISHES):
            hub.stop(channel_id, EndReason.STOPPED)
    for channel_id, publisher in publishers:
        channel = channels.get(channel_id)
        key = None if channel is None or channel.key_hash is None else channel.key_hash.hex()
        signed_out = publisher.user_session is not None and publisher.user_session not in roles
        if signed_out or (publisher.key is not None and publisher.key != key):
            hub.stop(channel_id, EndReason.STOPPED, publisher)
    for channel_id, viewer in viewers:
        channel = channels.get(channel_id)
        signed_in = viewer.user_session is not None
        signed_out = signed_in and viewer.user_session not in roles
        if signed_out or (channel is not None and not channel.may_be_watched(signed_in=signed_in)):
            hub.dismiss(channel_id, viewer)
