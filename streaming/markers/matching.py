"""Which stretch two episodes have in common, and which of those is an opening or an ending.

Rather none than a wrong one: a stretch counts where two other episodes have it too, in the same bounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from streaming.markers.fingerprint import BITS, HOP_MS, MIDDLE_MS, Points

SHORTEST_MS: Final = 15_000
LONGEST_MS: Final = 120_000
"""Of what is repeated: less is a jingle, more is the same film twice, or a summary."""
GAP_MS: Final = 3_500
"""Of a stretch that differs in between: a word over the music."""
DIFFERENT: Final = 0.27
"""Share of the bits within :data:`SMOOTHED_MS` that may differ: encoding changes an eighth, and chance half of them, with a deviation
of 0.04 over as many."""
SMOOTHED_MS: Final = 2_000
SHIFTS: Final = 6
"""That are looked at closely, of those most points speak for."""
SAME_POINT_MAX: Final = 64
"""Points of one value that are compared: a tone that lasts has thousands, and says nothing."""
BOUNDS_MS: Final = 2_500
"""How far two stretches may differ at either end to be the same one."""
VOICES_MIN: Final = 2
"""Other episodes that have it too.  One alone may be a summary of what happened, or a scene shown twice."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one episode shares with another; ``difference`` is the share of bits that differ, 0.5 by chance."""

    start_ms: int
    stop_ms: int
    difference: float


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch that several others have; ``confidence`` from 0 to 1."""

    start_ms: int
    stop_ms: int
    confidence: float


def shared(one: Points, other: Points) -> tuple[Stretch, Stretch] | None:
    """The longest stretch that both have, as it lies in each, counted from their first points; ``None`` where there is none."""
    best: tuple[int, int, float] | None = None
    at = 0
    for shift in likely_shifts(one, other, SHIFTS):
        for run in runs_of(one, other, shift):
            if best is None or run[1] - run[0] > best[1] - best[0]:
                best, at = run, shift
    if best is None:
        return None
    first, last, difference = best
    if not SHORTEST_MS <= (last - first) * HOP_MS <= LONGEST_MS:
        return None
    return _stretch(first, last, difference), _stretch(first - at, last - at, difference)


def agreed(stretches: Sequence[Stretch]) -> Found | None:
    """What most of ``stretches``, one for each other episode that has any, say of this one."""
    together: list[Stretch] = []
    for middle in stretches:
        near = [each for each in stretches if _is_same(each, middle)]
        if len(near) > len(together):
            together = near
    if len(together) < VOICES_MIN:
        return None
    alike = 1 - fmean(each.difference for each in together)
    voices = len(together) / (len(together) + 1)
    start_ms, stop_ms = (median(each.start_ms for each in together), median(each.stop_ms for each in together))
    return Found(round(start_ms), round(stop_ms), round(alike * voices, 2))


def all_shared(fingerprints: Mapping[str, Points], wanted: str) -> list[Stretch]:
    """What the others of ``fingerprints`` have in common with ``wanted``, one stretch each at most."""
    found = (shared(fingerprints[wanted], points) for name, points in fingerprints.items() if name != wanted)
    return [each[0] for each in found if each is not None]


def _stretch(first: int, last: int, difference: float) -> Stretch:
    return Stretch(round(first * HOP_MS + MIDDLE_MS), round(last * HOP_MS + MIDDLE_MS), difference)


def _is_same(one: Stretch, other: Stretch) -> bool:
    return abs(one.start_ms - other.start_ms) <= BOUNDS_MS and abs(one.stop_ms - other.stop_ms) <= BOUNDS_MS


def likely_shifts(one: Points, other: Points, most: int) -> list[int]:
    """How far ``one`` may lie behind ``other``, in points: what most halves of points that are equal say, at most so many."""
    votes = np.zeros(len(one) + len(other), np.int64)
    for half in (np.uint32(0), np.uint32(16)):
        ours, theirs = ((points >> half) & np.uint32(0xFFFF) for points in (one, other))
        votes += _votes(ours, theirs, one != 0, other != 0)
    # The same music lies between two points as often as not.
    votes[:-1] += votes[1:]
    best = np.argsort(votes, kind="stable")[::-1][: 2 * most]
    return [int(place) - len(other) for place in best if votes[place] > 1][:most]


def _votes(
    ours: Points, theirs: Points, heard: NDArray[np.bool_], theirs_heard: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """How often each shift (and the length of ``theirs``) occurs between equal values, each value a bounded number of times."""
    votes = np.zeros(len(ours) + len(theirs), np.int64)
    ours_at, theirs_at = np.flatnonzero(heard), np.flatnonzero(theirs_heard)
    order = np.argsort(theirs[theirs_at], kind="stable")
    theirs_at = theirs_at[order]
    values = theirs[theirs_at]
    begins, ends = (np.searchsorted(values, ours[ours_at], side) for side in ("left", "right"))
    begins, ends, ours_at = (each[ends - begins <= SAME_POINT_MAX] for each in (begins, ends, ours_at))
    for step in range(SAME_POINT_MAX):
        more = begins + step < ends
        if not more.any():
            break
        np.add.at(votes, ours_at[more] - theirs_at[begins[more] + step] + len(theirs), 1)
    return votes


def runs_of(one: Points, other: Points, shift: int) -> list[tuple[int, int, float]]:
    """The stretches of ``one``, as points, that ``other`` has ``shift`` points before, and how far they differ."""
    first, last = max(0, shift), min(len(one), len(other) + shift)
    width = round(SMOOTHED_MS / HOP_MS)
    if last - first < width:
        return []
    ours, theirs = one[first:last], other[first - shift : last - shift]
    share = np.bitwise_count(ours ^ theirs) / BITS
    share[(ours == 0) | (theirs == 0)] = 0.5
    # Beyond either end there is chance alone.
    smooth = np.convolve(share - 0.5, np.ones(width) / width, "same") + 0.5
    like = np.flatnonzero(smooth <= DIFFERENT)
    if not len(like):
        return []
    breaks = np.flatnonzero(np.diff(like) * HOP_MS > GAP_MS)
    begins = like[np.concatenate(([0], breaks + 1))]
    ends = like[np.concatenate((breaks, [len(like) - 1]))]
    return [
        (first + int(begin), first + int(end) + 1, round(float(share[begin : end + 1].mean()), 3))
        for begin, end in zip(begins, ends, strict=True)
    ]
