"""One change of many releases: what it means for one."""

from datetime import UTC, datetime

import pytest

from catalog.releases.bulk.model import (
    BulkAction,
    BulkChange,
    NothingToChange,
    TooManyGenres,
    differences,
    new_draft,
    new_genres,
)
from catalog.releases.model import AgeRating, Genre, GenreId, Release, ReleaseDraft, ReleaseId, ReleaseType, Season
from catalog.releases.names import Names, OtherName

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GENRES = [Genre(GenreId("1"), "drama", "Drama"), Genre(GenreId("2"), "sci-fi", "Sci-Fi")]


def a_release() -> Release:
    draft = ReleaseDraft(
        "monster",
        ReleaseType.TV,
        Names("Monster"),
        year=2004,
        description="It.",
        other_names=(OtherName("モンスター"),),
    )
    return Release.create(ReleaseId("r"), draft, GENRES, NOW)


def test_only_what_differs_is_told() -> None:
    change = BulkChange(
        fields={"year": 2004, "season": Season.SPRING, "age_rating": AgeRating.R16},
        add_genres=("drama", "Thriller"),
        remove_genres=("SCI FI",),
        action=BulkAction.PUBLISH,
    )
    release = a_release()
    genres = new_genres(release.genres, change, 30)
    assert genres == ("Drama", "Thriller")
    assert differences(release, change, genres) == {
        "season": (None, "spring"),
        "age_rating": (0, 16),
        "genres": (["Drama", "Sci-Fi"], ["Drama", "Thriller"]),
        "status": ("draft", "published"),
    }


def test_what_is_not_named_stays() -> None:
    release = a_release()
    release.edit(new_draft(release, BulkChange(fields={"year": None})), GENRES, NOW)
    assert (release.year, release.description, release.alias) == (None, "It.", "monster")
    assert [name.text for name in release.names] == ["モンスター"]


def test_genres_end_somewhere() -> None:
    with pytest.raises(TooManyGenres):
        new_genres(GENRES, BulkChange(add_genres=("Thriller",)), 2)


def test_nothing_is_no_change() -> None:
    with pytest.raises(NothingToChange):
        BulkChange()


@pytest.mark.parametrize("action", [BulkAction.UNPUBLISH, BulkAction.DELETE])
def test_actions_on_a_draft(action: BulkAction) -> None:
    changes = differences(a_release(), BulkChange(action=action), ("Drama", "Sci-Fi"))
    assert changes == ({"deleted": (False, True)} if action is BulkAction.DELETE else {})
