"""Position arithmetic of the playback document."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from realtime.sync.playback import Playback, ends_at, lead_ms, paused_at, playing_from, position_at, time_at, with_rate
from tests.unit.realtime.party.domain.scene import FILM

PLAYING = Playback(media=FILM, position_ms=60_000, rate=1.0, paused=False, anchor_ms=10_000)
RATES = st.sampled_from([0.25, 0.5, 1.0, 1.25, 2.0, 4.0])
PLAYBACKS = st.builds(
    Playback,
    media=st.just(FILM),
    position_ms=st.integers(0, FILM.duration_ms),
    rate=RATES,
    paused=st.booleans(),
    anchor_ms=st.integers(0, 10**9),
)
MOMENTS = st.integers(0, 2 * 10**9)


def test_rests_until_the_anchor_then_moves() -> None:
    assert position_at(PLAYING, 9_000) == 60_000
    assert position_at(PLAYING, 10_000) == 60_000
    assert position_at(PLAYING, 12_500) == 62_500
    assert position_at(replace(PLAYING, rate=1.5), 12_000) == 63_000


def test_paused_stays() -> None:
    assert position_at(replace(PLAYING, paused=True), 10**9) == 60_000


def test_ends_with_the_media() -> None:
    assert ends_at(PLAYING) == 10_000 + 3_540_000
    assert position_at(PLAYING, 10**9) == FILM.duration_ms
    assert ends_at(replace(PLAYING, paused=True)) is None
    assert ends_at(replace(PLAYING, media=None)) is None


def test_who_is_behind_starts_before_the_anchor() -> None:
    assert time_at(PLAYING, 59_900) == 9_900
    assert time_at(replace(PLAYING, rate=2.0), 60_100) == 10_050


@given(PLAYBACKS, MOMENTS)
def test_time_at_inverts_position_at(playback: Playback, at_ms: int) -> None:
    position_ms = position_at(playback, at_ms)
    if not playback.paused and at_ms >= playback.anchor_ms and position_ms < FILM.duration_ms:
        assert time_at(playback, position_ms) == pytest.approx(at_ms)


@given(PLAYBACKS, MOMENTS, RATES)
def test_a_change_of_rate_does_not_jump(playback: Playback, at_ms: int, rate: float) -> None:
    changed = with_rate(playback, at_ms, rate)
    assert abs(position_at(changed, at_ms) - position_at(playback, at_ms)) <= 0.5
    if at_ms <= playback.anchor_ms:
        assert changed == replace(playback, rate=rate), "what is still to come keeps its time"


@given(PLAYBACKS, MOMENTS)
def test_pausing_and_playing_on_loses_nothing(playback: Playback, at_ms: int) -> None:
    paused = paused_at(playback, at_ms)
    assert abs(paused.position_ms - position_at(playback, at_ms)) <= 0.5
    assert position_at(playing_from(paused, at_ms + 150, paused.position_ms), at_ms + 150) == paused.position_ms


@pytest.mark.parametrize(
    ("rtts", "lead"),
    [
        ([], 150),
        ([20], 150),
        ([100], 150),
        ([400], 600),
        ([5_000], 1_500),
        ([10] * 95 + [900] * 5, 150),
        ([10] * 94 + [900] * 6, 1_350),
    ],
)
def test_lead_follows_the_p95_of_the_round_trips(rtts: list[float], lead: float) -> None:
    assert lead_ms(rtts) == lead
