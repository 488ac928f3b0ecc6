"""How what is liked together and what is alike become one score.  Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.content import DISLIKED, TINY
from catalog.recommendations.algorithms.ease import Neighbours

HALF: Final = 20
"""Common likes behind a work at which w is a half."""
CONTENT: Final = 0.1
"""What the likeness of labels weighs against likes.  The nearest work by its genres is a far worse guess than the best one by
likes: on MovieLens-100k the hit rate falls from 0.755 to 0.25 where both weigh the same (``bench/recommendations.py``)."""


@dataclass(frozen=True, slots=True)
class LikedTogether:
    """What somebody's likes say of every work."""

    sums: NDArray[np.float32]
    """Of the weights from what they like, less some of those from what they do not."""
    together: NDArray[np.int64]
    """How many common likes are behind each sum."""


@dataclass(frozen=True, slots=True)
class Blend:
    """Two scores in one: ``w · sum / largest sum + (1 - w) · 0.1 · likeness / largest likeness`` with w = n/(n + 20)."""

    share: NDArray[np.float32]
    """w of each work."""
    largest_sum: float
    largest_likeness: float
    scores: NDArray[np.float32]


def liked_together(
    neighbours: Neighbours,
    liked: NDArray[np.int64],
    disliked: NDArray[np.int64],
    size: int,
) -> LikedTogether:
    """The sparse product of somebody's likes with the weights; ``liked`` and ``disliked`` are rows, ``size`` the number of works.

    A dislike takes away only from what is liked together with it: what is seldom liked with it is no better for that.
    """
    items = neighbours.items[liked].ravel()
    sums = np.bincount(items, weights=neighbours.weights[liked].ravel(), minlength=size)
    together = np.bincount(items, weights=neighbours.together[liked].ravel(), minlength=size)
    against = np.maximum(neighbours.weights[disliked], 0).ravel()
    losses = np.bincount(neighbours.items[disliked].ravel(), weights=against, minlength=size)
    return LikedTogether((sums - DISLIKED * losses).astype(np.float32), together.astype(np.int64))


def blended(found: LikedTogether, likeness: NDArray[np.float32], allowed: NDArray[np.bool_] | None = None) -> Blend:
    """One score for each work.

    Both parts are measured by their largest value among the ``allowed`` works, since a sum of weights and a cosine have no
    common scale.
    """
    counted = slice(None) if allowed is None else allowed
    largest_sum = max(float(found.sums[counted].max(initial=0)), TINY)
    largest_likeness = max(float(likeness[counted].max(initial=0)), TINY)
    share = (found.together / (found.together + HALF)).astype(np.float32)
    scores = share * found.sums / largest_sum + (1 - share) * CONTENT * likeness / largest_likeness
    return Blend(share, largest_sum, largest_likeness, scores.astype(np.float32))
