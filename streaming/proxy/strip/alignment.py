"""One clock for all renditions of a live stream, whatever becomes of its dates, and whether they number their segments alike.

The clock is ours: seconds since the first segment that was seen.  A segment gets its place on it once, from the durations before it, and
keeps it; a clock that was begun is never begun again.  Dates come and go (one a playlist, one in ten minutes, at discontinuities only),
drift and jump, so nothing is placed *by* them: they are remembered beside the places, go on where no tag stands, and serve to find the
same moment in another rendition.

RFC 8216 section 6.2.4 wants renditions in step, and most packagers keep them so; but audio may have borders of its own, I-frame
playlists count pictures, and a restarted encoder begins at 0.  A rendition that is not in step has an index of its own on the same clock.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from streaming.proxy.detect.dateranges import segment_dates
from streaming.proxy.playlist.playlist import Playlist, Segment

#: Borders closer than this are one: frames of sound and picture never end together, and dates are rounded.
_SAME_BORDER_S = 0.5
#: Segments remembered beyond the window, for renditions that are asked for less often.
_REMEMBERED = 64
#: How far a seam may lie from where durations put it, in target durations: a segment at the edge of either rendition.
_SEAM_TOLERANCE = 2.0
#: How far dates may move a segment from where durations put it before they are somebody's jump, in target durations.
_DRIFT_TOLERANCE = 0.5
#: Numbers this far ahead are not the same stream some time later; more than an hour of usual segments.
_LONGEST_ABSENCE = 1000
#: A date this far from all that is known is in another clock.
_OTHER_CLOCK_S = 86_400.0
#: Segments that may bear one date, as in a channel that repeats a recording with its dates, and are looked at.
_SAME_DATE = 4


class SegmentTime(NamedTuple):
    """When a segment begins on the stream's clock and how long it is, in seconds; ``date_s``: since the epoch, if that is known."""

    start_s: float
    duration_s: float
    date_s: float | None = None


@dataclass(frozen=True, slots=True)
class SegmentIndex:
    """Segments by sequence number: of the renditions in step, or of one that is not."""

    cells: Mapping[int, SegmentTime] = field(default_factory=dict)
    #: When the newest segment of all ends; where the clock goes on if upstream counts anew.
    edge_s: float | None = None
    #: When discontinuities are, by their sequence numbers, which all renditions share (RFC 8216 section 6.2.4).
    discontinuities: Mapping[int, float] = field(default_factory=dict)
    #: The date of ``edge_s``.
    edge_date_s: float | None = None
    #: Its dates have agreed with its durations, or with what was said before, and not disagreed since.
    trusted: bool = False
    #: Of a rendition out of step: it has been set by dates that both have, and so to the moment.
    aligned: bool = False

    def in_step(self, playlist: Playlist) -> bool | None:
        """Whether ``playlist`` numbers its segments as these; ``None`` if nothing is there to compare."""
        if not self.cells:
            return None
        dates = segment_dates(playlist) if self.trusted else None
        shared = [segment for segment in playlist.segments if segment.msn in self.cells]
        if not shared:
            return None if self._goes_on(playlist, dates) else False
        for segment in shared:
            cell = self.cells[segment.msn]
            if abs(segment.duration_s - cell.duration_s) > _SAME_BORDER_S and segment is not shared[-1]:
                return False
            if dates is None or cell.date_s is None:
                continue
            if not _is_near(dates[segment.index], cell.date_s, cell.duration_s):
                return False
        return True

    def _goes_on(self, playlist: Playlist, dates: Sequence[float] | None) -> bool:
        """Whether it may be the same numbers some time later; other numbers at the same time are other numbers."""
        missed = playlist.segments[0].msn - max(self.cells)
        if dates is not None and self.edge_date_s is not None and missed < 0:
            first_s = min((cell.date_s for cell in self.cells.values() if cell.date_s is not None), default=None)
            return first_s is None or dates[-1] <= first_s + _SAME_BORDER_S
        if dates is not None and self.edge_date_s is not None and dates[0] < self.edge_date_s - _SAME_BORDER_S:
            return False
        return 0 < missed <= _LONGEST_ABSENCE

    def begun_anew(self, last_msn: int) -> "SegmentIndex":
        """For an upstream that counts anew after ``last_msn``: other numbers, the same clock."""
        last = self.cells.get(last_msn)
        if last is None:
            return SegmentIndex(edge_s=self.edge_s, edge_date_s=self.edge_date_s, trusted=self.trusted)
        date_s = None if last.date_s is None else last.date_s + last.duration_s
        return SegmentIndex(edge_s=last.start_s + last.duration_s, edge_date_s=date_s, trusted=self.trusted)

    def with_playlist(self, playlist: Playlist) -> "SegmentIndex":
        """The index, with the segments of a rendition that is in step."""
        dates = self._dates(playlist)
        trusted = self._trusts(playlist)
        return self._with(playlist, self._counted(playlist, dates if trusted else None), dates, trusted=trusted)

    def following(self, playlist: Playlist, shared: "SegmentIndex", *, is_lost: bool = False) -> "SegmentIndex":
        """The index of a rendition out of step, and its segments by the clock of ``shared``.

        The first time, and after an absence, dates that both have say what is one moment, else live edges are taken to be, which is
        true to a segment.  Afterwards durations are counted; dates correct their drift, and where there are none, discontinuities
        that both have, which are one moment exactly.  Without a shared clock there is none.  ``is_lost``: the others have begun anew,
        and nobody knows how long they were away.
        """
        if shared.edge_s is None:
            return self
        dates = self._dates(playlist)
        trusted = self._trusts(playlist)
        moments = _Moments(shared) if dates is not None and trusted and shared.trusted else None
        segments = playlist.segments
        offsets_s = _accumulated(segments)
        last_known = next((s for s in reversed(segments) if s.msn in self.cells), None)
        if last_known is not None and not is_lost:
            first_s = self.cells[last_known.msn].start_s - offsets_s[last_known.index]
        else:
            first_s = shared.edge_s - offsets_s[-1]
        target_s = float(playlist.target_duration_s or max(s.duration_s for s in segments))
        aligned = self.aligned
        if moments is None or not moments:
            first_s += _discontinuity_shift_s(playlist, offsets_s, first_s, shared, _SEAM_TOLERANCE * target_s)
            moments = None
        starts: list[float] = []
        now_s = first_s
        for segment in segments:
            known = self.cells.get(segment.msn)
            if known is not None:
                now_s = known.start_s
            elif last_known is not None and segment.index <= last_known.index + 1:
                now_s = first_s + offsets_s[segment.index]
            if known is None and moments is not None and dates is not None:
                is_first = not starts and last_known is None
                moved_s = moments.at(dates[segment.index], None if is_first else now_s)
                if moved_s is not None:
                    shift_s, is_within = moved_s[0] - now_s, moved_s[1]
                    is_drift = abs(shift_s) <= _DRIFT_TOLERANCE * target_s
                    # Windows overlap, so edges that were taken to be one moment are no further apart than one is long.
                    is_late = not aligned and abs(shift_s) <= offsets_s[-1]
                    if is_first or is_drift or is_late or (shift_s > 0 and is_within):
                        now_s, aligned = moved_s[0], True
            starts.append(now_s)
            now_s += segment.duration_s
        return self._with(playlist, starts, dates, trusted=trusted, aligned=aligned)

    def times(self, playlist: Playlist) -> list[float] | None:
        """When each segment of a playlist that was just taken in begins on the clock."""
        if playlist.segments[0].msn not in self.cells:
            return None
        return [self.cells[segment.msn].start_s for segment in playlist.segments]

    def dates(self, playlist: Playlist) -> list[float] | None:
        """When each begins and, last, when the playlist ends, in seconds since the epoch, also where it states no date any more."""
        last = self.cells.get(playlist.segments[-1].msn)
        if last is None or last.date_s is None:
            return None
        dates: list[float] = []
        for segment in playlist.segments:
            date_s = self.cells[segment.msn].date_s
            if date_s is None:
                return None
            dates.append(date_s)
        return [*dates, last.date_s + last.duration_s]

    def _trusts(self, playlist: Playlist) -> bool:
        """Whether the dates of a playlist are those of its segments: some generators write the time of the request, or anything."""
        agrees = disagrees = 0
        before: tuple[float, Segment] | None = None
        passed_s = 0.0
        for segment in playlist.segments:
            stated_s = segment.program_date_s
            if stated_s is not None:
                known = self.cells.get(segment.msn)
                if known is not None and known.date_s is not None:
                    if not _is_near(stated_s, known.date_s, known.duration_s):
                        return False
                    agrees += 1
                if before is not None:
                    goes_on = _is_near(stated_s, before[0] + passed_s, before[1].duration_s)
                    agrees, disagrees = agrees + goes_on, disagrees + (not goes_on)
                before, passed_s = (stated_s, segment), 0.0
            passed_s += segment.duration_s
        if disagrees > agrees:
            return False
        return self.trusted or agrees > 0

    def _with(
        self,
        playlist: Playlist,
        starts: Sequence[float],
        dates: Sequence[float] | None,
        *,
        trusted: bool,
        aligned: bool = False,
    ) -> "SegmentIndex":
        segments = playlist.segments
        oldest = segments[0].msn - _REMEMBERED
        cells = {msn: cell for msn, cell in self.cells.items() if msn >= oldest}
        for segment in segments:
            cells[segment.msn] = SegmentTime(
                starts[segment.index], segment.duration_s, None if dates is None else dates[segment.index]
            )
        first_s = cells[min(cells)].start_s
        discontinuities = {number: start_s for number, start_s in self.discontinuities.items() if start_s >= first_s}
        discontinuities |= {number: starts[index] for number, index in _discontinuities(playlist)}
        newest = cells[max(cells)]
        return SegmentIndex(
            cells,
            newest.start_s + newest.duration_s,
            discontinuities,
            None if newest.date_s is None else newest.date_s + newest.duration_s,
            trusted,
            aligned,
        )

    def _counted(self, playlist: Playlist, dates: Sequence[float] | None) -> list[float]:
        segments = playlist.segments
        known = next((segment for segment in segments if segment.msn in self.cells), None)
        if known is not None:
            now_s = self.cells[known.msn].start_s - sum(s.duration_s for s in segments[: known.index])
        else:
            now_s = self._after_absence(playlist, dates)
        starts: list[float] = []
        for segment in segments:
            cell = self.cells.get(segment.msn)
            now_s = now_s if cell is None else cell.start_s
            starts.append(now_s)
            now_s += segment.duration_s
        return starts

    def _after_absence(self, playlist: Playlist, dates: Sequence[float] | None) -> float:
        """When a window begins of which nothing was seen before."""
        if self.edge_s is None:
            return 0.0
        if dates is not None and self.edge_date_s is not None and 0 <= dates[0] - self.edge_date_s <= _OTHER_CLOCK_S:
            return self.edge_s + dates[0] - self.edge_date_s
        # What lay between is taken to have been as long as these.
        missed = max(playlist.segments[0].msn - max(self.cells) - 1, 0) if self.cells else 0
        return self.edge_s + missed * playlist.duration_s / len(playlist.segments)

    def _dates(self, playlist: Playlist) -> list[float] | None:
        """When each segment begins, in seconds since the epoch: as stated, before that as known, and where nothing is, by durations."""
        segments = playlist.segments
        first_stated = next((s.index for s in segments if s.program_date_s is not None), len(segments))
        stated = segment_dates(playlist) if first_stated < len(segments) else None
        before = self.cells.get(segments[0].msn - 1)
        now_s = None if before is None or before.date_s is None else before.date_s + before.duration_s
        dates: list[float] = []
        unknown = 0  # at the beginning
        for segment in segments:
            cell = self.cells.get(segment.msn)
            if stated is not None and segment.index >= first_stated:
                now_s = stated[segment.index]
            elif cell is not None and cell.date_s is not None:
                now_s = cell.date_s
            if now_s is None:
                unknown += 1
                continue
            dates.append(now_s)
            now_s += segment.duration_s
        if not dates:
            return None
        counted_back = [dates[0]]
        for segment in reversed(segments[:unknown]):
            counted_back.append(counted_back[-1] - segment.duration_s)
        return [*reversed(counted_back), *dates[1:]]


class _Moments:
    """The dates of an index, to find what is on its clock at a date."""

    def __init__(self, segment_index: SegmentIndex) -> None:
        self._dated = sorted(
            (cell.date_s, cell.start_s, cell.duration_s)
            for cell in segment_index.cells.values()
            if cell.date_s is not None
        )
        self._dates = [date_s for date_s, _, _ in self._dated]
        self._newest = (segment_index.edge_date_s, segment_index.edge_s)

    def __bool__(self) -> bool:
        return bool(self._dated)

    def at(self, date_s: float, near_s: float | None) -> tuple[float, bool] | None:
        """The moment of a date, and whether it lies within what was seen; that nearest to ``near_s`` if there are several."""
        last = bisect_right(self._dates, date_s + _SAME_BORDER_S)
        found = [
            start_s + date_s - begins_s
            for begins_s, start_s, duration_s in self._dated[max(0, last - _SAME_DATE) : last]
            if date_s < begins_s + duration_s
        ]
        if found:
            return (max(found) if near_s is None else min(found, key=lambda at_s: abs(at_s - near_s))), True
        edge_date_s, edge_s = self._newest
        if edge_date_s is not None and edge_s is not None and 0 <= date_s - edge_date_s <= _OTHER_CLOCK_S:
            return edge_s + date_s - edge_date_s, False
        if self._dated and 0 <= self._dates[0] - date_s <= _OTHER_CLOCK_S:
            return self._dated[0][1] - (self._dates[0] - date_s), False
        return None


def _is_near(date_s: float, other_s: float, duration_s: float) -> bool:
    """Counted from tags that stand elsewhere, dates of one segment differ; by half of it, it would be another."""
    return abs(date_s - other_s) <= max(_SAME_BORDER_S, duration_s / 2)


def _discontinuity_shift_s(
    playlist: Playlist, offsets_s: Sequence[float], first_s: float, shared: SegmentIndex, tolerance_s: float
) -> float:
    for number, index in reversed(_discontinuities(playlist)):
        if (
            number in shared.discontinuities
            and abs(shared.discontinuities[number] - offsets_s[index] - first_s) <= tolerance_s
        ):
            return shared.discontinuities[number] - offsets_s[index] - first_s
    return 0.0


def _discontinuities(playlist: Playlist) -> list[tuple[int, int]]:
    """Discontinuities by sequence number, with the index of the segment each stands at; none where nobody numbers them."""
    if "#EXT-X-DISCONTINUITY-SEQUENCE" not in playlist.tags:
        return []
    found = [segment.index for segment in playlist.segments if segment.discontinuity]
    return list(enumerate(found, playlist.discontinuity_sequence + 1))


def _accumulated(segments: Sequence[Segment]) -> list[float]:
    times = [0.0]
    for segment in segments:
        times.append(times[-1] + segment.duration_s)
    return times
