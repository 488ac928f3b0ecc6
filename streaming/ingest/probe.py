"""What is in a media file: ffprobe's JSON to plain values, and the refusals that need no decoding.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from streaming.ingest import languages
from streaming.ingest.model import Chapter, NoPicture, NotMedia, PictureTooLarge, PictureTooSmall
from streaming.ingest.picture import colour, geometry
from streaming.ingest.picture.colour import Colour
from streaming.ingest.picture.geometry import Crop, ratio, whole

MIN_SIDE: Final = 16
"""Pixels: one macroblock, the smallest picture x264 has something to work with."""

MAX_SIDE: Final = 8192
"""Pixels: 8K; more costs gigabytes of frame buffers before the first frame is out."""

MAX_TRACKS: Final = 16
"""Sound or text tracks taken from one file; discs have up to eight, and every one is an encode or a menu entry."""

UNNAMED: Final = "none"
"""The codec of subtitles that ffmpeg has no name for; Matroska's WebVTT is one."""
_TEXT_CODECS: Final = frozenset(
    {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "subviewer", UNNAMED}
)
_PICTURE_CODECS: Final = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "dvb_teletext", "xsub"})

_RECORDED: Final = frozenset({"mpegts", "mpeg", "wtv", "ogg"})
"""Containers of which ffmpeg expects discontinuities (``AVFMT_TS_DISCONT``)."""

MAX_PICTURES: Final = 4
"""Tracks of pictures among which the film is looked for; cameras and discs write two, and the first are the likely ones."""


MAX_CHAPTERS: Final = 200
MAX_CHAPTER_TITLE: Final = 200
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStream:
    """The video track we take, as people see it: turned upright, with square pixels."""

    index: int
    codec: str
    width: int
    height: int
    base_rate: Fraction | None = None
    average_rate: Fraction | None = None
    bit_rate_bps: int | None = None
    colour: Colour = field(default_factory=Colour)
    interlaced: bool = False
    crop: Crop = field(default_factory=Crop)
    rotation: int = 0
    """Degrees counter-clockwise by which it was turned upright."""
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioStream:
    """A sound of the file."""

    index: int
    channels: int
    language: str = languages.UNDETERMINED
    title: str = ""
    default: bool = False
    codec: str = "aac"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleStream:
    """Subtitles inside the file."""

    index: int
    codec: str
    language: str = languages.UNDETERMINED
    title: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A media file that can be ingested, as far as its headers say."""

    name: str
    duration_ms: int | None
    """What its header claims, until the last frame of the picture; ``None`` where it does not say (streamed WebM)."""
    picture: VideoStream
    other_pictures: tuple[VideoStream, ...] = ()
    """Those that may turn out to be the film, in this order."""
    container: str = ""
    """In ffmpeg's words: ``mpegts``."""
    sound: tuple[AudioStream, ...] = ()
    text: tuple[SubtitleStream, ...] = ()
    warnings: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether its container is one of broadcasts and streams, in which the clock may start anew at any time."""
        return self.container in _RECORDED

    @property
    def is_transport_stream(self) -> bool:
        """Whether it is MPEG-TS, whose clock wraps around and whose start is arbitrary."""
        return self.container == "mpegts"


def parse(name: str, report: Mapping[str, Any]) -> Source:
    """The source described by ``ffprobe -show_format -show_streams -show_chapters`` in JSON.

    Raises :class:`NotMedia`, :class:`NoPicture`, :class:`PictureTooSmall`, :class:`PictureTooLarge`.
    """
    streams: list[Mapping[str, Any]] = list(report.get("streams") or [])
    container: Mapping[str, Any] = report.get("format") or {}
    if not streams:
        raise NotMedia(name=name, reason="there is no track in it")
    pictures = [stream for stream in streams if stream.get("codec_type") == "video" and not _is_cover(stream)]
    if not pictures:
        if any(stream.get("codec_type") == "audio" for stream in streams):
            raise NoPicture(name=name)
        raise NotMedia(name=name, reason="there is neither picture nor sound in it")
    pictures.sort(key=lambda stream: (_flag(stream, "default"), whole(stream.get("width")) or 0), reverse=True)
    shown = [_picture(stream, container) for stream in pictures[:MAX_PICTURES]]
    check_size(name, shown[0])
    warnings: list[str] = []
    sound = [_sound(stream) for stream in streams if stream.get("codec_type") == "audio"]
    text = [_text(stream) for stream in streams if stream.get("codec_type") == "subtitle"]
    warnings += [
        f"Subtitle track {entry.index} ({entry.codec}) is {_unfit(entry.codec)}, and was left out."
        for entry in text
        if entry.codec not in _TEXT_CODECS
    ]
    text = [entry for entry in text if entry.codec in _TEXT_CODECS]
    for kind, found in (("sound", sound), ("subtitle", text)):
        if len(found) > MAX_TRACKS:
            warnings.append(f"Only the first {MAX_TRACKS} of {len(found)} {kind} tracks were taken.")
    return Source(
        name=name,
        duration_ms=_duration_ms(pictures[0], container),
        picture=shown[0],
        other_pictures=tuple(shown[1:]),
        container=str(container.get("format_name") or ""),
        sound=tuple(sound[:MAX_TRACKS]),
        text=tuple(text[:MAX_TRACKS]),
        warnings=tuple(warnings),
        chapters=_chapters(report),
    )


def sounds(report: Mapping[str, Any]) -> list[AudioStream]:
    """The tracks of sound in ffprobe's ``report``, of files without a picture too."""
    streams = report.get("streams") or []
    return [_sound(stream) for stream in streams if stream.get("codec_type") == "audio"]


def _chapters(report: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """Those with a length and a title, from the start of the file, where ffmpeg puts zero."""
    begin = _seconds((report.get("format") or {}).get("start_time")) or 0
    found = []
    for entry in (report.get("chapters") or [])[:MAX_CHAPTERS]:
        start, stop, title = _seconds(entry.get("start_time")), _seconds(entry.get("end_time")), _tag(entry, "title")
        if start is not None and stop is not None and start < stop and title:
            start_ms, stop_ms = (max(0, round((moment - begin) * 1000)) for moment in (start, stop))
            found.append(Chapter(start_ms, stop_ms, title[:MAX_CHAPTER_TITLE]))
    return tuple(found)


def _is_cover(stream: Mapping[str, Any]) -> bool:
    """Cover art of a song is a "video" track of one JPEG."""
    return _flag(stream, "attached_pic") or _flag(stream, "still_image")


def _is_named(stream: Mapping[str, Any], kind: str) -> bool:
    return stream.get("codec_type") == kind and stream.get("codec_name") not in {None, "none", "unknown"}


def _picture(stream: Mapping[str, Any], container: Mapping[str, Any]) -> VideoStream:
    shape = geometry.read(stream)
    # A container's own rate is of all tracks; it is an upper bound, good enough to see that a source is thin.
    bit_rate = whole(stream.get("bit_rate")) or whole(container.get("bit_rate"))
    return VideoStream(
        index=whole(stream.get("index")) or 0,
        codec=_codec(stream),
        width=shape.width,
        height=shape.height,
        base_rate=ratio(stream.get("r_frame_rate"), "/"),
        average_rate=ratio(stream.get("avg_frame_rate"), "/"),
        bit_rate_bps=bit_rate or None,
        colour=colour.read(stream),
        interlaced=stream.get("field_order") in {"tt", "bb", "tb", "bt"},
        crop=shape.crop,
        rotation=shape.rotation,
        mirrored=shape.mirrored,
    )


def _codec(stream: Mapping[str, Any]) -> str:
    """Its name, or the four letters by which the container calls it."""
    name = str(stream.get("codec_name") or "none")
    return name if name not in {"none", "unknown"} else str(stream.get("codec_tag_string") or "unknown")


def check_size(name: str, picture: VideoStream) -> None:
    """Raises :class:`PictureTooSmall`, :class:`PictureTooLarge`."""
    size: dict[str, Any] = {"name": name, "width": picture.width, "height": picture.height}
    if min(picture.width, picture.height) < MIN_SIDE:
        raise PictureTooSmall(**size, minimum=MIN_SIDE)
    if max(picture.width, picture.height) > MAX_SIDE:
        raise PictureTooLarge(**size, maximum=MAX_SIDE)


def _duration_ms(stream: Mapping[str, Any], container: Mapping[str, Any]) -> int | None:
    """What is claimed, from the start of the file (where ffmpeg puts zero) to the end of the picture."""
    begin = (_seconds(stream.get("start_time")) or 0) - (_seconds(container.get("start_time")) or 0)
    own = _seconds(stream.get("duration"))
    if own:
        return round((max(begin, 0) + own) * 1000)
    # Some programs write how long the track is, and some when it ends: the smaller promise is the one to hold it to.
    tagged = _clock_time((stream.get("tags") or {}).get("DURATION"))
    if tagged:
        return round(tagged * 1000)
    all_s = _seconds(container.get("duration"))
    return round(all_s * 1000) if all_s else None


def _sound(stream: Mapping[str, Any]) -> AudioStream:
    return AudioStream(
        index=whole(stream.get("index")) or 0,
        channels=whole(stream.get("channels")) or 2,
        language=_language(stream),
        title=_tag(stream, "title"),
        default=_flag(stream, "default"),
        codec=_codec(stream),
    )


def _text(stream: Mapping[str, Any]) -> SubtitleStream:
    return SubtitleStream(
        index=whole(stream.get("index")) or 0,
        codec=_text_codec(stream),
        language=_language(stream),
        title=_tag(stream, "title"),
        forced=_flag(stream, "forced"),
    )


def _text_codec(stream: Mapping[str, Any]) -> str:
    codec = str(stream.get("codec_name") or UNNAMED)
    return UNNAMED if codec == "unknown" else codec


def _unfit(codec: str) -> str:
    return "made of pictures, not text" if codec in _PICTURE_CODECS else "of a kind that we cannot read"


def _language(stream: Mapping[str, Any]) -> str:
    return languages.normalise(_tag(stream, "language"))


def _tag(stream: Mapping[str, Any], name: str) -> str:
    return str((stream.get("tags") or {}).get(name) or "").strip()


def _flag(stream: Mapping[str, Any], name: str) -> bool:
    return bool((stream.get("disposition") or {}).get(name))


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    # Damaged headers promise centuries; ten days is more than any player's timeline can hold in a 32-bit clock.
    return seconds if abs(seconds) < 864_000 else None


def _clock_time(value: Any) -> float | None:
    """Matroska's ``00:24:03.123000000``."""
    parts = str(value or "").split(":")
    if len(parts) != 3:
        return None
    numbers = [_seconds(part) for part in parts]
    hours, minutes, seconds = numbers
    if hours is None or minutes is None or seconds is None:
        return None
    return hours * 3600 + minutes * 60 + seconds
