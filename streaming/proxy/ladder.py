"""The ladder of an upstream: its multivariant playlist as the values our own origin chooses qualities from."""

import re
from typing import Any

from streaming.origin.ladder import IFrames, Ladder, Rendition, Variant
from streaming.proxy.playlist.attributes import attribute_values, decimal
from streaming.proxy.playlist.playlist import Playlist

_RESOLUTION = re.compile(r"(\d{1,5})x(\d{1,5})")
#: What a source without a multivariant playlist is taken to need; only its place among other variants would follow from it.
_UNKNOWN_BANDWIDTH_BPS = 2_000_000
_KINDS = ("AUDIO", "SUBTITLES", "CLOSED-CAPTIONS")


def read_ladder(playlist: Playlist) -> Ladder:
    """The variants, renditions and I-frame lists of a multivariant playlist, addresses as they stand."""
    variants: list[Variant] = []
    renditions: list[Rendition] = []
    iframes: list[IFrames] = []
    pending: dict[str, str] | None = None
    for line in playlist.lines:
        attributes = attribute_values(line.value) if "=" in line.value else {}
        if line.tag == "#EXT-X-STREAM-INF":
            pending = attributes
        elif line.tag == "#EXT-X-MEDIA":
            rendition = _rendition(attributes)
            renditions += [rendition] if rendition is not None else []
        elif line.tag == "#EXT-X-I-FRAME-STREAM-INF" and attributes.get("URI"):
            iframes.append(IFrames(uri=attributes["URI"], **_picture(attributes)))
        elif not line.tag and line.text.strip() and pending is not None:
            variants.append(_variant(line.text.strip(), pending))
            pending = None
    return Ladder(tuple(variants), tuple(renditions), tuple(iframes))


def single(uri: str) -> Ladder:
    """The ladder of a source that is one media playlist."""
    return Ladder((Variant(uri=uri, bandwidth_bps=_UNKNOWN_BANDWIDTH_BPS),))


def _variant(uri: str, attributes: dict[str, str]) -> Variant:
    return Variant(
        uri=uri,
        frame_rate=decimal(attributes.get("FRAME-RATE")),
        audio=attributes.get("AUDIO"),
        subtitles=attributes.get("SUBTITLES"),
        closed_captions=attributes.get("CLOSED-CAPTIONS"),
        **_picture(attributes),
    )


def _rendition(attributes: dict[str, str]) -> Rendition | None:
    kind, group = attributes.get("TYPE", ""), attributes.get("GROUP-ID", "")
    if kind not in _KINDS or not group:
        return None
    return Rendition(
        kind=kind,  # type: ignore[arg-type]  # one of _KINDS, as was just asked
        group=group,
        name=attributes.get("NAME", ""),
        uri=attributes.get("URI"),
        language=attributes.get("LANGUAGE"),
        default=attributes.get("DEFAULT") == "YES",
        autoselect=attributes.get("AUTOSELECT") == "YES",
        forced=attributes.get("FORCED") == "YES",
        channels=attributes.get("CHANNELS"),
        characteristics=attributes.get("CHARACTERISTICS"),
        instream_id=attributes.get("INSTREAM-ID"),
    )


def _picture(attributes: dict[str, str]) -> dict[str, Any]:
    size = _RESOLUTION.match(attributes.get("RESOLUTION", ""))
    average = decimal(attributes.get("AVERAGE-BANDWIDTH"))
    return {
        "bandwidth_bps": int(decimal(attributes.get("BANDWIDTH")) or _UNKNOWN_BANDWIDTH_BPS),
        "average_bandwidth_bps": int(average) if average else None,
        "width_px": int(size.group(1)) if size else 0,
        "height_px": int(size.group(2)) if size else 0,
        "codecs": tuple(codec.strip() for codec in attributes.get("CODECS", "").split(",") if codec.strip()),
        "video_range": attributes.get("VIDEO-RANGE"),
    }
