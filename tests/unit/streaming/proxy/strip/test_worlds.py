"""Hours of live channels whose dates come and go: no programme is hidden, no ad is shown, whatever the clock does.

Viewers' promises (RFC 8216 sections 6.2.1 and 6.2.2) are kept along the way; see ``live_channel.Viewer``.
"""

import pytest

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.strip.strip import AdPolicy, StripOptions
from tests.support.media.live_channel import EPOCH_S, SLATE
from tests.unit.streaming.proxy.strip.worlds import Dating, Dial, Encoder, World, true_dial

GAP = StripOptions(AdPolicy.REPLACE, DetectionRules(heuristics=False))
DELETE = StripOptions(AdPolicy.DELETE, DetectionRules(heuristics=False))

DATINGS: dict[str, Dating] = {
    "none": lambda index, first, border: False,
    "every": lambda index, first, border: True,
    "first-of-window": lambda index, first, border: index == first,
    "twice-at-the-beginning": lambda index, first, border: index in (0, 20),
    "each-ten-minutes": lambda index, first, border: index % 100 == 0,
    "at-borders": lambda index, first, border: border,
    "odd-windows": lambda index, first, border: first % 2 == 1,
    "wandering": lambda index, first, border: (index * 7 + first * 3) % 11 == 0,
    "until-noon": lambda index, first, border: index < 300,
    "from-noon": lambda index, first, border: index >= 300,
}
DIALS: dict[str, Dial] = {
    "true": true_dial,
    "fast": lambda moment_s, reload: EPOCH_S + moment_s * 1.003,
    "forward": lambda moment_s, reload: EPOCH_S + moment_s + 3600 * (moment_s >= 1500),
    "back": lambda moment_s, reload: EPOCH_S + moment_s - 3600 * (moment_s >= 1500),
    "repeating": lambda moment_s, reload: EPOCH_S + moment_s % 600,
    "restated": lambda moment_s, reload: EPOCH_S + moment_s + 0.2 * (reload % 3),
    "of-the-request": lambda moment_s, reload: EPOCH_S + reload * 30.0,
    "at-random": lambda moment_s, reload: EPOCH_S + (moment_s * 7919 + reload * 104_729) % 86_400,
}


_WORLDS = [(dating, "true") for dating in DATINGS]
_WORLDS += [(dating, dial) for dial in DIALS if dial != "true" for dating in ("each-ten-minutes", "odd-windows")]


@pytest.mark.slow
@pytest.mark.parametrize(("dating", "dial"), _WORLDS)
def test_dates_hide_nothing_whatever_they_are(dating: str, dial: str) -> None:
    """Renditions in step are told by number.  One under numbers of its own, with segments of its own length, is cut to the moment by
    sane dates, else to a segment of the picture."""
    exact = (dating, dial) in (("every", "true"), ("first-of-window", "true"))
    how = DATINGS[dating], DIALS[dial]
    picture = Encoder("v", cues=True, dating=how[0], dial=how[1])
    in_step = Encoder("w", dating=how[0], dial=how[1])
    sound = Encoder("audio", 4.0, 90_000, dating=how[0], dial=how[1], tolerance_s=0.0 if exact else 12.0)
    World([picture, in_step, sound]).run(GAP)


@pytest.mark.parametrize("policy", [GAP, SLATE, DELETE], ids=["gap", "slate", "delete"])
@pytest.mark.parametrize("dating", ["each-ten-minutes", "odd-windows"])
def test_promises_are_kept_for_hours(policy: StripOptions, dating: str) -> None:
    picture = Encoder("v", cues=True, dating=DATINGS[dating])
    World([picture], hours=3).run(policy)


@pytest.mark.parametrize("lag_s", [0.0, 8.0, 30.0])
def test_dates_of_both_are_one_moment_however_late_the_sound_is(lag_s: float) -> None:
    picture = Encoder("v", cues=True, dating=DATINGS["first-of-window"])
    World([picture, Encoder("audio", 4.0, 7, dating=DATINGS["every"], lag_s=lag_s)]).run(GAP)


def test_dates_that_one_has_alone_are_no_harm() -> None:
    picture = Encoder("v", cues=True, dating=DATINGS["each-ten-minutes"])
    World([picture, Encoder("audio", 4.0, 7, tolerance_s=12.0)]).run(GAP)
    picture = Encoder("v", cues=True)
    World([picture, Encoder("audio", 4.0, 7, dating=DATINGS["every"], tolerance_s=12.0)]).run(GAP)


@pytest.mark.parametrize("dating", ["none", "every", "each-ten-minutes"])
def test_lengths_that_are_stated_wrongly_do_not_add_up(dating: str) -> None:
    """A frame in a thousand, for hours: dates correct it, or discontinuities that both have."""
    picture = Encoder("v", 6.0, cues=True, seams=True, dating=DATINGS[dating], stated_s=6.006)
    sound = Encoder("audio", 4.0, 7, seams=True, dating=DATINGS[dating], stated_s=3.996, tolerance_s=12.0)
    World([picture, sound], hours=2).run(GAP)


@pytest.mark.parametrize("dating", ["none", "every", "odd-windows"])
@pytest.mark.parametrize("every", [5, 40])
def test_who_was_away_finds_its_place_again(dating: str, every: int) -> None:
    """Whole windows are missed; without dates live edges are one moment again."""
    exact = dating == "every"
    picture = Encoder("v", cues=True, dating=DATINGS[dating])
    in_step = Encoder("w", dating=DATINGS[dating], every=every)
    sound = Encoder("audio", 4.0, 7, dating=DATINGS[dating], every=every, tolerance_s=0.0 if exact else 12.0)
    World([picture, in_step, sound], hours=2.5).run(GAP)


@pytest.mark.slow
@pytest.mark.parametrize("dating", ["none", "each-ten-minutes"])
@pytest.mark.parametrize("first_msn", [0, 90_000])
@pytest.mark.parametrize(("restart_s", "policy"), [(120.0, GAP), (1512.0, GAP), (1512.0, DELETE)])
def test_an_encoder_that_counts_anew(dating: str, first_msn: int, restart_s: float, policy: StripOptions) -> None:
    """All at once, also when the numbers it has shown before come again; sound under numbers of its own goes on."""
    how = {"dating": DATINGS[dating], "restart_s": restart_s}
    picture = Encoder("v", cues=True, first_msn=first_msn, **how)  # type: ignore[arg-type]
    in_step = Encoder("w", first_msn=first_msn, **how)  # type: ignore[arg-type]
    sound = Encoder("audio", 4.0, 70_007, dating=DATINGS[dating], tolerance_s=18.0)
    World([picture, in_step, sound]).run(policy)


@pytest.mark.parametrize("dating", ["none", "every"])
@pytest.mark.parametrize("who", ["v", "w"])
@pytest.mark.parametrize("policy", [GAP, DELETE], ids=["gap", "delete"])
def test_one_rendition_alone_counts_anew(dating: str, who: str, policy: StripOptions) -> None:
    """The other goes on under the numbers it had; from then on they are out of step."""
    encoders = [
        Encoder(name, cues=name == "v", dating=DATINGS[dating], tolerance_s=0.0 if name == "v" else 18.0)
        for name in ("v", "w")
    ]
    for encoder in encoders:
        encoder.restart_s = 1512.0 if encoder.name == who else encoder.restart_s
    World(encoders).run(policy)


@pytest.mark.parametrize("dating", ["none", "every", "each-ten-minutes"])
def test_numbers_that_jump_ahead(dating: str) -> None:
    picture = Encoder("v", cues=True, dating=DATINGS[dating], skips=(1512.0, 500))
    in_step = Encoder("w", dating=DATINGS[dating], skips=(1512.0, 500))
    World([picture, in_step]).run(GAP)
