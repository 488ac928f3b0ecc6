"""What viewers do with streams, and what this needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from kernel.access import Actor, Role, Standing
from kernel.errors import Forbidden
from kernel.ids import new_id
from streaming.origin.model import (
    NothingToPlay,
    NotPlayableYet,
    PlayableEpisode,
    StreamableAsset,
    StreamEnded,
    StreamNotFound,
    StreamSession,
    StreamSessionId,
    Track,
    Voice,
    device_key,
    preferred_track,
)
from streaming.origin.playlist import multivariant_text
from streaming.origin.quality import (
    DEFAULT_THROUGHPUT_BPS,
    Device,
    Throughput,
    caps_for,
    select,
    start_throughput_bps,
)
from streaming.origin.token import Keyring, StreamToken, sign


class PlaybackRights(Protocol):
    """Who may watch what."""

    async def episode_for(self, actor: Actor | None, episode_id: str) -> PlayableEpisode | None:
        """The episode, if it exists and ``actor`` (``None``: signed out) may watch it now."""
        ...


class ResumePositions(Protocol):
    """Where viewers stopped, and what they listened to."""

    async def position_ms(self, user_id: str, episode_id: str) -> int:
        """Where to go on watching; 0 from the start."""
        ...

    async def voice(self, user_id: str, episode_id: str) -> Voice | None:
        """What the series was heard in last; ``None`` where nobody knows."""
        ...


class Assets(Protocol):
    """Published media."""

    async def current(self, episode_id: str) -> StreamableAsset | None:
        """What viewers of an episode get now."""
        ...

    async def get(self, asset_id: str) -> StreamableAsset | None: ...


class Prefetch(Protocol):
    """What must be asked of others before something can be played; they may be slow, and so are asked before a transaction begins."""

    async def prepare_episode(self, episode_id: str) -> None: ...

    async def prepare_asset(self, asset_id: str) -> None: ...


class Sessions(Protocol):
    """Stream sessions, and what is remembered of viewers' links after them."""

    def add(self, session: StreamSession) -> None: ...

    async def get(self, session_id: str) -> StreamSession | None: ...

    async def of_login(self, login_id: str) -> Sequence[StreamSession]:
        """Sessions started from one sign-in that have not been ended."""
        ...

    async def remembered(self, user_id: str, device_key: str) -> Throughput | None: ...

    async def remember(self, user_id: str, device_key: str, throughput: Throughput) -> None: ...

    async def delete_expired(self, before: datetime) -> int:
        """Remove sessions that expired before that moment; how many."""
        ...

    async def forget_links(self, before: datetime) -> None:
        """Remove what was remembered of links and not measured since that moment."""
        ...


@dataclass(frozen=True, slots=True)
class Playback:
    """A stream, ready to be played."""

    session: StreamSession
    token: str
    asset: StreamableAsset
    episode: PlayableEpisode
    resume_position_ms: int
    preferred_audio: Track | None = None
    """The track to start with; ``None``: whatever the player would choose."""


async def open_playback(
    episode_id: str,
    *,
    viewer: Actor | None,
    device: Device,
    user_agent: str,
    declared_bps: int | None,
    rights: PlaybackRights,
    assets: Assets,
    sessions: Sessions,
    resume: ResumePositions,
    keyring: Keyring,
    now: datetime,
) -> Playback:
    """Start a stream session.

    ``declared_bps`` is what the player itself expects of its link, if it does.
    Raises :class:`NothingToPlay` and :class:`NotPlayableYet`.
    """
    episode = await rights.episode_for(viewer, episode_id)
    if episode is None:
        raise NothingToPlay(episode_id=episode_id)
    asset = await assets.current(episode_id)
    if asset is None:
        raise NotPlayableYet(episode_id=episode_id)
    key = device_key(user_agent, device)
    remembered = await sessions.remembered(viewer.user_id, key) if viewer else None
    expected_bps = start_throughput_bps(declared_bps=declared_bps, remembered=remembered, now_ms=_unix_ms(now))
    session = StreamSession.start(StreamSessionId(new_id()), asset, viewer, device, key, expected_bps, now)
    sessions.add(session)
    token = StreamToken(
        session_id=session.id,
        asset_id=asset.asset_id,
        expires_at_s=int(session.expires_at.timestamp()),
        caps=caps_for(viewer.role if viewer else None),
    )
    resume_ms = await resume.position_ms(viewer.user_id, episode_id) if viewer else 0
    voice = await resume.voice(viewer.user_id, episode_id) if viewer and len(asset.audio) > 1 else None
    preferred = None if voice is None else preferred_track(asset.audio, voice)
    return Playback(session, sign(token, keyring), asset, episode, resume_ms, preferred)


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream that may go on at this moment."""

    master: str
    """Its multivariant playlist."""
    user_id: str | None
    """Whose it is; ``None``: signed out."""


async def open_master(
    token: StreamToken,
    *,
    standing: Standing,
    rights: PlaybackRights,
    assets: Assets,
    sessions: Sessions,
    now: datetime,
) -> OpenStream:
    """The session behind a verified token, if its viewer, as they are now, may still watch it.

    Raises :class:`StreamEnded`, or :class:`NothingToPlay` when the episode was taken away from this viewer.
    """
    session = await sessions.get(token.session_id)
    if session is None or session.is_over(now):
        raise StreamEnded
    viewer = await _viewer(session, standing)
    if await rights.episode_for(viewer, session.episode_id) is None:
        raise NothingToPlay(episode_id=session.episode_id)
    asset = await assets.get(token.asset_id)
    if asset is None:
        raise NothingToPlay(episode_id=session.episode_id)
    selection = select(
        asset.ladder.variants,
        throughput_bps=session.throughput_bps or DEFAULT_THROUGHPUT_BPS,
        device=session.device,
        caps=token.caps,
    )
    return OpenStream(multivariant_text(asset.ladder, selection), session.user_id)


async def _viewer(session: StreamSession, standing: Standing) -> Actor | None:
    """Who watches, with the role they have by now; ``None``: signed out from the start.

    Raises :class:`StreamEnded` when the sign-in it was started from is over, or its account banned or gone.
    """
    if session.user_id is None:
        return None
    viewer = await standing.of_session(Actor(session.user_id, "", Role.USER, session.login_id or ""))
    if viewer is None:
        raise StreamEnded
    return viewer


async def end_stream(session_id: str, *, actor: Actor, sessions: Sessions, now: datetime) -> None:
    """Stop giving out media for a session: one's own, or as a moderator anybody's.

    Raises :class:`StreamNotFound`; somebody else's session is :class:`Forbidden`.
    """
    session = await sessions.get(session_id)
    if session is None:
        raise StreamNotFound(session_id=session_id)
    if session.user_id != actor.user_id and not actor.may(Role.MODERATOR):
        raise Forbidden
    session.end(now)


async def end_streams_of_login(login_id: str, *, sessions: Sessions, now: datetime) -> None:
    """A sign-in was revoked: what was started from it ends."""
    for session in await sessions.of_login(login_id):
        session.end(now)


async def record_throughput(measured: Mapping[str, Throughput], *, sessions: Sessions) -> None:
    """Keep what players reported, by session, and remember it for the viewer's next start on that device."""
    for session_id, throughput in measured.items():
        session = await sessions.get(session_id)
        if session is None:
            continue
        session.measured(throughput, datetime.fromtimestamp(throughput.measured_at_ms / 1000, UTC))
        if session.user_id is not None and session.device_key:
            await sessions.remember(session.user_id, session.device_key, throughput)


def _unix_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
