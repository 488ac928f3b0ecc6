"""A stream session: one viewer watching one asset, from the moment playback was asked for.

The errors a viewer can meet::

    NotFound
    └── NothingToPlay       no such episode, or not for this viewer
    Conflict
    └── NotPlayableYet      the episode has no finished video
    Forbidden
    ├── TokenRefused        not a token of ours          (token.py)
    │   └── TokenExpired
    ├── TokenForeign        ours, for another asset
    └── StreamEnded         ours, and its session was ended
        └── StreamLapsed    ours, and others took its place while it stood still
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, NewType

from kernel.access import Actor
from kernel.entity import Entity
from kernel.errors import AniError, Conflict, Forbidden, Gone, NotFound, TooLarge
from kernel.events import Event
from kernel.text.user_agents import browser_of, device_of
from streaming.keys.model import Protection
from streaming.origin.ladder import Ladder
from streaming.origin.quality import PlayerDevice, Throughput

StreamSessionId = NewType("StreamSessionId", str)

LIFETIME: Final = timedelta(hours=12)
"""A film, a long pause and the rest of the film in one evening; short enough that a copied link dies by itself."""


LEASE: Final = timedelta(seconds=60)
"""So long does a stream count as watched after its player was last heard of: two segment requests may fail on the way, and a
killed tab is in nobody's way for more than a minute."""
MAX_TITLE_LENGTH: Final = 300


class NothingToPlay(NotFound):
    """There is no episode {episode_id} to play."""


class NotPlayableYet(Conflict):
    """Episode {episode_id} has no video yet."""


class StreamNotFound(NotFound):
    """There is no stream session {session_id}."""


class StreamOver(Gone):
    """This stream is over. Nothing more of it is taken down."""


class TooManyReports(TooLarge):
    """Reports of a player may have {limit_bytes} bytes at a time."""


class TokenForeign(Forbidden):
    """This stream link is for another video."""


class StreamEnded(Forbidden):
    """This stream was ended. Start playback again."""


class StreamLapsed(StreamEnded):
    """This stream stood still, and other devices took its place. Start playback again."""


class StopReason(StrEnum):
    """Why a stream ended before it ran out."""

    STOPPED = "stopped"
    """By its viewer, in the player or from another device."""
    TAKEN_OVER = "taken_over"
    """Its viewer began another one in its place."""
    MODERATOR = "moderator"
    SIGNED_OUT = "signed_out"
    """The sign-in it was started from is over, also by a ban."""
    ROLE_CHANGED = "role_changed"
    """The account may do less than before."""
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, kw_only=True)
class StreamStarted(Event):
    """Somebody asked to play an episode and got a stream."""

    session_id: str
    episode_id: str
    asset_id: str
    user_id: str | None


@dataclass(frozen=True, kw_only=True)
class StreamStopped(Event):
    """A stream was ended before it ran out; its token is good for nothing any more."""

    session_id: str
    episode_id: str
    asset_id: str
    user_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A stretch of the programme, to skip."""

    start_ms: int
    stop_ms: int


@dataclass(frozen=True, slots=True)
class PlayableEpisode:
    """An episode this viewer may watch, as far as a player needs to know it."""

    episode_id: str
    title: str
    recap: Marker | None = None
    opening: Marker | None = None
    ending: Marker | None = None
    preview: Marker | None = None
    release_id: str = ""
    """The series it is of."""
    original_language: str | None = None
    """What it was made in (BCP 47), as far as the catalogue shows it."""


@dataclass(frozen=True, slots=True)
class Track:
    """A language the viewer can choose; ``path`` is under the asset's folder, where it can be fetched by itself."""

    language: str
    label: str
    path: str | None = None
    channels: int | None = None
    """Of sound: the most that a rendition of it has; ``None``: nobody knows."""


@dataclass(frozen=True, slots=True)
class StreamableAsset:
    """What can be streamed of a published asset.  Paths are relative to its folder."""

    asset_id: str
    episode_id: str
    duration_ms: int
    ladder: Ladder
    audio: tuple[Track, ...] = ()
    subtitles: tuple[Track, ...] = ()
    poster: str | None = None
    storyboard: str | None = None
    dash: str | None = None
    protection: Protection = Protection.NONE


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What another host's media are, asked before a transaction begins; nothing where there are none."""

    asset: StreamableAsset | None = None
    refusal: AniError | None = None
    """Why they cannot be played now.  Raised only for those who may watch the episode."""

    def get(self) -> StreamableAsset | None:
        """The asset, if there is one.  Raises ``refusal``."""
        if self.refusal is not None:
            raise self.refusal.with_traceback(None)
        return self.asset


@dataclass(eq=False, kw_only=True)
class StreamSession(Entity):
    """One viewer watching one asset."""

    id: StreamSessionId
    episode_id: str
    asset_id: str
    started_at: datetime
    expires_at: datetime
    user_id: str | None = None
    """``None``: signed out.  What they may watch is asked anew each time: a role does not outlive its taking away."""
    login_id: str | None = None
    """The sign-in it was started from; the stream ends with it."""
    region: str | None = None
    """Where its viewer was (ISO 3166-1 alpha-2), for what is blocked there; ``None``: unknown."""
    device: PlayerDevice = field(default_factory=PlayerDevice)
    device_key: str = ""
    """Which of the viewer's devices, for remembering its throughput; empty when signed out."""
    throughput_bps: float | None = None
    """What to expect of the link: known at the start, then measured."""
    throughput_at: datetime | None = None
    ended_at: datetime | None = None
    title: str = ""
    """What was played, as its viewer read it then."""
    browser: str | None = None
    platform: str | None = None
    """The device or operating system, as the player's ``User-Agent`` says."""
    leased_until: datetime
    """It counts as watched until then, unless it is renewed; see :mod:`streaming.origin.leases`."""

    @classmethod
    def start(
        cls,
        session_id: StreamSessionId,
        asset: StreamableAsset,
        viewer: Actor | None,
        device: PlayerDevice,
        device_key: str,
        throughput_bps: float,
        now: datetime,
        *,
        title: str = "",
        user_agent: str = "",
        region: str | None = None,
    ) -> "StreamSession":
        """A session that starts ``now``, lasts :data:`LIFETIME`, and is leased for :data:`LEASE`."""
        session = cls(
            id=session_id,
            episode_id=asset.episode_id,
            asset_id=asset.asset_id,
            started_at=now,
            expires_at=now + LIFETIME,
            user_id=viewer.user_id if viewer else None,
            login_id=viewer.session_id if viewer else None,
            region=region,
            device=device,
            device_key=device_key if viewer else "",
            throughput_bps=throughput_bps,
            throughput_at=now,
            title=title[:MAX_TITLE_LENGTH],
            browser=browser_of(user_agent),
            platform=device_of(user_agent),
            leased_until=now + LEASE,
        )
        session.record(
            StreamStarted(
                at=now,
                session_id=session.id,
                episode_id=session.episode_id,
                asset_id=session.asset_id,
                user_id=session.user_id,
            )
        )
        return session

    def is_over(self, now: datetime) -> bool:
        """Whether it was ended, or has lasted :data:`LIFETIME`."""
        return self.ended_at is not None or now >= self.expires_at

    def is_lapsed(self, now: datetime) -> bool:
        """Whether its player was not heard of for so long that its place may have been taken."""
        return now >= self.leased_until

    def end(self, now: datetime, reason: StopReason) -> bool:
        """No more media for it.  A second time changes nothing, and answers false."""
        if self.ended_at is not None:
            return False
        self.ended_at = now
        self.record(
            StreamStopped(
                at=now,
                session_id=self.id,
                episode_id=self.episode_id,
                asset_id=self.asset_id,
                user_id=self.user_id,
                reason=reason,
            )
        )
        return True

    def measured(self, throughput: Throughput, at: datetime) -> None:
        """The player's link carries this much."""
        self.throughput_bps, self.throughput_at = throughput.bps, at


def device_key(user_agent: str, device: PlayerDevice) -> str:
    """A name for one of a viewer's devices: the same browser on the same screen, 16 hex digits."""
    return sha256(f"{user_agent}|{device.width_px}x{device.height_px}".encode()).hexdigest()[:16]
