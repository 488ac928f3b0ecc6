"""Counters that decay without a job."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from catalog.ratings import trending
from catalog.ratings.trending import HALF_LIFE, REBASE_AFTER

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_event_halves_in_a_week() -> None:
    counter = trending.increment(4.0, EPOCH, EPOCH)
    assert trending.value(counter, EPOCH, EPOCH + HALF_LIFE) == pytest.approx(2.0)
    later = counter + trending.increment(4.0, EPOCH, EPOCH + HALF_LIFE)
    assert trending.value(later, EPOCH, EPOCH + HALF_LIFE) == pytest.approx(6.0)


def test_the_order_of_counters_is_that_of_their_values() -> None:
    # Ten starts three weeks ago against two today.
    old = 10 * trending.increment(1.0, EPOCH, EPOCH)
    new = 2 * trending.increment(1.0, EPOCH, EPOCH + 3 * HALF_LIFE)
    assert new > old
    assert trending.floor(EPOCH, EPOCH + 3 * HALF_LIFE) < new
    assert trending.floor(EPOCH, EPOCH + 20 * HALF_LIFE) > new


@pytest.mark.parametrize("years", [1, 5, 20, 50, 200])
def test_after_years(years: int) -> None:
    """An event every day for decades, the epoch moved on when it is due: never infinite, and always as if it had not been."""
    epoch, now, counter = EPOCH, EPOCH, 0.0
    step = timedelta(days=1 if years <= 20 else 30)
    while now < EPOCH + timedelta(days=365 * years):
        if trending.is_due(epoch, now):
            counter *= trending.rebase_factor(epoch, now)
            epoch = now
        counter += trending.increment(1.0, epoch, now)
        assert math.isfinite(counter)
        now += step
    last = now - step
    halved = 2 ** -(step / HALF_LIFE)
    steps = int((last - EPOCH) / step)
    expected = (1 - halved ** (steps + 1)) / (1 - halved)
    assert trending.value(counter, epoch, last) == pytest.approx(expected, rel=1e-9)


def test_an_installation_that_was_off_for_a_century() -> None:
    counter, now = trending.increment(5.0, EPOCH, EPOCH), EPOCH + timedelta(days=365 * 100)
    assert trending.is_due(EPOCH, now)
    assert counter * trending.rebase_factor(EPOCH, now) == 0.0
    assert math.isfinite(2.0**REBASE_AFTER * 1e6)


def test_a_clock_that_stepped_back_counts_less() -> None:
    assert 0 < trending.increment(1.0, EPOCH, EPOCH - timedelta(hours=1)) < 1
