"""Who watches now: what limits on streams need of accounts and the catalogue, and what viewers hear of their streams."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import accounts.identity.queries
import streaming.origin.queries
from accounts.identity.events import RoleChanged, SessionRevoked
from accounts.personal.watching import STREAMS_MAX, LinkMeasured, StreamKept, UploadKept, WatchingArchive
from catalog.releases.episodes.model import EpisodeDeleted
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.events import ReleaseDeleted, ReleaseUnpublished
from kernel.access import Role, Standing
from kernel.feature import Feature
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope
from realtime.feature import RealtimeGateway
from streaming.origin.leases import usecases as leases
from streaming.origin.model import StreamStarted, StreamStopped
from streaming.uploads.usecases import Uploads


class ViewerNames:
    """What accounts are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def of(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """See ``ViewerNames``."""
        return await accounts.identity.queries.nicknames(self._session, user_ids)


class WatchingOf:
    """What was played, what links carried, and what was sent."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session
        self._uploads = scope.port(Uploads)

    async def streams(self, user_id: str) -> Sequence[StreamKept]:
        """See ``WatchingArchive``."""
        found = await streaming.origin.queries.streams_of_user(self._session, user_id, STREAMS_MAX)
        return [StreamKept(**asdict(one)) for one in found]

    async def links(self, user_id: str) -> Sequence[LinkMeasured]:
        """See ``WatchingArchive``."""
        found = await streaming.origin.queries.links_of_user(self._session, user_id)
        return [LinkMeasured(**asdict(one)) for one in found]

    async def uploads(self, user_id: str) -> Sequence[UploadKept]:
        """See ``WatchingArchive``."""
        return [
            UploadKept(
                id=one.id,
                episode_id=one.episode_id,
                file_name=one.file_name,
                size_bytes=one.size_bytes,
                created_at=one.created_at,
                expires_at=one.expires_at,
            )
            for one in await self._uploads.of_owner(user_id)
        ]


async def end_streams_of_session(scope: Scope, event: SessionRevoked) -> None:
    """A sign-in is over: so are the streams started from it.  A ban and the end of an account revoke every one."""
    await leases.end_streams_of_login(leases.Context.of(scope), event.session_id)


async def end_streams_of_demoted(scope: Scope, event: RoleChanged) -> None:
    """Who may do less than before begins anew; who may do more goes on."""
    if Role(event.after).rank < Role(event.before).rank:
        await leases.end_streams_of_demoted(leases.Context.of(scope), event.user_id)


async def end_streams_of_unpublished(scope: Scope, event: ReleaseUnpublished) -> None:
    """A release is for editors alone: nobody else goes on watching it."""
    episodes = await scope.port(Episodes).ids_of_release(event.release_id)
    await leases.end_streams_of_episodes(
        leases.Context.of(scope), episodes, standing=scope.port(Standing), spared=Role.EDITOR
    )


async def end_streams_of_release(scope: Scope, event: ReleaseDeleted) -> None:
    """A release is gone: nobody goes on watching it."""
    await leases.end_streams_of_episodes(leases.Context.of(scope), event.episode_ids)


async def end_streams_of_episode(scope: Scope, event: EpisodeDeleted) -> None:
    """The same for an episode."""
    await leases.end_streams_of_episodes(leases.Context.of(scope), [event.episode_id])


class _Viewers:
    """All sockets of whoever watches, the player of an ended stream among them."""

    def __init__(self, gateway: RealtimeGateway) -> None:
        self._gateway = gateway

    async def started(self, _scope: Scope, event: StreamStarted) -> None:
        await self._tell(event.user_id, "playback:started", {"session_id": event.session_id})

    async def stopped(self, _scope: Scope, event: StreamStopped) -> None:
        await self._tell(event.user_id, "playback:stopped", {"session_id": event.session_id, "reason": event.reason})

    async def _tell(self, user_id: str | None, event: str, body: dict[str, Any]) -> None:
        if user_id is not None:
            await self._gateway.tell_user(user_id, event, body)


def joined(gateway: RealtimeGateway) -> Feature:
    """A part of ``server/wiring.py``."""
    viewers = _Viewers(gateway)
    return Feature(
        ports={leases.ViewerNames: ViewerNames, WatchingArchive: WatchingOf},
        subscribers={
            SessionRevoked: [Subscriber("end_streams_of_session", end_streams_of_session)],
            RoleChanged: [Subscriber("end_streams_of_demoted", end_streams_of_demoted)],
            ReleaseUnpublished: [Subscriber("end_streams_of_unpublished", end_streams_of_unpublished)],
            ReleaseDeleted: [Subscriber("end_streams_of_release", end_streams_of_release)],
            EpisodeDeleted: [Subscriber("end_streams_of_episode", end_streams_of_episode)],
            StreamStarted: [Subscriber("tell_viewer_stream_started", viewers.started)],
            StreamStopped: [Subscriber("tell_viewer_stream_stopped", viewers.stopped)],
        },
    )
