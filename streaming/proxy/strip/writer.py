"""Writing the output playlist: the upstream's lines, with ads left out or replaced and what they took with them put back.

What is in force for a segment (keys, initialisation section, byte offset, bitrate, date) comes from lines before it, any of which may
have stood within an ad.  The emitter follows what a reader of the *output* would have in force, and states anew what differs.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from streaming.proxy.detect.dateranges import segment_dates
from streaming.proxy.playlist.attributes import (
    attribute_values,
    decimal,
    parse_attributes,
    replace_values,
    without_attributes,
)
from streaming.proxy.playlist.playlist import PLAYLIST_TAGS, PREFETCH_TAGS, Line, Playlist, Segment, tag_line
from streaming.proxy.playlist.tag_values import Key, format_date, keys_after, parse_key
from streaming.proxy.strip.timeline import Numbering, SegmentAction

_LOW_LATENCY_TAGS = frozenset(["#EXT-X-PART", "#EXT-X-PRELOAD-HINT", "#EXT-X-PART-INF", "#EXT-X-RENDITION-REPORT"])
_LOW_LATENCY_CONTROLS = frozenset(["CAN-BLOCK-RELOAD", "PART-HOLD-BACK", "CAN-SKIP-UNTIL", "CAN-SKIP-DATERANGES"])
#: The protocol version a tag needs, or an attribute of one (rfc8216bis section 8; RFC 8216 section 7).
_VERSIONS: Mapping[str, int] = {
    "#EXT-X-BYTERANGE": 4,
    "#EXT-X-I-FRAMES-ONLY": 4,
    "#EXT-X-MAP": 6,
    "#EXT-X-GAP": 8,
    "#EXT-X-DEFINE": 8,
    "#EXT-X-SKIP": 9,
}
_VERSIONED_TAGS = frozenset([*_VERSIONS, "#EXTINF", "#EXT-X-KEY"])
_KEY_VERSION, _IV_VERSION, _DECIMAL_VERSION, _MAP_OF_PICTURES_VERSION = 5, 2, 3, 5
#: Tags of a replaced segment that stay: its time is kept, so what says when it is stays true.
_TIME_TAGS = frozenset(["#EXT-X-PROGRAM-DATE-TIME", "#EXT-X-DATERANGE"])


#: What is stated anew after ads may be as long as all of the upstream's playlist twice over, and this beside: a key with its system's
#: data is a few kilobytes, and stands again after each break.
_MAX_RESTATED, _RESTATED = 2, 64 * 1024


class TooMuchRestated(ValueError):
    """What was in force before its ads would have to be stated again so often that the output is many times the input."""


@dataclass(frozen=True, slots=True)
class Slate:
    """Our own picture for the time of one ad segment.  ``map_uri``: its initialisation section, for fragmented MP4."""

    uri: str
    map_uri: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What to write.  ``dropped`` are line numbers that go in any case; ``slates`` by index, for segments whose fate is a slate;
    one that has none there is a gap, and keeps the place among the discontinuities that all renditions share."""

    numbering: Numbering
    dropped: frozenset[int]
    slates: Mapping[int, Slate]
    gap_uri: str
    trailing_ad: bool  # the parts after the last segment belong to an ad
    downgrade: bool  # leave low latency: parts and blocking reloads name sequence numbers that are not ours any more
    version: int = 1  # protocol version to state at least


def write_edited(playlist: Playlist, edit: Edit) -> list[Line]:
    """The lines of the output.  Raises :class:`TooMuchRestated`."""
    return _Writer(playlist, edit).run()


class _Writer:
    def __init__(self, playlist: Playlist, edit: Edit) -> None:
        self._playlist = playlist
        self._edit = edit
        self._end = playlist.line_end
        self._out: list[Line] = []
        self._keys: tuple[Key, ...] = ()
        self._map = ""
        self._bitrate = ""
        self._after_cut = False
        self._in_step = True  # a reader of the output has in force what a reader of the original has
        self._ranges: dict[str, int] = {}  # where an implicit byte range would go on, for a reader of the output
        self._dates: Callable[[int], float | None] = _lazy_dates(playlist)
        self._left: int | None = None  # characters that may be restated, once something is
        #: Kept segments are copied as they are: no line of theirs may be meant by the edit.
        self._is_plain = not edit.downgrade and "#EXT-X-START" not in playlist.tags
        #: When each segment ends, and what is deleted until then; empty where nothing is.
        self._ends_s: list[float] = []
        self._deleted_s: list[float] = []
        if any(decision.action is SegmentAction.DELETE for decision in edit.numbering.decisions):
            pairs = list(zip(playlist.segments, edit.numbering.decisions, strict=True))
            self._ends_s = list(accumulate(segment.duration_s for segment, _ in pairs))
            self._deleted_s = list(
                accumulate(s.duration_s if d.action is SegmentAction.DELETE else 0.0 for s, d in pairs)
            )
        self._uses_dates = "#EXT-X-PROGRAM-DATE-TIME" in playlist.tags

    def run(self) -> list[Line]:
        lines = self._playlist.lines
        for number in range(self._playlist.header_end):
            self._copy(number)
        for segment, decision in zip(self._playlist.segments, self._edit.numbering.decisions, strict=True):
            match decision.action:
                case SegmentAction.KEEP:
                    self._keep(segment, decision.discontinuity)
                case SegmentAction.SLATE if segment.index in self._edit.slates:
                    self._slate(segment, self._edit.slates[segment.index], decision.discontinuity)
                case SegmentAction.SLATE | SegmentAction.GAP:
                    self._gap(segment, decision.discontinuity)
                case SegmentAction.DELETE:
                    self._delete(segment)
        for number in range(self._playlist.trailer, len(lines)):
            self._trail(number)
        return _versioned(
            _renumbered(self._out, self._playlist, self._edit.numbering, self._end), self._playlist, self._edit.version
        )

    def _add(self, tag: str, value: str = "") -> None:
        if self._left is None:
            self._left = _RESTATED + _MAX_RESTATED * sum([len(line.text) for line in self._playlist.lines])
        self._left -= len(value)
        if self._left < 0:
            raise TooMuchRestated
        self._out.append(tag_line(tag, value, self._end))

    def _copy(self, number: int) -> None:
        """A line as it is, unless it goes in any case or speaks of low latency that is given up."""
        line = self._playlist.lines[number]
        if number in self._edit.dropped:
            return
        if self._edit.downgrade and line.tag in _LOW_LATENCY_TAGS:
            return
        if self._edit.downgrade and line.tag == "#EXT-X-SERVER-CONTROL":
            value = without_attributes(line.value, _LOW_LATENCY_CONTROLS)
            if value:
                self._out.append(tag_line(line.tag, value, line.end))
            return
        if line.tag == "#EXT-X-START":
            line = self._start(line)
        self._out.append(line)

    def _start(self, line: Line) -> Line:
        """The preferred start (RFC 8216 section 4.3.5.2) stays the same moment of the programme, whatever was deleted before it."""
        offset_s = decimal(attribute_values(line.value).get("TIME-OFFSET"))
        if offset_s is None or not self._deleted_s:
            return line
        total_s, left_s = self._ends_s[-1], abs(offset_s)
        if offset_s >= 0:
            deleted_s = self._deleted_until(left_s)
        else:
            deleted_s = self._deleted_until(total_s) - self._deleted_until(total_s - left_s)
        moved_s = abs(offset_s) - deleted_s
        value = replace_values(line.value, {"TIME-OFFSET": f"{moved_s if offset_s >= 0 else -moved_s:g}"})
        return tag_line(line.tag, value, line.end)

    def _deleted_until(self, moment_s: float) -> float:
        """How much of the playlist before ``moment_s`` is deleted."""
        index = bisect_left(self._ends_s, moment_s)
        if index >= len(self._ends_s):
            return self._deleted_s[-1]
        before_s = self._deleted_s[index - 1] if index else 0.0
        is_deleted = self._deleted_s[index] > before_s
        begins_s = self._ends_s[index - 1] if index else 0.0
        return before_s + (max(moment_s - begins_s, 0.0) if is_deleted else 0.0)

    def _trail(self, number: int) -> None:
        line = self._playlist.lines[number]
        if self._edit.trailing_ad and line.tag == "#EXT-X-PART" and not self._edit.downgrade:
            self._gap_part(line)
        elif not (self._edit.trailing_ad and (line.tag == "#EXT-X-PRELOAD-HINT" or line.tag in PREFETCH_TAGS)):
            self._copy(number)

    def _keep(self, segment: Segment, discontinuity: bool) -> None:
        lines = self._playlist.lines
        own = range(segment.first, segment.uri_line + 1)
        renumbered = self._edit.numbering.msns[segment.index] != segment.msn
        if self._in_step and not renumbered and discontinuity == segment.discontinuity:
            if self._is_plain and self._edit.dropped.isdisjoint(own):
                self._out += lines[segment.first : segment.uri_line + 1]
            else:
                for number in own:
                    self._copy(number)
            self._keys, self._map, self._bitrate = segment.keys, segment.map_value, segment.bitrate
            return
        needed = tuple(_with_iv(key, segment.msn) if renumbered else key for key in segment.keys)
        rewrite_keys = needed != segment.keys
        if discontinuity and not segment.discontinuity:
            self._add("#EXT-X-DISCONTINUITY")
        keys, map_value, bitrate = self._keys, self._map, self._bitrate
        for number in own:
            line = lines[number]
            if line.tag == "#EXT-X-KEY" and not rewrite_keys:
                keys = keys_after(keys, parse_key(line.value))
            elif line.tag == "#EXT-X-MAP":
                map_value = line.value
            elif line.tag == "#EXT-X-BITRATE":
                bitrate = line.value
        if keys != needed:
            self._state_keys(needed)
        if map_value != segment.map_value:
            self._add("#EXT-X-MAP", segment.map_value)
        if bitrate != segment.bitrate:
            self._add("#EXT-X-BITRATE", segment.bitrate)
        if self._after_cut and self._uses_dates and not segment.program_date:
            date_s = self._dates(segment.index)
            if date_s is not None and (date := format_date(date_s)) is not None:
                self._add("#EXT-X-PROGRAM-DATE-TIME", date)
        for number in own:
            line = lines[number]
            if line.tag == "#EXT-X-KEY" and rewrite_keys:
                continue
            if line.tag == "#EXT-X-DISCONTINUITY" and not discontinuity:
                continue
            if line.tag == "#EXT-X-BYTERANGE" and self._must_state_offset(segment):
                assert segment.byterange is not None  # that is what was just asked
                self._out.append(tag_line(line.tag, f"{segment.byterange.length}@{segment.byterange.offset}", line.end))
                continue
            self._copy(number)
        self._keys, self._map, self._bitrate = needed, segment.map_value, segment.bitrate
        # An implicit byte range still refers to the segment before it, whatever was cut in between.
        self._after_cut, self._in_step = False, segment.byterange is None and not renumbered
        if segment.byterange is not None:
            self._ranges = {segment.uri: segment.byterange.offset + segment.byterange.length}

    def _must_state_offset(self, segment: Segment) -> bool:
        found = segment.byterange
        return found is not None and found.implicit and self._ranges.get(segment.uri, 0) != found.offset

    def _state_keys(self, keys: tuple[Key, ...]) -> None:
        formats = {key.format for key in keys}
        if any(key.format not in formats for key in self._keys):
            self._add("#EXT-X-KEY", "METHOD=NONE")
        for key in keys:
            self._add("#EXT-X-KEY", key.value)
        self._keys = keys

    def _slate(self, segment: Segment, slate: Slate, discontinuity: bool) -> None:
        if discontinuity:
            self._add("#EXT-X-DISCONTINUITY")
        if self._keys:
            self._add("#EXT-X-KEY", "METHOD=NONE")
            self._keys = ()
        map_value = f'URI="{slate.map_uri}"' if slate.map_uri else ""
        if map_value and map_value != self._map:
            self._add("#EXT-X-MAP", map_value)
            self._map = map_value
        self._replaced(segment, slate.uri)

    def _gap(self, segment: Segment, discontinuity: bool) -> None:
        if discontinuity:
            self._add("#EXT-X-DISCONTINUITY")
        self._replaced(segment, self._edit.gap_uri, gap=True)

    def _replaced(self, segment: Segment, uri: str, *, gap: bool = False) -> None:
        lines = self._playlist.lines
        says_gap = not gap
        for number in range(segment.first, segment.uri_line):
            line = lines[number]
            if line.tag == "#EXTINF":
                if not says_gap:
                    self._add("#EXT-X-GAP")
                    says_gap = True
                # The title may be what gave the ad away.
                self._out.append(tag_line("#EXTINF", line.value.partition(",")[0] + ",", line.end))
            elif line.tag == "#EXT-X-PART" and not self._edit.downgrade:
                self._gap_part(line)
            elif line.tag in PLAYLIST_TAGS or line.tag in _TIME_TAGS:
                self._copy(number)
        if not says_gap:
            self._add("#EXT-X-GAP")
        self._out.append(Line(uri, lines[segment.uri_line].end or self._end))
        self._after_cut, self._in_step = True, False
        self._ranges = {}

    def _gap_part(self, line: Line) -> None:
        """The part keeps its time and its number; nobody is to load it (rfc8216bis section 4.4.4.9)."""
        value = replace_values(line.value, {"URI": self._edit.gap_uri, "GAP": "YES"})
        value = without_attributes(value, frozenset(["BYTERANGE"]))
        if "GAP" not in parse_attributes(value):
            value += ",GAP=YES"
        self._out.append(tag_line(line.tag, value, line.end))

    def _delete(self, segment: Segment) -> None:
        for number in range(segment.first, segment.uri_line):
            tag = self._playlist.lines[number].tag
            if tag in PLAYLIST_TAGS or tag == "#EXT-X-DATERANGE":
                self._copy(number)
        self._after_cut, self._in_step = True, False
        self._ranges = {}


def _with_iv(key: Key, msn: int) -> Key:
    """State the IV that was the sequence number (RFC 8216 section 5.2), since the number is about to change."""
    return parse_key(f"{key.value},IV=0x{msn:032x}") if key.iv_is_sequence_number else key


def _lazy_dates(playlist: Playlist) -> Callable[[int], float | None]:
    known: list[list[float] | None] = []

    def date_of(index: int) -> float | None:
        if not known:
            known.append(segment_dates(playlist))
        return known[0][index] if known[0] is not None else None

    return date_of


def _renumbered(lines: list[Line], playlist: Playlist, numbering: Numbering, end: str) -> list[Line]:
    """State the output's sequence numbers, where they are not what the lines say already."""
    first = numbering.first_msn - playlist.skipped_segments
    wanted = {
        "#EXT-X-MEDIA-SEQUENCE": (first, playlist.media_sequence),
        "#EXT-X-DISCONTINUITY-SEQUENCE": (numbering.discontinuity_sequence, playlist.discontinuity_sequence),
    }
    for tag, (number, stated) in wanted.items():
        if number == stated or not playlist.segments:
            continue
        line = tag_line(tag, str(number), end)
        place = next((i for i, known in enumerate(lines) if known.tag == tag), None)
        if place is not None:
            lines[place] = line._replace(end=lines[place].end or end)
        else:
            header = next((i for i, known in enumerate(lines) if known.tag == "#EXTM3U"), -1)
            lines.insert(header + 1, line)
    return lines


def _versioned(lines: list[Line], playlist: Playlist, least: int) -> list[Line]:
    """State the protocol version that the tags of the output need (RFC 8216 section 7), or ``least``, where upstream's was lower."""
    of_pictures = "#EXT-X-I-FRAMES-ONLY" in playlist.tags
    stated = {(line.tag, line.value) for line in lines if line.tag in _VERSIONED_TAGS}
    needed = max((_version(tag, value, of_pictures=of_pictures) for tag, value in stated), default=1)
    needed = max(needed, least)
    if needed <= playlist.version:
        return lines
    place = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].tag == "#EXT-X-VERSION"), None)
    if place is not None:
        lines[place] = tag_line("#EXT-X-VERSION", str(needed), lines[place].end or playlist.line_end)
    else:
        header = next((i for i, known in enumerate(lines) if known.tag == "#EXTM3U"), -1)
        lines.insert(header + 1, tag_line("#EXT-X-VERSION", str(needed), playlist.line_end))
    return lines


def _version(tag: str, value: str, *, of_pictures: bool) -> int:
    if tag == "#EXTINF":
        return _DECIMAL_VERSION if "." in value.partition(",")[0] else 1
    if tag == "#EXT-X-KEY":
        key = parse_key(value)
        if key.method.startswith("SAMPLE-AES") or "KEYFORMAT" in value:
            return _KEY_VERSION
        return _IV_VERSION if key.iv else 1
    if tag == "#EXT-X-MAP" and of_pictures:
        return _MAP_OF_PICTURES_VERSION
    return _VERSIONS.get(tag, 1)
