"""The catalogue as columns: one numpy array for each property, one place in all of them for each release.

Pure: rows in, arrays out.  A table is immutable; :meth:`Columns.changed` makes the next one, in which a changed release has a new
place at the end and its old one is dead.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from catalog.search.listing.model import SETS, CatalogueRow, Facet, Script, Term
from catalog.search.listing.term_column import TermColumn
from kernel.text.titles import folded

FORMAT: Final = 4
"""Of the stored arrays: counted up by whoever changes what is in them."""
SORT_NAME_BYTES: Final = 32
"""Of a folded name in UTF-8: what is alike for so long is ordered by its identifier."""
_NUMBERS: Final[Mapping[str, Any]] = {
    "version": np.int32, "published": np.bool_, "year": np.int16, "created_at": np.float64, "updated_at": np.float64,
    "fresh_at": np.float64, "rating": np.float32, "popularity": np.int32, "trending": np.float64, "id_key": np.uint64,
}  # fmt: skip


class Columns:
    """All releases as columns.  Made by :meth:`build`, :meth:`of_arrays` or :meth:`changed`."""

    def __init__(
        self,
        ids: list[str],
        places: Mapping[str, int],
        recent: Mapping[str, int],
        alive: NDArray[np.bool_],
        numbers: Mapping[str, NDArray[Any]],
        names: Mapping[Script, NDArray[np.bytes_]],
        terms: Mapping[Facet, TermColumn],
    ) -> None:  # fmt: skip
        self.ids, self._places, self._recent, self.alive = ids, places, recent, alive
        self._numbers, self._names, self.terms = numbers, names, terms
        self._orders: dict[tuple[str, Script], NDArray[np.int64]] = {}

    @classmethod
    def build(cls, rows: Iterable[CatalogueRow]) -> "Columns":
        """A table of ``rows``: about 30 µs of Python for each."""
        builder = cls.builder()
        builder.add_all(rows)
        return builder.built()

    @classmethod
    def builder(cls) -> "ColumnsBuilder":
        """An empty table that rows are put into."""
        return ColumnsBuilder({facet: {} for facet in Facet}, {facet: [] for facet in Facet})

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Columns":
        """What :meth:`arrays` stored.  Raises ``KeyError`` and ``ValueError`` for anything else."""
        terms = {}
        for facet in Facet:
            lines = _texts(arrays[f"{facet}_terms"])
            known = tuple(Term(*line.split("\t", 1)) for line in lines)
            terms[facet] = _column(arrays[f"{facet}_place"], arrays[f"{facet}_code"], known)
        return cls.of_columns(
            _texts(arrays["ids"]),
            arrays["alive"],
            {name: arrays[name] for name in _NUMBERS},
            {script: arrays[f"name_{script}"] for script in Script},
            terms,
        )

    @classmethod
    def of_columns(
        cls,
        ids: list[str],
        alive: NDArray[np.bool_],
        numbers: Mapping[str, NDArray[Any]],
        names: Mapping[Script, NDArray[np.bytes_]],
        terms: Mapping[Facet, TermColumn],
    ) -> "Columns":
        """A table of columns that fit together."""
        places = {release_id: place for place, release_id in enumerate(ids) if alive[place]}
        return cls(ids, places, {}, alive, numbers, names, terms)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All there is to it, for storing."""
        stored: dict[str, NDArray[Any]] = {"ids": _lines(self.ids), "alive": self.alive, **self._numbers}
        stored |= {f"name_{script}": keys for script, keys in self._names.items()}
        for facet, column in self.terms.items():
            stored[f"{facet}_place"], stored[f"{facet}_code"] = column.place, column.code
            stored[f"{facet}_terms"] = _lines(f"{term.value}\t{term.label}" for term in column.terms)
        return stored

    def __len__(self) -> int:
        return int(np.count_nonzero(self.alive))

    @property
    def size(self) -> int:
        """Places, dead ones too."""
        return len(self.ids)

    @property
    def wasted(self) -> float:
        """The part of the places that is dead."""
        return 1 - len(self) / self.size if self.size else 0.0

    def __getitem__(self, number: str) -> NDArray[Any]:
        """The column of a number: ``year``, ``published``, …"""
        return self._numbers[number]

    def place(self, release_id: str) -> int | None:
        """Where a release is; ``None`` for what is not there."""
        found = self._recent.get(release_id, self._places.get(release_id, -1))
        return found if found >= 0 else None

    def knows(self, release_id: str, version: int, updated_at_s: float) -> bool:
        """Whether it has a release as it is now."""
        place = self.place(release_id)
        return (
            place is not None
            and self._numbers["version"][place] == version
            and self._numbers["updated_at"][place] == updated_at_s
        )

    def newer(self, release_id: str, version: int) -> bool:
        """Whether it has a later version of a release than this one: what was read before an edit comes after it."""
        place = self.place(release_id)
        return place is not None and bool(self._numbers["version"][place] > version)

    def changed(self, rows: Sequence[CatalogueRow], gone: Iterable[str] = ()) -> "Columns":
        """This table with ``rows`` as they are now and without what is ``gone``.

        Copies the columns: 26 ms of a processor for 100,000 releases with 22 terms each.
        """
        batch = ColumnsBuilder(
            {facet: dict(column.codes) for facet, column in self.terms.items()},
            {facet: list(column.terms) for facet, column in self.terms.items()},
        )
        batch.add_all(rows)
        alive = np.concatenate((self.alive, np.ones(len(batch.ids), np.bool_)))
        recent = dict(self._recent)
        for release_id in (*gone, *batch.ids):
            old = self.place(release_id)
            if old is not None:
                alive[old] = False
                recent[release_id] = -1
        recent.update((release_id, self.size + number) for number, release_id in enumerate(batch.ids))
        added, added_names = batch.numbers(), batch.names()
        fresh = batch.columns(self.size)
        return Columns(
            self.ids + batch.ids,
            self._places,
            recent,
            alive,
            {name: np.concatenate((column, added[name])) for name, column in self._numbers.items()},
            {script: np.concatenate((column, added_names[script])) for script, column in self._names.items()},
            {facet: column.followed_by(fresh[facet]) for facet, column in self.terms.items()},
        )

    def rated(self, stats: Mapping[str, tuple[float, int, float]]) -> "Columns":
        """This table with other ratings, members and trends; what ``stats`` does not have has none."""
        found = {"rating": np.zeros(self.size), "popularity": np.zeros(self.size), "trending": np.zeros(self.size)}
        for release_id, values in stats.items():
            place = self.place(release_id)
            if place is not None:
                for column, value in zip(found.values(), values, strict=True):
                    column[place] = value
        numbers = {**self._numbers, **{name: column.astype(_NUMBERS[name]) for name, column in found.items()}}
        return Columns(self.ids, self._places, self._recent, self.alive, numbers, self._names, self.terms)

    def order(self, sort: str, script: Script) -> NDArray[np.int64]:
        """All places in an order; among equals the newer identifier first.  Worked out once (50 ms for 100,000 names)."""
        key = (sort, script if sort.endswith("name") else Script.MAIN)
        known = self._orders.get(key)
        if known is None:
            known = self._orders[key] = self._ordered(*key)
        return known

    def _ordered(self, sort: str, script: Script) -> NDArray[np.int64]:
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        newest_first = ~self._numbers["id_key"]
        if name == "name":
            ranks = np.unique(self._names[script], return_inverse=True)[1].astype(np.float64)
        else:
            ranks = self._numbers[name].astype(np.float64)
            ranks[ranks == 0] = np.inf if not descending else -np.inf  # the unknown comes last
        return np.lexsort((newest_first, -ranks if descending else ranks))


class ColumnsBuilder:
    """Rows on their way into columns; ``codes`` and ``terms`` are what is known of each facet, and grow."""

    def __init__(self, codes: dict[Facet, dict[str, int]], terms: dict[Facet, list[Term]]) -> None:
        self.ids: list[str] = []
        self._codes, self._terms = codes, terms
        self._rows: dict[str, list[Any]] = {name: [] for name in _NUMBERS}
        self._names: dict[Script, list[bytes]] = {script: [] for script in Script}
        self._pairs: dict[Facet, tuple[list[int], list[int]]] = {facet: ([], []) for facet in Facet}

    def add_all(self, rows: Iterable[CatalogueRow]) -> None:
        """Put ``rows`` behind the others; each release once."""
        for row in rows:
            self._add(row)

    def built(self) -> Columns:
        """All of them as a table."""
        alive = np.ones(len(self.ids), np.bool_)
        return Columns.of_columns(self.ids, alive, self.numbers(), self.names(), self.columns(0))

    def _add(self, row: CatalogueRow) -> None:
        place = len(self.ids)
        self.ids.append(row.release_id)
        values = (
            row.version, row.published, row.year, row.created_at_s, row.updated_at_s, row.fresh_at_s,
            row.rating,
            row.members,
            row.trend,
            _id_key(row.release_id),
        )  # fmt: skip
        for name, value in zip(_NUMBERS, values, strict=True):
            self._rows[name].append(value)
        keys: dict[str, bytes] = {}
        for script in Script:
            name = row.sort_names[script]
            if name not in keys:
                keys[name] = _sort_key(name)
            self._names[script].append(keys[name])
        for facet, terms in row.terms.items():
            codes, known = self._codes[facet], self._terms[facet]
            places, found = self._pairs[facet]
            for term in terms if facet in SETS else terms[:1]:
                code = codes.setdefault(term.value, len(known))
                if code == len(known):
                    known.append(term)
                elif known[code] != term:
                    known[code] = term  # it was renamed
                places.append(place)
                found.append(code)

    def numbers(self) -> dict[str, NDArray[Any]]:
        """The columns of numbers."""
        return {name: np.array(self._rows[name], dtype=kind) for name, kind in _NUMBERS.items()}

    def names(self) -> dict[Script, NDArray[np.bytes_]]:
        """What releases are sorted by."""
        return {script: np.array(keys, dtype=f"S{SORT_NAME_BYTES}") for script, keys in self._names.items()}

    def columns(self, first_place: int) -> dict[Facet, TermColumn]:
        """The facets, of releases whose places begin at ``first_place``."""
        return {
            facet: TermColumn(
                np.array(places, dtype=np.int32) + np.int32(first_place),
                np.array(codes, dtype=np.int32),
                tuple(self._terms[facet]),
                self._codes[facet],
            )
            for facet, (places, codes) in self._pairs.items()
        }


def _column(place: NDArray[np.int32], code: NDArray[np.int32], terms: tuple[Term, ...]) -> TermColumn:
    if len(place) != len(code) or (len(code) and int(code.max()) >= len(terms)):
        raise ValueError("the stored columns do not fit together")
    return TermColumn(place, code, terms, {term.value: number for number, term in enumerate(terms)})


def _id_key(release_id: str) -> int:
    """The first half of a UUIDv7: its millisecond and 12 random bits."""
    try:
        return int(release_id.replace("-", "")[:16], 16)
    except ValueError:
        return 0


def _sort_key(name: str) -> bytes:
    return (folded(name) or name).encode("utf-8", "replace")[:SORT_NAME_BYTES].rstrip(b"\0")


def _lines(texts: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer(
        "\n".join(text.replace("\n", " ") for text in texts).encode("utf-8", "replace"), dtype=np.uint8
    )


def _texts(lines: NDArray[np.uint8]) -> list[str]:
    return lines.tobytes().decode().split("\n") if len(lines) else []
