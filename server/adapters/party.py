"""What parties and sockets need of the catalogue, the library and accounts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from typing_extensions import override

import accounts.library.progress.rules
import accounts.library.progress.usecases
import catalog.releases.episodes.usecases
import catalog.releases.usecases
import realtime.party.chat.repository
import realtime.party.invites.repository
import realtime.party.ports
from accounts.identity.events import UserDeleted
from accounts.library.progress.adapters.context import context_of
from accounts.library.progress.model import Audio, Sample
from accounts.personal.parties import MESSAGES_MAX, PartyArchive, PartyInviteMade, PartyMessageSaid
from catalog.releases.episodes.model import EpisodeNotFound
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.usecases import Reader, Releases
from kernel.access import Role, Standing
from kernel.errors import UnavailableForLegalReasons
from kernel.scope import Container, Scope
from realtime.progress.usecases import ProgressMark
from server.adapters.playback import title_of
from streaming.live.channels.usecases import Channels
from streaming.live.llhls.model import WINDOW_S


class SessionRoles:
    """What the people behind open sockets may do by now."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        """By session: the role of whoever is signed in with it; those that ended are left out."""
        async with self._container.scope(write=False) as scope:
            return await scope.port(Standing).roles(session_ids)


class PartyEpisodes:
    """What a party may be about: what everybody in it can watch, unless it is blocked where they are."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def __call__(self, episode_id: str) -> realtime.party.ports.Episode | None:
        """``None`` where not everybody can see it."""
        async with self._container.scope(write=False) as scope:
            try:
                episode, release = await catalog.releases.episodes.usecases.episode(
                    scope.port(Episodes), scope.port(Releases), Reader(sees_drafts=False, everywhere=True), episode_id
                )
            except (EpisodeNotFound, UnavailableForLegalReasons):
                return None
        return realtime.party.ports.Episode(
            title=title_of(episode, release), duration_ms=episode.duration_ms, playable=episode.playable
        )


class PartyChannels:
    """Live channels as parties watch them.  Whether somebody may see one is asked when they open its stream."""

    def __init__(self, container: Container, *, dvr_minutes: int) -> None:
        self._container = container
        self._window_ms = 1000 * max(60 * dvr_minutes, WINDOW_S)

    async def __call__(self, channel_id: str) -> realtime.party.ports.Channel | None:
        """``None`` where there is none, or it was taken down."""
        async with self._container.scope(write=False) as scope:
            channels, now = scope.port(Channels), self._container.clock.now()
            channel, broadcast = await channels.get(channel_id), await channels.broadcast(channel_id)
        if channel is None or channel.taken_down_at is not None:
            return None
        began_at = None if broadcast is None or not broadcast.is_live else broadcast.began_at
        return realtime.party.ports.Channel(
            title=channel.title,
            wall_ms=now.timestamp() * 1000,  # what nodes date their streams with
            live_for_ms=0 if began_at is None else max(0, round((now - began_at).total_seconds() * 1000)),
            window_ms=self._window_ms,
        )


class LibraryProgressSink:
    """Positions that come over sockets, kept in the library."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def record(self, marks: Sequence[ProgressMark]) -> None:
        """Keep them, in one transaction."""
        now_ms = self._container.clock.now_ms()
        by_user: dict[str, list[Sample]] = {}
        for mark in marks:
            audio = Audio(mark.audio.language, mark.audio.label) if mark.audio else None
            sample = Sample(mark.user_id, mark.episode_id, mark.position_ms, mark.duration_ms, mark.at_ms, audio)
            by_user.setdefault(mark.user_id, []).append(sample)
        # Each user for themselves: one clock that runs ahead must not move everybody's reports.
        corrected = [
            s for samples in by_user.values() for s in accounts.library.progress.rules.correct_clock(samples, now_ms)
        ]
        async with self._container.scope(write=True) as scope:
            await accounts.library.progress.usecases.record_progress(context_of(scope), corrected)


async def delete_chat_of_user(scope: Scope, event: UserDeleted) -> None:
    """An account is gone: so is what its owner said in parties, where those are not over and gone themselves."""
    await realtime.party.chat.repository.forget_member(scope.uow.session, event.user_id)


class PartiesOf(PartyArchive):
    """What somebody said and gave out in parties."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def messages(self, user_id: str) -> Sequence[PartyMessageSaid]:
        return [
            PartyMessageSaid(
                party_id=line.party_id,
                name=line.name,
                text=line.text,
                position_ms=line.position_ms,
                channel_id=line.channel_id,
                programme_at=None
                if line.programme_ms is None
                else datetime.fromtimestamp(line.programme_ms / 1000, UTC),
                sent_at=datetime.fromtimestamp(line.sent_at_ms / 1000, UTC),
            )
            for line in await realtime.party.chat.repository.said_by(self._session, user_id, MESSAGES_MAX)
        ]

    @override
    async def invites(self, user_id: str) -> Sequence[PartyInviteMade]:
        return [
            PartyInviteMade(
                id=known.invite.invite_id,
                party_id=known.invite.party_id or None,
                role=known.invite.role.value,
                uses=known.uses,
                expires_at=datetime.fromtimestamp(known.invite.expires_at_s, UTC),
                revoked=revoked,
            )
            for known, revoked in await realtime.party.invites.repository.made_by(self._session, user_id)
        ]
