"""A playlist as its lines: parse, edit and write without losing a byte that was not edited.

Whatever is not understood (unknown tags, comments, blanks, odd line endings, a byte order mark, bytes that are not UTF-8) is carried
along, so ``Playlist.parse(data).write() == data`` for every ``data``.  Over the lines lies a reading of RFC 8216 and its successor
draft-pantos-hls-rfc8216bis: segments with their media sequence number and everything that is in force for them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from streaming.proxy.playlist.attributes import attribute_values
from streaming.proxy.playlist.tag_values import (
    Key,
    keys_after,
    parse_byterange,
    parse_date,
    parse_extinf,
    parse_integer,
    parse_key,
)

_LINE_END = re.compile("(\r\n|\n|\r)")
_BYTE_ORDER_MARK = "\ufeff"
#: What a line may begin with and still be a tag to lenient readers, or be empty.
_BEFORE_TAGS = ("", " ", "\t", _BYTE_ORDER_MARK)

#: Tags that speak of the whole playlist: they survive the removal of the segment they happen to stand before.
PLAYLIST_TAGS = frozenset(
    [
        "#EXTM3U",
        "#EXT-X-VERSION",
        "#EXT-X-TARGETDURATION",
        "#EXT-X-MEDIA-SEQUENCE",
        "#EXT-X-DISCONTINUITY-SEQUENCE",
        "#EXT-X-ENDLIST",
        "#EXT-X-PLAYLIST-TYPE",
        "#EXT-X-I-FRAMES-ONLY",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-START",
        "#EXT-X-DEFINE",
        "#EXT-X-SERVER-CONTROL",
        "#EXT-X-PART-INF",
        "#EXT-X-ALLOW-CACHE",
        "#EXT-X-SKIP",
        "#EXT-X-RENDITION-REPORT",
        "#EXT-X-IMAGES-ONLY",
    ]
)
#: Tags that belong to the segment after them (RFC 8216 section 4.3.2): the first of these ends the header of the playlist.
SEGMENT_TAGS = frozenset(
    [
        "#EXTINF",
        "#EXT-X-BYTERANGE",
        "#EXT-X-DISCONTINUITY",
        "#EXT-X-KEY",
        "#EXT-X-MAP",
        "#EXT-X-PROGRAM-DATE-TIME",
        "#EXT-X-DATERANGE",
        "#EXT-X-GAP",
        "#EXT-X-BITRATE",
        "#EXT-X-PART",
        "#EXT-X-CUE-OUT",
        "#EXT-X-CUE-IN",
        "#EXT-X-CUE-OUT-CONT",
        "#EXT-X-CUE",
        "#EXT-X-MARKER",
        "#EXT-X-SCTE35-OUT",
        "#EXT-X-SCTE35-OUT-CONT",
        "#EXT-X-SCTE35-IN",
        "#EXT-X-SIGNAL-EXIT",
        "#EXT-X-SIGNAL-SPAN",
        "#EXT-X-SIGNAL-RETURN",
        "#EXT-X-AD-BREAK-START",
        "#EXT-X-AD-BREAK-END",
        "#EXT-X-AD-START",
        "#EXT-X-AD-BEGIN",
        "#EXT-X-AD-END",
        "#EXT-OATCLS-SCTE35",
        "#EXT-X-OATCLS-SCTE35",
        "#EXT-X-SCTE35",
        "#EXT-X-SPLICEPOINT-SCTE35",
        "#EXT-X-ASSET",
        "#UPLYNK-SEGMENT",
        "#ANVATO-SEGMENT-INFO",
        "#EXT-X-TILES",
    ]
)
#: Segments still being made, in the older ways of low latency (Twitch, and the community's LHLS): the whole value is the address.
PREFETCH_TAGS = frozenset(["#EXT-X-TWITCH-PREFETCH", "#EXT-X-PREFETCH"])
_MULTIVARIANT_TAGS = frozenset(
    ["#EXT-X-STREAM-INF", "#EXT-X-I-FRAME-STREAM-INF", "#EXT-X-MEDIA", "#EXT-X-SESSION-DATA", "#EXT-X-SESSION-KEY"]
)
#: Tags are case-sensitive (RFC 8216 section 4.1), and players go by that; but those who write cues by hand do not.
_CUES = {tag: tag for tag in ("#EXT-X-CUE-OUT", "#EXT-X-CUE-OUT-CONT", "#EXT-X-CUE-IN", "#EXT-X-CUE")}


class Line(NamedTuple):
    """A line and its terminator.  ``tag`` is ``"#EXT-X-KEY"`` for ``#EXT-X-KEY:METHOD=…``, empty for URIs and blank lines."""

    text: str
    end: str
    tag: str = ""
    value: str = ""


def tag_line(tag: str, value: str, end: str) -> Line:
    """A new tag line, ``#TAG:value`` or ``#TAG``."""
    return Line(f"{tag}:{value}" if value else tag, end, tag, value)


class ByteRange(NamedTuple):
    """A sub-range of a resource; ``implicit`` when the offset was left to be continued from the previous segment."""

    length: int
    offset: int
    implicit: bool


@dataclass(slots=True)
class Segment:
    """A media segment and what applies to it.  ``first`` to ``uri_line`` (inclusive) are the lines that are its own."""

    index: int
    first: int
    uri_line: int
    uri: str
    duration_s: float
    title: str
    discontinuity: bool
    gap: bool
    keys: tuple[Key, ...]
    map_value: str  # the attribute list of the EXT-X-MAP in force, empty for none
    byterange: ByteRange | None
    bitrate: str
    program_date: str  # as written, only where the tag stands
    msn: int = 0
    address: str = ""  # where ``uri`` leads; as written until the playlist is located
    _date_s: float | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def program_date_s(self) -> float | None:
        """The ``EXT-X-PROGRAM-DATE-TIME`` that stands at this segment, in seconds since the epoch."""
        if self._date_s is None and self.program_date:
            self._date_s = parse_date(self.program_date)  # asked for from several sides
        return self._date_s


class Playlist:
    """A parsed playlist.  Reading never fails: what makes no sense is kept as lines and ignored as meaning."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.segments: list[Segment] = []
        self.is_multivariant = False
        self.target_duration_s: int | None = None
        self.media_sequence = 0
        self.discontinuity_sequence = 0
        self.skipped_segments = 0
        self.version = 1
        self.playlist_type = ""
        self.has_endlist = False
        self.tags: set[str] = set()
        #: When each segment begins, and the last ends; kept by ``dateranges.segment_dates``, which is asked from several sides.
        self.dates: list[float] | None = None
        self.header_end = len(lines)  # index of the first line that belongs to a segment
        _read(self)

    @classmethod
    def parse(cls, data: bytes | str) -> "Playlist":
        """Split ``data`` at CRLF, LF and CR (RFC 8216 section 4.1, and CR because it is met) and read it."""
        text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
        if "\r" not in text:
            parts = text.split("\n")
            lines = [_line(part, "\n") for part in parts[:-1]]
            if parts[-1]:
                lines.append(_line(parts[-1], ""))
        else:
            pieces = _LINE_END.split(text)
            lines = [_line(pieces[i], pieces[i + 1]) for i in range(0, len(pieces) - 1, 2)]
            if pieces[-1]:
                lines.append(_line(pieces[-1], ""))
        return cls(lines)

    @property
    def trailer(self) -> int:
        """Index of the first line after the last segment."""
        return self.segments[-1].uri_line + 1 if self.segments else self.header_end

    @property
    def is_complete(self) -> bool:
        """Nothing will be added or removed any more."""
        return self.has_endlist or self.playlist_type == "VOD"

    @property
    def line_end(self) -> str:
        """The terminator for lines that are added: the one this playlist uses."""
        return next((line.end for line in self.lines if line.end), "\n")

    @property
    def duration_s(self) -> float:
        """The sum of the segments' durations."""
        return sum(segment.duration_s for segment in self.segments)

    def locate(self, absolute: Callable[[str], str]) -> None:
        """Say where the segments lie, by what ``absolute`` makes of each address as written (RFC 3986 section 5, and variables)."""
        for segment in self.segments:
            segment.address = absolute(segment.uri)

    def write(self) -> bytes:
        """The bytes of the playlist; those that were parsed, if nothing was edited."""
        return write_lines(self.lines)


def write_lines(lines: Sequence[Line]) -> bytes:
    """Join lines and terminators to bytes."""
    return "".join([line.text + line.end for line in lines]).encode("utf-8", "surrogateescape")


#: What ``Line(…)`` comes to, at half the price: there are thousands of them in a playlist.
_new_tuple = tuple.__new__


def _line(text: str, end: str) -> Line:
    first = text[:1]
    if first == "#":
        if text.startswith("#EXTINF:"):  # every third line of most playlists
            return _new_tuple(Line, (text, end, "#EXTINF", text[8:]))
    elif first not in _BEFORE_TAGS:  # an address, which is another third
        return _new_tuple(Line, (text, end, "", ""))
    bare = text.lstrip(" \t\ufeff")
    if not bare.startswith("#"):
        return Line(text, end)
    if bare.startswith(
        "# EXT-X-CUE"
    ):  # a comment by the letter; AWS's own pages write the tags so, and encoders copied them
        bare = "#" + bare[2:]
    tag, _, value = bare.partition(":")
    tag = tag.rstrip()
    if not tag.isupper():
        tag = _CUES.get(tag.upper(), tag)
    return _new_tuple(Line, (text, end, tag, value.rstrip(" \t")))


def _read(playlist: Playlist) -> None:
    segments = playlist.segments
    tags = playlist.tags = {line.tag for line in playlist.lines} - {""}
    header_end: int | None = None
    duration_s = 0.0
    start = 0
    title = map_value = bitrate = ""
    discontinuity = gap = False
    program_date = ""
    keys: tuple[Key, ...] = ()
    pending_range: tuple[int, int | None] | None = None
    next_offset: dict[str, int] = {}
    known_keys: dict[str, Key] = {}
    known_durations: dict[str, tuple[float, str]] = {}
    for number, (text, _, tag, value) in enumerate(playlist.lines):
        if tag:
            if header_end is None and tag in SEGMENT_TAGS:
                header_end = start = number
            if tag == "#EXTINF":
                if value not in known_durations:
                    known_durations[value] = parse_extinf(value)
                duration_s, title = known_durations[value]
            elif tag == "#EXT-X-PROGRAM-DATE-TIME":
                program_date = value
            elif tag == "#EXT-X-DISCONTINUITY":
                discontinuity = True
            elif tag == "#EXT-X-BYTERANGE":
                pending_range = parse_byterange(value) or pending_range
            elif tag == "#EXT-X-KEY":
                key = known_keys.get(value) or known_keys.setdefault(value, parse_key(value))
                keys = keys_after(keys, key)
            elif tag == "#EXT-X-MAP":
                map_value = value
            elif tag == "#EXT-X-GAP":
                gap = True
            elif tag == "#EXT-X-BITRATE":
                bitrate = value
            elif tag == "#EXT-X-TARGETDURATION":
                playlist.target_duration_s = parse_integer(value)
            elif tag == "#EXT-X-MEDIA-SEQUENCE":
                playlist.media_sequence = parse_integer(value)
            elif tag == "#EXT-X-DISCONTINUITY-SEQUENCE":
                playlist.discontinuity_sequence = parse_integer(value)
            elif tag == "#EXT-X-VERSION":
                playlist.version = parse_integer(value)
            elif tag == "#EXT-X-PLAYLIST-TYPE":
                playlist.playlist_type = value.strip()
            elif tag == "#EXT-X-ENDLIST":
                playlist.has_endlist = True
            elif tag == "#EXT-X-SKIP":
                playlist.skipped_segments = parse_integer(attribute_values(value).get("SKIPPED-SEGMENTS", ""))
        elif uri := text.strip(" \t" + _BYTE_ORDER_MARK):
            if header_end is None:
                header_end = start = number
            byterange = None
            if pending_range is not None:
                length, explicit = pending_range
                byterange = ByteRange(
                    length, next_offset.get(uri, 0) if explicit is None else explicit, explicit is None
                )
                # Only the previous segment may be continued (RFC 8216 section 4.3.2.2).
                next_offset = {uri: byterange.offset + length}
            segments.append(
                Segment(
                    len(segments),
                    start,
                    number,
                    uri,
                    duration_s,
                    title,
                    discontinuity,
                    gap,
                    keys,
                    map_value,
                    byterange,
                    bitrate,
                    program_date,
                    address=uri,
                )
            )
            start = number + 1
            duration_s, title, discontinuity, gap, program_date, pending_range = 0.0, "", False, False, "", None
    if header_end is not None:
        playlist.header_end = header_end
    if tags & _MULTIVARIANT_TAGS and "#EXTINF" not in tags:
        playlist.is_multivariant = True
        playlist.segments = []
        return
    base = playlist.media_sequence + playlist.skipped_segments
    for segment in segments:
        segment.msn = base + segment.index
