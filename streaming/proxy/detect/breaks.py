"""From cues to breaks: a small state machine over the positions of a playlist.

The rules, each met in the field: an end that is there goes before a declared duration; a missing end is capped at the duration, and
without one where continuations cease, or at a maximum; a break that is of length zero or ends where it begins is none; a window may
open in the middle of a break; a break may stand within a longer one, and has an end of its own then.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from streaming.proxy.detect.signals import AdSignal, SignalKind
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.segment_names import SegmentName, parse_name

#: No break is longer: commercial pods run to 8 minutes, the longest that European rules allow in an hour to 12.
MAX_BREAK_S = 900.0
#: Where neither an end nor a duration is known, stop here: two long pods.  Longer, and a lost cue-in eats the programme.
MAX_UNBOUNDED_S = 600.0
#: How far past its declared duration a break may run before its cue-in counts as lost and the next as somebody else's; and how far
#: if it was declared to be longer than any break, as half times are.
_OVERRUN_FACTOR, _OVERRUN_S = 4.0, 60.0
#: Level of a single ad (see ``scte35.Cue``): its end does not end the break around it.
_SINGLE_AD = 3


@dataclass(frozen=True, slots=True)
class Break:
    """Segments ``start`` up to, not including, ``end`` are ads.  ``lines``: the cue lines that said so."""

    start: int
    end: int
    names: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenBreak:
    """A break still running where a playlist ended: how much had passed there, for the next reload to go on from."""

    next_msn: int
    elapsed_s: float
    duration_s: float | None
    name: str


@dataclass(slots=True)
class _Running:
    start: int
    elapsed_s: float  # at ``start``; negative when the break begins within the segment before
    duration_s: float | None
    level: int
    needs_end: bool  # declared as zero: only an end, or a continuation, makes it a break
    names: list[str]
    lines: list[int] = field(default_factory=list)
    confirmed: int = 0  # ads up to here, because a continuation said so
    said_until: int = 0  # the segment after the last at which a cue stood
    is_said_throughout: bool = True  # a cue stood at each segment so far
    inner: int = 0  # breaks within this one whose end is still to come
    home: SegmentName | None = (
        None  # the programme's segment before the break, if ads are told from it by where they lie
    )


class BreakFinder:
    """Runs over the cues of one playlist; ``breaks`` and ``open_break`` are the result."""

    def __init__(
        self,
        playlist: Playlist,
        cues: Sequence[AdSignal],
        carried: OpenBreak | None = None,
        home: SegmentName | None = None,
    ) -> None:
        """``carried``, ``home``: the break and the programme's last segment, where the previous reload ended."""
        self._playlist = playlist
        self._segments = playlist.segments
        self._home = home
        self._starts_s = [0.0]
        for segment in self._segments:
            self._starts_s.append(self._starts_s[-1] + segment.duration_s)
        self._middles_s = [
            start_s + s.duration_s / 2 for start_s, s in zip(self._starts_s, self._segments, strict=False)
        ]
        self._running: _Running | None = None
        self.breaks: list[Break] = []
        self.open_break: OpenBreak | None = None
        #: Ends of nothing: beside breaks that go they go too, or the first of them would become the end of something.
        self.stray_lines: list[int] = []
        self._any_cue_seen = False
        resume = self._resume_index(carried)
        within = [
            cue for cue in cues if cue.index <= len(self._segments)
        ]  # else the end of what is after the last segment
        within.sort(key=lambda cue: (cue.index, cue.line))
        self._enclosed = _followed_by_two_ends(within)
        for index, group in groupby(within, key=lambda cue: cue.index):
            if carried is not None and resume is not None and index >= resume:
                self._resume(carried, resume)
                resume = None
            for cue in self._in_order(list(group)):
                self._step(cue)
        if carried is not None and resume is not None:
            self._resume(carried, resume)
        self._finish()

    def _resume_index(self, carried: OpenBreak | None) -> int | None:
        """Where the segments begin that the previous reload had not seen."""
        if carried is None or not self._segments:
            return None
        index = carried.next_msn - self._segments[0].msn
        return index if 0 <= index <= len(self._segments) else None

    def _resume(self, carried: OpenBreak, index: int) -> None:
        if self._running is None:
            self._running = _Running(index, carried.elapsed_s, carried.duration_s, 0, False, [carried.name])
            self._running.home = self._home_outside(index)
            self._any_cue_seen = True

    def _in_order(self, group: list[AdSignal]) -> Iterable[AdSignal]:
        """As many begin as end where a break is running: what ends is that one, in whatever order the tags stand."""
        outs = sum(cue.kind is SignalKind.OUT for cue in group)
        ends = sum(cue.kind is SignalKind.IN for cue in group)
        if self._running is None or outs == 0 or outs != ends:
            return group
        return sorted(group, key=lambda cue: cue.kind is not SignalKind.IN)

    def _step(self, cue: AdSignal) -> None:
        if cue.kind is SignalKind.OUT:
            self._out(cue)
        elif cue.kind is SignalKind.CONTINUE:
            self._continue(cue)
        else:
            self._in(cue)
        self._any_cue_seen = True

    def _out(self, cue: AdSignal) -> None:
        running = self._running
        if running is not None and running.duration_s and cue.index > running.start:
            end = self._expiry(running)
            if end <= cue.index:  # over before this one, whose end was never said
                self._close(end)
                running = None
        if running is not None:
            nested = cue.level > running.level and (running.level > 0 or cue.level >= _SINGLE_AD)
            if nested or cue.index == running.start:
                # The same break said twice, or an ad within it.
                if not running.duration_s and cue.duration_s and not nested:
                    running.duration_s, running.needs_end = cue.duration_s, False
                running.names.append(cue.name)
                running.lines.append(cue.line)
                return
            if cue.duration_s and cue.duration_s == running.duration_s and cue.index == running.said_until:
                self._continue(replace(cue, duration_s=None))  # the tag repeated at each segment
                return
            if cue.line in self._enclosed and self._reaches_beyond(running, cue):
                running.inner += 1
                running.names.append(cue.name)
                running.lines.append(cue.line)
                return
            self._close(min(self._expiry(running, cue.index), cue.index))
        self._running = _Running(
            cue.index,
            cue.elapsed_s or 0.0,
            cue.duration_s or None,
            cue.level,
            cue.duration_s == 0,
            [cue.name],
            [cue.line],
            said_until=cue.index + 1,
            home=self._home_before(cue.index),
        )

    def _reaches_beyond(self, running: _Running, cue: AdSignal) -> bool:
        """By what both declare, the running break ends no sooner than the one that begins within it."""
        if not running.duration_s or not cue.duration_s:
            return False
        passed_s = running.elapsed_s + self._between(running.start, cue.index)
        return passed_s + cue.duration_s <= running.duration_s

    def _continue(self, cue: AdSignal) -> None:
        if self._running is None:
            self._running = _Running(self._start_before(cue), 0.0, None, cue.level, False, [cue.name])
            self._running.elapsed_s = (cue.elapsed_s or 0.0) - self._between(self._running.start, cue.index)
            self._running.duration_s = cue.duration_s or None
            self._running.said_until = cue.index
        running = self._running
        running.needs_end = False
        running.is_said_throughout &= cue.index <= running.said_until
        running.said_until = running.confirmed = min(cue.index + 1, len(self._segments))
        running.names.append(cue.name)
        running.lines.append(cue.line)
        if running.duration_s is None and cue.duration_s:
            running.duration_s = cue.duration_s

    def _start_before(self, cue: AdSignal) -> int:
        """Joined mid-break: go back as far as the time said to have elapsed reaches, but not into an earlier break."""
        floor = self.breaks[-1].end if self.breaks else 0
        index, left_s = cue.index, cue.elapsed_s or 0.0
        while index > floor and left_s >= self._segments[index - 1].duration_s / 2 > 0:
            index -= 1
            left_s -= self._segments[index].duration_s
        return index

    def _in(self, cue: AdSignal) -> None:
        running = self._running
        if running is None:
            if not self._any_cue_seen and self._slides() and self._between(0, cue.index) <= MAX_BREAK_S:
                self._add(Break(0, cue.index, (cue.name, "window-opens-mid-break"), (cue.line,)))
            else:
                self.stray_lines.append(cue.line)
            return
        if cue.level > running.level and (running.level > 0 or cue.level >= _SINGLE_AD):
            running.lines.append(cue.line)
            return
        running.names.append(cue.name)
        running.lines.append(cue.line)
        if running.inner:
            running.inner -= 1
            return
        self._close(cue.index if self._belongs(cue, running) else self._expiry(running))

    def _slides(self) -> bool:
        """The window has left its beginning behind, so a cue-out may have left with it."""
        playlist = self._playlist
        return not playlist.is_complete and playlist.playlist_type != "EVENT" and playlist.media_sequence > 1

    def _belongs(self, cue: AdSignal, running: _Running) -> bool:
        """Whether a cue-in this late can still be the end of this break."""
        length_s = self._between(running.start, cue.index) + max(running.elapsed_s, 0.0)
        limit_s = MAX_BREAK_S
        if running.duration_s and running.confirmed < cue.index:
            limit_s = min(limit_s, running.duration_s * _OVERRUN_FACTOR + _OVERRUN_S)
        return length_s <= max(limit_s, (running.duration_s or 0.0) + _OVERRUN_S)

    def _between(self, start: int, end: int) -> float:
        return self._starts_s[end] - self._starts_s[start]

    def _expiry(self, running: _Running, until: int | None = None) -> int:
        """The first segment after the break going by its duration: a segment is an ad if its middle lies within.

        Without a duration it is over where the programme is seen to be back, which is looked for before ``until``.
        """
        if running.needs_end:
            return running.start
        if not running.duration_s and running.confirmed and running.is_said_throughout:
            return running.confirmed  # who says it at each segment stops saying it when it is over
        limit_s = min(running.duration_s, MAX_BREAK_S) if running.duration_s else MAX_UNBOUNDED_S
        begins_s = self._starts_s[running.start] - running.elapsed_s
        index = bisect_left(self._middles_s, begins_s + limit_s, running.start)
        if running.elapsed_s <= 0:
            index = max(index, min(running.start + 1, len(self._segments)))  # the cue stands here
        if not running.duration_s:
            index = self._programme_back(running, index if until is None else min(index, until))
        return max(index, running.confirmed)

    def _home_before(self, start: int) -> SegmentName | None:
        """The programme's segment before the one at ``start``, if the latter lies elsewhere."""
        before = start - 1 if not self.breaks or self.breaks[-1].end < start else self.breaks[-1].start - 1
        home = self._home if before < 0 else parse_name(self._segments[before].address)
        if home is None or start >= len(self._segments) or _is_at(home, parse_name(self._segments[start].address)):
            return None
        return home

    def _home_outside(self, index: int) -> SegmentName | None:
        """The programme's segment before a break that goes on at ``index``, if the break is seen to lie elsewhere."""
        if self._home is None or index >= len(self._segments):
            return None
        segment = self._segments[max(index - 1, 0)]
        is_inside = index > 0 or not segment.discontinuity
        return None if is_inside and _is_at(self._home, parse_name(segment.address)) else self._home

    def _programme_back(self, running: _Running, until: int) -> int:
        """Where a discontinuity brings back the programme's own host, folder and numbers; ``until`` if nowhere before.

        Only where the break was elsewhere: what an encoder sends in a break from the place of the programme is the broadcaster's ads.
        """
        if running.home is None:
            return until
        for index in range(running.start + (running.elapsed_s <= 0), until):
            segment = self._segments[index]
            if segment.discontinuity and _is_at(running.home, parse_name(segment.address)):
                return index
        return until

    def _close(self, end: int) -> None:
        running, self._running = self._running, None
        if running is not None:
            self._add(Break(running.start, end, tuple(dict.fromkeys(running.names)), tuple(running.lines)))

    def _add(self, found: Break) -> None:
        if found.start < found.end:
            self.breaks.append(found)

    def _finish(self) -> None:
        running = self._running
        if running is None:
            return
        count = len(self._segments)
        end = self._expiry(running)
        passed_s = running.elapsed_s + self._between(running.start, count)
        limit_s = running.duration_s or MAX_UNBOUNDED_S
        if end == count and not running.needs_end and self._segments and passed_s < limit_s:
            self.open_break = OpenBreak(self._segments[-1].msn + 1, passed_s, running.duration_s, running.names[0])
        self._close(end)


def _is_at(home: SegmentName, other: SegmentName) -> bool:
    """Whether ``other`` is the programme's as ``home`` is: kept in the same place, and called by the same count, or both by hashes."""
    if home[:2] != other[:2]:
        return False
    return home.series == other.series or (home.is_hashed and other.is_hashed)


def _followed_by_two_ends(cues: Sequence[AdSignal]) -> frozenset[int]:
    """Lines of the cue-outs after which two ends come before anything else begins: theirs, and that of a break around them."""
    found: list[int] = []
    ends, where = 0, -1
    for cue in reversed(cues):
        if cue.kind is SignalKind.IN:
            ends += cue.index != where  # said twice at one place is said once
            where = cue.index
        elif cue.kind is SignalKind.OUT:
            if ends >= 2:
                found.append(cue.line)
            ends, where = 0, -1
    return frozenset(found)
