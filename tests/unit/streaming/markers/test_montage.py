"""Recaps and previews found in sound whose truth is known."""

import numpy as np
import pytest

from streaming.markers.fingerprint import SAMPLE_RATE_HZ, Points, Samples, points
from streaming.markers.matching import Found
from streaming.markers.montage import cuts, montage
from tests.support.media.songs import song, speech

STORY_S = 240
OPENING_S = 30
CUTS_S = ((20, 5), (55, 4), (90, 6), (130, 3.5), (160, 7), (200, 4.5))
"""Where the scenes of a recap begin in the episode before, and how long they are."""
RECAP_S = sum(length for _, length in CUTS_S)


def cut(sound: Samples, begins_s: float, length_s: float) -> Samples:
    return sound[round(begins_s * SAMPLE_RATE_HZ) : round((begins_s + length_s) * SAMPLE_RATE_HZ)]


def heard(*parts: Samples, seed: int) -> Points:
    """As an episode has it: at a volume of its own, and with noise."""
    sound = np.concatenate(parts)
    noise = np.random.default_rng(seed).normal(size=len(sound)) * 0.003
    return points((sound * (0.5 + 0.1 * (seed % 4)) + noise).astype(np.float32))


OPENING = song(1, OPENING_S)
STORY = speech(1, STORY_S)
RECAP = np.concatenate([cut(STORY, *each) for each in CUTS_S])
BEFORE = heard(speech(11, 10), OPENING, STORY, seed=1)
OTHER = heard(speech(12, 30), OPENING, speech(2, STORY_S), seed=2)


def head(*parts: Samples) -> Points:
    return heard(*parts, OPENING, speech(3, 40), seed=3)


def assert_near(found: Found | None, begins_s: float, stops_s: float) -> None:
    assert found is not None
    assert begins_s * 1000 - 400 <= found.start_ms <= begins_s * 1000 + 2_500
    assert stops_s * 1000 - 2_500 <= found.stop_ms <= stops_s * 1000 + 400
    assert 0.5 < found.confidence < 1


def test_scenes_of_the_episode_before_are_a_recap() -> None:
    assert_near(montage(head(speech(7, 3), RECAP), BEFORE, [OTHER]), 3, 3 + RECAP_S)


def test_a_narrator_over_them_and_between_them_hides_little() -> None:
    told = np.concatenate([RECAP[: len(RECAP) // 2], speech(8, 4), RECAP[len(RECAP) // 2 :]])
    found = montage(head(told + speech(9, RECAP_S + 9)[: len(told)] * np.float32(0.4)), BEFORE, [OTHER])
    assert found is not None
    assert found.start_ms >= 0
    assert found.stop_ms <= (RECAP_S + 4) * 1000 + 400
    assert found.stop_ms - found.start_ms >= 20_000


@pytest.mark.parametrize(
    "begins",
    [
        pytest.param([speech(7, 40)], id="a story of its own"),
        pytest.param([cut(STORY, 210, 30)], id="the end of the episode before, once more"),
        pytest.param([cut(STORY, 100, 10), cut(STORY, 200, 10)], id="two scenes"),
        pytest.param([np.concatenate([cut(STORY, *each) for each in reversed(CUTS_S)])], id="backwards"),
        pytest.param(
            [part for each in CUTS_S for part in (cut(STORY, *each), speech(round(each[0]), 10))], id="scattered"
        ),
        pytest.param([cut(song(4, 100), at, 6) for at in (0, 20, 40, 60)], id="music"),
    ],
)
def test_rather_none_than_wrong(begins: list[Samples]) -> None:
    assert montage(head(*begins), BEFORE, [OTHER]) is None


def test_what_others_have_as_well_is_music_of_the_series() -> None:
    jingles = np.concatenate([song(seed, 5) for seed in range(20, 25)])
    apart = [part for seed in range(20, 25) for part in (song(seed, 5), speech(seed, 30))]
    with_jingles = heard(*apart, seed=5)
    others = heard(*apart, seed=6)
    assert montage(head(jingles), with_jingles, []) is not None
    assert montage(head(jingles), with_jingles, [others]) is None


def test_nothing_says_nothing() -> None:
    silence = points(np.zeros(60 * SAMPLE_RATE_HZ, np.float32))
    nothing = points(np.zeros(0, np.float32))
    assert cuts(silence, silence) == cuts(nothing, BEFORE) == cuts(BEFORE, nothing) == []
    assert montage(nothing, BEFORE, [OTHER]) is None
