"""What a slate must be like to fit in place of an ad: the same kinds of stream, codecs, size and container as the programme's.

A player keeps its decoders and buffers over a discontinuity only if what follows is of a kind it was set up for, so the format comes
from the multivariant playlist (``CODECS``, ``RESOLUTION``, groups) and from the media playlist (its container), or, where they do not
say, from a segment of the programme (see ``learning``).  What cannot be matched gets no slate but a gap.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from streaming.origin.ladder import IFrames, Ladder, Variant
from streaming.proxy.playlist.playlist import Playlist

Container = Literal["ts", "mp4", "packed", "vtt"]

#: A slate is a still picture; beyond this size it only costs.
_MAX_HEIGHT: Final = 1080
#: Upstream says how large a picture is, and may say anything; H.264 at level 4.2 ends near here.
_MAX_WIDTH: Final = 2048
#: One macroblock, with which x264 has something to work.
_MIN_SIDE: Final = 16
_MAX_CHANNELS: Final = 8
_SIZES: Final = ((320, 180), (426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080))
#: Longer than any segment (RFC 8216 has players plan for TARGETDURATION), and a bound for what an upstream can make us encode.
MAX_SLATE_S: Final = 30.0
_VIDEO: Final[Mapping[str, str]] = {"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc"}
_AUDIO: Final[Mapping[str, str]] = {"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3"}
_PACKED_ENDINGS: Final = ("aac", "ac3", "ec3")
_NAME = re.compile(r"(ts|mp4|packed|vtt)-(h264|hevc|none)-(\d{1,4})x(\d{1,4})-(aac|ac3|eac3|none)-(\d{1,2})(-still)?")


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """The kind of a slate.  ``video`` and ``audio`` name codecs, empty where there is none.

    ``still``: one picture alone, for I-frame playlists (RFC 8216 section 4.3.3.6: each of their segments is a single frame).
    """

    container: Container = "ts"
    video: str = ""
    width_px: int = 0
    height_px: int = 0
    audio: str = ""
    channels: int = 2
    still: bool = False

    @property
    def name(self) -> str:
        """The stream format as a word for file names."""
        size = f"{self.width_px}x{self.height_px}"
        return f"{self.container}-{self.video or 'none'}-{size}-{self.audio or 'none'}-{self.channels}{'-still' * self.still}"

    @classmethod
    def named(cls, name: str) -> "StreamFormat":
        """The stream format of a name.  Raises ``ValueError``."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(name)
        container, video, width, height, audio, channels, still = match.groups()
        return cls(
            container,  # type: ignore[arg-type]  # one of them, as was just matched
            "" if video == "none" else video,
            int(width),
            int(height),
            "" if audio == "none" else audio,
            int(channels),
            still is not None,
        )


def stream_formats_of(ladder: Ladder) -> dict[str, StreamFormat]:
    """By address of the media playlist, as it stands in the multivariant one: what its segments hold; the container is not known yet."""
    stream_formats: dict[str, StreamFormat] = {}
    apart = {r.group for r in ladder.renditions if r.kind == "AUDIO" and r.uri}
    sound: dict[str, str] = {}
    for variant in ladder.variants:
        found = _codecs(variant)
        if found is None:
            continue
        video, audio = found
        if variant.audio:
            sound.setdefault(variant.audio, audio)
        muxed = audio if variant.audio not in apart else ""
        width_px, height_px = fitting_size(variant.width_px, variant.height_px) if video else (0, 0)
        if video or muxed:
            stream_formats[variant.uri] = StreamFormat("ts", video, width_px, height_px, muxed)
    for rendition in ladder.renditions:
        if rendition.uri is None:
            continue
        if rendition.kind == "SUBTITLES":
            stream_formats[rendition.uri] = StreamFormat("vtt")
        elif rendition.kind == "AUDIO" and sound.get(rendition.group):
            channels = (rendition.channels or "2").partition("/")[0]
            count = min(int(channels), _MAX_CHANNELS) if channels.isdecimal() else 2
            stream_formats[rendition.uri] = StreamFormat("ts", audio=sound[rendition.group], channels=max(count, 1))
    for pictures in ladder.iframes:
        found = _codecs(pictures)
        if found is not None and found[0]:
            width_px, height_px = fitting_size(pictures.width_px, pictures.height_px)
            stream_formats[pictures.uri] = StreamFormat("ts", found[0], width_px, height_px, still=True)
    return stream_formats


def format_within(
    container: Container, videos: Sequence[tuple[str, int, int]], audios: Sequence[tuple[str, int]]
) -> StreamFormat | None:
    """The stream format of a segment with these streams: (codec, width, height) and (codec, channels), in ffmpeg's words.

    ``None`` if any of them is of a kind that we do not make: a player that was shown a stream misses it when it is gone.
    """
    known_video, known_audio = set(_VIDEO.values()), set(_AUDIO.values())
    if any(video not in known_video for video, _, _ in videos) or any(audio not in known_audio for audio, _ in audios):
        return None
    video, *size = videos[0] if videos else ("", 0, 0)
    audio, channels = audios[0] if audios else ("", 2)
    if not video and not audio:
        return None
    width_px, height_px = fitting_size(*size) if video else (0, 0)
    return StreamFormat(container, video, width_px, height_px, audio, min(max(channels or 2, 1), _MAX_CHANNELS))


def fitted(stream_format: StreamFormat, playlist: Playlist, ads: Collection[int]) -> StreamFormat | None:
    """The stream format in the container of ``playlist``'s programme; ``None`` where a gap is better.  ``ads``: indexes that do not count."""
    if not playlist.segments or stream_format.still != is_of_stills(playlist):
        return None
    if stream_format.container == "vtt":
        return stream_format
    programme = next((s for s in playlist.segments if s.index not in ads), playlist.segments[0])
    ending = _ending(programme.uri)
    if programme.map_value:
        # Tables of a transport stream, kept apart: they would go before our slates as well.
        return None if ending == "ts" else replace(stream_format, container="mp4")
    if not stream_format.video and ending in _PACKED_ENDINGS:
        return replace(stream_format, container="packed")
    if ending in ("mp4", "m4s", "cmfv", "cmfa", "m4v", "m4a"):
        return None  # fragments without an initialisation section of their own
    return replace(stream_format, container="ts")


def is_of_stills(playlist: Playlist) -> bool:
    """Whether it lists single frames, for seeking fast (RFC 8216 section 4.3.3.6)."""
    return "#EXT-X-I-FRAMES-ONLY" in playlist.tags


def fitting_size(width_px: int, height_px: int) -> tuple[int, int]:
    """The class of a picture's size, in its own orientation: even numbers, at most 1080 lines."""
    if width_px <= 0 or height_px <= 0:
        return _SIZES[3]
    factor = min(1.0, _MAX_HEIGHT / min(width_px, height_px), _MAX_WIDTH / max(width_px, height_px))
    return max(math.ceil(width_px * factor / 2) * 2, _MIN_SIDE), max(math.ceil(height_px * factor / 2) * 2, _MIN_SIDE)


def _codecs(variant: Variant | IFrames) -> tuple[str, str] | None:
    """Codecs of picture and sound, either of which may be empty; ``None`` if there is nothing said, or something unknown."""
    codecs = {codec.partition(".")[0].lower() for codec in variant.codecs}
    if not codecs or codecs - _VIDEO.keys() - _AUDIO.keys() - {"wvtt", "stpp"}:
        return None
    video = next((_VIDEO[codec] for codec in _VIDEO if codec in codecs), "")
    return video, next((_AUDIO[codec] for codec in _AUDIO if codec in codecs), "")


def _ending(uri: str) -> str:
    return uri.partition("?")[0].rpartition(".")[2].lower()
