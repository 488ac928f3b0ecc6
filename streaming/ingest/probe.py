"""What is in a media file: ffprobe's JSON to plain values, and the refusals that need no decoding.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from streaming.ingest import languages
from streaming.ingest.model import NoDuration, NoPicture, NotMedia, PictureTooLarge, PictureTooSmall

MIN_SIDE: Final = 16
"""Pixels: one macroblock, the smallest picture x264 has something to work with."""

MAX_SIDE: Final = 8192
"""Pixels: 8K; more costs gigabytes of frame buffers before the first frame is out."""

MAX_TRACKS: Final = 16
"""Sound or text tracks taken from one file; discs have up to eight, and every one is an encode or a menu entry."""

_TEXT_CODECS: Final = frozenset({"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "subviewer"})

_HDR_TRANSFERS: Final = frozenset({"smpte2084", "arib-std-b67"})
"""PQ and HLG (ITU-R BT.2100): shown as they are on an ordinary screen they look grey and flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The video track we take, as people see it: turned upright, with square pixels."""

    index: int
    codec: str
    width: int
    height: int
    base_rate: Fraction | None = None
    average_rate: Fraction | None = None
    bit_rate_bps: int | None = None
    hdr_transfer: str | None = None
    """The transfer function of a high dynamic range, in ffmpeg's words; ``None``: ordinary."""
    interlaced: bool = False
    rotation: int = 0
    """Degrees by which it was turned upright."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    index: int
    channels: int
    language: str = languages.UNDETERMINED
    title: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
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
    """Until the last frame of the picture; ``None`` where the container does not say (streamed WebM): it must be read."""
    picture: Picture
    sound: tuple[Sound, ...] = ()
    text: tuple[Text, ...] = ()
    warnings: tuple[str, ...] = ()


def parse(name: str, report: Mapping[str, Any]) -> Source:
    """The source described by ``ffprobe -show_format -show_streams`` in JSON.

    Raises :class:`NotMedia`, :class:`NoPicture`, :class:`NoDuration`, :class:`PictureTooSmall`, :class:`PictureTooLarge`.
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
    main = max(pictures, key=lambda stream: (_flag(stream, "default"), _int(stream.get("width")) or 0))
    picture = _picture(main, container)
    _check_size(name, picture)
    duration_ms = _duration_ms(main, container)
    if duration_ms is not None and duration_ms <= 0:
        raise NoDuration(name=name)
    warnings = [f"Only the first of {len(pictures)} pictures was taken."] if len(pictures) > 1 else []
    sound = [_sound(stream) for stream in streams if _decodable(stream, "audio")]
    text = [_text(stream) for stream in streams if _decodable(stream, "subtitle")]
    warnings += [
        f"Subtitle track {entry.index} ({entry.codec}) is made of pictures, not text, and was left out."
        for entry in text
        if entry.codec not in _TEXT_CODECS
    ]
    text = [entry for entry in text if entry.codec in _TEXT_CODECS]
    for kind, found in (("sound", sound), ("subtitle", text)):
        if len(found) > MAX_TRACKS:
            warnings.append(f"Only the first {MAX_TRACKS} of {len(found)} {kind} tracks were taken.")
    return Source(
        name=name,
        duration_ms=duration_ms,
        picture=picture,
        sound=tuple(sound[:MAX_TRACKS]),
        text=tuple(text[:MAX_TRACKS]),
        warnings=tuple(warnings),
    )


def _is_cover(stream: Mapping[str, Any]) -> bool:
    """Cover art of a song is a "video" track of one JPEG."""
    return _flag(stream, "attached_pic") or _flag(stream, "still_image")


def _decodable(stream: Mapping[str, Any], kind: str) -> bool:
    return stream.get("codec_type") == kind and stream.get("codec_name") not in {None, "none", "unknown"}


def _picture(stream: Mapping[str, Any], container: Mapping[str, Any]) -> Picture:
    width, height = _int(stream.get("width")) or 0, _int(stream.get("height")) or 0
    aspect = _fraction(stream.get("sample_aspect_ratio"), separator=":")
    if aspect is not None and aspect != 1 and Fraction(1, 10) < aspect < 10:
        # Wider pixels: more columns; taller pixels: more lines.  Nothing of the source is thrown away.
        if aspect > 1:
            width = round(width * aspect)
        else:
            height = round(height / aspect)
    rotation = _rotation(stream)
    if rotation % 180 == 90:
        width, height = height, width
    # A container's own rate is of all tracks; it is an upper bound, good enough to see that a source is thin.
    transfer = stream.get("color_transfer")
    bit_rate = _int(stream.get("bit_rate")) or _int(container.get("bit_rate"))
    return Picture(
        index=_int(stream.get("index")) or 0,
        codec=str(stream.get("codec_name") or "unknown"),
        width=width,
        height=height,
        base_rate=_fraction(stream.get("r_frame_rate")),
        average_rate=_fraction(stream.get("avg_frame_rate")),
        bit_rate_bps=bit_rate or None,
        hdr_transfer=str(transfer) if transfer in _HDR_TRANSFERS else None,
        interlaced=stream.get("field_order") in {"tt", "bb", "tb", "bt"},
        rotation=rotation,
    )


def _rotation(stream: Mapping[str, Any]) -> int:
    """Degrees, from the display matrix (phones) or the older tag."""
    for side_data in stream.get("side_data_list") or []:
        if "rotation" in side_data:
            return _int(side_data["rotation"]) or 0
    return _int((stream.get("tags") or {}).get("rotate")) or 0


def _check_size(name: str, picture: Picture) -> None:
    size: dict[str, Any] = {"name": name, "width": picture.width, "height": picture.height}
    if min(picture.width, picture.height) < MIN_SIDE:
        raise PictureTooSmall(**size, minimum=MIN_SIDE)
    if max(picture.width, picture.height) > MAX_SIDE:
        raise PictureTooLarge(**size, maximum=MAX_SIDE)


def _duration_ms(stream: Mapping[str, Any], container: Mapping[str, Any]) -> int | None:
    """From the start of the file (where ffmpeg puts zero) to the end of the picture."""
    begin = (_seconds(stream.get("start_time")) or 0) - (_seconds(container.get("start_time")) or 0)
    own = _seconds(stream.get("duration"))
    if own is None:
        own = _clock_time((stream.get("tags") or {}).get("DURATION"))
    if own is not None:
        return round((max(begin, 0) + own) * 1000) if own > 0 else 0
    whole = _seconds(container.get("duration"))
    return None if whole is None else round(whole * 1000)


def _sound(stream: Mapping[str, Any]) -> Sound:
    return Sound(
        index=_int(stream.get("index")) or 0,
        channels=_int(stream.get("channels")) or 2,
        language=_language(stream),
        title=_tag(stream, "title"),
        default=_flag(stream, "default"),
    )


def _text(stream: Mapping[str, Any]) -> Text:
    return Text(
        index=_int(stream.get("index")) or 0,
        codec=str(stream.get("codec_name")),
        language=_language(stream),
        title=_tag(stream, "title"),
        forced=_flag(stream, "forced"),
    )


def _language(stream: Mapping[str, Any]) -> str:
    return languages.normalise(_tag(stream, "language"))


def _tag(stream: Mapping[str, Any], name: str) -> str:
    return str((stream.get("tags") or {}).get(name) or "").strip()


def _flag(stream: Mapping[str, Any], name: str) -> bool:
    return bool((stream.get("disposition") or {}).get(name))


def _int(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


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


def _fraction(value: Any, separator: str = "/") -> Fraction | None:
    """``24000/1001``; ``None`` for ``0/0``, which is how ffprobe says that it does not know."""
    try:
        numerator, denominator = (int(part) for part in str(value).split(separator))
    except ValueError:
        return None
    return Fraction(numerator, denominator) if numerator > 0 and denominator > 0 else None
