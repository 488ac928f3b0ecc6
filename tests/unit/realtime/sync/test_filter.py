"""The clock filter: an offset within known bounds, from answers that took unequal times."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from realtime.sync.clock_filter import BURST_INTERVAL_MS, MAX_SAMPLES, MAX_SKEW, STEADY_INTERVAL_MS, ClockFilter

OFFSET_MS = 123_456.0
DELAYS = st.floats(1, 400)


def ask(
    clock: ClockFilter,
    at_ms: float,
    there_ms: float,
    back_ms: float,
    *,
    offset_ms: float = OFFSET_MS,
    work_ms: float = 0.5,
) -> bool:
    """One question at ``at_ms`` and its answer, over a network with these delays."""
    t1 = at_ms + there_ms + offset_ms
    return clock.add(at_ms, t1, t1 + work_ms, at_ms + there_ms + work_ms + back_ms)


def test_knows_nothing_at_first() -> None:
    clock = ClockFilter()
    assert not clock.locked
    assert clock.rtt_ms is None
    assert clock.error_ms == float("inf")


def test_one_symmetric_answer_gives_the_offset() -> None:
    clock = ClockFilter()
    ask(clock, 0, 50, 50)
    assert clock.offset_ms == pytest.approx(OFFSET_MS)
    assert clock.rtt_ms == pytest.approx(100)
    assert clock.room_ms(1_000) == pytest.approx(1_000 + OFFSET_MS)


def test_each_way_needs_to_be_quick_only_once() -> None:
    clock = ClockFilter()
    ask(clock, 0, 40, 140)
    ask(clock, 75, 140, 40)
    assert clock.offset_ms == pytest.approx(OFFSET_MS, abs=0.01)


def test_asymmetry_cannot_be_seen_but_is_bounded() -> None:
    clock = ClockFilter()
    for index in range(5):
        ask(clock, index * 75, 65, 35)
    assert clock.offset_ms == pytest.approx(OFFSET_MS + 15, abs=0.1)
    assert clock.error_ms == pytest.approx(50, abs=0.1)


def test_locks_after_three_and_calms_down_after_five() -> None:
    clock = ClockFilter()
    seen = []
    for index in range(5):
        ask(clock, index * 75, 50, 50)
        seen.append((clock.locked, clock.next_ping_in_ms()))
    quick, calm = BURST_INTERVAL_MS, STEADY_INTERVAL_MS
    assert seen == [(False, quick), (False, quick), (True, quick), (True, quick), (True, calm)]


@pytest.mark.parametrize(
    "times",
    [(0, 500, 500, 1_001), (100, 500, 500, 99), (0, 500, 499, 100), (0, 0, 200, 100), (0, float("nan"), 500, 100)],
)
def test_answers_too_slow_or_senseless_are_left_out(times: tuple[float, float, float, float]) -> None:
    clock = ClockFilter()
    assert not clock.add(*times)
    assert clock.error_ms == float("inf")


@pytest.mark.parametrize("step_ms", [-30_000, -500, 500, 30_000])
def test_a_clock_that_stepped_is_noticed_at_once(step_ms: float) -> None:
    clock = ClockFilter()
    for index in range(10):
        ask(clock, index * 10_000, 50, 60)
    ask(clock, 100_000, 50, 50, offset_ms=OFFSET_MS + step_ms)
    assert clock.offset_ms == pytest.approx(OFFSET_MS + step_ms)
    assert clock.next_ping_in_ms() == BURST_INTERVAL_MS, "and made sure of"


def test_old_answers_make_room_for_new_ones() -> None:
    clock = ClockFilter()
    ask(clock, 0, 10, 10)
    for index in range(MAX_SAMPLES):
        ask(clock, 1_000 + index * 10, 50, 50)
    assert clock.error_ms == pytest.approx(50, abs=0.1)


@given(
    st.lists(st.tuples(DELAYS, DELAYS, st.floats(75, 60_000)), min_size=1, max_size=40),
    st.floats(-MAX_SKEW, MAX_SKEW),
    st.floats(-1e9, 1e9),
)
@settings(deadline=None)
def test_never_further_off_than_it_says(
    answers: list[tuple[float, float, float]], skew: float, offset_ms: float
) -> None:
    """Whatever the delays, and however the clocks drift apart within what crystals do."""
    clock, at_ms = ClockFilter(), 0.0
    for there_ms, back_ms, pause_ms in answers:
        at_ms += pause_ms

        def server(client_ms: float) -> float:
            return offset_ms + client_ms * (1 + skew)

        arrived_ms, answered_ms = at_ms + there_ms, at_ms + there_ms + back_ms
        clock.add(at_ms, server(arrived_ms), server(arrived_ms), answered_ms)
        if clock.rtt_ms is not None:
            rounding = 1e-3  # of offsets of eleven days
            slack = MAX_SKEW * (there_ms + back_ms) + rounding  # the clocks drift during the answer, too
            assert abs(clock.room_ms(answered_ms) - server(answered_ms)) <= clock.error_ms + slack
