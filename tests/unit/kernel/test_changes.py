"""Before and after, small enough to keep."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from kernel.changes import MAX_CHARACTERS, MAX_ITEMS, differences, shown, snapshot


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Name:
    main: str
    english: str | None = None


@dataclass
class Thing:
    name: Name
    colour: Colour | None
    tags: tuple[str, ...] = ()
    secret: str = "not named, not shown"


def test_only_what_differs_and_only_what_was_named() -> None:
    thing = Thing(Name("Before"), None, ("a", "b"))
    before = snapshot(thing, ("name", "colour", "tags"))
    thing.name, thing.colour, thing.secret = Name("After"), Colour.RED, "another"
    assert differences(before, snapshot(thing, ("name", "colour", "tags"))) == {
        "name": ({"main": "Before", "english": None}, {"main": "After", "english": None}),
        "colour": (None, "red"),
    }


def test_a_field_that_was_not_there_was_nothing() -> None:
    assert differences({}, {"name": "x"}) == {"name": (None, "x")}


def test_values_are_json_and_short() -> None:
    assert shown(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+00:00"
    assert shown(frozenset({"b", "a"})) == ["a", "b"]
    long = shown("x" * 10_000)
    assert (len(long), long[-1]) == (MAX_CHARACTERS, "…")
    assert len(shown(range(10_000))) == MAX_ITEMS
    assert len(shown({str(number): number for number in range(10_000)})) == MAX_ITEMS


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_whatever_it_is_it_can_be_stored_and_is_shown_the_same_again(value: Any) -> None:
    once = shown(value)
    assert orjson.loads(orjson.dumps(once)) == once
    assert shown(once) == once
