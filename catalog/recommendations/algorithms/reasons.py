"""Why a work stands in a list: the summand that carries it.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.blend import CONTENT, Blend
from catalog.recommendations.algorithms.content import TINY, Contents, Label
from catalog.recommendations.algorithms.ease import Neighbours

SHARED_MAX: Final = 3
"""Labels named in a reason: a line on a card."""


@dataclass(frozen=True, slots=True)
class Because:
    """The one liked work that a suggestion owes most to."""

    liked: int
    """Its number in the catalogue."""
    together: int
    """How many people like both; 0 where the likeness of their labels is what counts."""
    shared: tuple[Label, ...]
    """What they have in common, where that is what counts."""


def because(
    works: Sequence[int],
    liked: NDArray[np.int64],
    profile: NDArray[np.float32],
    blend: Blend,
    contents: Contents,
    neighbours: Neighbours,
    rows: NDArray[np.int64],
) -> list[Because]:
    """For each of ``works`` the largest summand of its score, over ``liked`` (numbers in the catalogue, at least one).

    ``profile`` is what :meth:`Contents.profile` made of them; ``rows`` are the rows of ``neighbours`` by number, -1 where a work has none.
    """
    own_rows = rows[liked]
    has_row = np.flatnonzero(own_rows >= 0)
    items, weights = neighbours.items[own_rows[has_row]], neighbours.weights[own_rows[has_row]]
    together = neighbours.together[own_rows[has_row]]
    profile_length = max(float(np.linalg.norm(profile)), TINY)
    found: list[Because] = []
    for work in works:
        share = float(blend.share[work])
        by_likes = np.zeros(len(liked), dtype=np.float32)
        counts = np.zeros(len(liked), dtype=np.int64)
        at, place = np.nonzero(items == work)
        by_likes[has_row[at]] = share * weights[at, place] / blend.largest_sum
        counts[has_row[at]] = together[at, place]
        likeness = contents.likeness_to(work, liked) / profile_length
        by_labels = (1 - share) * CONTENT * likeness / blend.largest_likeness
        best = int((by_likes + by_labels).argmax())
        other = int(liked[best])
        if by_likes[best] >= by_labels[best] and counts[best]:
            found.append(Because(other, int(counts[best]), ()))
        else:
            found.append(Because(other, 0, tuple(contents.shared(work, other, SHARED_MAX))))
    return found
