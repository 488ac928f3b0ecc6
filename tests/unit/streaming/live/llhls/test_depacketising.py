"""RTP into frames (RFC 3550, RFC 6184, RFC 7587)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.rtp import RtpPacket
from streaming.live.llhls.depacketising import opus
from streaming.live.llhls.depacketising.clock import StreamClock
from streaming.live.llhls.depacketising.h264 import MAX_FRAGMENTS, MAX_UNIT_BYTES, H264Depacketiser, Picture
from streaming.live.llhls.depacketising.reorder import MAX_WAIT_MS, Ordered, ReorderBuffer, Unwrapper
from streaming.live.llhls.depacketising.sps import parse_sps
from tests.unit.streaming.live.llhls.frames import KEY, NEXT, PPS, SPS, fragments, packet, stap


class TestReorderBuffer:
    """RFC 3550 §5.1 and appendix A.1."""

    @staticmethod
    def order(numbers: list[int], *, step_ms: float = 1) -> tuple[list[int], list[int], ReorderBuffer[RtpPacket]]:
        buffer: ReorderBuffer[RtpPacket] = ReorderBuffer()
        out: list[int] = []
        after_loss: list[int] = []
        for index, number in enumerate(numbers):
            for each in buffer.push(packet(number), index * step_ms):
                out.append(each.packet.sequence)
                after_loss += [each.packet.sequence] if each.after_loss else []
        return out, after_loss, buffer

    def test_what_is_in_order_goes_through_at_once_over_the_wrap(self) -> None:
        assert self.order([65534, 65535, 0, 1])[:2] == ([65534, 65535, 0, 1], [])

    def test_swapped_packets_are_put_right(self) -> None:
        assert self.order([65534, 0, 65535, 1])[:2] == ([65534, 65535, 0, 1], [])

    def test_repeated_and_late_packets_are_dropped(self) -> None:
        out, _, buffer = self.order([5, 6, 6, 5, 7, 7])
        assert out == [5, 6, 7]
        assert buffer.refused == 3

    def test_a_lost_packet_is_waited_for_and_then_given_up(self) -> None:
        buffer: ReorderBuffer[RtpPacket] = ReorderBuffer()
        assert [each.packet.sequence for each in buffer.push(packet(1), 0)] == [1]
        assert buffer.push(packet(3), 10) == []
        assert buffer.expire(10 + MAX_WAIT_MS - 1) == []
        given_up = buffer.expire(10 + MAX_WAIT_MS)
        assert [(each.packet.sequence, each.after_loss) for each in given_up] == [(3, True)]
        assert buffer.lost == 1

    def test_one_packet_from_nowhere_changes_nothing(self) -> None:
        assert self.order([10, 40000, 11, 12])[:2] == ([10, 11, 12], [])

    def test_a_replay_of_long_ago_is_dropped(self) -> None:
        assert self.order([10000, 9000, 10001, 9001, 10002])[0] == [10000, 10001, 10002]

    def test_a_sender_that_begins_anew_is_followed(self) -> None:
        assert self.order([10, 11, 40000, 40001, 40002])[:2] == ([10, 11, 40001, 40002], [40001])

    @given(st.lists(st.integers(0, 65535), max_size=80))
    def test_whatever_comes_no_packet_comes_out_twice_in_a_row_and_nothing_is_held_for_ever(
        self, numbers: list[int]
    ) -> None:
        out, _, buffer = self.order(numbers)
        out += [each.packet.sequence for each in buffer.expire(1e9)]
        assert all(a != b for a, b in itertools.pairwise(out))
        assert buffer.flush() == []


def test_timestamps_go_on_over_the_wrap_in_both_directions() -> None:
    unwrapper = Unwrapper(32)
    start = (1 << 32) - 10
    assert [unwrapper.unwrap(value) - start for value in (start, 5, start + 3, 20)] == [0, 15, 3, 30]


class TestH264:
    """RFC 6184 §5."""

    @staticmethod
    def pictures(*packets: tuple[bytes, int, bool] | None) -> tuple[list[Picture], H264Depacketiser]:
        """``None`` is a lost packet."""
        depacketiser, out, lost = H264Depacketiser(), [], False
        for sequence, each in enumerate(packets):
            if each is None:
                lost = True
                continue
            payload, timestamp, marker = each
            out += depacketiser.push(
                Ordered(packet(sequence, payload, timestamp=timestamp, marker=marker), after_loss=lost)
            )
            lost = False
        return out, depacketiser

    def test_an_aggregate_brings_the_parameter_sets_and_the_key_frame(self) -> None:
        (picture,), depacketiser = self.pictures((stap(SPS, PPS, KEY), 100, True))
        assert (picture.timestamp, picture.nals, picture.is_key) == (100, (KEY,), True)
        assert (picture.config.sps, picture.config.pps) == ((SPS,), (PPS,))
        assert (picture.config.format.width_px, picture.config.format.height_px) == (1280, 720)
        assert picture.config.format.codec == "avc1.42c01f"
        assert not depacketiser.needs_key

    def test_fragments_are_put_together(self) -> None:
        pieces = fragments(KEY, 9)
        last = len(pieces) - 1
        out, _ = self.pictures(
            (SPS, 1, False),
            (PPS, 1, False),
            *((piece, 1, i == last) for i, piece in enumerate(pieces)),
            (NEXT, 2, True),
        )
        assert [picture.nals for picture in out] == [(KEY,), (NEXT,)]

    def test_a_picture_without_a_mark_ends_where_the_next_begins(self) -> None:
        out, _ = self.pictures((stap(SPS, PPS, KEY), 1, False), (NEXT, 2, True))
        assert [(picture.timestamp, picture.is_key) for picture in out] == [(1, True), (2, False)]

    def test_nothing_is_shown_before_a_key_frame(self) -> None:
        out, depacketiser = self.pictures((NEXT, 1, True), (KEY, 2, True))
        assert out == []  # a key frame without parameter sets is none
        assert depacketiser.needs_key

    def test_after_a_loss_everything_is_dropped_until_the_next_key_frame(self) -> None:
        out, _ = self.pictures(
            (stap(SPS, PPS, KEY), 1, True), (NEXT, 2, True), None, (NEXT, 4, True), (NEXT, 5, True), (KEY, 6, True), (NEXT, 7, True)
        )  # fmt: skip
        assert [picture.timestamp for picture in out] == [1, 2, 6, 7]

    def test_a_key_frame_that_lost_a_fragment_is_dropped(self) -> None:
        pieces = fragments(KEY, 20)
        out, depacketiser = self.pictures(
            (stap(SPS, PPS), 1, False), (pieces[0], 1, False), None, (pieces[2], 1, True), (NEXT, 2, True)
        )
        assert out == []
        assert depacketiser.needs_key

    def test_a_key_frame_whose_first_slice_was_lost_is_dropped(self) -> None:
        second_slice = b"\x65\x40" + bytes(30)
        out, _ = self.pictures((stap(SPS, PPS, KEY), 1, True), None, (second_slice, 2, True))
        assert [picture.timestamp for picture in out] == [1]

    def test_new_parameter_sets_are_another_configuration_and_the_same_ones_are_not(self) -> None:
        other = bytes.fromhex("6742c01fda0280bfe584000003000400000300523c60ca80")
        out, _ = self.pictures(
            (stap(SPS, PPS, KEY), 1, True), (stap(SPS, PPS, KEY), 2, True), (stap(other, PPS, KEY), 3, True)
        )
        assert out[0].config is out[1].config
        assert (out[2].config.format.width_px, out[2].config.format.height_px) == (640, 360)
        assert out[2].config.sps == (other,)

    def test_parameter_sets_of_the_session_description_count(self) -> None:
        depacketiser = H264Depacketiser("Z0LAH9oBQBboQAAAAwBAAAAFI8YMqA==,aM4PyA==,garbage!")
        (picture,) = depacketiser.push(Ordered(packet(0, KEY), after_loss=False))
        assert picture.config.sps == (SPS,)

    def test_a_picture_that_never_ends_is_given_up(self) -> None:
        depacketiser = H264Depacketiser()
        for number in range(MAX_UNIT_BYTES // 60_000 + 2):
            depacketiser.push(Ordered(packet(number, b"\x65\x88" + bytes(60_000), marker=False), after_loss=False))
        assert depacketiser.malformed
        assert sum(map(len, depacketiser._nals)) <= MAX_UNIT_BYTES

    @pytest.mark.parametrize("size", [1_025, 70_000])
    def test_a_parameter_set_that_no_initialisation_section_holds_is_refused(self, size: int) -> None:
        pieces = fragments(PPS[:1] + b"\x48" + bytes(size - 2), 60_000)
        out, depacketiser = self.pictures(
            *((piece, 1, False) for piece in pieces), (b"", 1, True), (stap(SPS, PPS, KEY), 2, True)
        )
        assert [picture.config.pps for picture in out] == [(PPS,)]
        assert depacketiser.malformed

    def test_a_unit_of_crumbs_is_given_up(self) -> None:
        depacketiser = H264Depacketiser()
        first, crumb, _ = fragments(KEY[:4], 1)
        for number, payload in enumerate([first, *[crumb] * (MAX_FRAGMENTS + 1)]):
            depacketiser.push(Ordered(packet(number, payload, marker=False), after_loss=False))
        assert depacketiser._fragments is None
        assert depacketiser.malformed

    @given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 3), st.booleans(), st.booleans()), max_size=30))
    def test_garbage_raises_nothing_and_never_makes_a_picture_without_a_key_frame(
        self, packets: list[tuple[bytes, int, bool, bool]]
    ) -> None:
        depacketiser = H264Depacketiser()
        for number, (payload, timestamp, marker, lost) in enumerate(packets):
            each = Ordered(packet(number, payload, timestamp=timestamp, marker=marker), after_loss=lost)
            for picture in depacketiser.push(each):
                assert picture.config.sps


class TestSps:
    """ITU-T H.264 §7.3.2.1.1."""

    @pytest.mark.parametrize("length", range(4, len(SPS) - 9))
    def test_what_is_cut_off_is_refused(self, length: int) -> None:
        with pytest.raises(ValueError):
            parse_sps(SPS[: min(length, 8)])

    @given(st.binary(max_size=60))
    def test_garbage_is_refused_or_a_picture_of_a_size_that_exists(self, data: bytes) -> None:
        try:
            shown = parse_sps(b"\x67" + data)
        except ValueError:
            return
        assert 0 < shown.width_px <= 8192
        assert 0 < shown.height_px <= 8192


class TestOpus:
    """RFC 6716 §3."""

    @pytest.mark.parametrize(
        ("packet_bytes", "ms"),
        [
            (b"\x00", 10), (b"\x08", 20), (b"\x10", 40), (b"\x18", 60),  # SILK
            (b"\x60", 10), (b"\x68", 20),  # hybrid
            (b"\x80", 2.5), (b"\xf8\xff\xfe", 20),  # CELT
            (b"\x79", 40), (b"\x7a", 40),  # two frames
            (b"\x83\x30", 120),  # 48 of 2.5 ms
        ],
        ids=lambda value: value.hex() if isinstance(value, bytes) else f"{value}ms",
    )  # fmt: skip
    def test_a_packet_says_how_long_it_lasts(self, packet_bytes: bytes, ms: float) -> None:
        assert opus.samples_of(packet_bytes) == ms * 48

    @pytest.mark.parametrize(
        "packet_bytes", [b"", b"\x03", b"\x03\x00", b"\x1b\x03"], ids=["empty", "cut", "none", "180ms"]
    )
    def test_what_is_no_opus_is_refused(self, packet_bytes: bytes) -> None:
        with pytest.raises(ValueError):
            opus.samples_of(packet_bytes)


class TestStreamClock:
    """RFC 3550 §6.4.1."""

    def test_without_a_reference_time_counts_from_the_first_arrival(self) -> None:
        clock = StreamClock(90_000)
        assert clock.time_ms(1000, 5000) == 5000
        assert clock.time_ms(1000 + 9000, 5900) == pytest.approx(5100)

    def test_a_reference_before_the_first_packet_is_believed_at_once(self) -> None:
        clock = StreamClock(90_000)
        clock.refer(900, 4000)
        assert clock.time_ms(900 + 9000, 4250) == pytest.approx(4100)

    def test_a_later_reference_is_approached_by_a_hundredth_of_the_time_that_passes(self) -> None:
        clock = StreamClock(48_000)
        clock.time_ms(0, 1000)
        clock.refer(0, 990)
        times = [clock.time_ms(960 * n, 1000 + 20 * n) for n in range(1, 100)]
        steps = [b - a for a, b in itertools.pairwise(times)]
        assert all(19.79 <= step <= 20.001 for step in steps)
        assert times[-1] == pytest.approx(990 + 20 * 99)

    def test_a_reference_of_garbage_changes_nothing(self) -> None:
        clock = StreamClock(48_000)
        clock.time_ms(0, 1000)
        clock.refer(2_000_000_000, 77)
        assert clock.time_ms(960, 1020) == pytest.approx(1020)

    def test_a_sender_that_counts_anew_goes_by_the_arrival_again(self) -> None:
        clock = StreamClock(90_000)
        clock.time_ms(0, 1000)
        assert clock.time_ms(90_000 * 1000, 1040) == pytest.approx(1040)
