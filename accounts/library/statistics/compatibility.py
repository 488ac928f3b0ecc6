"""How far the tastes of two people agree, by the releases that both gave a score.

Pearson's correlation of the scores, each taken from its giver's own mean over all they scored (a generous and a strict person may
agree), with shrinkage: few common releases say little, so ``n`` of them count ``n/(n + 10)`` (as the neighbourhood models of
Koren and Bell, Advances in Collaborative Filtering, §5.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

MINIMUM_COMMON: Final = 10
"""Common scores below which nothing is said: the chance of agreement is too large, and a single score would show through."""
SHRINKAGE: Final = 10
"""Common scores that pull as much towards "no relation" as there are."""
STEP_PERCENT: Final = 5
"""What is told is rounded to this: changing one's own scores one by one and asking again shows nothing of the other's."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    """``percent`` from 0 (opposite) over 50 (no relation) to 100 (alike), in steps of :data:`STEP_PERCENT`; ``None`` where there
    are not :data:`MINIMUM_COMMON` in ``common``, or one gave everything the same score."""

    common: int
    percent: int | None


def compatibility(mine: Mapping[str, int], theirs: Mapping[str, int]) -> Compatibility:
    """Of two people's scores by release; the same whoever asks."""
    common = mine.keys() & theirs.keys()
    if len(common) < MINIMUM_COMMON:
        return Compatibility(len(common), None)
    mean, their_mean = _mean(mine), _mean(theirs)
    pairs = [(mine[id_] - mean, theirs[id_] - their_mean) for id_ in common]
    length = sqrt(sum(a * a for a, _ in pairs)) * sqrt(sum(b * b for _, b in pairs))
    if length < 1e-9:
        return Compatibility(len(common), None)
    correlation = sum(a * b for a, b in pairs) / length
    shrunk = correlation * len(common) / (len(common) + SHRINKAGE)
    return Compatibility(len(common), STEP_PERCENT * round((50 + 50 * shrunk) / STEP_PERCENT))


def _mean(scores: Mapping[str, int]) -> float:
    return sum(scores.values()) / len(scores)
