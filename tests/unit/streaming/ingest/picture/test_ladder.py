"""The ladder: which renditions a source deserves, and at what rate of frames."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.picture.ladder import RUNGS, SEGMENT_S, gop_frames, ladder, output_frame_rate
from streaming.ingest.probe import VideoStream
from tests.unit.streaming.ingest.pictures import picture

NTSC_FILM = Fraction(24000, 1001)


def sizes(width: int, height: int, **more: object) -> list[tuple[str, int, int]]:
    return [(rung.name, rung.width, rung.height) for rung in ladder(picture(width, height, **more), Fraction(24))]


class TestSizes:
    def test_full_hd(self) -> None:
        assert sizes(1920, 1080) == [
            ("v1080", 1920, 1080),
            ("v720", 1280, 720),
            ("v480", 854, 480),
            ("v360", 640, 360),
            ("v240", 426, 240),
        ]

    def test_hd(self) -> None:
        assert sizes(1280, 720) == [("v720", 1280, 720), ("v480", 854, 480), ("v360", 640, 360), ("v240", 426, 240)]

    def test_cinemascope_is_named_for_the_frame_it_fits_into(self) -> None:
        assert sizes(1920, 800)[:2] == [("v1080", 1920, 800), ("v720", 1280, 534)]

    def test_portrait_is_scaled_standing(self) -> None:
        assert sizes(1080, 1920) == [
            ("v1080", 1080, 1920),
            ("v720", 720, 1280),
            ("v480", 480, 854),
            ("v360", 360, 640),
            ("v240", 240, 426),
        ]

    def test_a_small_source_stays_as_it_is(self) -> None:
        assert sizes(320, 240) == [("v240", 320, 240)]

    def test_odd_sides_become_even_and_never_grow(self) -> None:
        assert sizes(321, 241) == [("v241", 320, 240)]

    def test_a_rung_close_below_the_source_is_not_worth_an_encode(self) -> None:
        assert [name for name, _, _ in sizes(1366, 768)] == ["v768", "v480", "v360", "v240"]

    def test_8k_comes_out_as_4k(self) -> None:
        assert sizes(7680, 4320)[0] == ("v2160", 3840, 2160)

    def test_a_ribbon_loses_the_rungs_that_would_be_thinner_than_a_macroblock(self) -> None:
        assert all(height >= 16 for _, _, height in sizes(4000, 64))

    @given(st.integers(16, 8192), st.integers(16, 8192))
    def test_never_upscaled_always_even_always_of_its_shape(self, width: int, height: int) -> None:
        rungs = ladder(picture(width, height), Fraction(24))
        assert rungs
        nominal = max(min(width, height), round(max(width, height) * 9 / 16))
        for rung in rungs:
            scale = min(nominal, int(rung.name[1:])) / nominal
            assert rung.width % 2 == rung.height % 2 == 0
            assert rung.width <= width
            assert rung.height <= height
            assert abs(rung.width - width * scale) <= 2
            assert abs(rung.height - height * scale) <= 2

    @given(st.integers(16, 8192), st.integers(16, 8192))
    def test_every_rung_is_a_clear_step_below_the_one_above(self, width: int, height: int) -> None:
        heights = [int(rung.name[1:]) for rung in ladder(picture(width, height), Fraction(24))]
        assert all(lower <= upper * 0.8 for upper, lower in itertools.pairwise(heights))
        assert len({rung.name for rung in ladder(picture(width, height), Fraction(24))}) == len(heights)
        assert all(height in RUNGS for height in heights[1:])


class TestRates:
    def test_bits_fall_with_the_size(self) -> None:
        rates = [rung.max_bps for rung in ladder(picture(3840, 2160), Fraction(24))]
        assert rates == sorted(rates, reverse=True)
        assert rates[3] == 2_600_000

    def test_more_than_thirty_frames_need_half_as_much_again(self) -> None:
        assert ladder(picture(), Fraction(60))[0].max_bps == 3_900_000

    def test_a_thin_source_is_not_blown_up(self) -> None:
        assert ladder(picture(bit_rate_bps=800_000), Fraction(24))[0].max_bps == 1_000_000

    def test_a_thin_source_in_a_better_codec_needs_more_in_ours(self) -> None:
        assert ladder(picture(bit_rate_bps=800_000, codec="hevc"), Fraction(24))[0].max_bps == 1_600_000

    def test_renditions_that_would_be_a_blur_are_left_out(self) -> None:
        assert [rung.name for rung in ladder(picture(1920, 1080, bit_rate_bps=300_000), Fraction(24))] == [
            "v1080",
            "v720",
        ]

    def test_the_top_rendition_may_always_take_a_little(self) -> None:
        assert [rung.max_bps for rung in ladder(picture(bit_rate_bps=10_000), Fraction(24))] == [150_000]


def rate_of(base: Fraction | None, average: Fraction | None) -> Fraction:
    return output_frame_rate(
        VideoStream(index=0, codec="h264", width=2, height=2, base_rate=base, average_rate=average)
    )


class TestFrameRate:
    @pytest.mark.parametrize("rate", [NTSC_FILM, Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
    def test_usual_rates_stay(self, rate: Fraction) -> None:
        assert rate_of(rate, rate) == rate

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (Fraction(120), Fraction(60)),
            (Fraction(120000, 1001), Fraction(60000, 1001)),
            (Fraction(144), Fraction(48)),
            (Fraction(240), Fraction(60)),
            (Fraction(1000), Fraction(1000, 17)),
        ],
    )
    def test_huge_rates_are_divided_evenly(self, source: Fraction, expected: Fraction) -> None:
        assert rate_of(source, source) == expected

    def test_a_phone_with_a_wandering_rate_keeps_every_frame(self) -> None:
        assert rate_of(Fraction(30), Fraction(2987, 100)) == 30
        assert rate_of(Fraction(60), Fraction(17)) == 60

    def test_a_clock_given_as_a_rate_is_not_believed(self) -> None:
        assert rate_of(Fraction(90000), Fraction(2390, 100)) == NTSC_FILM
        assert rate_of(Fraction(1000), Fraction(28)) == Fraction(30000, 1001)

    def test_a_slide_show_gets_a_frame_for_every_segment(self) -> None:
        assert rate_of(Fraction(1, 10), Fraction(1, 10)) == 1

    def test_nothing_known_is_television(self) -> None:
        assert rate_of(None, None) == 25

    @given(st.fractions(min_value=Fraction(1, 100), max_value=100_000), st.fractions(min_value=1, max_value=1000))
    def test_always_between_one_and_sixty(self, base: Fraction, average: Fraction) -> None:
        assert 1 <= rate_of(base, average) <= 60
        assert rate_of(base, average).denominator <= 1001


class TestGroupsOfPictures:
    def test_about_four_seconds(self) -> None:
        assert gop_frames(Fraction(24)) == 96
        assert gop_frames(NTSC_FILM) == 96
        assert gop_frames(Fraction(60000, 1001)) == 240

    @given(st.fractions(min_value=1, max_value=60, max_denominator=1001))
    def test_within_half_a_frame_of_a_segment(self, rate: Fraction) -> None:
        assert abs(gop_frames(rate) / rate - SEGMENT_S) <= 1 / (2 * rate)
