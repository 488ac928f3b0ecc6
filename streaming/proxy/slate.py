"""What a slate must be like to fit in place of an ad: the same kinds of stream, codecs, size and container as the programme's.

A player keeps its decoders and buffers over a discontinuity only if what follows is of a kind it was set up for, so the shape comes
from the multivariant playlist (``CODECS``, ``RESOLUTION``, groups) and from the media playlist (its container).  What cannot be
matched gets no slate but a gap.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from streaming.origin.ladder import Ladder, Variant
from streaming.proxy.lines import Playlist

Container = Literal["ts", "mp4", "packed", "vtt"]

#: A slate is a still picture; beyond this size it only costs.
_MAX_HEIGHT: Final = 1080
_SIZES: Final = ((320, 180), (426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080))
#: Longer than any segment (RFC 8216 has players plan for TARGETDURATION), and a bound for what an upstream can make us encode.
MAX_SLATE_S: Final = 30.0
_VIDEO: Final[Mapping[str, str]] = {"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc"}
_AUDIO: Final[Mapping[str, str]] = {"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3"}
_PACKED_ENDINGS: Final = ("aac", "ac3", "ec3")
_NAME = re.compile(r"(ts|mp4|packed|vtt)-(h264|hevc|none)-(\d{1,4})x(\d{1,4})-(aac|ac3|eac3|none)-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of a slate.  ``video`` and ``audio`` name codecs, empty where there is none."""

    container: Container = "ts"
    video: str = ""
    width_px: int = 0
    height_px: int = 0
    audio: str = ""
    channels: int = 2

    @property
    def name(self) -> str:
        """The shape as a word for file names."""
        size = f"{self.width_px}x{self.height_px}"
        return f"{self.container}-{self.video or 'none'}-{size}-{self.audio or 'none'}-{self.channels}"

    @classmethod
    def named(cls, name: str) -> "Shape":
        """The shape of a name.  Raises ``ValueError``."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(name)
        container, video, width, height, audio, channels = match.groups()
        return cls(
            container,  # type: ignore[arg-type]  # one of them, as was just matched
            "" if video == "none" else video,
            int(width),
            int(height),
            "" if audio == "none" else audio,
            int(channels),
        )


def shapes_of(ladder: Ladder) -> dict[str, Shape]:
    """By address of the media playlist, as it stands in the multivariant one: what its segments hold; the container is not known yet."""
    shapes: dict[str, Shape] = {}
    apart = {r.group for r in ladder.renditions if r.kind == "AUDIO" and r.uri}
    sound: dict[str, str] = {}
    for variant in ladder.variants:
        codecs = {codec.partition(".")[0].lower() for codec in variant.codecs}
        audio = next((_AUDIO[codec] for codec in _AUDIO if codec in codecs), "")
        if variant.audio:
            sound.setdefault(variant.audio, audio)
        unknown = codecs - _VIDEO.keys() - _AUDIO.keys() - {"wvtt", "stpp"}
        video = next((_VIDEO[codec] for codec in _VIDEO if codec in codecs), "")
        if not codecs or unknown:
            continue
        muxed = audio if variant.audio not in apart else ""
        width_px, height_px = _size(variant) if video else (0, 0)
        if video or muxed:
            shapes[variant.uri] = Shape("ts", video, width_px, height_px, muxed)
    for rendition in ladder.renditions:
        if rendition.uri is None:
            continue
        if rendition.kind == "SUBTITLES":
            shapes[rendition.uri] = Shape("vtt")
        elif rendition.kind == "AUDIO" and sound.get(rendition.group):
            channels = (rendition.channels or "2").partition("/")[0]
            count = min(int(channels), 8) if channels.isdecimal() else 2
            shapes[rendition.uri] = Shape("ts", audio=sound[rendition.group], channels=max(count, 1))
    return shapes


def fitted(shape: Shape, playlist: Playlist, ads: Collection[int]) -> Shape | None:
    """The shape in the container of ``playlist``'s programme; ``None`` where a gap is better.  ``ads``: indexes that do not count."""
    if "#EXT-X-I-FRAMES-ONLY" in playlist.tags or not playlist.segments:
        return None  # pictures for seeking: what is missing is not shown
    if shape.container == "vtt":
        return shape
    programme = next((s for s in playlist.segments if s.index not in ads), playlist.segments[0])
    if programme.map_value:
        return replace(shape, container="mp4")
    ending = programme.uri.partition("?")[0].rpartition(".")[2].lower()
    if not shape.video and ending in _PACKED_ENDINGS:
        return replace(shape, container="packed")
    if ending in ("mp4", "m4s", "cmfv", "cmfa", "m4v", "m4a"):
        return None  # fragments without an initialisation section of their own
    return replace(shape, container="ts")


def _size(variant: Variant) -> tuple[int, int]:
    """The class of a picture's size, in its own orientation: even numbers, at most 1080 lines."""
    width_px, height_px = variant.width_px, variant.height_px
    if not width_px or not height_px:
        return _SIZES[3]
    if min(width_px, height_px) <= _MAX_HEIGHT:
        return width_px + width_px % 2, height_px + height_px % 2
    factor = _MAX_HEIGHT / min(width_px, height_px)
    return round(width_px * factor / 2) * 2, round(height_px * factor / 2) * 2
