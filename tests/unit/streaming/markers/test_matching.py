"""Openings found in sound whose truth is known."""

from time import thread_time

import numpy as np
import pytest

from streaming.markers.fingerprint import FRAME, HOP, SAMPLE_RATE_HZ, Points, Samples, points
from streaming.markers.matching import BOUNDS_MS, SAME_POINT_MAX, Found, Stretch, agreed, all_shared, shared
from tests.support.media.songs import faster, song, speech

HEAD_S = 200.0
OPENING_S = 60.0
BEGINS_S = {"cold open": 0.4, "a": 33.3, "b": 61.77, "under speech": 12.34}


def head(number: int, begins_s: float, opening: Samples) -> Samples:
    """The beginning of an episode: speech, the opening, speech, and noise over all."""
    rest_s = HEAD_S - begins_s - len(opening) / SAMPLE_RATE_HZ
    sound = np.concatenate([speech(number, begins_s), opening, speech(number + 100, rest_s)])
    noise = np.random.default_rng(number).normal(size=len(sound)) * 0.003
    return (sound * (0.5 + 0.1 * number) + noise).astype(np.float32)


@pytest.fixture(scope="module")
def heads() -> dict[str, Points]:
    """Four with the same opening, one where it is faster, one without."""
    opening = song(1, OPENING_S)
    made = {
        name: points(head(number, begins_s, opening + (speech(9, OPENING_S) * 0.6 if name == "under speech" else 0)))
        for number, (name, begins_s) in enumerate(BEGINS_S.items())
    }
    made["faster"] = points(head(4, 50, faster(opening, 1.02)))
    made["without"] = points(speech(5, HEAD_S))
    return made


@pytest.mark.parametrize("name", BEGINS_S)
def test_an_opening_is_found_where_it_is(heads: dict[str, Points], name: str) -> None:
    found = agreed(all_shared(heads, name))
    assert found is not None
    begins_ms, stops_ms = BEGINS_S[name] * 1000, (BEGINS_S[name] + OPENING_S) * 1000
    # Of the story there is nothing in it, and little of the opening is left.
    assert begins_ms - 100 <= found.start_ms <= begins_ms + 1_500
    assert stops_ms - 1_500 <= found.stop_ms <= stops_ms + 100
    assert 0.5 < found.confidence < 1


def test_rather_none_than_wrong(heads: dict[str, Points]) -> None:
    assert agreed(all_shared(heads, "without")) is None
    found = agreed(all_shared(heads, "faster"))
    assert found is None or abs(found.start_ms - 50_000) < 1_500
    two = {name: heads[name] for name in ("a", "b")}
    assert all_shared(two, "a"), "they have it in common"
    assert agreed(all_shared(two, "a")) is None, "but so have two episodes a summary of the same events"


def test_what_has_nothing_in_common_shares_nothing() -> None:
    talk = [points(speech(number, 120)) for number in range(8)]
    music = [points(song(number, 120)) for number in range(20, 28)]
    for group in (talk, music):
        for number, one in enumerate(group):
            assert all(shared(one, other) is None for other in group[number + 1 :])


def test_jingles_and_the_same_episode_twice_are_no_openings() -> None:
    jingle = song(3, 8)
    one, other = (points(np.concatenate([speech(n, 40), jingle, speech(n + 9, 60)])) for n in (1, 2))
    assert shared(one, other) is None
    whole = points(speech(1, 150))
    assert shared(whole, whole) is None


def test_silence_and_tones_say_nothing() -> None:
    silence = np.zeros(60 * SAMPLE_RATE_HZ, np.float32)
    assert not points(silence).any()
    assert shared(points(silence), points(silence)) is None
    quiet = song(4, 60) * np.float32(0.0005)
    assert not points(quiet).any()


def test_a_pause_in_the_music_does_not_divide_it() -> None:
    opening = song(6, 60)
    opening[30 * SAMPLE_RATE_HZ : 32 * SAMPLE_RATE_HZ] = 0
    one, other = (points(np.concatenate([speech(n, 20 + n), opening, speech(n + 9, 60)])) for n in (1, 2))
    found = shared(one, other)
    assert found is not None
    assert found[0].stop_ms - found[0].start_ms > 57_000


@pytest.mark.parametrize("length", [0, 1, FRAME - 1, FRAME, FRAME + HOP - 1])
def test_too_little_sound_has_no_points(length: int) -> None:
    assert len(points(np.ones(length, np.float32))) == 0


def test_a_tone_that_lasts_costs_no_more_than_it_is_long() -> None:
    """Every point of it is like every other: compared each with each it would be their square."""

    def took_s(count: int) -> float:
        tone, other = np.full(count, 7, np.uint32), np.full(count, 7, np.uint32)
        tone[: SAME_POINT_MAX - 1] = other[: SAME_POINT_MAX - 1] = np.arange(100, 100 + SAME_POINT_MAX - 1)
        began = thread_time()
        shared(tone, other)
        return thread_time() - began

    took_s(1_000)
    short_s = min(took_s(20_000) for _ in range(5))
    assert min(took_s(160_000) for _ in range(5)) < 8 * 4 * short_s, "the square of eight is 64"


@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        ([], None),
        ([Stretch(0, 90_000, 0.1)], None),
        ([Stretch(0, 90_000, 0.1), Stretch(BOUNDS_MS + 1, 90_000, 0.1)], None),
        ([Stretch(0, 90_000, 0.1), Stretch(0, 90_000 + BOUNDS_MS + 1, 0.1)], None),
        ([Stretch(0, 90_000, 0.1), Stretch(1_000, 90_000, 0.1)], Found(500, 90_000, 0.6)),
        # A summary before the opening in one of them does not swallow it.
        (
            [Stretch(30_000, 90_000, 0.1), Stretch(0, 90_000, 0.1), Stretch(30_000, 90_000, 0.2)],
            Found(30_000, 90_000, 0.57),
        ),
    ],
)
def test_two_others_must_agree(stretches: list[Stretch], found: Found | None) -> None:
    assert agreed(stretches) == found
