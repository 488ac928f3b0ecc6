"""Ads given as date ranges (RFC 8216 sections 4.3.2.7 and 8.10): which they are, and where in the playlist their time lies."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from streaming.proxy.detect import scte35
from streaming.proxy.detect.scte35 import Turn
from streaming.proxy.detect.signals import AdSignal, SignalKind
from streaming.proxy.playlist.attributes import attribute_values, decimal
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import parse_date

_INTERSTITIAL = "com.apple.hls.interstitial"
_APPLE_SCTE35 = "com.apple.scte35"
_AD_CLASS = re.compile(
    r"(?:^|[._:/-])(?:stitched-ad|linear-ad|ads?|ad-?(?:break|pod|slot)|advert(?:isement)?s?|commercials?|(?:pre|mid|post)-?roll)"
    r"(?:$|[._:/-])",
    re.IGNORECASE,
)
#: The name of Twitch's ranges.  Its titles say of each segment whether it is "live", and are the better witness.
TWITCH = "daterange-twitch"
#: What an ad has and a programme has not.
_AD_ATTRIBUTE = re.compile(r"X-(?:TV-TWITCH-)?AD-(?:ID|URL|BREAK-ID|CREATIVE-ID|ROLL-TYPE|POD-LENGTH|COMMERCIAL-ID)")
#: Progress of an ad that is announced elsewhere, not another ad.
_AD_PROGRESS = re.compile(r"quartile|beacon|tracking", re.IGNORECASE)
#: A date this far from the whole playlist is in another clock, and then only the place of the tag speaks.  Nobody announces a break
#: a day ahead, and no window reaches a day back without containing it.
_OTHER_CLOCK_S = 86_400.0


@dataclass(slots=True)
class DateRange:
    """The union of all tags with one ``ID``, as the specification wants them read.  ``places``: (segment index, line) of each."""

    id: str
    attributes: dict[str, str]
    places: list[tuple[int, int]]
    out_place: tuple[int, int] | None = None
    in_place: tuple[int, int] | None = None
    #: Where the tag that ends it gives a start of its own, which is the end of the break (seconds since the epoch).
    in_s: float | None = None

    @property
    def start_s(self) -> float | None:
        """Seconds since the epoch."""
        return parse_date(self.attributes["START-DATE"]) if "START-DATE" in self.attributes else None

    @property
    def duration_s(self) -> float | None:
        """What was measured goes before what was planned."""
        for name in ("DURATION", "PLANNED-DURATION"):
            if name == "PLANNED-DURATION" and "END-DATE" in self.attributes and self.start_s is not None:
                end_s = parse_date(self.attributes["END-DATE"])
                if end_s is not None and end_s >= self.start_s:
                    return end_s - self.start_s
            duration = decimal(self.attributes.get(name))
            if duration is not None and duration >= 0:
                return duration
        return None


def read_date_ranges(playlist: Playlist, places: Sequence[tuple[int, int]]) -> list[DateRange]:
    """Merge the tags at ``places`` by their ``ID``; by their start where it is empty."""
    ranges: list[DateRange] = []
    latest: dict[str, DateRange] = {}
    for place in places:
        attributes = attribute_values(playlist.lines[place[1]].value)
        identity = attributes.get("ID") or attributes.get("START-DATE", "")
        known = latest.get(identity)
        if known is None or _is_another(known, attributes):
            latest[identity] = known = DateRange(identity, {}, [])
            ranges.append(known)
        merged = known
        merged.places.append(place)
        if "SCTE35-OUT" in attributes:
            merged.out_place = merged.out_place or place
        elif "SCTE35-IN" in attributes and "START-DATE" in attributes:
            merged.in_s = parse_date(attributes["START-DATE"])
            if "START-DATE" in merged.attributes:
                del attributes["START-DATE"]  # a range has one start, and this is where the break ends
        if "SCTE35-IN" in attributes:
            merged.in_place = place
        # A later tag of the same range may correct a duration that was open (rfc8216bis section 4.4.5.1).
        merged.attributes.update(attributes)
    _end_on_next(ranges)
    return ranges


def _is_another(known: DateRange, attributes: Mapping[str, str]) -> bool:
    """A break that begins at another moment under the same ``ID``: splice events may all bear one number (SCTE 35 section 9.7.3)."""
    start_s = known.start_s
    if "SCTE35-OUT" not in attributes or known.out_place is None or start_s is None or "START-DATE" not in attributes:
        return False
    other_s = parse_date(attributes["START-DATE"])
    return other_s is not None and abs(other_s - start_s) >= 1


def _end_on_next(ranges: Sequence[DateRange]) -> None:
    """``END-ON-NEXT``: a range lasts until the next of its class (rfc8216bis section 4.4.5.1)."""
    starts: dict[str, list[float]] = {}
    for found in ranges:
        if found.start_s is not None:
            starts.setdefault(found.attributes.get("CLASS", ""), []).append(found.start_s)
    for moments in starts.values():
        moments.sort()
    for found in ranges:
        if found.attributes.get("END-ON-NEXT") != "YES" or found.start_s is None or found.duration_s is not None:
            continue
        own = starts[found.attributes.get("CLASS", "")]
        later = bisect_right(own, found.start_s)
        if later < len(own):
            found.attributes["DURATION"] = f"{own[later] - found.start_s:.3f}"


def is_interstitial(date_range: DateRange) -> bool:
    """Whether a player would insert something here (rfc8216bis appendix D); the primary content is whole without it."""
    return date_range.attributes.get("CLASS", "").lower() == _INTERSTITIAL


def ad_name(date_range: DateRange) -> str | None:
    """The name of the signal if this range is an ad break, else ``None``."""
    attributes = date_range.attributes
    if "SCTE35-OUT" in attributes:
        cue = scte35.decode(attributes["SCTE35-OUT"])
        # Some packagers put programme and chapter starts here too; those are no ads.
        return None if cue is not None and cue.turn is Turn.OTHER else "daterange-scte35"
    if "SCTE35-IN" in attributes:
        cue = scte35.decode(attributes["SCTE35-IN"])
        return None if cue is not None and cue.turn is Turn.OTHER else "daterange-scte35"
    if "SCTE35-CMD" in attributes:
        cue = scte35.decode(attributes["SCTE35-CMD"])
        return "daterange-scte35" if cue is not None and cue.turn is not Turn.OTHER else None
    if is_interstitial(date_range):
        return None
    kind = attributes.get("CLASS", "")
    if kind == _APPLE_SCTE35:
        # The class says only that a message was its origin; a range of known length that it marks is a break.
        return "daterange-class" if date_range.duration_s else None
    is_progress = _AD_PROGRESS.search(kind) is not None
    names = [name for name in attributes if _AD_ATTRIBUTE.fullmatch(name)]
    by_twitch = any(name.startswith("X-TV-TWITCH-") for name in names) and not is_progress
    if date_range.id.startswith("stitched-ad-") or "stitched-ad" in kind or by_twitch:
        return TWITCH
    if _AD_CLASS.search(kind) and not is_progress:
        return "daterange-class"
    return "daterange-ad-metadata" if names and not is_progress else None


def segment_dates(playlist: Playlist) -> list[float] | None:
    """When each segment begins (seconds since the epoch) and, last, when the playlist ends; ``None`` without any date.

    A date holds until the next one; before the first one it is counted back.  Discontinuities are counted through, as players do.
    """
    if playlist.dates is None:
        playlist.dates = _dates_of(playlist)
    return playlist.dates or None


def _dates_of(playlist: Playlist) -> list[float]:
    dates: list[float] = []
    now: float | None = None
    for segment in playlist.segments:
        stated = segment.program_date_s
        if stated is not None:
            if now is None:
                before = stated - sum(s.duration_s for s in playlist.segments[: segment.index])
                for earlier in playlist.segments[: segment.index]:
                    dates.append(before)
                    before += earlier.duration_s
            now = stated
        if now is not None:
            dates.append(now)
            now += segment.duration_s
    return [] if now is None else [*dates, now]


def locate(playlist: Playlist, date_range: DateRange, name: str, dates: list[float] | None) -> list[AdSignal]:
    """The cues this range amounts to: none if it lies outside the playlist."""
    start_s = date_range.start_s
    attributes = date_range.attributes
    written = attributes.get("SCTE35-OUT") or attributes.get("SCTE35-IN") or attributes.get("SCTE35-CMD", "")
    cue = scte35.decode(written)
    level = cue.level if cue is not None else 0
    duration_s = date_range.duration_s
    if duration_s is None and cue is not None and date_range.in_place is None:
        duration_s = cue.duration_s  # in the message, if nowhere else
    out_index, out_line = date_range.out_place or date_range.places[0]
    if start_s is not None and (dates is None or not _same_clock(start_s, dates)):
        start_s = None
    if "SCTE35-CMD" in attributes and cue is not None and cue.turn is Turn.IN and date_range.out_place is None:
        at = out_index if start_s is None or dates is None else _index_at(playlist, dates, start_s)
        return [AdSignal(SignalKind.IN, at, out_line, name, level=level)]
    ends = _ends(playlist, date_range, name, level, dates)
    if date_range.out_place is None and date_range.in_place is not None:
        if start_s is None or duration_s is None:
            return ends  # joined mid-break: only the end is in the window
        out_index, out_line = date_range.in_place
    by_place = AdSignal(SignalKind.OUT, out_index, out_line, name, duration_s, level=level)
    if start_s is None or dates is None:
        return [by_place, *(ends or _repeats(date_range, by_place))]
    if start_s >= dates[-1]:
        # Announced for later, unless the end stands here as well: then the dates lie and the places do not.
        return [by_place, *ends] if ends and ends[0].index > out_index else []
    if start_s < dates[0]:
        passed_s = dates[0] - start_s
        if duration_s is None or passed_s < duration_s:
            begun = AdSignal(SignalKind.OUT, 0, out_line, name, duration_s, passed_s, level)
            return [begun, *(ends or _repeats(date_range, begun))]
        # Over by plan; an end that stands in the window all the same says that the break was extended.
        return [] if "DURATION" in attributes else ends
    index = _index_at(playlist, dates, start_s)
    elapsed_s = dates[index] - start_s if index < len(dates) else 0.0
    if duration_s is not None:
        # Tags listed at the head of the playlist stand before everything: an end there says nothing by its place.
        ends = [end for end in ends if end.index > index]
    begins = AdSignal(SignalKind.OUT, index, out_line, name, duration_s, elapsed_s, level)
    return [begins, *(ends or _repeats(date_range, begins))]


def _repeats(date_range: DateRange, begins: AdSignal) -> list[AdSignal]:
    """Of unknown length, and said again at each segment for those who join: then it lasts as long as that."""
    if begins.duration_s is not None:
        return []
    later = [place for place in date_range.places if place[0] > begins.index]
    return [replace(begins, kind=SignalKind.CONTINUE, index=index, line=line, elapsed_s=None) for index, line in later]


def _same_clock(date_s: float, dates: list[float]) -> bool:
    return dates[0] - _OTHER_CLOCK_S < date_s < dates[-1] + _OTHER_CLOCK_S


def _index_at(playlist: Playlist, dates: list[float], date_s: float) -> int:
    """The segment most of which follows ``date_s``: encoders round dates, and a frame is no reason to lose a segment."""
    index = max(bisect_right(dates, date_s) - 1, 0)
    if date_s - dates[index] > playlist.segments[min(index, len(playlist.segments) - 1)].duration_s / 2:
        index += 1
    return min(index, len(playlist.segments))


def _ends(
    playlist: Playlist, date_range: DateRange, name: str, level: int, dates: list[float] | None
) -> list[AdSignal]:
    """Where ``SCTE35-IN`` says that the programme is back: by the date it gives, else where it stands."""
    place = date_range.in_place
    if place is None or place == date_range.out_place:
        return []
    index = place[0]
    if date_range.in_s is not None and dates is not None and dates[0] < date_range.in_s <= dates[-1]:
        start_s = date_range.start_s
        stands_s = dates[min(index, len(dates) - 1)]
        # Most repeat the start of the break here; a date that is neither that nor behind the tag is where the programme goes on.
        if (
            start_s is None or date_range.in_s > start_s or date_range.out_place is None
        ) and date_range.in_s > stands_s:
            index = _index_at(playlist, dates, date_range.in_s)
    return [AdSignal(SignalKind.IN, index, place[1], name, level=level)]
