"""Making channels, giving them keys, and taking them down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kernel.access import Actor, Standing
from kernel.errors import Forbidden, Stale
from streaming.live.channels.model import (
    KEY_PREFIX,
    MAX_CHANNELS,
    PUBLISHES,
    WATCHES_OVER,
    Audience,
    Broadcast,
    Channel,
    ChannelView,
    hash_key,
)
from streaming.live.errors import ChannelNotFound, ChannelTakenDown, StreamKeyInvalid, TooManyChannels
from streaming.live.model import ChannelId
from streaming.origin.model import StreamEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFilter:
    """Which channels somebody asks for."""

    viewer: Actor | None
    mine: bool = False
    live: bool = False
    """Those alone that are live now."""
    everything: bool = False
    """Also what was taken down: for those who watch over channels."""


class Channels(Protocol):
    """Where channels are kept, and what the nodes say of them."""

    def add(self, channel: Channel) -> None:
        """Keep a new one."""
        ...

    async def get(self, channel_id: str) -> Channel | None:
        """``None`` where there is none with this id."""
        ...

    async def lock(self, channel_id: str) -> Channel | None:
        """The same, and nobody else changes it until the end of the transaction."""
        ...

    async def lock_owner(self, user_id: str) -> int:
        """Keep this account from making others until the end of the transaction; how many it has."""
        ...

    async def by_key(self, key_hash: bytes) -> Channel | None:
        """Whose key it is."""
        ...

    async def of_owner(self, user_id: str) -> Sequence[Channel]:
        """All of one account, by age."""
        ...

    async def many(self, channel_ids: Sequence[str]) -> Sequence[Channel]:
        """Those of ``channel_ids`` that exist."""
        ...

    async def listed(
        self, wanted: ChannelFilter, now: datetime, offset: int, limit: int
    ) -> tuple[list[ChannelView], int]:
        """A page, those that are live first, then the youngest; and how many there are."""
        ...

    async def remove(self, channel: Channel) -> None:
        """Delete it."""
        ...

    async def broadcast(self, channel_id: str) -> Broadcast | None:
        """What a node last said of it."""
        ...

    async def carried_by(self, node_id: str) -> Sequence[Broadcast]:
        """What this node said."""
        ...

    async def say(self, broadcast: Broadcast) -> None:
        """Write what this node says, over whatever was said before."""
        ...

    async def unsay(self, channel_id: str, node_id: str) -> None:
        """This node carries it no longer."""
        ...


class ChannelOwners(Protocol):
    """The people behind channels."""

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """What those of ``user_ids`` that exist are called."""
        ...


async def create(
    channels: Channels, *, owner_id: str, title: str, description: str, audience: Audience, now: datetime
) -> tuple[Channel, str]:
    """A new channel and its key.  Raises TooManyChannels."""
    if await channels.lock_owner(owner_id) >= MAX_CHANNELS:
        raise TooManyChannels(limit=MAX_CHANNELS)
    channel = Channel.create(owner_id=owner_id, title=title, description=description, audience=audience, now=now)
    key = channel.make_key(now)
    channels.add(channel)
    return channel, key


async def shown(channels: Channels, actor: Actor | None, channel_id: str, now: datetime) -> ChannelView:
    """One channel, if ``actor`` may know of it.  Raises ChannelNotFound."""
    channel = await channels.get(channel_id)
    if channel is None or not channel.is_shown_to(actor):
        raise ChannelNotFound
    broadcast = await channels.broadcast(channel_id)
    return ChannelView(
        channel=channel, broadcast=broadcast if broadcast is not None and broadcast.is_carried(now) else None
    )


async def locked(channels: Channels, actor: Actor, channel_id: str, version: int | None) -> Channel:
    """A channel of ``actor``'s, to be changed.  Raises ChannelNotFound, Forbidden, Stale."""
    channel = await channels.lock(channel_id)
    if channel is None or not channel.is_shown_to(actor):
        raise ChannelNotFound
    if channel.owner_id != actor.user_id:
        raise Forbidden
    if version is not None and version != channel.version:
        raise Stale
    return channel


async def locked_by_moderator(channels: Channels, actor: Actor, channel_id: str) -> Channel:
    """Any channel, for those who watch over them.  Raises ChannelNotFound, Forbidden."""
    if not actor.may(WATCHES_OVER):
        raise Forbidden
    channel = await channels.lock(channel_id)
    if channel is None:
        raise ChannelNotFound
    return channel


async def watched_over(channels: Channels, actor: Actor, channel_id: str) -> Channel:
    """A channel of ``actor``'s, or any for those who watch over them.  Raises ChannelNotFound, Forbidden."""
    channel = await channels.get(channel_id)
    if channel is None or not channel.is_shown_to(actor):
        raise ChannelNotFound
    if channel.owner_id != actor.user_id and not actor.may(WATCHES_OVER):
        raise Forbidden
    return channel


async def ensure_watched_still(channels: Channels, standing: Standing, channel_id: str, login_id: str | None) -> None:
    """Whoever began to watch under the sign-in ``login_id`` (``None``: without one) may go on.

    A sign-in that is over ends what was begun under it, whoever else may watch.  Raises ChannelNotFound, StreamEnded.
    """
    channel = await channels.get(channel_id)
    if channel is None or not channel.may_be_watched(signed_in=login_id is not None):
        raise ChannelNotFound
    if login_id is not None and login_id not in await standing.roles([login_id]):
        raise StreamEnded


async def delete(channels: Channels, actor: Actor, channel_id: str, version: int | None, now: datetime) -> None:
    """Raises ChannelNotFound, Forbidden, Stale."""
    channel = await locked(channels, actor, channel_id, version)
    channel.delete(now)
    await channels.remove(channel)


async def delete_of_user(channels: Channels, user_id: str, now: datetime) -> list[ChannelId]:
    """All channels of an account that is gone."""
    gone = []
    for channel in await channels.of_owner(user_id):
        channel.delete(now)
        await channels.remove(channel)
        gone.append(channel.id)
    return gone


async def by_key(channels: Channels, key: str) -> Channel:
    """Which channel a stream key opens.  Raises StreamKeyInvalid, ChannelTakenDown."""
    channel = await channels.by_key(hash_key(key)) if key.startswith(KEY_PREFIX) else None
    if channel is None:
        raise StreamKeyInvalid
    if channel.taken_down_at is not None:
        raise ChannelTakenDown
    return channel


async def to_publish(channels: Channels, actor: Actor, channel_id: str) -> Channel:
    """The channel that ``actor`` publishes to.  Raises ChannelNotFound, Forbidden, ChannelTakenDown."""
    channel = await channels.get(channel_id)
    if channel is None or not channel.is_shown_to(actor):
        raise ChannelNotFound
    if channel.owner_id != actor.user_id or not actor.may(PUBLISHES):
        raise Forbidden
    if channel.taken_down_at is not None:
        raise ChannelTakenDown
    return channel
