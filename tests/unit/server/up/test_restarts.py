"""When a part is started again, and when no more."""

import pytest

from server.up.restarts import MAX_DEATHS, MAX_DELAY_S, MAX_FAILED_STARTS, STEADY_S, GaveUp, Restarts


def test_the_first_time_at_once_and_then_slower() -> None:
    restarts = Restarts(was_ready=True)

    delays = [restarts.died(lived_s=1) for _ in range(MAX_DEATHS)]

    assert delays[:4] == [0.25, 0.5, 1, 2]
    assert delays == sorted(delays)
    assert delays[-1] == MAX_DELAY_S
    assert restarts.total == MAX_DEATHS


def test_who_dies_on_and_on_is_given_up() -> None:
    restarts = Restarts(was_ready=True)
    for _ in range(MAX_DEATHS):
        restarts.died(lived_s=1)

    with pytest.raises(GaveUp):
        restarts.died(lived_s=1)


def test_who_recovered_is_forgiven() -> None:
    restarts = Restarts(was_ready=True)
    for _ in range(MAX_DEATHS):
        restarts.died(lived_s=1)

    assert restarts.died(lived_s=STEADY_S) == 0.25
    assert restarts.died(lived_s=1) == 0.5


def test_what_was_never_ready_is_given_up_sooner() -> None:
    restarts = Restarts()
    for _ in range(MAX_FAILED_STARTS - 1):
        restarts.died(lived_s=1)

    with pytest.raises(GaveUp):
        restarts.died(lived_s=1)
