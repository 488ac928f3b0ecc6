"""streaming.origin.quality: what is offered, and what comes first."""

from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.access import Role
from streaming.origin.access.token import Caps
from streaming.origin.cmcd import PlayerReport
from streaming.origin.ladder import Variant
from streaming.origin.quality import (
    DEFAULT_THROUGHPUT_BPS,
    HALF_LIFE_MS,
    REMEMBERED_FOR_MS,
    PlayerDevice,
    Reason,
    Selection,
    Throughput,
    caps_for,
    sample_of,
    select,
    start_throughput_bps,
)


def variant(height: int, bandwidth: int, codec: str = "avc1.64001f", width: int | None = None) -> Variant:
    return Variant(
        uri=f"v{height}/{codec[:4]}.m3u8",
        bandwidth_bps=bandwidth,
        width_px=width or height * 16 // 9,
        height_px=height,
        frame_rate=25,
        codecs=(codec, "mp4a.40.2"),
    )


LADDER = [
    variant(2160, 16_000_000),
    variant(1080, 6_000_000),
    variant(720, 3_000_000),
    variant(480, 1_400_000),
    variant(360, 700_000),
]


def heights(selection: Selection) -> list[int]:
    return [each.height_px for each in selection.variants]


class TestStart:
    @pytest.mark.parametrize(
        ("throughput_bps", "start"),
        [
            (0, 360),
            (875_000, 360),
            (1_749_999, 360),
            (1_750_000, 480),
            (DEFAULT_THROUGHPUT_BPS, 480),
            (4e6, 720),
            (1e9, 2160),
        ],
    )
    def test_is_the_best_that_leaves_a_margin(self, throughput_bps: float, start: int) -> None:
        assert heights(select(LADDER, throughput_bps=throughput_bps))[0] == start

    def test_the_rest_follows_upwards(self) -> None:
        assert heights(select(LADDER, throughput_bps=4e6)) == [720, 360, 480, 1080, 2160]

    def test_prefers_the_codec_that_needs_fewer_bits(self) -> None:
        both = [variant(720, 3_000_000), variant(720, 1_800_000, "av01.0.05M.08")]

        assert select(both, throughput_bps=1e9).start.codecs[0] == "av01.0.05M.08"


class TestDevice:
    def test_a_screen_gets_one_size_that_fills_it(self) -> None:
        selection = select(LADDER, throughput_bps=1e9, device=PlayerDevice(1366, 768))

        assert sorted(heights(selection)) == [360, 480, 720, 1080]
        assert selection.left_out == ((LADDER[0], Reason.SCREEN),)

    def test_a_phone_held_upright_has_the_same_screen(self) -> None:
        upright, lying = (
            select(LADDER, throughput_bps=1e9, device=PlayerDevice(*s)) for s in ((750, 1334), (1334, 750))
        )

        assert upright == lying

    def test_a_screen_larger_than_the_ladder_gets_it_all(self) -> None:
        assert len(select(LADDER, throughput_bps=1e9, device=PlayerDevice(7680, 4320)).variants) == 5

    def test_codecs_it_cannot_decode_are_left_out(self) -> None:
        av1 = variant(720, 1_500_000, "av01.0.05M.08")
        selection = select([*LADDER, av1], throughput_bps=1e9, device=PlayerDevice(codecs=("avc1.640028", "mp4a.40.2")))

        assert selection.left_out == ((av1, Reason.CODEC),)

    def test_a_device_that_can_play_none_of_it_is_not_believed(self) -> None:
        assert len(select(LADDER, throughput_bps=1e9, device=PlayerDevice(codecs=("vp09",))).variants) == 5

    def test_sound_alone_in_its_list_says_nothing_about_pictures(self) -> None:
        assert len(select(LADDER, throughput_bps=1e9, device=PlayerDevice(codecs=("mp4a.40.2", "opus"))).variants) == 5


class TestRole:
    def test_signed_out_viewers_get_no_uhd(self) -> None:
        selection = select(LADDER, throughput_bps=1e9, caps=caps_for(None))

        assert heights(selection)[0] == 1080
        assert selection.left_out == ((LADDER[0], Reason.ROLE),)

    def test_signed_in_viewers_get_it_all(self) -> None:
        assert heights(select(LADDER, throughput_bps=1e9, caps=caps_for(Role.USER)))[0] == 2160

    def test_a_cap_below_the_ladder_leaves_its_smallest(self) -> None:
        assert heights(select(LADDER, throughput_bps=1e9, caps=Caps(max_height_px=144))) == [360]

    def test_a_portrait_video_is_capped_by_its_short_side(self) -> None:
        portrait = [variant(1920, 6_000_000, width=1080), variant(1280, 3_000_000, width=720)]

        assert len(select(portrait, throughput_bps=1e9, caps=Caps(max_height_px=1080)).variants) == 2


variants = st.builds(
    variant,
    height=st.integers(2, 4320),
    bandwidth=st.integers(1, 10**8),
    codec=st.sampled_from(["avc1.64001f", "hvc1.1.6.L93.B0", "av01.0.05M.08", "weird"]),
)
devices = st.none() | st.builds(
    PlayerDevice,
    st.integers(0, 9000),
    st.integers(0, 9000),
    st.lists(st.sampled_from(["avc1", "av01.0.05M.08", "hev1", "?"]), max_size=3).map(tuple),
)


@given(
    st.lists(variants, min_size=1, max_size=8, unique=True),
    st.floats(0, 1e10),
    devices,
    st.builds(Caps, st.none() | st.integers(1, 65535)),
)
def test_offers_something_and_loses_nothing(
    ladder: list[Variant], throughput_bps: float, device: PlayerDevice | None, caps: Caps
) -> None:
    selection = select(ladder, throughput_bps=throughput_bps, device=device, caps=caps)

    assert selection.variants
    everything = [*selection.variants, *(each for each, _ in selection.left_out)]
    assert len(everything) == len(ladder)
    assert set(everything) == set(ladder)


@given(st.lists(variants, min_size=1, max_size=8), st.floats(1, 1e9), st.floats(1, 4))
def test_a_faster_link_never_starts_lower(ladder: list[Variant], throughput_bps: float, factor: float) -> None:
    slow, fast = (select(ladder, throughput_bps=bps).start for bps in (throughput_bps, throughput_bps * factor))

    assert fast.short_side_px >= slow.short_side_px or slow.bandwidth_bps > 0.8 * throughput_bps


def test_an_empty_ladder_is_refused() -> None:
    with pytest.raises(ValueError):
        select([], throughput_bps=1e6)


class TestThroughput:
    def test_half_is_forgotten_after_the_half_life(self) -> None:
        later = Throughput.of(8e6, now_ms=0).with_sample(4e6, now_ms=HALF_LIFE_MS)

        assert later == Throughput(6e6, HALF_LIFE_MS)

    @given(st.floats(1, 1e9), st.lists(st.tuples(st.floats(1, 1e9), st.integers(-10_000, 60_000)), max_size=20))
    def test_stays_between_its_samples_whatever_the_clock_does(
        self, first: float, samples: list[tuple[float, int]]
    ) -> None:
        estimate, now_ms = Throughput.of(first, 0), 0
        for sample, step_ms in samples:
            now_ms += step_ms
            estimate = estimate.with_sample(sample, now_ms)

        seen = [first, *(sample for sample, _ in samples)]
        assert min(seen) * 0.999 <= estimate.bps <= max(seen) * 1.001

    def test_a_burst_in_one_instant_still_counts(self) -> None:
        assert Throughput.of(8e6, 0).with_sample(1e6, 0).bps < 8e6

    def test_sample_is_what_the_player_measured(self) -> None:
        assert sample_of(PlayerReport(throughput_bps=5_000_000, bitrate_bps=3_000_000)) == 5_000_000
        assert sample_of(PlayerReport(bitrate_bps=3_000_000)) is None

    @pytest.mark.parametrize("measured", [None, 9_000_000])
    def test_a_player_that_ran_dry_has_less_than_it_played(self, measured: int | None) -> None:
        assert sample_of(PlayerReport(throughput_bps=measured, bitrate_bps=3_000_000, starved=True)) == 2_400_000

    def test_start_believes_the_player_then_memory_then_the_default(self) -> None:
        remembered = Throughput(5e6, measured_at_ms=0)

        assert start_throughput_bps(declared_bps=7, remembered=remembered, now_ms=0) == 7
        assert start_throughput_bps(declared_bps=None, remembered=remembered, now_ms=REMEMBERED_FOR_MS) == 5e6
        assert (
            start_throughput_bps(declared_bps=None, remembered=remembered, now_ms=REMEMBERED_FOR_MS + 1)
            == start_throughput_bps(declared_bps=None, remembered=None, now_ms=0)
            == DEFAULT_THROUGHPUT_BPS
        )


class TestSound:
    STEREO: ClassVar = [replace(each, audio="audio") for each in LADDER]
    SURROUND: ClassVar = [
        replace(each, audio="surround", bandwidth_bps=each.bandwidth_bps + 300_000, codecs=("avc1.64001f", "ec-3"))
        for each in LADDER
    ]

    def test_begins_in_stereo_which_is_listed_first(self) -> None:
        offered = select([*self.SURROUND, *self.STEREO], throughput_bps=1e9).variants
        assert [each.audio for each in offered] == ["audio"] * 5 + ["surround"] * 5
        assert [each.height_px for each in offered] == [2160, 360, 480, 720, 1080] * 2

    def test_a_device_that_names_its_sound_gets_no_other(self) -> None:
        device = PlayerDevice(codecs=("avc1.640028", "mp4a.40.2", "opus"))
        assert {
            each.audio for each in select([*self.SURROUND, *self.STEREO], throughput_bps=1e9, device=device).variants
        } == {"audio"}

    @pytest.mark.parametrize("codecs", [(), ("avc1.640028",), ("avc1.640028", "mp4a.40.2", "ec-3")])
    def test_else_it_gets_both(self, codecs: tuple[str, ...]) -> None:
        device = PlayerDevice(codecs=codecs)
        assert len(select([*self.SURROUND, *self.STEREO], throughput_bps=1e9, device=device).variants) == 10


class TestCodecs:
    AV1: ClassVar = [
        replace(each, bandwidth_bps=each.bandwidth_bps // 2, codecs=("av01.0.05M.08", "mp4a.40.2")) for each in LADDER
    ]

    def test_each_codec_begins_with_what_the_link_carries(self) -> None:
        """Players keep to one codec: who lacks the first begins in the second one with as good a picture as the link carries."""
        offered = select([*LADDER, *self.AV1], throughput_bps=4e6).variants
        assert [(each.codecs[0][:4], each.height_px) for each in offered] == [
            *(("av01", height) for height in (1080, 360, 480, 720, 2160)),
            *(("avc1", height) for height in (720, 360, 480, 1080, 2160)),
        ]

    def test_a_device_without_the_codec_gets_the_other_alone(self) -> None:
        offered = select(
            [*LADDER, *self.AV1], throughput_bps=4e6, device=PlayerDevice(codecs=("avc1.640028",))
        ).variants
        assert {each.codecs[0][:4] for each in offered} == {"avc1"}
        assert len(offered) == 5
