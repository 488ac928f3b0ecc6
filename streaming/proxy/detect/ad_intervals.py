"""Where the ads of a stream lie, so that a rendition without signals of its own (audio, subtitles, I-frames) is cut alike.

Renditions share a clock but not their segment borders.  A complete playlist is measured from its beginning.  In a live one, segments
of renditions in step are told by their numbers, and those of others by the clock of ``alignment.py``, on which a segment never moves and
which is never begun again: so what is remembered cannot come to lie on something else.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from streaming.proxy.detect.breaks import OpenBreak
from streaming.proxy.detect.signals import Labelling
from streaming.proxy.playlist.playlist import Playlist

#: Breaks remembered: a window of hours with a break every few minutes has fewer, and the oldest are the first to be useless.
_MAX_SPANS = 256
#: Sequence numbers remembered beyond the window.
_MAX_NUMBERS = 4096
#: Borders closer than this are one border: frames of audio and video never end together.
_SAME_BORDER_S = 0.5

Times = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class AdIntervals:
    """Ad times in order: ``measured`` from the beginning of a complete playlist, ``live`` on the stream's clock; and ``numbered``,
    the sequence numbers of those in the renditions in step."""

    measured: Times = ()
    live: Times = ()
    numbered: frozenset[int] = frozenset()
    #: The break that was running at the newest segment any rendition has shown, and the number after that segment.
    open_break: OpenBreak | None = None
    horizon_msn: int = -1
    #: A rendition in step has signals of its own.
    has_leader: bool = False
    #: Of the open break as declared: from the live edge on, and no further than a segment, for those who are a little ahead.
    ahead: tuple[float, float] | None = None
    #: What labels said at the newest segment of those after it.
    labelling: Labelling | None = None

    def seen_until(
        self,
        playlist: Playlist,
        open_break: OpenBreak | None,
        labelling: Labelling | None,
        times: Sequence[float] | None,
        *,
        is_signed: bool,
    ) -> "AdIntervals":
        """What is known at the live edge, unless another rendition has shown more.  ``is_signed``: this one has signals of its own."""
        known = replace(self, has_leader=True) if is_signed and not self.has_leader else self
        last = playlist.segments[-1]
        if last.msn + 1 < self.horizon_msn:
            return known
        ahead = None
        if open_break is not None and open_break.duration_s and times is not None:
            edge_s = times[-1] + last.duration_s
            rest_s = open_break.duration_s - open_break.elapsed_s
            ahead = edge_s, edge_s + min(rest_s, float(playlist.target_duration_s or last.duration_s))
        return replace(known, open_break=open_break, horizon_msn=last.msn + 1, ahead=ahead, labelling=labelling)

    def begun_anew(self) -> "AdIntervals":
        """For an upstream that counts anew: its numbers mean something else now."""
        return AdIntervals(self.measured, self.live)

    def ads_in(self, playlist: Playlist, times: Sequence[float] | None = None, *, in_step: bool = True) -> list[int]:
        """Indexes of the segments whose middle lies in an ad.

        ``times``: when those of a live playlist begin on the stream's clock.  ``in_step``: whether its numbers are the shared ones.
        """
        if times is None and _is_whole(playlist):
            return _within(self.measured, playlist, _measured(playlist))
        found = {s.index for s in playlist.segments if s.msn in self.numbered} if in_step and self.numbered else set()
        if times is not None:
            found.update(_within(self.live, playlist, times))
            if self.ahead is not None and not in_step:
                found.update(_within((self.ahead,), playlist, times))
        return sorted(found)

    def with_ads(
        self,
        playlist: Playlist,
        ads: Collection[int],
        times: Sequence[float] | None = None,
        *,
        in_step: bool = True,
        is_exact: bool = True,
    ) -> "AdIntervals":
        """The spans, and those of ``ads`` (indexes) in ``playlist``; see :meth:`ads_in`.

        ``is_exact``: the times are true to the moment.  Others are good enough to follow, but not to lead who has signals of his own.
        """
        if not ads:
            return self
        if times is None and _is_whole(playlist):
            return replace(self, measured=_merged(self.measured, playlist, ads, _measured(playlist)))
        known = self
        if in_step:
            oldest = playlist.segments[0].msn - _MAX_NUMBERS
            numbered = self.numbered | {playlist.segments[index].msn for index in ads}
            known = replace(self, numbered=frozenset(number for number in numbered if number >= oldest))
        if times is None or not (in_step or is_exact or not self.has_leader):
            return known
        return replace(known, live=_merged(self.live, playlist, ads, times))


def _is_whole(playlist: Playlist) -> bool:
    return playlist.is_complete or playlist.playlist_type == "EVENT"


def _measured(playlist: Playlist) -> list[float]:
    times, now_s = [], 0.0
    for segment in playlist.segments:
        times.append(now_s)
        now_s += segment.duration_s
    return times


def _within(spans: Times, playlist: Playlist, times: Sequence[float]) -> list[int]:
    found: list[int] = []
    begins = [start_s for start_s, _ in spans]
    for segment in playlist.segments if spans else ():
        middle_s = times[segment.index] + segment.duration_s / 2
        place = bisect_right(begins, middle_s) - 1
        if place >= 0 and middle_s < spans[place][1]:
            found.append(segment.index)
    return found


def _merged(spans: Times, playlist: Playlist, ads: Collection[int], times: Sequence[float]) -> Times:
    added = ((times[index], times[index] + playlist.segments[index].duration_s) for index in ads)
    merged: list[tuple[float, float]] = []
    for start_s, end_s in sorted([*spans, *added]):
        if merged and start_s <= merged[-1][1] + _SAME_BORDER_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((start_s, end_s))
    return tuple(merged[-_MAX_SPANS:])
