"""Resume, watched and "which report holds", on plain values."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.library.progress.model import CatalogEpisode, Progress, Sample
from accounts.library.progress.rules import (
    coalesce,
    correct_clock,
    marked_unwatched,
    marked_watched,
    merge,
    observed,
    resume_position_ms,
    watched_point_ms,
)

MINUTE = 60_000
DURATION = 24 * MINUTE
EPISODE = CatalogEpisode(episode_id="e", release_id="r", duration_ms=DURATION, ending_start_ms=int(0.92 * DURATION))
UNMEASURED = CatalogEpisode(episode_id="e", release_id="r")


def at(minute: float, when: int = 1, *, duration_ms: int = DURATION) -> Sample:
    return Sample("u", "e", int(minute * MINUTE), duration_ms, when)


def after(*samples: Sample, episode: CatalogEpisode = EPISODE) -> Progress:
    """What is known after one report after the other."""
    known: Progress | None = None
    for sample in samples:
        known = merge(known, observed(sample, episode))
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("ending_start_ms", "point_ms"),
    [
        (None, 900),
        (850, 850),
        (800, 800),
        (799, 900),  # an "ending" in the middle is a mistake in the data
        (1000, 1000),
        (1001, 900),
        (0, 900),
    ],
)
def test_watched_from_the_ending_or_from_nine_tenths(ending_start_ms: int | None, point_ms: int) -> None:
    assert watched_point_ms(1000, ending_start_ms) == point_ms


@pytest.mark.parametrize(
    ("minute", "resumes_at"),
    [(0, 0), (1.19, 0), (1.2, 1.2), (12, 12), (22, 22), (22.08, 0), (24, 0), (99, 0)],
)
def test_resume(minute: float, resumes_at: float) -> None:
    assert resume_position_ms(after(at(minute))) == int(resumes_at * MINUTE)


def test_short_films_start_from_the_beginning() -> None:
    assert resume_position_ms(after(at(4, duration_ms=5 * MINUTE - 1), episode=UNMEASURED)) == 0
    assert resume_position_ms(after(at(4, duration_ms=5 * MINUTE), episode=UNMEASURED)) == 4 * MINUTE


def test_nothing_watched_starts_from_the_beginning() -> None:
    assert resume_position_ms(None) == 0


def test_the_catalogue_knows_better_how_long_it_is() -> None:
    assert after(at(12, duration_ms=13 * MINUTE)).duration_ms == DURATION
    assert not after(at(12, duration_ms=13 * MINUTE)).is_watched
    assert after(at(12, duration_ms=13 * MINUTE), episode=UNMEASURED).is_watched


def test_nothing_is_watched_before_its_length_is_known() -> None:
    assert not after(at(0, duration_ms=0), episode=UNMEASURED).is_watched


def test_watched_is_sticky_and_watching_again_is_counted() -> None:
    seen = (at(23, 1), at(24, 2))
    assert (after(*seen).is_watched, after(*seen).rewatches, after(*seen).shown_position_ms) == (True, 0, 0)
    again = after(*seen, at(5, 3))
    assert (again.is_watched, again.rewatches, again.shown_position_ms) == (True, 0, 5 * MINUTE)
    assert after(*seen, at(5, 3), at(23, 4), at(24, 5)).rewatches == 1


def test_a_late_report_from_another_device_makes_it_watched_but_does_not_move_it() -> None:
    known = after(at(5, 10), at(23, 3))
    assert (known.is_watched, known.shown_position_ms, known.at_ms) == (True, 5 * MINUTE, 10)


def test_what_its_owner_says_holds() -> None:
    known = after(at(5, 10))
    seen = merge(known, marked_watched(known, "u", EPISODE, 8))
    assert (seen.is_watched, seen.completions, resume_position_ms(seen)) == (True, 1, 0)
    unseen = merge(seen, marked_unwatched(seen, 9))
    assert (unseen.is_watched, unseen.completions, unseen.position_ms) == (False, 0, 0)
    assert not merge(unseen, observed(at(24, 7), EPISODE)).is_watched, "a late report from before"
    assert merge(unseen, observed(at(24, 20), EPISODE)).is_watched
    gone = merge(unseen, marked_unwatched(unseen, 9, removed=True))
    assert gone.removed
    assert not merge(gone, observed(at(3, 20), EPISODE)).removed


def test_a_clock_that_runs_ahead_is_set_right_and_keeps_its_order() -> None:
    year = 365 * 24 * 3_600_000
    assert [sample.at_ms for sample in correct_clock([at(1, 1_000 + year), at(2, 4_000 + year)], 5_000)] == [
        2_000,
        5_000,
    ]
    assert [sample.at_ms for sample in correct_clock([at(1, 1_000), at(2, 4_000)], 5_000)] == [1_000, 4_000]
    assert correct_clock([], 5_000) == []


def test_a_batch_is_one_round_unless_something_was_finished_in_it() -> None:
    episodes = {"e": EPISODE}
    assert [[row.at_ms for row in news] for news in coalesce([at(1, 1), at(3, 3), at(2, 2)], episodes)] == [[3]]
    story = [at(20, 1), at(23, 2), at(24, 3), at(1, 4), at(23, 5)]
    assert [[row.at_ms for row in news] for news in coalesce(story, episodes)] == [[1], [3], [4], [5]]
    assert coalesce([Sample("u", "unknown", 1, 2, 3)], episodes) == []


reports = st.builds(
    at,
    st.sampled_from([0, 1, 2, 12, 21, 22.5, 24]),
    st.integers(1, 12),
)


@given(st.lists(reports, min_size=1, max_size=5))
def test_any_order_ends_at_the_newest_report(samples: list[Sample]) -> None:
    newest = max(samples, key=lambda sample: (sample.at_ms, sample.position_ms))
    watched = any(observed(sample, EPISODE).finished for sample in samples)
    ends = {
        (end.at_ms, end.position_ms, end.finished, end.watched_at_ms, end.is_watched)
        for order in permutations(samples)
        for end in [after(*order)]
    }
    assert len(ends) == 1
    (end,) = ends
    assert end[:2] == (newest.at_ms, newest.position_ms)
    assert end[4] == watched


@given(st.lists(reports, min_size=1, max_size=12))
def test_a_batch_says_what_its_reports_say_one_by_one(samples: list[Sample]) -> None:
    known: Progress | None = None
    for news in coalesce(samples, {"e": EPISODE}):
        (row,) = news
        known = merge(known, row)
    in_order = sorted(samples, key=lambda sample: (sample.at_ms, sample.position_ms))
    assert known == after(*in_order)


@given(st.lists(reports, min_size=1, max_size=8))
def test_watched_means_completed(samples: list[Sample]) -> None:
    end = after(*samples)
    assert end.is_watched == (end.completions > 0)
    assert resume_position_ms(end) < DURATION


@given(st.lists(reports, min_size=1, max_size=8))
def test_hearing_it_twice_changes_nothing(samples: list[Sample]) -> None:
    in_order = sorted(samples, key=lambda sample: (sample.at_ms, sample.position_ms))
    end = after(*in_order)
    assert merge(end, observed(in_order[-1], EPISODE)) == end
