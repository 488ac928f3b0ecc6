"""Whether the renditions of a live stream number their segments alike, and one clock for those that do not.

RFC 8216 section 6.2.4 wants renditions in step, and most packagers keep them so; but audio may have borders of its own, I-frame
playlists count pictures, and a restarted encoder begins at 0.  A rendition that is not in step gets decisions of its own, by time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from streaming.proxy.dateranges import segment_dates
from streaming.proxy.lines import Playlist

#: Borders closer than this are one: frames of sound and picture never end together, and dates are rounded.
_SAME_BORDER_S = 0.5
#: Segments remembered beyond the window, for renditions that are asked for less often.
_REMEMBERED = 64
#: How far a seam may lie from where durations put it, in target durations: a segment at the edge of either rendition.
_SEAM_TOLERANCE = 2.0
#: Numbers this far ahead are not the same stream some time later; more than an hour of usual segments.
_LONGEST_ABSENCE = 1000


class Cell(NamedTuple):
    """When a segment begins and how long it is, in seconds."""

    start_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The segments of the renditions in step, by sequence number: dates where there are any, else counted from the first seen."""

    cells: Mapping[int, Cell] = field(default_factory=dict)
    dated: bool = False
    #: Without dates: when discontinuities are, by their sequence numbers, which all renditions share (RFC 8216 section 6.2.4).
    seams: Mapping[int, float] = field(default_factory=dict)

    @property
    def edge_s(self) -> float | None:
        """When the newest segment of all ends."""
        newest = max(self.cells, default=None)
        return None if newest is None else sum(self.cells[newest])

    def in_step(self, playlist: Playlist) -> bool | None:
        """Whether ``playlist`` numbers its segments as these; ``None`` if nothing is there to compare."""
        dates = segment_dates(playlist) if self.dated else None
        shared = [segment for segment in playlist.segments if segment.msn in self.cells]
        if not shared:
            edge_s = self.edge_s
            if edge_s is None:
                return None
            if dates is None:
                missed = playlist.segments[0].msn - max(self.cells)
                return None if 0 < missed <= _LONGEST_ABSENCE else False
            # Other numbers at the same time are other numbers.
            first_s = min(cell.start_s for cell in self.cells.values())
            return False if dates[0] < edge_s and dates[-1] > first_s else None
        for segment in shared:
            cell = self.cells[segment.msn]
            if abs(segment.duration_s - cell.duration_s) > _SAME_BORDER_S and segment is not shared[-1]:
                return False
            if dates is not None and abs(dates[segment.index] - cell.start_s) > _SAME_BORDER_S:
                return False
        return True

    def with_playlist(self, playlist: Playlist) -> "Grid":
        """The grid, and the segments of a rendition that is in step."""
        segments = playlist.segments
        dates = segment_dates(playlist)
        if self.cells and (dates is not None) != self.dated:
            return Grid().with_playlist(playlist)  # the packager changed its ways
        starts = dates if dates is not None else self._counted(playlist)
        oldest = segments[0].msn - _REMEMBERED
        cells = {msn: cell for msn, cell in self.cells.items() if msn >= oldest}
        cells |= {s.msn: Cell(starts[s.index], s.duration_s) for s in segments}
        seams: dict[int, float] = {}
        if dates is None:
            first_s = min(cell.start_s for cell in cells.values())
            seams = {number: start_s for number, start_s in self.seams.items() if start_s >= first_s}
            seams |= {number: starts[index] for number, index in _seams(playlist)}
        return replace(self, cells=cells, dated=dates is not None, seams=seams)

    def _counted(self, playlist: Playlist) -> list[float]:
        segments = playlist.segments
        now_s = 0.0
        if (known := next((s for s in segments if s.msn in self.cells), None)) is not None:
            now_s = self.cells[known.msn].start_s - sum(s.duration_s for s in segments[: known.index])
        elif (edge_s := self.edge_s) is not None:
            # A window was missed: what lay between is taken to have been as long as these.
            missed = max(segments[0].msn - max(self.cells) - 1, 0)
            now_s = edge_s + missed * playlist.duration_s / len(segments)
        return _accumulated(playlist, now_s)


def own_clock(playlist: Playlist, before: Mapping[int, float], grid: Grid) -> list[float] | None:
    """The shared clock for a rendition out of step and without dates.

    ``before``: when its segments began, as of the last reload.  The first time, live edges are taken to be one moment, which is
    true to a segment; afterwards durations are counted.  A discontinuity that both have is one moment exactly, and corrects either.
    """
    offsets_s = _accumulated(playlist, 0.0)
    known = next((segment for segment in playlist.segments if segment.msn in before), None)
    if known is not None:
        first_s = before[known.msn] - offsets_s[known.index]
    elif grid.edge_s is not None:
        first_s = grid.edge_s - playlist.duration_s
    else:
        return None
    tolerance_s = _SEAM_TOLERANCE * (playlist.target_duration_s or max(s.duration_s for s in playlist.segments))
    for number, index in reversed(_seams(playlist)):
        if number in grid.seams and abs(grid.seams[number] - offsets_s[index] - first_s) <= tolerance_s:
            first_s = grid.seams[number] - offsets_s[index]
            break
    return _accumulated(playlist, first_s)


def _seams(playlist: Playlist) -> list[tuple[int, int]]:
    """Discontinuities by sequence number, with the index of the segment each stands at; none where nobody numbers them."""
    if "#EXT-X-DISCONTINUITY-SEQUENCE" not in playlist.tags:
        return []
    found = [segment.index for segment in playlist.segments if segment.discontinuity]
    return list(enumerate(found, playlist.discontinuity_sequence + 1))


def _accumulated(playlist: Playlist, start_s: float) -> list[float]:
    times = [start_s]
    for segment in playlist.segments:
        times.append(times[-1] + segment.duration_s)
    return times
