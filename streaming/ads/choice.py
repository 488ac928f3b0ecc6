"""Which of several is shown: by weight, and the same for the same viewer in the same place.  Pure."""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def ranked(
    candidates: Sequence[T], *, key: Callable[[T], str], weight: Callable[[T], int], viewer: str, slot: str
) -> list[T]:
    """``candidates`` in the order they are shown in to ``viewer`` at ``slot``.

    Weighted rendezvous hashing: each gets ``-ln(u) / weight`` with ``u`` uniform by the hash of viewer, slot and candidate, and the
    smallest is first; so each is first for its share ``weight / sum`` of viewers (the least of exponential variables), and where one
    comes or goes only those change who had it.
    """

    def score(candidate: T) -> float:
        digest = hashlib.sha256("\0".join((viewer, slot, key(candidate))).encode("utf-8", "replace")).digest()
        uniform = (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 1)  # neither 0 nor 1
        return -math.log(uniform) / weight(candidate)

    return sorted(candidates, key=lambda candidate: (score(candidate), key(candidate)))
