"""What live channels need of accounts, and give to the copy of one's data; and what is to end with an account."""

from collections.abc import Collection, Mapping, Sequence

import accounts.identity.queries
import accounts.personal.live_channels
import streaming.live.channels.usecases
from accounts.identity.events import SessionRevoked, UserDeleted
from accounts.personal.live_channels import RECORDINGS_MAX, LiveChannelKept, LiveRecordingKept
from kernel.feature import Feature
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels.usecases import Channels
from streaming.live.media.channel import EndReason
from streaming.live.recordings.usecases import Recordings
from streaming.origin.leases.usecases import StreamRevocations


class OwnerNames:
    """What the owners of channels are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """Of those of ``user_ids`` that exist."""
        return await accounts.identity.queries.nicknames(self._session, user_ids)


class ChannelsOf:
    """The channels that somebody has, and what was recorded of them."""

    def __init__(self, scope: Scope) -> None:
        self._channels = scope.port(Channels)
        self._recordings = scope.port(Recordings)

    async def of_user(self, user_id: str) -> Sequence[LiveChannelKept]:
        """Oldest first."""
        return [
            LiveChannelKept(
                id=one.id,
                title=one.title,
                description=one.description,
                audience=one.audience.value,
                created_at=one.created_at,
                key_made_at=one.key_made_at,
                taken_down_at=one.taken_down_at,
                taken_down_reason=one.taken_down_reason,
            )
            for one in await self._channels.of_owner(user_id)
        ]

    async def recordings_of_user(self, user_id: str) -> Sequence[LiveRecordingKept]:
        """Newest first."""
        found, _ = await self._recordings.listed(user_id, None, 0, RECORDINGS_MAX)
        return [
            LiveRecordingKept(
                id=one.id,
                channel_id=one.channel_id,
                title=one.title,
                started_at=one.started_at,
                duration_ms=one.duration_ms,
                size_bytes=one.size_bytes,
                ended_at=one.ended_at,
                expires_at=one.expires_at,
                episode_id=one.episode_id,
            )
            for one in found
        ]


async def end_live_of_session(scope: Scope, event: SessionRevoked) -> None:
    """A sign-in is over: so is what was watched with its tokens; sessions of WHIP and WHEP end by themselves within seconds."""
    scope.port(StreamRevocations).revoke(event.session_id)


def joined(serving: LiveServing) -> Feature:
    """What joins live channels to accounts; a part of ``server/wiring.py``."""

    async def delete_channels_of_user(scope: Scope, event: UserDeleted) -> None:
        """Nobody is left who may publish to them."""
        channels = scope.port(Channels)
        gone = await streaming.live.channels.usecases.delete_of_user(channels, event.user_id, scope.clock.now())
        for channel_id in gone:
            await serving.end(channel_id, EndReason.ENDED, viewers=True)

    return Feature(
        ports={
            streaming.live.channels.usecases.ChannelOwners: OwnerNames,
            accounts.personal.live_channels.LiveChannelArchive: ChannelsOf,
        },
        subscribers={
            SessionRevoked: [Subscriber("end_live_of_session", end_live_of_session)],
            UserDeleted: [Subscriber("delete_live_channels_of_user", delete_channels_of_user)],
        },
    )
