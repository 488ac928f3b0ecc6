"""Variety: a list that is not fifty times the same.  Pure.

Carbonell and Goldstein, *The Use of MMR, Diversity-Based Reranking*, SIGIR 1998: the next one is that with the largest
``λ · score - (1 - λ) · likeness to what is in the list``.  And no more than some of one franchise and one studio.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.content import TINY

SCORE_WEIGHT: Final = 0.7
"""λ: less of it makes lists more varied and worse."""
FRANCHISE_MAX: Final = 1
"""Of one franchise: its seasons stand on the page of the first."""
STUDIO_MAX: Final = 3
POOL: Final = 300
"""The best candidates looked at for a list of 50: enough that a studio's thirty works leave others."""


def diversified(
    scores: NDArray[np.float32],
    likeness_to: Callable[[int], NDArray[np.float32]],
    franchises: Sequence[Hashable | None],
    studios: Sequence[Sequence[Hashable]],
    *,
    count: int,
    taken: tuple[Sequence[Hashable | None], Sequence[Sequence[Hashable]]] = ((), ()),
) -> list[int]:
    """Places of up to ``count`` candidates, in the order of the list.

    ``likeness_to`` gives the likeness of one candidate and all (0 to 1).  ``taken`` are the franchises and the studios of
    works that stand in the list already.
    """
    if not len(scores):
        return []
    relevance = scores / max(float(scores.max()), TINY)
    nearest = np.zeros(len(scores), dtype=np.float32)
    open_ = np.ones(len(scores), dtype=bool)
    of_franchise = Counter(franchise for franchise in taken[0] if franchise is not None)
    of_studio = Counter(studio for group in taken[1] for studio in group)
    chosen: list[int] = []
    while len(chosen) < count:
        marginal = np.where(open_, SCORE_WEIGHT * relevance - (1 - SCORE_WEIGHT) * nearest, -np.inf)
        best = int(marginal.argmax())
        if not open_[best]:
            break
        open_[best] = False
        franchise = franchises[best]
        if franchise is not None and of_franchise[franchise] >= FRANCHISE_MAX:
            continue
        if any(of_studio[studio] >= STUDIO_MAX for studio in studios[best]):
            continue
        chosen.append(best)
        of_franchise[franchise] += 1
        of_studio.update(studios[best])
        nearest = np.maximum(nearest, likeness_to(best))
    return chosen
