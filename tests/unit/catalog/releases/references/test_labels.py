"""What the values of the vocabulary are called."""

from collections.abc import Mapping, Set
from typing import Any

import pytest

from catalog.releases.model import AgeRating, AiringStatus, ReleaseType, Season, Status
from catalog.releases.references import labels
from catalog.releases.references.labels import genre_label, in_language
from catalog.search.listing.model import SORTS


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (labels.TYPES, set(ReleaseType)),
        (labels.SEASONS, set(Season)),
        (labels.AGE_RATINGS, set(AgeRating)),
        (labels.AIRING_STATUSES, set(AiringStatus)),
        (labels.STATUSES, set(Status)),
        (labels.SORTING, set(SORTS)),
    ],
)
def test_every_value_has_a_name(table: Mapping[Any, labels.Label], values: Set[Any]) -> None:
    assert set(table) == values
    assert all(english and russian for english, russian in table.values())


@pytest.mark.parametrize(
    ("slug", "name", "language", "label"),
    [
        ("comedy", "comedy", "ru", "Комедия"),
        ("comedy", "comedy", "ru-UA", "Комедия"),
        ("комедия", "КОМЕДИЯ", "en", "Comedy"),
        ("sci-fi", "Sci-Fi", None, "Sci-Fi"),
        ("slice-of-life", "slice of life", "ja", "Slice of Life"),
        ("cooking", "Cooking", "ru", "Cooking"),
    ],
)
def test_genres_of_either_language(slug: str, name: str, language: str | None, label: str) -> None:
    assert genre_label(slug, name, language) == label


def test_other_languages_read_english() -> None:
    assert in_language(("a", "б"), "rup") == "a"
