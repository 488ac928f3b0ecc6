"""No pattern of the program takes more than linear time, whatever somebody sends it.

The patterns are collected from the code, and what is bad for each is made from its own parts, so a new one is tested without
being named here.  That the test sees a bad one is tested with some that were.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.patterns.collecting import SCANNING, Used, hostile, patterns
from tests.unit.patterns.growth import MOST, NOTHING_S, grows, shortest_s

FEW = 20
"""Characters, at which what doubles with each of them is seen and still ends."""
SIZE = 1_000
"""Characters, and twice that; subtitles have a hundred times as many, most texts fewer."""

USED = patterns()


def slow_for(
    pattern: re.Pattern[Any], methods: frozenset[str], characters: int = SIZE
) -> Iterator[tuple[str, str, float]]:
    """Ways to use ``pattern`` that take too long, with the beginning of a text and the growth from so many ``characters`` on."""
    ways = {"finditer" if method in SCANNING else method for method in methods}
    for way in sorted(ways):
        for text in hostile(pattern, FEW):
            if shortest_s(lambda text=text, way=way: getattr(pattern, way)(text)) > NOTHING_S:  # type: ignore[misc]
                yield way, repr(text), 2.0**FEW
                return
        for small, large in zip(hostile(pattern, characters), hostile(pattern, 2 * characters), strict=True):

            def run(size: int, way: str = way, small: Any = small, large: Any = large) -> object:
                text = small if size == characters else large
                return list(pattern.finditer(text)) if way == "finditer" else getattr(pattern, way)(text)

            growth = grows(run, characters)
            if growth > MOST:
                yield way, repr(small[:30]), growth


@pytest.mark.slow
@pytest.mark.parametrize("used", USED, ids=lambda used: used.place)
def test_linear(used: Used) -> None:
    assert next(slow_for(used.pattern, used.methods), None) is None


def test_all_are_found() -> None:
    places = {used.place.partition("[")[0] for used in USED}
    assert len(places) > 60
    assert {
        "kernel.text.titles._SEPARATORS",
        "accounts.identity.names._MAILBOX",
        "streaming.origin.cmcd._ITEM",
        "streaming.ingest.subtitles.srt._TAG",
        "streaming.proxy.detect.signals._LABEL",
    } & places


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\n+ *\d+$", "search"),
        (r"{[^}]*}", "sub"),
        (r"{[^}]*\\an([1-9])", "search"),
        (r"\s*([\d.]{1,20})?\s*/\s*([\d.]{1,20})", "match"),
        (r"(a+)+b", "fullmatch"),
        (r"(?:[a-z]+\.?)+!", "match"),
    ],
)
def test_a_bad_one_is_seen(pattern: str, method: str) -> None:
    """The first three are those that stood still the server; with more characters, since noise beside a few milliseconds hides growth."""
    assert next(slow_for(re.compile(pattern, re.MULTILINE), frozenset({method}), 2 * SIZE), None) is not None
