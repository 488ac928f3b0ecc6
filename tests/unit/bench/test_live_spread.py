"""How far apart pages are, out of when each showed which picture."""

import pytest

from bench._burnt_in import Reading
from bench.live_spread import MAX_GAP_MS, figures, spread_at


def page(age_ms: float, *, offset_ms: float = 0, frames: int = 100) -> list[tuple[float, float]]:
    """Thirty frames a second of one age."""
    return [(1_000 + offset_ms + number * 100 / 3, age_ms) for number in range(frames)]


def test_pages_are_apart_by_the_ages_of_what_they_show() -> None:
    assert spread_at(2_000, [page(1_300), page(1_310, offset_ms=17), page(1_290)]) == pytest.approx(20)


def test_a_page_that_drifts_is_taken_between_its_frames() -> None:
    assert spread_at(1_050, [[(1_000, 10), (1_100, 30)], page(0)]) == pytest.approx(20)


@pytest.mark.parametrize("samples", [[], [(1_000, 5)], [(1_000, 5), (1_001 + MAX_GAP_MS, 5)], [(1_900, 5), (1_950, 5)]])
def test_a_page_that_shows_nothing_new_is_not_together_with_others(samples: list[tuple[float, float]]) -> None:
    assert spread_at(1_100, [page(5), samples]) is None


def test_what_was_left_out_is_said() -> None:
    rows = figures("three", [Reading(page(10), 0), Reading(page(30, frames=50), 0)], 40)
    by_name = {row["figure"].partition(": ")[2]: row for row in rows}
    assert by_name["apart, p95"]["value"] == 20
    assert by_name["apart, p95"]["ok"]
    assert by_name["moments at which one of them showed nothing new"]["value"] == pytest.approx(51, abs=1)
