"""How a viewer watches a stream, and with which of its tracks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kernel.access import Actor
from streaming.origin.model import PlayableEpisode, StreamableAsset
from streaming.origin.tracks.track_offer import offer_of
from streaming.player_settings import usecases
from streaming.player_settings.model import AudioChoice, PlayerSettings, SeriesChoice, TrackWish
from streaming.player_settings.track_choice import OfferedAudio, OfferedSubtitles, choose
from streaming.player_settings.usecases import PlayerSettingsStore


class HeardVoices(Protocol):
    """What people listened to."""

    async def voice(self, user_id: str, episode_id: str) -> AudioChoice | None:
        """What the series was heard in last; ``None`` where nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class GuestTracks:
    """What a player keeps of somebody who is signed out, as far as tracks are chosen by it."""

    wishes: tuple[TrackWish, ...] = ()
    series: Mapping[str, SeriesChoice] = field(default_factory=dict)
    """Release → what they chose in it."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a player does from the first frame on."""

    settings: PlayerSettings | None = None
    """How the viewer watches on this device; ``None``: signed out, and their player knows."""
    audio: OfferedAudio | None = None
    """The track to start with; ``None``: whatever the player would choose."""
    subtitles: OfferedSubtitles | None = None
    """The same; ``None``: none."""


async def preferences_of(
    store: PlayerSettingsStore,
    heard_voices: HeardVoices,
    asset: StreamableAsset,
    episode: PlayableEpisode,
    viewer: Actor | None,
    guest: GuestTracks,
) -> Preferences:
    """How ``viewer`` watches this asset; ``guest`` speaks for who is signed out, and for nobody else."""
    offer = offer_of(asset, episode)
    settings, wishes, series, heard = None, guest.wishes, guest.series.get(episode.release_id), None
    if viewer is not None:
        settings = await usecases.effective(store, viewer)
        wishes = settings.tracks
        series = await store.remembered(viewer.user_id, episode.release_id)
        heard = await heard_voices.voice(viewer.user_id, episode.episode_id) if len(offer.audio) > 1 else None
    chosen = choose(offer, wishes, remembered=series, heard=heard)
    return Preferences(
        settings,
        None if chosen.audio is None else offer.audio[chosen.audio],
        None if chosen.subtitles is None else offer.subtitles[chosen.subtitles],
    )
