"""What works have in common: the cosine of their labels (genres, tags, studios, staff, source, type), weighted by TF-IDF.

For works that nobody likes yet, and people who like what few others do.  Pure; sparse rows in plain arrays.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class LabelKind(StrEnum):
    """What a label says of a work."""

    GENRE = "genre"
    TAG = "tag"
    STUDIO = "studio"
    STAFF = "staff"
    SOURCE = "source"
    TYPE = "type"
    DECADE = "decade"


WEIGHTS: Final = {
    LabelKind.GENRE: 1.0,
    LabelKind.TAG: 1.0,
    LabelKind.STUDIO: 0.5,
    LabelKind.STAFF: 0.5,
    LabelKind.SOURCE: 0.3,
    LabelKind.TYPE: 0.3,
    LabelKind.DECADE: 0.3,
}
"""The term frequency: a label is there once or not at all, but people choose by the story sooner than by its form."""
SHOWN_KINDS: Final = frozenset({LabelKind.GENRE, LabelKind.TAG, LabelKind.STUDIO, LabelKind.STAFF})
"""Labels that are a reason to watch something; that two works are films of the nineties is none."""
DISLIKED: Final = 0.5
"""What a disliked work takes away, of what a liked one gives: who drops a comedy may like another."""
TINY: Final = 1e-9
"""Below what any length here is: what is divided by it stays nothing."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label; ``key`` is what tells it from others of its kind, ``text`` what people read."""

    kind: LabelKind
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The labels of all works as rows of length 1: row ``i`` has ``values`` in ``columns`` from ``offsets[i]`` on."""

    offsets: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: NDArray[np.float32]
    labels: tuple[Label, ...]
    """By column."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def build(cls, works: Iterable[Iterable[Label]]) -> "Contents":
        """Rows in the order of ``works``, see :class:`ContentsBuilder`."""
        builder = ContentsBuilder()
        for work in works:
            builder.add(work)
        return builder.built()

    def profile(self, liked: NDArray[np.int64], disliked: NDArray[np.int64]) -> NDArray[np.float32]:
        """What somebody likes, by column: the sum of the rows, less some of those they do not."""
        return self._sum(liked) - np.float32(DISLIKED) * self._sum(disliked)

    def likeness(self, profile: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of every work and ``profile``, -1 to 1; nothing is like an empty one."""
        length = max(float(np.linalg.norm(profile)), TINY)
        products = self.values * profile[self.columns]
        sums = np.bincount(_rows(self.offsets), weights=products, minlength=len(self))
        return (sums / length).astype(np.float32)

    def likeness_to(self, work: int, others: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of ``work`` and each of ``others``, 0 to 1."""
        row = np.zeros(len(self.labels), dtype=np.float32)
        row[self.columns[self._span(work)]] = self.values[self._span(work)]
        entries, owners = self._entries(others)
        products = self.values[entries] * row[self.columns[entries]]
        return np.bincount(owners, weights=products, minlength=len(others)).astype(np.float32)

    def shared(self, one: int, other: int, most: int) -> list[Label]:
        """The labels worth telling that two works have in common, what they have most in common first."""
        mine = dict(zip(self.columns[self._span(one)].tolist(), self.values[self._span(one)].tolist(), strict=True))
        common = [
            (mine[column] * value, column)
            for column, value in zip(
                self.columns[self._span(other)].tolist(), self.values[self._span(other)].tolist(), strict=True
            )
            if column in mine and self.labels[column].kind in SHOWN_KINDS
        ]
        common.sort(key=lambda pair: (-pair[0], pair[1]))
        return [self.labels[column] for _, column in common[:most]]

    def _sum(self, works: NDArray[np.int64]) -> NDArray[np.float32]:
        entries, _ = self._entries(works)
        weights = self.values[entries]
        return np.bincount(self.columns[entries], weights=weights, minlength=len(self.labels)).astype(np.float32)

    def _span(self, work: int) -> slice:
        return slice(int(self.offsets[work]), int(self.offsets[work + 1]))

    def _entries(self, works: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the entries of ``works`` are, and the place in ``works`` of whose they are."""
        begins, lengths = self.offsets[works], self.offsets[works + 1] - self.offsets[works]
        owners = np.repeat(np.arange(len(works)), lengths)
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.repeat(begins, lengths) + within, owners


class ContentsBuilder:
    """Works on their way into rows, as plain numbers: see ``engine.CatalogueItems``."""

    def __init__(self) -> None:
        self._known: dict[tuple[LabelKind, str], int] = {}
        self._labels: list[Label] = []
        self._columns = array("i")
        self._ends = array("q", [0])

    def add(self, work: Iterable[Label]) -> None:
        """The labels of the next work.  Some 10 µs of Python."""
        row = set[int]()
        for label in work:
            column = self._known.setdefault((label.kind, label.key), len(self._labels))
            if column == len(self._labels):
                self._labels.append(label)
            row.add(column)
        self._columns.extend(sorted(row))
        self._ends.append(len(self._columns))

    def built(self) -> Contents:
        """All of them."""
        offsets, columns = np.array(self._ends, dtype=np.int64), np.array(self._columns, dtype=np.int32)
        works = len(offsets) - 1
        having = np.bincount(columns, minlength=len(self._labels))
        frequency = np.array([WEIGHTS[label.kind] for label in self._labels], dtype=np.float64)
        # 1 + N/n keeps a label that everything has from weighing nothing, as it would in a catalogue of one work.
        weight = frequency * np.log1p(works / np.maximum(having, 1))
        values = weight[columns]
        lengths = np.sqrt(np.bincount(_rows(offsets), weights=values**2, minlength=works))
        scaled = (values / lengths[_rows(offsets)]).astype(np.float32)
        return Contents(offsets, columns, scaled, tuple(self._labels))


def _rows(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
