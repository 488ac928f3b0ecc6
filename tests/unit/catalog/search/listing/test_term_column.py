"""Terms of releases, looked up and counted as by hand: see catalog/search/listing/term_column.py."""

import numpy as np
import pytest

from catalog.search.listing.model import Term
from catalog.search.listing.term_column import TermColumn

TERMS = tuple(Term(f"t{number}", f"T {number}") for number in range(7))
SIZE, LATER = 200, 40


def made(dice: np.random.Generator, first: int, places: int, terms: int) -> TermColumn:
    """Some terms for each of ``places`` from ``first`` on, of the first ``terms``."""
    each = dice.integers(0, 4, places)
    place = np.repeat(np.arange(first, first + places), each).astype(np.int32)
    code = dice.integers(0, terms, len(place)).astype(np.int32)
    known = TERMS[:terms]
    return TermColumn(place, code, known, {term.value: number for number, term in enumerate(known)})


@pytest.fixture
def column() -> TermColumn:
    """As read, and what was added since, a term that was new among it."""
    dice = np.random.default_rng(5)
    return made(dice, 0, SIZE, 6).followed_by(made(dice, SIZE, LATER, 7))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.2, 0.5, 0.9, 0.99, 1.0])
def test_counts_are_those_of_the_places_chosen(column: TermColumn, share: float) -> None:
    among = np.random.default_rng(6).random(SIZE + LATER) < share
    by_hand = [
        sum(1 for p, c in zip(column.place, column.code, strict=True) if c == term and among[p]) for term in range(7)
    ]
    assert column.counts(among).tolist() == by_hand
    assert [column.count(term.value, among) for term in TERMS] == by_hand
    assert column.count("unknown", among) == 0


@pytest.mark.parametrize("values", [(), ("t0",), ("t6",), ("t1", "t6", "t1"), ("unknown",), ("unknown", "t3")])
def test_places_that_have_a_term_are_found(column: TermColumn, values: tuple[str, ...]) -> None:
    wanted = {column.codes[value] for value in values if value in column.codes}
    by_hand = {int(p) for p, c in zip(column.place, column.code, strict=True) if int(c) in wanted}
    assert set(np.flatnonzero(column.having_any(values, SIZE + LATER)).tolist()) == by_hand


def test_a_column_of_nothing_counts_nothing() -> None:
    nothing = np.empty(0, dtype=np.int32)
    column = TermColumn(nothing, nothing, (), {})
    assert column.counts(np.ones(3, dtype=np.bool_)).tolist() == []
    assert not column.having("t0", 3).any()
