"""What viewers do with streams."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from kernel.access import Actor, Role, Standing
from kernel.clock import Clock
from kernel.ids import new_id
from streaming.keys.licences.model import LicenceServers
from streaming.keys.usecases import ContentKeys
from streaming.origin.access.session_keys import session_keys
from streaming.origin.access.token import Caps, Keyring, StreamToken, sign
from streaming.origin.leases import usecases as leases
from streaming.origin.model import (
    NothingToPlay,
    NotPlayableYet,
    PlayableEpisode,
    Prefetched,
    StreamableAsset,
    StreamEnded,
    StreamLapsed,
    StreamSession,
    StreamSessionId,
    device_key,
)
from streaming.origin.playlist import multivariant_text, offer_of
from streaming.origin.ports import (
    Assets,
    MediaKeys,
    PlaybackRights,
    ResumePositions,
    SidecarSubtitles,
    StreamSessions,
)
from streaming.origin.quality import (
    DEFAULT_THROUGHPUT_BPS,
    PlayerDevice,
    Throughput,
    caps_for,
    is_limited,
    select,
    start_throughput_bps,
)
from streaming.origin.steering.model import HERE, Offer
from streaming.origin.steering.usecases import Plan
from streaming.origin.tracks.preferences import GuestTracks, Preferences, preferences_of
from streaming.origin.tracks.sidecar_subtitles import media_playlist, with_sidecars
from streaming.player_settings.usecases import PlayerSettingsStore

P = TypeVar("P")


class Scope(Protocol):
    """Where ports are looked up: ``kernel.scope.Scope``, as far as it is needed here."""

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        ...

    def port(self, kind: type[P], /) -> P:
        """The adapter of a port, of this transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What one use case stands on: the ports of its transaction, and the time."""

    rights: PlaybackRights
    assets: Assets
    sidecar_subtitles: SidecarSubtitles
    sessions: StreamSessions
    resume: ResumePositions
    player_settings: PlayerSettingsStore
    standing: Standing
    content_keys: MediaKeys
    licences: LicenceServers
    leasing: Callable[[], leases.Context]
    """What places among an account's streams stand on; a stream that goes on seldom asks."""
    now: datetime

    @classmethod
    def of(cls, scope: Scope) -> "Context":
        """The ports that ``scope`` has, and the time now."""
        return cls(
            rights=scope.port(PlaybackRights),
            assets=scope.port(Assets),
            sidecar_subtitles=scope.port(SidecarSubtitles),
            sessions=scope.port(StreamSessions),
            resume=scope.port(ResumePositions),
            player_settings=scope.port(PlayerSettingsStore),
            standing=scope.port(Standing),
            content_keys=scope.port(ContentKeys),
            licences=scope.port(LicenceServers),
            leasing=lambda: leases.Context.of(scope),
            now=scope.clock.now(),
        )


@dataclass(frozen=True, slots=True)
class Playback:
    """A stream, ready to be played."""

    session: StreamSession
    token: str
    asset: StreamableAsset
    episode: PlayableEpisode
    resume_position_ms: int
    breaks_ms: tuple[int, ...] = ()
    """Where in it there are breaks."""
    preferences: Preferences = field(default_factory=Preferences)
    is_limited: bool = False
    """Whether its viewer may have less than there is."""


async def open_playback(
    context: Context,
    episode_id: str,
    *,
    external: Prefetched,
    viewer: Actor | None,
    region: str | None,
    device: PlayerDevice,
    user_agent: str,
    declared_bps: int | None,
    takeover: str | None = None,
    guest: GuestTracks | None = None,
    keyring: Keyring,
) -> Playback:
    """Start a stream session.

    ``external``: what :class:`ExternalAssets` said of the episode; it goes before what is published here.
    ``region`` is where the viewer is (ISO 3166-1 alpha-2), ``None`` where nobody knows.
    ``declared_bps`` is what the player itself expects of its link, if it does.
    ``takeover`` is the stream of the same account that ends for this one.  ``guest``: how somebody watches who has no account.
    Raises :class:`NothingToPlay`, :class:`NotPlayableYet`, ``StreamLimitReached``, and why external media cannot be played.
    """
    episode = await context.rights.episode_for(viewer, episode_id, region=region)
    if episode is None:
        raise NothingToPlay(episode_id=episode_id)
    asset = external.get() or await context.assets.current(episode_id)
    if asset is None:
        raise NotPlayableYet(episode_id=episode_id)
    asset = await _with_sidecars(context, asset)
    key = device_key(user_agent, device)
    remembered = await context.sessions.remembered(viewer.user_id, key) if viewer else None
    expected_bps = start_throughput_bps(declared_bps=declared_bps, remembered=remembered, now_ms=_unix_ms(context.now))
    resume_ms = await context.resume.position_ms(viewer.user_id, episode_id) if viewer else 0
    preferences = await preferences_of(
        context.player_settings, context.resume, asset, episode, viewer, guest or GuestTracks()
    )
    if viewer is not None:  # last, for it holds the account until the transaction ends
        await leases.make_room(context.leasing(), viewer, takeover=takeover)
    session = StreamSession.start(
        StreamSessionId(new_id()),
        asset,
        viewer,
        device,
        key,
        expected_bps,
        context.now,
        title=episode.title,
        user_agent=user_agent,
        region=region,
    )
    context.sessions.add(session)
    caps = caps_for(viewer.role if viewer else None)
    token = StreamToken(
        session_id=session.id,
        asset_id=asset.asset_id,
        expires_at_s=int(session.expires_at.timestamp()),
        caps=caps,
    )
    return Playback(
        session,
        sign(token, keyring),
        asset,
        episode,
        resume_ms,
        preferences=preferences,
        is_limited=is_limited(asset.ladder.variants, caps),
    )


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream that may go on at this moment."""

    master: str
    """Its multivariant playlist."""
    user_id: str | None
    """Whose it is; ``None``: signed out."""
    offer: Offer = field(default_factory=Offer)
    """What its playlist leads to, where its pathways are steered."""


@dataclass(frozen=True, slots=True)
class ContinuingStream:
    """A session that may go on, with what its viewer may have now."""

    session: StreamSession
    asset: StreamableAsset
    caps: Caps


async def continuing(
    context: Context, token: StreamToken, *, region: str | None = None, external: Prefetched | None = None
) -> ContinuingStream:
    """The session behind a verified token, if its viewer, as they are now, may still watch it.

    ``region``: where they are now, if that is known; what is blocked there, or where the session began, is refused.
    ``external``: what :class:`ExternalAssets` said of the token's asset.
    Raises :class:`StreamEnded`, :class:`StreamLapsed`, :class:`NothingToPlay` when the episode was taken away from this viewer,
    and ``UnavailableForLegalReasons``.
    """
    session = await context.sessions.get(token.session_id)
    if session is None or session.is_over(context.now):
        raise StreamEnded
    viewer = await _viewer(session, context.standing)
    if viewer and session.is_lapsed(context.now) and not await leases.has_room(context.leasing(), session, viewer.role):
        raise StreamLapsed
    for place in {session.region, region or session.region}:
        if await context.rights.episode_for(viewer, session.episode_id, region=place) is None:
            raise NothingToPlay(episode_id=session.episode_id)
    asset = await context.assets.get(token.asset_id) or (None if external is None else external.get())
    if asset is None:
        raise NothingToPlay(episode_id=session.episode_id)
    # A token keeps what its viewer might have at the start; what they may have now counts, too.
    return ContinuingStream(session, asset, token.caps.within(caps_for(viewer.role if viewer else None)))


async def open_master(
    context: Context, token: StreamToken, *, external: Prefetched, plan: Plan | None = None
) -> OpenStream:
    """The multivariant playlist of a session that may go on.  Raises what :func:`continuing` raises.

    ``plan``: on which edges published media are; what comes from elsewhere goes through this server.
    """
    stream = await continuing(context, token, external=external)
    asset = await _with_sidecars(context, stream.asset)
    selection = select(
        asset.ladder.variants,
        throughput_bps=stream.session.throughput_bps or DEFAULT_THROUGHPUT_BPS,
        device=stream.session.device,
        caps=stream.caps,
    )
    encrypted = asset.protection.is_common_encryption
    keys = session_keys(
        asset.protection,
        await context.content_keys.of_content(asset.asset_id) if encrypted else (),
        selection.variants,
        context.licences,
    )
    least_bps = min(variant.bandwidth_bps for variant in selection.variants)
    pathways = HERE if plan is None or external.asset is not None else plan(least_bps)
    text = multivariant_text(asset.ladder, selection, keys, pathways)
    offer = offer_of(asset.ladder, selection) if pathways.are_steered else Offer()
    return OpenStream(text, stream.session.user_id, offer)


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


async def _with_sidecars(context: Context, asset: StreamableAsset) -> StreamableAsset:
    # A live channel has no beginning that cues could count from.
    tracks = await context.sidecar_subtitles.of_episode(asset.episode_id) if asset.duration_ms > 0 else ()
    return with_sidecars(asset, tracks) if tracks else asset


async def sidecar_file(
    context: Context, token: StreamToken, path: str, subtitle_id: str, suffix: str, *, external: Prefetched
) -> str | None:
    """What is at ``path`` of a stream: the WebVTT of a sidecar track (``suffix`` ``vtt``), or its playlist (``m3u8``).

    ``None`` where the track is of another episode, or gone.
    """
    found = await context.sidecar_subtitles.text(subtitle_id)
    asset = await context.assets.get(token.asset_id) or external.get()
    if found is None or asset is None or found.episode_id != asset.episode_id:
        return None
    return found.webvtt if suffix == "vtt" else media_playlist(path, asset.duration_ms)


async def record_throughput(measured: Mapping[str, Throughput], *, sessions: StreamSessions) -> None:
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
