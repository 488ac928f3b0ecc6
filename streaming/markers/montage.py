"""Recaps and previews: scenes of a neighbouring episode, cut together at the beginning or the end of this one.

Rather none than a wrong one.  A scene that is merely repeated is one cut, music that many episodes have is in a third one as well, and
both are left out; what stays are several scenes of one neighbour, in its order, close after each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

import numpy as np

from streaming.markers.fingerprint import HOP_MS, MIDDLE_MS, Points
from streaming.markers.matching import Found, likely_shifts, runs_of

CUT_MS: Final = 2_000
"""The least that is a cut: below, what is alike is alike by chance."""
CUTS_MIN: Final = 3
"""Of a montage; fewer are a scene shown twice."""
SHIFTS: Final = 96
"""That are looked at closely: each cut has one of its own."""
APART_MS: Final = 1_000
"""How far two shifts lie apart at least that are not the same one."""
PAUSE_MS: Final = 8_000
"""Between two cuts of a montage: a narrator, a title, a cut that was not recognised."""
COVERED_MIN: Final = 0.5
"""Share of a montage that consists of cuts that were recognised."""
IN_ORDER_MIN: Final = 0.6
"""Share of its cuts that come later in the neighbour than the cut before."""
SHORTEST_MS: Final = 12_000
LONGEST_MS: Final = 240_000
"""Longer is an episode that consists of others."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of one episode that another has ``shift`` points before, in points; ``difference`` of 0.5 is chance."""

    first: int
    last: int
    shift: int
    difference: float


def cuts(part: Points, whole: Points) -> list[Cut]:
    """What of ``part`` is in ``whole``, in the order of ``part``, nothing twice."""
    found: list[Cut] = []
    for shift in likely_shifts(part, whole, SHIFTS):
        found += [
            Cut(first, last, shift, difference)
            for first, last, difference in runs_of(part, whole, shift)
            if (last - first) * HOP_MS >= CUT_MS
        ]
    # Music is like itself a bar later: of two that overlap stays what is more alike.
    chosen: list[Cut] = []
    taken = np.zeros(len(part), bool)
    for cut in sorted(found, key=lambda each: (each.difference, each.first)):
        if 2 * np.count_nonzero(taken[cut.first : cut.last]) < cut.last - cut.first:
            taken[cut.first : cut.last] = True
            chosen.append(cut)
    return sorted(chosen, key=lambda each: each.first)


def montage(part: Points, neighbour: Points, others: Sequence[Points]) -> Found | None:
    """The scenes of ``neighbour`` in ``part``, counted from its first point; ``others``: episodes that must not have them, too."""
    common = np.zeros(len(part), bool)
    for other in others:
        for cut in cuts(part, other):
            common[cut.first : cut.last] = True
    own = [
        cut
        for cut in cuts(part, neighbour)
        if 2 * np.count_nonzero(common[cut.first : cut.last]) < cut.last - cut.first
    ]
    best: list[Cut] = []
    for group in _groups(own):
        if _is_montage(group) and (not best or _length(group) > _length(best)):
            best = group
    if not best:
        return None
    alike = 1 - fmean(cut.difference for cut in best)
    return Found(
        round(best[0].first * HOP_MS + MIDDLE_MS),
        round(best[-1].last * HOP_MS + MIDDLE_MS),
        round(alike * min(1.0, 0.5 + _covered(best) / 2), 2),
    )


def _groups(found: Sequence[Cut]) -> list[list[Cut]]:
    groups: list[list[Cut]] = []
    for cut in found:
        if groups and (cut.first - groups[-1][-1].last) * HOP_MS <= PAUSE_MS:
            groups[-1].append(cut)
        else:
            groups.append([cut])
    return groups


def _is_montage(group: Sequence[Cut]) -> bool:
    shifts: list[int] = []
    for cut in group:
        if all(abs(cut.shift - other) * HOP_MS > APART_MS for other in shifts):
            shifts.append(cut.shift)
    ordered = [later.first - later.shift > cut.first - cut.shift for cut, later in pairwise(group)]
    return (
        len(shifts) >= CUTS_MIN
        and SHORTEST_MS <= _length(group) * HOP_MS <= LONGEST_MS
        and _covered(group) >= COVERED_MIN
        and fmean(ordered) >= IN_ORDER_MIN
    )


def _length(group: Sequence[Cut]) -> int:
    return group[-1].last - group[0].first


def _covered(group: Sequence[Cut]) -> float:
    return sum(cut.last - cut.first for cut in group) / _length(group)
