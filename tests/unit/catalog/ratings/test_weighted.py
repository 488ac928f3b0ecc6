"""The weighted score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ratings.weighted import MIDDLE, MINIMUM_VOTES, Prior, differs, prior_of, weighted


def test_few_votes_are_pulled_to_what_is_usual() -> None:
    prior = Prior(votes=5, mean=7.0)
    assert weighted(5, 50, prior) == pytest.approx((50 + 35) / 10)
    assert weighted(500, 5000, prior) == pytest.approx(9.9703, abs=1e-4)


def test_there_is_no_score_below_the_minimum() -> None:
    assert weighted(MINIMUM_VOTES - 1, 40, Prior()) is None
    assert weighted(MINIMUM_VOTES, 50, Prior()) is not None


def test_a_small_installation_has_a_small_prior() -> None:
    assert prior_of(median_votes=2, votes=4, total=32) == Prior(5.0, 8.0)
    assert prior_of(median_votes=120.5, votes=1000, total=7500) == Prior(120.5, 7.5)
    assert prior_of(median_votes=0, votes=0, total=0) == Prior(5.0, MIDDLE)


@given(st.integers(MINIMUM_VOTES, 10**6), st.floats(1, 10), st.floats(5, 10**4), st.floats(1, 10))
def test_it_lies_between_the_mean_and_the_prior(votes: int, mean: float, prior_votes: float, usual: float) -> None:
    total = round(mean * votes)
    score = weighted(votes, total, Prior(prior_votes, usual))
    assert score is not None
    low, high = sorted((total / votes, usual))
    assert low - 1e-9 <= score <= high + 1e-9


def test_a_prior_that_hardly_moved_stores_nothing_anew() -> None:
    assert not differs(Prior(100, 7.0), Prior(101, 7.004))
    assert differs(Prior(100, 7.0), Prior(100, 7.006))
    assert differs(Prior(5, 7.0), Prior(6, 7.0))
