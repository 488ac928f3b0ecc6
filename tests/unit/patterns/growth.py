"""Whether something takes twice as long for twice as much.  In processor time, so that a busy machine does not matter."""

import time
from collections.abc import Callable
from typing import Final

MOST: Final = 2.5
"""Times the time for twice the input; quadratic is 4."""
NOTHING_S: Final = 0.0015
"""Less than that says nothing; what is worse than linear takes longer for some thousand characters, on a fast core as well."""
ROUNDS: Final = 4
DOUBTS: Final = 10
"""Looks at what seems to grow, before it is said to."""


def grows(run: Callable[[int], object], size: int) -> float:
    """How many times as long ``run(2 * size)`` takes as ``run(size)``; 1 where it takes no time to speak of."""
    large = _taken_s(lambda: run(2 * size))
    if large < NOTHING_S:
        return 1.0
    # Noise only ever adds, so one look at the large one beside the best of the small one clears what is linear; and of a small one
    # that is no more than noise all tries count, or what is quadratic would be cleared.
    least = large / max(_best_s(lambda: run(size)), 1e-6)
    for _ in range(DOUBTS):
        if least <= MOST:
            break
        small, large = _best_s(lambda: run(size)), shortest_s(lambda: run(2 * size))
        least = min(least, large / max(small, 1e-6))
    return least


def _best_s(run: Callable[[], object]) -> float:
    return min(_taken_s(run) for _ in range(ROUNDS))


def _taken_s(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def shortest_s(run: Callable[[], object]) -> float:
    """Of several tries; of the first, where that took no time to speak of."""
    least = float("inf")
    for _ in range(ROUNDS):
        least = min(least, _taken_s(run))
        if least < NOTHING_S:
            break
    return least
