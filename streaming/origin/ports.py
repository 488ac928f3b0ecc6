"""What streams of the origin need from outside: who may watch, what there is to play, and where sessions are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kernel.access import Actor
from streaming.keys.model import ContentKey
from streaming.origin.interstitials import BreakAsset
from streaming.origin.model import PlayableEpisode, Prefetched, StreamableAsset, StreamSession
from streaming.origin.quality import Throughput
from streaming.origin.tracks.preferences import HeardVoices
from streaming.origin.tracks.sidecar_subtitles import SidecarText, SidecarTrack


class PlaybackRights(Protocol):
    """Who may watch what."""

    async def episode_for(self, actor: Actor | None, episode_id: str, *, region: str | None) -> PlayableEpisode | None:
        """The episode, if it exists and ``actor`` (``None``: signed out) may watch it now.

        ``region`` is where they are (ISO 3166-1 alpha-2), ``None``: unknown.  Raises ``UnavailableForLegalReasons`` where it is
        blocked there.
        """
        ...


class ResumePositions(HeardVoices, Protocol):
    """Where viewers stopped, and what they listened to."""

    async def position_ms(self, user_id: str, episode_id: str) -> int:
        """Where to go on watching; 0 from the start."""
        ...


class Assets(Protocol):
    """Published media."""

    async def current(self, episode_id: str) -> StreamableAsset | None:
        """What viewers of an episode get now."""
        ...

    async def get(self, asset_id: str) -> StreamableAsset | None:
        """The asset, if it is published still."""
        ...


class ExternalAssets(Protocol):
    """Media that other hosts serve.  They may be slow, so nobody holds a transaction while they are asked."""

    async def of_episode(self, episode_id: str) -> Prefetched:
        """What viewers of an episode get instead of its published asset."""
        ...

    async def get(self, asset_id: str) -> Prefetched:
        """The media that streams of this asset id were opened for."""
        ...


class SidecarSubtitles(Protocol):
    """Subtitles that were added to an episode after its video."""

    async def of_episode(self, episode_id: str) -> Sequence[SidecarTrack]:
        """The tracks of an episode, in the order they are offered in."""
        ...

    async def text(self, subtitle_id: str) -> SidecarText | None:
        """The whole of one track."""
        ...


class AdBreaks(Protocol):
    """Where a stream has breaks."""

    async def planned(self, session: StreamSession, duration_ms: int, *, language: str, address: str) -> Sequence[int]:
        """At which offsets (ms) a viewer has breaks in a programme of this length, ascending; empty: none.

        ``language`` as ``Accept-Language`` says it, ``address`` of whoever asks.
        """
        ...


class BreakAssets(Protocol):
    """What is shown in the breaks of a stream."""

    async def assets(
        self, session: StreamSession, offset_ms: int, *, language: str, address: str
    ) -> Sequence[BreakAsset]:
        """What is shown in the break at this offset; empty: nothing.

        Others may be asked, so whoever calls holds no transaction.
        """
        ...


class MediaKeys(Protocol):
    """Keys of published media, as far as playlists name them."""

    async def of_content(self, content_id: str, /) -> Sequence[ContentKey]:
        """Every key of an asset."""
        ...


class StreamSessions(Protocol):
    """Stream sessions, and what is remembered of viewers' links after them."""

    def add(self, session: StreamSession) -> None:
        """Keep a new session."""
        ...

    async def get(self, session_id: str) -> StreamSession | None:
        """The session, ended or expired ones included."""
        ...

    async def unexpired_ids(self, episode_ids: Sequence[str], *, now: datetime) -> Sequence[str]:
        """Sessions of these episodes whose tokens have not expired at ``now``; ended ones may be among them."""
        ...

    async def remembered(self, user_id: str, device_key: str) -> Throughput | None:
        """What the link of a viewer's device carried when it was measured last."""
        ...

    async def remember(self, user_id: str, device_key: str, throughput: Throughput) -> None:
        """Keep a measurement for :meth:`remembered`."""
        ...

    async def delete_expired(self, before: datetime) -> int:
        """Remove sessions that expired before that moment; how many."""
        ...

    async def forget_links(self, before: datetime) -> None:
        """Remove what was remembered of links and not measured since that moment."""
        ...
