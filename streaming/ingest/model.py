"""An asset: one media file made ready to stream, with the life it goes through.

::

    begin ──► ingesting ──► ready      published under media/{asset_id}, never changed again
                 ▲   └────► failed     with a reason a person can act on
                 └───────────┘  retry: the same file is given again

The errors a file can be refused with::

    MediaRefused (Invalid)
    ├── SourceMissing        there is no such file
    ├── SourceEmpty          zero bytes
    ├── SourceChanged        written to since its ingest was ordered
    ├── NotMedia             no container we read, or damaged beyond its header
    ├── NoPicture            sound only (or a cover image)
    ├── NoDuration           nothing in it to watch
    ├── PictureTooSmall      under 16 pixels on a side
    ├── PictureTooLarge      over 8192 pixels on a side
    ├── ColoursUnreadable    Dolby Vision without a picture for others, and other secrets
    ├── FormatUnknown        a codec that our ffmpeg has no decoder for
    ├── SourceDamaged        opens, but cannot be decoded to the end
    └── SubtitlesUnreadable  a side file that is no subtitle
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Self

from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.events import Event
from streaming.keys.model import Protection

AssetId = NewType("AssetId", str)


class AssetState(StrEnum):
    """Where an asset is in its life."""

    INGESTING = "ingesting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class PublishedRendition:
    """One picture size of an asset: a variant stream of the multivariant playlist (RFC 8216 §4.3.4.2)."""

    name: str
    """Its folder, and what people call it with a ``p`` behind: ``v720``."""
    width: int
    height: int
    frame_rate: float
    """Frames a second."""
    codecs: str
    """RFC 6381, the picture alone: ``avc1.64001f``."""
    bandwidth_bps: int
    """Of the heaviest segment, with the heaviest sound."""
    average_bandwidth_bps: int


@dataclass(frozen=True)
class SurroundRendition:
    """The same sound as a track's with more channels: a member of an audio group of its own."""

    name: str
    """Its folder: ``surround-en``."""
    codecs: str
    """RFC 6381: ``mp4a.40.2``, ``ec-3``."""
    channels: int


@dataclass(frozen=True)
class AudioTrack:
    """One language of sound: an ``EXT-X-MEDIA`` of type AUDIO."""

    name: str
    """Its folder: ``a-en``."""
    language: str
    """BCP 47; ``und`` where nobody knows."""
    label: str
    codecs: str
    """RFC 6381: ``mp4a.40.2``."""
    channels: int
    is_default: bool
    surround: SurroundRendition | None = None

    @classmethod
    def of(cls, **record: Any) -> Self:
        """From what ``asdict`` made."""
        surround = record.pop("surround", None)
        return cls(**record, surround=None if surround is None else SurroundRendition(**surround))


@dataclass(frozen=True)
class SubtitleTrack:
    """One language of text: an ``EXT-X-MEDIA`` of type SUBTITLES."""

    name: str
    """Its folder: ``s-en``."""
    language: str
    label: str
    path: str
    """The whole track as one WebVTT file, under the asset's folder: ``s-en/subtitles.vtt``."""
    forced: bool = False
    sdh: bool = False
    """For the deaf and hard of hearing; not known of what was made before this was kept."""


@dataclass(frozen=True)
class Chapter:
    """A part of a film, as its file has it."""

    start_ms: int
    stop_ms: int
    title: str


@dataclass(frozen=True)
class Published:
    """What an ingest made; everything an asset knows once it is ready.  Paths are relative to the asset's folder."""

    width: int
    height: int
    duration_ms: int
    frame_rate: float
    renditions: tuple[PublishedRendition, ...]
    audio: tuple[AudioTrack, ...]
    subtitles: tuple[SubtitleTrack, ...]
    poster: str | None
    storyboard: str | None
    size_bytes: int
    warnings: tuple[str, ...] = ()
    protection: Protection = Protection.NONE
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class IngestStarted(Event):
    """An ingest began."""

    asset_id: str
    episode_id: str
    source_name: str


@dataclass(frozen=True, kw_only=True)
class AssetReady(Event):
    """An asset can be streamed."""

    asset_id: str
    episode_id: str
    duration_ms: int
    height_px: int
    replaces: str | None = None
    """The asset of the same pictures and sound that it was packaged anew from."""


@dataclass(frozen=True, kw_only=True)
class IngestFailed(Event):
    """An ingest ended without an asset."""

    asset_id: str
    episode_id: str
    code: str
    reason: str


@dataclass(eq=False, kw_only=True)
class Asset(Entity):
    """One media file of an episode, on its way to being streamed or there already."""

    id: AssetId
    episode_id: str
    fingerprint: str
    """Which file with which side files, and how we encode: the same again is the same asset."""
    source_name: str
    created_at: datetime
    state: AssetState = AssetState.INGESTING
    attempts: int = 1
    finished_at: datetime | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    frame_rate: float | None = None
    renditions: tuple[PublishedRendition, ...] = ()
    audio: tuple[AudioTrack, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    poster: str | None = None
    """Path of a JPEG under the asset's folder."""
    storyboard: str | None = None
    """Path of a WebVTT file under the asset's folder, whose cues name regions of JPEG sprites beside it."""
    size_bytes: int | None = None
    """All published files together."""
    warnings: tuple[str, ...] = ()
    """What was left out, for the editor: ``Subtitle track 3 (hdmv_pgs_subtitle) is made of pictures``."""
    error_code: str | None = None
    error: str | None = None
    protection: Protection = Protection.NONE
    """How its pictures and sound are encrypted."""
    replaces: str | None = None
    """The asset that it was packaged anew from."""
    chapters: tuple[Chapter, ...] = ()
    """Of its file; players are not told of them."""
    superseded_at: datetime | None = None
    """Since when another packaging of it is what viewers get; streams that began before go on until it is removed."""

    @classmethod
    def begin(cls, asset_id: AssetId, episode_id: str, fingerprint: str, source_name: str, now: datetime) -> "Asset":
        """A new asset whose ingest starts ``now``."""
        asset = cls(
            id=asset_id, episode_id=episode_id, fingerprint=fingerprint, source_name=source_name, created_at=now
        )
        asset._record_start(now)
        return asset

    @property
    def is_ready(self) -> bool:
        """Whether viewers can be given it."""
        return self.state is AssetState.READY

    def retry(self, now: datetime) -> None:
        """Start again after a failure, or after a process that died half-way.

        Raises :class:`AssetAlreadyReady`: what is published is never replaced.
        """
        if self.is_ready:
            raise AssetAlreadyReady(asset_id=self.id)
        self.state = AssetState.INGESTING
        self.attempts += 1
        self.finished_at = None
        self.error_code = self.error = None
        self._record_start(now)

    def complete(self, published: Published, now: datetime) -> None:
        """The files are in place.  A second time changes nothing (a job may be delivered twice)."""
        if self.is_ready:
            return
        self.state = AssetState.READY
        self.finished_at = now
        self.error_code = self.error = None
        self.width, self.height = published.width, published.height
        self.duration_ms = published.duration_ms
        self.frame_rate = published.frame_rate
        self.renditions = published.renditions
        self.audio = published.audio
        self.subtitles = published.subtitles
        self.poster = published.poster
        self.storyboard = published.storyboard
        self.size_bytes = published.size_bytes
        self.warnings = published.warnings
        self.protection = published.protection
        self.chapters = published.chapters
        self._record_ready(now)

    def supersede(self, now: datetime) -> None:
        """Another packaging of the same file is what viewers get from now on."""
        if self.superseded_at is None:
            self.superseded_at = now

    def restore(self, now: datetime) -> None:
        """It is what viewers get again, instead of another packaging of the same file."""
        self.superseded_at, self.finished_at = None, now
        self._record_ready(now)

    def _record_ready(self, now: datetime) -> None:
        self.record(
            AssetReady(
                at=now,
                asset_id=self.id,
                episode_id=self.episode_id,
                duration_ms=self.duration_ms or 0,
                height_px=self.height or 0,
                replaces=self.replaces,
            )
        )

    def fail(self, code: str, reason: str, now: datetime) -> None:
        """The ingest ended without anything to publish.  An asset that is ready stays so."""
        if self.is_ready:
            return
        self.state = AssetState.FAILED
        self.finished_at = now
        self.error_code, self.error = code, reason
        self.record(IngestFailed(at=now, asset_id=self.id, episode_id=self.episode_id, code=code, reason=reason))

    def _record_start(self, now: datetime) -> None:
        self.record(IngestStarted(at=now, asset_id=self.id, episode_id=self.episode_id, source_name=self.source_name))


class AssetNotFound(NotFound):
    """There is no asset {asset_id}."""


class NothingPublished(Conflict):
    """This episode has no video of its own to protect."""


class EpisodeUnknown(NotFound):
    """There is no episode {episode_id} to ingest for."""


class AssetAlreadyReady(Conflict):
    """Asset {asset_id} is published already and never changes."""


class IngestRunning(Conflict):
    """This file is being ingested by another process right now."""


class IngestInterrupted(Conflict):
    """The ingest was interrupted. Give the file again."""


class MediaRefused(Invalid):
    """This file cannot be ingested."""


class SourceMissing(MediaRefused):
    """There is no file {name}."""


class SourceEmpty(MediaRefused):
    """{name} is empty (0 bytes)."""


class SourceChanged(MediaRefused):
    """{name} was written to after its ingest was ordered; it is looked at anew once it stands still."""


class NotMedia(MediaRefused):
    """{name} is not a video file we can read: {reason}."""


class NoPicture(MediaRefused):
    """{name} has sound but no picture; only video can be ingested."""


class NoDuration(MediaRefused):
    """{name} holds nothing to watch: its video lasts 0 s."""


class PictureTooSmall(MediaRefused):
    """{name} is {width}×{height}; the smallest picture we encode is {minimum}×{minimum}."""


class PictureTooLarge(MediaRefused):
    """{name} is {width}×{height}; the largest picture we decode is {maximum} pixels on a side."""


class ColoursUnreadable(MediaRefused):
    """{name} is coded as {colours}, whose colours this ffmpeg cannot restore; convert it to HDR10 or BT.709 first."""


class FormatUnknown(MediaRefused):
    """{name} holds {codec}, which this ffmpeg cannot decode; convert it to H.264 first."""


class SourceDamaged(MediaRefused):
    """{name} is damaged: {reason}."""


class SubtitlesUnreadable(MediaRefused):
    """The subtitles {name} cannot be read: {reason}."""


class StorageFull(Unavailable):
    """There is not enough room on the disk for this ingest."""
