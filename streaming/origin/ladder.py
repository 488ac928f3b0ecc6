"""The ladder of an asset: what a multivariant playlist can offer (RFC 8216 §4.3.4), as plain values."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One ``EXT-X-STREAM-INF``: a picture size with the sound and text that go with it."""

    uri: str
    """Relative to the multivariant playlist."""
    bandwidth_bps: int
    """Peak segment bit rate, with the heaviest rendition of each group."""
    average_bandwidth_bps: int | None = None
    width_px: int = 0
    height_px: int = 0
    frame_rate: float | None = None
    codecs: tuple[str, ...] = ()
    """RFC 6381, picture and sound: ``("avc1.64001f", "mp4a.40.2")``."""
    video_range: str | None = None
    audio: str | None = None
    """GROUP-ID."""
    subtitles: str | None = None
    """GROUP-ID."""
    closed_captions: str | None = None
    """GROUP-ID, or the word NONE."""

    @property
    def short_side_px(self) -> int:
        """What people call the quality: 720 for 1280×720 and for 720×1280.  0 for sound alone."""
        return min(self.width_px, self.height_px)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One ``EXT-X-MEDIA``: a language of sound or text."""

    kind: Literal["AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"]
    group: str
    name: str
    uri: str | None = None
    language: str | None = None
    default: bool = False
    autoselect: bool = False
    forced: bool = False
    channels: str | None = None
    characteristics: str | None = None
    instream_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IFrames:
    """One ``EXT-X-I-FRAME-STREAM-INF``: pictures to show while seeking fast."""

    uri: str
    bandwidth_bps: int
    average_bandwidth_bps: int | None = None
    width_px: int = 0
    height_px: int = 0
    codecs: tuple[str, ...] = ()
    video_range: str | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Everything the packager offers for an asset."""

    variants: tuple[Variant, ...]
    renditions: tuple[Rendition, ...] = ()
    iframes: tuple[IFrames, ...] = ()
