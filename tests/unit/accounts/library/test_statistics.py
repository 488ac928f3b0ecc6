"""A library in numbers, and how far two tastes agree."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.library.collections.model import ScoreFilter, ShelfName, by_score
from accounts.library.statistics.compatibility import MINIMUM_COMMON, STEP_PERCENT, Compatibility, compatibility
from accounts.library.statistics.model import ReleaseFacts, Share, WatchedRelease, summary

SCORES = st.dictionaries(st.sampled_from([f"r{number}" for number in range(30)]), st.integers(1, 10))


def test_a_library_in_numbers() -> None:
    found = summary(
        {ShelfName.WATCHED: 2},
        [WatchedRelease("a", 12, 7_200_000), WatchedRelease("b", 1, 3_600_000), WatchedRelease("gone", 1, 60_000)],
        3,
        {"a": 9, "c": 6},
        {
            "a": ReleaseFacts("TV", 1998, ("Drama", "Space")),
            "b": ReleaseFacts("MOVIE", 2016, ("Drama",)),
            "c": ReleaseFacts("TV", None, ("Space",)),
        },
    )
    assert (found.releases, found.episodes, found.rewatches, found.watched_ms) == (4, 14, 3, 10_860_000)
    assert (list(found.scores), found.mean_score) == ([0, 0, 0, 0, 0, 1, 0, 0, 1, 0], 7.5)
    assert found.genres == [Share("Drama", 2, 10_800_000, 9.0), Share("Space", 2, 7_200_000, 7.5)]
    assert found.kinds == [Share("TV", 2, 7_200_000, 7.5), Share("MOVIE", 1, 3_600_000, None)]
    assert found.years == [Share("2016", 1, 3_600_000, None), Share("1998", 1, 7_200_000, 9.0)]


def test_an_empty_library() -> None:
    found = summary({}, [], 0, {}, {})
    assert (found.releases, found.watched_ms, found.mean_score, found.genres) == (0, 0, None, [])


def scored(*values: int) -> dict[str, int]:
    return {f"r{number}": value for number, value in enumerate(values)}


def test_tastes_agree_whoever_is_stricter() -> None:
    mine = scored(*[6, 8, 10] * 20)
    assert compatibility(mine, mine) == Compatibility(60, 95)  # 50 + 50·60/70, rounded
    assert compatibility(mine, scored(*[1, 3, 5] * 20)) == Compatibility(60, 95)
    assert compatibility(mine, scored(*[10, 8, 6] * 20)) == Compatibility(60, 5)
    # Fewer in common say less.
    assert compatibility(scored(*[6, 10] * 5), scored(*[6, 10] * 5)) == Compatibility(10, 75)


def test_little_in_common_says_nothing() -> None:
    few = scored(*[6, 8, 10] * 3)
    assert compatibility(few, few) == Compatibility(9, None)
    assert compatibility(scored(*[7] * 20), scored(*range(1, 11), *range(1, 11))) == Compatibility(20, None)
    assert compatibility({}, {}) == Compatibility(0, None)


@given(SCORES, SCORES)
def test_it_is_the_same_for_both_and_within_bounds(mine: dict[str, int], theirs: dict[str, int]) -> None:
    found = compatibility(mine, theirs)
    assert found == compatibility(theirs, mine)
    assert (found.percent is None) >= (found.common < MINIMUM_COMMON)
    if found.percent is not None:
        assert found.percent in range(0, 101, STEP_PERCENT)


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (ScoreFilter(order="-score"), "bacd"),
        (ScoreFilter(order="score"), "acbd"),
        (ScoreFilter(at_least=8), "b"),
        (ScoreFilter(at_most=7, order="changed_at"), "ca"),
        (ScoreFilter(at_least=5, at_most=5), "ac"),
    ],
)
def test_places_by_score(wanted: ScoreFilter, order: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    places = [(name, start + timedelta(days=number)) for number, name in enumerate("cdab")]
    assert "".join(by_score(places, {"a": 5, "b": 9, "c": 5}, wanted)) == order
