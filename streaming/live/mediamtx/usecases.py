"""Who may have a token for MediaMTX: the same people as may publish and watch here."""

from kernel.access import Actor, Standing
from kernel.errors import Unauthenticated
from streaming.live.channels import usecases
from streaming.live.channels.model import PUBLISHES
from streaming.live.channels.usecases import Channels
from streaming.live.errors import ChannelNotFound, ChannelTakenDown, StreamKeyInvalid
from streaming.live.mediamtx.model import MediaAction, MediaGrant, grant


async def granted(channels: Channels, actor: Actor | None, channel_id: str, action: MediaAction) -> MediaGrant:
    """Raises ChannelNotFound, ChannelTakenDown, Forbidden, Unauthenticated."""
    if action is MediaAction.PUBLISH:
        if actor is None:
            raise Unauthenticated
        return grant(action, (await usecases.to_publish(channels, actor, channel_id)).id)
    channel = await channels.get(channel_id)
    if channel is None or not channel.is_shown_to(actor):
        raise ChannelNotFound
    if channel.taken_down_at is not None:
        raise ChannelTakenDown
    return grant(action, channel.id)


async def granted_by_key(channels: Channels, standing: Standing, key: str) -> MediaGrant:
    """For whoever has a stream key, as long as its owner may publish: what is begun there is not ended from here.

    Raises ChannelTakenDown, StreamKeyInvalid.
    """
    channel = await usecases.by_key(channels, key)
    owner = await standing.of_user(channel.owner_id)
    if owner is None or not owner.may(PUBLISHES):
        raise StreamKeyInvalid
    return grant(MediaAction.PUBLISH, channel.id)
