"""From everybody's libraries to the matrix of likes.  Pure."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations.algorithms.ease import Likes
from catalog.recommendations.model import Signal, Taste

PEOPLE_MAX: Final = 100_000
"""Whose likes are counted: the weights hardly change after twenty thousand, and reading that many takes some minutes."""
PERSON_LIKES_MAX: Final = 1_000
"""Of one person: who likes everything says nothing, and the work grows with the square of it."""


class Gathering:
    """Libraries added up, page by page."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._items = array("i")
        self._ends = array("q", [0])
        self._members = array("i")

    @property
    def people(self) -> int:
        """Whose libraries were added."""
        return len(self._ends) - 1

    def add(self, libraries: Mapping[str, Sequence[Signal]]) -> None:
        """Take in what some people's libraries say."""
        for signals in libraries.values():
            taste = Taste.of(signals)
            for release_id in taste.known:
                self._members[self._place(release_id)] += 1
            liked = taste.liked[:PERSON_LIKES_MAX]
            self._items.extend(self._place(release_id) for release_id in liked)
            self._ends.append(len(self._items))

    def finished(self) -> tuple[tuple[str, ...], Likes, NDArray[np.int32]]:
        """The releases, who likes them, and how many people have each in their library."""
        return (
            tuple(self._places),
            Likes(np.array(self._ends, dtype=np.int64), np.array(self._items, dtype=np.int32), len(self._places)),
            np.array(self._members, dtype=np.int32),
        )

    def _place(self, release_id: str) -> int:
        place = self._places.setdefault(release_id, len(self._places))
        if place == len(self._members):
            self._members.append(0)
        return place
