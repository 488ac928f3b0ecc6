"""A picture that is kept as it was encoded, as the largest rendition: whether it may be, and where it is cut.  Pure.

The packager cuts at key frames alone, and the lower renditions have theirs at the same times, so all are cut alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor, isfinite
from typing import Final

from streaming.ingest.picture.ladder import RUNGS, SEGMENT_S
from streaming.ingest.probe import VideoStream
from streaming.ingest.timing.timeline import Timeline

CUT_S: Final = Fraction(SEGMENT_S)
"""A segment ends with the first key frame after each multiple of this."""
CUT_SLACK_S: Final = Fraction(1, 1000)
"""By which the packager is told less (``commands.package``)."""
MAX_SEGMENT_S: Final = 8
"""Players load a segment whole before they show anything of it, and hls.js plans by the longest (EXT-X-TARGETDURATION)."""
MAX_TAIL_MS: Final = 3_000
"""Of sound after the last picture: a publisher that is cut off has sent some whose picture never came.  It is left out; more is meant to
be heard."""
MAX_LATE_MS: Final = 100
"""By which the first picture may come later than the sound: it is heard and not seen for as long."""
SQUARE: Final = ("1:1", "0:1", "N/A", "")
"""How ffprobe writes square pixels, and those of unknown shape."""
PROGRESSIVE: Final = ("progressive", "unknown", "")


@dataclass(slots=True)
class PictureScan:
    """A track of pictures, read packet by packet."""

    packets: int = 0
    key_frames_s: list[float] = field(default_factory=list)
    reordered: bool = False
    """Whether a picture is shown in another order than it is sent in."""
    changes: bool = False
    """Whether its format changes on the way."""
    stream: dict[str, str] = field(default_factory=dict)
    """What ffprobe says of it, by ffprobe's names."""
    unreadable: bool = False

    def read(self, line: str) -> None:
        """A line that ffprobe wrote (``commands.scan``)."""
        kind, _, rest = line.partition("|")
        pairs = dict(pair.partition("=")[::2] for pair in rest.split("|"))
        if kind == "stream":
            self.stream = pairs
        elif kind == "packet":
            self._packet(pairs, line)

    def _packet(self, pairs: dict[str, str], line: str) -> None:
        try:
            shown_s, decoded_s = float(pairs["pts_time"]), float(pairs["dts_time"])
        except (KeyError, ValueError):
            self.unreadable = True
            return
        if not (isfinite(shown_s) and isfinite(decoded_s)):
            self.unreadable = True
            return
        if pairs.get("flags", "").startswith("K"):
            self.key_frames_s.append(shown_s)
        elif not self.packets:
            self.unreadable = True
        self.packets += 1
        self.reordered = self.reordered or shown_s != decoded_s
        self.changes = self.changes or "New Extradata" in line


def cuts(key_frames_s: Sequence[float]) -> list[float]:
    """When segments begin, as the packager decides it."""
    begins: list[float] = []
    current = -1
    for at_s in key_frames_s:
        index = floor(at_s / float(CUT_S - CUT_SLACK_S))
        if index > current:
            begins.append(at_s)
            current = index
    return begins


def why_not(scan: PictureScan, picture: VideoStream, times: Timeline) -> str | None:
    """Why the picture cannot be kept; ``None`` where it can."""
    stream, colour = scan.stream, picture.colour
    shape = (stream.get("width"), stream.get("height")) != (str(picture.width), str(picture.height))
    if picture.codec != "h264" or stream.get("pix_fmt") != "yuv420p":
        return f"it is {picture.codec.upper()} ({stream.get('pix_fmt', 'unknown')}), and players take H.264 in 8 bits and 4:2:0"
    if scan.unreadable or not scan.key_frames_s:
        return "the times of its pictures cannot be read"
    if scan.changes:
        return "its format changes on the way"
    if picture.rotation or picture.mirrored or shape or stream.get("sample_aspect_ratio", "") not in SQUARE:
        return "it has to be turned, cut or stretched to be shown"
    if picture.width % 2 or picture.height % 2 or min(picture.width, picture.height) > RUNGS[0]:
        return f"its size, {picture.width}×{picture.height}, is none that players take"
    if picture.interlaced or stream.get("field_order", "") not in PROGRESSIVE:
        return "it is interlaced"
    if colour.needs_mapping or colour.full_range:
        return "its colours are not those of a screen"
    if scan.reordered:
        return "its pictures are not sent in the order in which they are shown"
    if times.cuts or times.restarts:
        return "its clock jumps"
    if times.duration_ms - times.picture_ms > MAX_TAIL_MS:
        return "its sound goes on after its picture"
    if times.picture_begin_ms > MAX_LATE_MS:
        return "its picture begins after its sound"
    begins = cuts(scan.key_frames_s)
    ends = [*begins[1:], max(times.picture_ms / 1000, begins[-1])]
    longest_s = max(end - begin for begin, end in zip(begins, ends, strict=True))
    if longest_s > MAX_SEGMENT_S:
        return f"its key frames are too far apart (a segment would have {longest_s:.1f} s)"
    return None


def ending_with_picture(times: Timeline) -> Timeline:
    """The time of a film whose last picture cannot be held, as that would be a picture more."""
    return replace(times, duration_ms=times.picture_ms)


def encoded_anew(reason: str) -> str:
    """What people are told where it was not kept; ``reason`` as :func:`why_not` words it."""
    return f"Its picture could not be kept as it is and was encoded anew: {reason}."
