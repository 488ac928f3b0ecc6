"""What comes of reports: startup, rebuffers, bitrate, switches, dropped frames, failures."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.origin.qoe.events import PlaybackEvent, PlayerState
from streaming.origin.qoe.figures import MAX_GAP_MS, WINDOW, Figures, Observation, Outcome

S = PlayerState
T0 = 1_764_500_000_000


def event(after_ms: int, sequence: int, state: S | None = None, **more: int | str) -> PlaybackEvent:
    return replace(PlaybackEvent(at_ms=T0 + after_ms, sequence=sequence, state=state), **more)  # type: ignore[arg-type]


def figures(*events: PlaybackEvent) -> Figures:
    return Observation().with_events(events).figures()


EVENING = [
    event(0, 0, S.PRELOADING),
    event(5_000, 1, S.STARTING),
    event(5_100, 2, switched_to_bps=1_000_000, bitrate_bps=1_000_000),
    event(5_900, 3, S.PLAYING),
    event(15_900, 4, S.REBUFFERING),
    event(17_900, 5, S.PLAYING),
    event(27_900, 6, switched_to_bps=3_000_000, bitrate_bps=3_000_000),
    event(47_900, 7, S.PAUSED),
    event(147_900, 8, S.PLAYING),
    event(157_900, 9, S.SEEKING),
    event(158_000, 10, S.REBUFFERING),
    event(160_000, 11, S.PLAYING),
    event(170_000, 12, S.ENDED),
]


def test_an_evening() -> None:
    """10 s at 1 Mbit/s, a rebuffer of 2 s, 10 s more, then 40 s at 3 Mbit/s around a pause and a seek."""
    assert figures(*EVENING) == Figures(
        outcome=Outcome.PLAYED,
        startup_ms=900,
        played_ms=60_000,
        rebuffers=1,
        rebuffered_ms=2_000,
        mean_bitrate_bps=round((20 * 1e6 + 40 * 3e6) / 60),
        switches=1,
    )
    assert figures(*EVENING).rebuffer_ratio == pytest.approx(2 / 62)


def test_nothing_is_known_of_nothing() -> None:
    assert figures() == Figures()
    assert figures().rebuffer_ratio is None


def test_what_the_player_counts_itself_goes_before() -> None:
    told = [event(0, 0, S.STARTING), event(500, 1, S.PLAYING, startup_ms=450)]
    told += [event(9_000, 2, rebuffers=2, rebuffered_ms=800, dropped_frames=7)]
    told += [event(8_000, 3, rebuffers=1, rebuffered_ms=300, dropped_frames=5)]
    found = figures(*told)
    assert (found.startup_ms, found.rebuffers, found.rebuffered_ms, found.dropped_frames) == (450, 2, 800, 7)


@pytest.mark.parametrize(
    ("events", "outcome", "error"),
    [
        ([event(0, 0, S.PRELOADING), event(40_000, 1, S.PRELOADING)], Outcome.WAITING, ""),
        ([event(0, 0, S.STARTING), event(15_000, 1)], Outcome.WAITING, ""),
        ([event(0, 0, S.STARTING), event(15_000, 1), event(30_000, 2)], Outcome.FAILED_START, ""),
        ([event(0, 0, S.STARTING), event(31_000, 1), event(32_000, 2, S.PLAYING)], Outcome.PLAYED, ""),
        ([event(0, 0, S.STARTING), event(9, 1, S.FATAL_ERROR, error="network")], Outcome.FAILED_START, "network"),
        ([event(0, 0, S.PLAYING), event(9, 1, S.FATAL_ERROR), event(9, 2, error="media")], Outcome.FAILED, "media"),
        (
            [event(0, 0, S.PLAYING), event(9, 1, S.FATAL_ERROR, error="media"), event(99, 2, S.PLAYING)],
            Outcome.PLAYED,
            "",
        ),
    ],
    ids=["untouched", "starting", "too-long", "late", "no-start", "broken", "mended"],
)
def test_outcomes(events: list[PlaybackEvent], outcome: Outcome, error: str) -> None:
    found = figures(*events)
    assert (found.outcome, found.error) == (outcome, error)


def test_a_sleeping_device_neither_plays_nor_waits() -> None:
    assert figures(event(0, 0, S.PLAYING), event(MAX_GAP_MS + 1, 1)).played_ms == 0
    assert figures(event(0, 0, S.PLAYING), event(MAX_GAP_MS, 1)).played_ms == MAX_GAP_MS


def test_a_player_made_anew_counts_from_0_again() -> None:
    again = [event(20_000, 0, S.STARTING), event(20_500, 1, S.PLAYING), event(30_500, 2)]
    assert (
        figures(event(0, 0, S.STARTING), event(700, 1, S.PLAYING), event(10_700, 2, S.QUIT), *again).played_ms == 20_000
    )


def test_the_same_report_twice_counts_once() -> None:
    observation = Observation().with_events(EVENING)
    assert observation.with_events(EVENING[3:6]) == observation


@given(seed=st.integers(0, 10_000), batches=st.integers(1, 6))
def test_the_order_of_arrival_changes_nothing(seed: int, batches: int) -> None:
    """Nor does what comes twice, as long as no report is late by more than :data:`WINDOW` others."""
    shaken = random.Random(seed)
    told = EVENING + shaken.sample(EVENING, 5)
    shaken.shuffle(told)
    observation = Observation()
    for first in range(batches):
        observation = observation.with_events(told[first::batches])
    assert observation.figures() == figures(*EVENING)


def test_memory_is_bounded_and_sums_go_on() -> None:
    observation = Observation()
    for number in range(500):
        observation = observation.with_events([event(number * 1_000, number, S.PLAYING, bitrate_bps=2_000_000)])
        assert len(observation.open) <= WINDOW
    assert observation.figures().played_ms == 499_000
    assert observation.figures().mean_bitrate_bps == 2_000_000
    late = observation.with_events([event(500, 0, S.REBUFFERING)])
    assert late == observation, "too late to be put in order"


@given(
    st.lists(
        st.builds(
            PlaybackEvent,
            at_ms=st.integers(0, 2**53),
            sequence=st.integers(0, 10**7),
            state=st.sampled_from([None, *S]),
            bitrate_bps=st.none() | st.integers(1, 10**10),
            switched_to_bps=st.none() | st.integers(1, 10**10),
            startup_ms=st.none() | st.integers(0, 43_200_000),
            rebuffers=st.none() | st.integers(0, 10**7),
        ),
        max_size=WINDOW + 5,
    )
)
def test_whatever_is_told_the_figures_are_sane(events: list[PlaybackEvent]) -> None:
    found = figures(*events)
    assert 0 <= found.played_ms <= 43_200_000
    assert 0 <= found.rebuffered_ms <= 43_200_000
    assert found.startup_ms is None or 0 <= found.startup_ms <= 600_000
    assert found.mean_bitrate_bps is None or 0 <= found.mean_bitrate_bps <= 10**10
    assert found.rebuffer_ratio is None or 0 <= found.rebuffer_ratio <= 1
