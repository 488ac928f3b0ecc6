"""A catalogue on its way into an index is no crowd of objects: the collector of garbage goes through those, and stops everybody."""

import gc
from collections.abc import Callable

import pytest

from catalog.recommendations.algorithms.content import Label, LabelKind
from catalog.recommendations.engine import CatalogueItem, CatalogueItems
from catalog.search.model import Name, NamedRelease, no_readings
from catalog.search.names import NameSegmentBuilder

RELEASES = 2_000
OBJECTS_MAX = 200
"""A tenth of one for each release; whatever else this process made meanwhile is in it."""


def named() -> object:
    builder = NameSegmentBuilder(no_readings)
    builder.add_all(
        NamedRelease(f"r{number}", (Name(f"Title {number}"), Name(f"タイトル{number}", "ja")), published=True)
        for number in range(RELEASES)
    )
    return builder


def recommended() -> object:
    genre = Label(LabelKind.GENRE, "drama", "Drama")
    return CatalogueItems(
        CatalogueItem(
            release_id=f"r{number}", kind="TV", labels=(genre, Label(LabelKind.STUDIO, f"s{number % 9}", "S"))
        )
        for number in range(RELEASES)
    )


@pytest.mark.parametrize("build", [named, recommended])
def test_releases_that_are_read_leave_next_to_no_objects(build: Callable[[], object]) -> None:
    build()  # what is made once, like the code of regular expressions
    gc.collect()
    before = len(gc.get_objects())
    kept = build()
    gc.collect()
    assert len(gc.get_objects()) - before < OBJECTS_MAX
    assert kept is not None
