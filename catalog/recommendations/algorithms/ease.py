"""EASE: which works are liked together, as weights from one work to another.

Steck, *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW 2019 (arXiv:1905.03375): with ``G = XᵀX`` of the matrix of
likes and ``P = (G + λI)⁻¹``, the weights are ``B[i, j] = -P[i, j] / P[j, j]`` and nothing on the diagonal.  What a person may
like is the sum of the rows of what they like, so each summand is a reason.  Pure; a fit takes seconds, and belongs into a
process of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

L2: Final = 150.0
"""λ: 100 to 300 are equally good from a thousand to ten thousand works (``bench/recommendations.py``)."""
NEIGHBOURS: Final = 100
"""Weights kept of a work, the largest by magnitude: costs 0.003 of the hit rate, and is a hundredth of the memory at ten
thousand works."""
LIKES_MIN: Final = 5
"""Of a work that takes part: below that the weights say more about five people than about the work."""
ITEMS_MAX: Final = 10_000
"""Works that take part, the most liked ones: the matrix is 400 MB then, and the fit about a minute on two cores."""
_BLOCK: Final = 256
"""Rows inverted at once: the rest is products of matrices, and between two blocks the fit may stop."""
_CHUNK: Final = 1024
"""Rows of the matrix changed or read at once: 40 MB beside it at ten thousand works."""


@dataclass(frozen=True, slots=True)
class Likes:
    """Who likes what: the works of person ``p`` are ``items[offsets[p]:offsets[p + 1]]``, each once."""

    offsets: NDArray[np.int64]
    items: NDArray[np.int32]
    count: int
    """How many works there are; ``items`` are numbers below it."""

    def liked_by(self) -> NDArray[np.int64]:
        """How many like each work."""
        return np.bincount(self.items, minlength=self.count)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The weights of each work to those it says most about, the largest first; negative ones tell apart, and say as much."""

    items: NDArray[np.int32]
    """(works, neighbours)"""
    weights: NDArray[np.float32]
    together: NDArray[np.int32]
    """How many people like both."""

    def __len__(self) -> int:
        return len(self.items)


def selected(likes: Likes, *, least: int = LIKES_MIN, most: int = ITEMS_MAX) -> NDArray[np.int64]:
    """The numbers of the works that take part: the most liked ones, those with equally many by number; ascending."""
    liked_by = likes.liked_by()
    order = np.lexsort((np.arange(likes.count), -liked_by))[:most]
    return np.sort(order[liked_by[order] >= least])


def restricted(likes: Likes, kept: NDArray[np.int64]) -> Likes:
    """``likes`` of the works ``kept`` alone, numbered by their place in it."""
    place = np.full(likes.count, -1, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    renumbered = place[likes.items]
    held = renumbered >= 0
    before = np.concatenate(([0], np.cumsum(held)))
    return Likes(before[likes.offsets].astype(np.int64), renumbered[held], len(kept))


def nothing(_: float) -> None:
    """Who does not want to hear how much is done."""


def fit(
    likes: Likes, *, l2: float = L2, neighbours: int = NEIGHBOURS, progress: Callable[[float], None] = nothing
) -> Neighbours:
    """The weights between all works of ``likes``.  ``progress`` hears, between blocks, how much is done (0 to 1)."""
    counts = _Colikes(likes)
    matrix = np.empty((likes.count, likes.count), dtype=np.float32)
    for item in range(likes.count):
        matrix[item] = counts.of(item)
    matrix[np.diag_indices(likes.count)] += np.float32(l2)
    invert(matrix, progress)
    return _strongest(matrix, counts, min(neighbours, max(likes.count - 1, 0)))


def invert(matrix: NDArray[np.float32], progress: Callable[[float], None] = nothing) -> None:
    """Turn a symmetric positive definite ``matrix`` into its inverse, in place.

    Gauss-Jordan elimination by blocks, which needs no pivots for such a matrix: no second matrix is held, as
    ``numpy.linalg.inv`` does three times.
    """
    size = len(matrix)
    for begin in range(0, size, _BLOCK):
        block = slice(begin, min(begin + _BLOCK, size))
        pivot = np.linalg.inv(matrix[block, block].astype(np.float64)).astype(np.float32)
        row = pivot @ matrix[block]
        row[:, block] = pivot
        column = matrix[:, block].copy()
        matrix[:, block] = 0
        for first in range(0, size, _CHUNK):
            rows = slice(first, min(first + _CHUNK, size))
            matrix[rows] -= column[rows] @ row
        matrix[block] = row
        progress(block.stop / size)


def _strongest(inverse: NDArray[np.float32], counts: "_Colikes", width: int) -> Neighbours:
    size = len(inverse)
    items = np.zeros((size, width), dtype=np.int32)
    weights = np.zeros((size, width), dtype=np.float32)
    together = np.zeros((size, width), dtype=np.int32)
    diagonal = inverse.diagonal().copy()
    for first in range(0, size if width else 0, _CHUNK):
        rows = slice(first, min(first + _CHUNK, size))
        part = inverse[rows] / -diagonal
        strength = np.abs(part)
        strength[np.arange(len(part)), np.arange(first, rows.stop)] = -1  # of itself a work says nothing
        best = np.argpartition(strength, size - width, axis=1)[:, size - width :]
        found = np.take_along_axis(part, best, axis=1)
        order = np.lexsort((best, -found), axis=1)
        items[rows] = np.take_along_axis(best, order, axis=1)
        weights[rows] = np.take_along_axis(found, order, axis=1)
    for item in range(size if width else 0):
        together[item] = counts.of(item)[items[item]]
    return Neighbours(items, weights, together)


class _Colikes:
    """Rows of ``XᵀX``: how many people like a work and each other one."""

    def __init__(self, likes: Likes) -> None:
        self._likes = likes
        people = np.repeat(np.arange(len(likes.offsets) - 1), np.diff(likes.offsets))
        self._people = people[np.argsort(likes.items, kind="stable")]
        self._ends = np.concatenate(([0], np.cumsum(likes.liked_by())))

    def of(self, item: int) -> NDArray[np.int64]:
        likes = self._likes
        people = self._people[self._ends[item] : self._ends[item + 1]]
        begins, lengths = likes.offsets[people], likes.offsets[people + 1] - likes.offsets[people]
        total = int(lengths.sum())
        within = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.bincount(likes.items[np.repeat(begins, lengths) + within], minlength=likes.count)
