"""Which releases have which terms of one facet: what filters and counts are worked out from.  Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from catalog.search.listing.model import Term

_FEW: Final = 4
"""One in so many places: up to there their entries are looked up, which takes a few times as long for each as going through all."""


class TermColumn:
    """``place[i]`` has ``terms[code[i]]``; the places ascend.  Immutable.

    The entries of one term are found by an index that is made once for the catalogue as it was read; what was added since is gone
    through.
    """

    def __init__(
        self,
        place: NDArray[np.int32],
        code: NDArray[np.int32],
        terms: tuple[Term, ...],
        codes: Mapping[str, int],
        *,
        by_code: tuple[NDArray[np.int32], NDArray[np.int64]] | None = None,
    ) -> None:
        self.place, self.code, self.terms = place, code, terms
        self.codes = codes
        """Value → its place in ``terms``."""
        if by_code is None:
            ends = np.concatenate(([0], np.cumsum(np.bincount(code, minlength=len(terms)))))
            by_code = place[np.argsort(code, kind="stable")], ends
        self._by_code = by_code
        self._totals: NDArray[np.int64] | None = None
        self._offsets: NDArray[np.int64] | None = None

    def followed_by(self, later: "TermColumn") -> "TermColumn":
        """With the entries of ``later``, whose places come after these and whose terms are these and more."""
        return TermColumn(
            np.concatenate((self.place, later.place)),
            np.concatenate((self.code, later.code)),
            later.terms,
            later.codes,
            by_code=self._by_code,
        )

    def having(self, value: str, size: int) -> NDArray[np.bool_]:
        """For each of ``size`` places, whether it has the term."""
        return self.having_any((value,), size)

    def having_any(self, values: Iterable[str], size: int) -> NDArray[np.bool_]:
        """For each of ``size`` places, whether it has one of the terms."""
        found = np.zeros(size, dtype=np.bool_)
        places, ends = self._by_code
        added, added_codes = self.place[len(places) :], self.code[len(places) :]
        for code in {code for value in values if (code := self.codes.get(value)) is not None}:
            if code + 1 < len(ends):
                found[places[ends[code] : ends[code + 1]]] = True
            if len(added):
                found[added[added_codes == code]] = True
        return found

    def count(self, value: str, among: NDArray[np.bool_]) -> int:
        """How many of the places ``among`` have the term."""
        code = self.codes.get(value)
        if code is None:
            return 0
        places, ends = self._by_code
        count = int(np.count_nonzero(among[places[ends[code] : ends[code + 1]]])) if code + 1 < len(ends) else 0
        added = slice(len(places), None)
        return count + int(np.count_nonzero(among[self.place[added][self.code[added] == code]]))

    def counts(self, among: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the places ``among`` have each term."""
        chosen = int(np.count_nonzero(among))
        if chosen * _FEW <= len(among):
            return self._counts_of(np.flatnonzero(among), len(among))
        if (len(among) - chosen) * _FEW <= len(among):
            if self._totals is None:
                self._totals = np.bincount(self.code, minlength=len(self.terms))
            return self._totals - self._counts_of(np.flatnonzero(~among), len(among))
        return np.bincount(self.code[among[self.place]], minlength=len(self.terms))

    def _counts_of(self, places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        if self._offsets is None:
            self._offsets = np.concatenate(([0], np.cumsum(np.bincount(self.place, minlength=size))))
        begins, lengths = self._offsets[places], self._offsets[places + 1] - self._offsets[places]
        behind = np.cumsum(lengths)
        entries = np.arange(int(behind[-1]) if len(behind) else 0) + np.repeat(begins - behind + lengths, lengths)
        return np.bincount(self.code[entries], minlength=len(self.terms))
