"""RTP and RTCP by RFC 3550, header extensions by RFC 8285, levels by RFC 6464, one port by RFC 7983."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.rtp import (
    Datagram,
    Reception,
    SequenceRewriter,
    TimestampRewriter,
    build_rtp,
    kind_of,
    parse_rtcp,
    parse_rtp,
)

HEADER = struct.pack("!BBHLL", 0x80, 111, 7, 960, 0xCAFE)


def extended(profile: int, values: bytes, payload: bytes = b"sound", first: int = 0x90) -> bytes:
    values += b"\0" * (-len(values) % 4)
    head = struct.pack("!BBHLL", first, 111, 7, 960, 0xCAFE)
    return head + struct.pack("!HH", profile, len(values) // 4) + values + payload


class TestKinds:
    """RFC 7983 §7 and RFC 5761 §4."""

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b"\x00\x01", Datagram.STUN),
            (b"\x03\x01", Datagram.STUN),
            (b"\x16\xfe", Datagram.DTLS),
            (b"\x3f\xfe", Datagram.DTLS),
            (b"\x80\x6f", Datagram.RTP),
            (b"\x80\xef", Datagram.RTP),
            (b"\x80\xc8", Datagram.RTCP),
            (b"\x80\xcd", Datagram.RTCP),
            (b"\x40\x00", Datagram.OTHER),
            (b"\xc0\x00", Datagram.OTHER),
            (b"\x80", Datagram.OTHER),
            (b"", Datagram.OTHER),
        ],
    )
    def test_first_byte(self, data: bytes, kind: Datagram) -> None:
        assert kind_of(data) is kind


class TestReading:
    """RFC 3550 §5.1."""

    def test_plain(self) -> None:
        packet = parse_rtp(HEADER + b"sound", None)
        assert (packet.payload_type, packet.marker, packet.sequence, packet.timestamp) == (111, False, 7, 960)
        assert (packet.ssrc, packet.level_dbov, packet.payload) == (0xCAFE, None, b"sound")

    def test_round(self) -> None:
        packet = parse_rtp(build_rtp(96, True, 65_535, 2**32 - 1, 1, b"x"), None)
        assert (packet.payload_type, packet.marker, packet.sequence, packet.timestamp) == (96, True, 65_535, 2**32 - 1)

    @pytest.mark.parametrize(
        ("data", "level"),
        [
            (extended(0xBEDE, b"\xe0\x9e"), 30),  # the voice flag is not the level
            (extended(0xBEDE, b"\x00\x11\xaa\xbb\xe0\x05"), 5),  # behind padding and another one
            (extended(0xBEDE, b"\xf0\x00\xe0\x05"), None),  # 15 ends the reading
            (extended(0xBEDE, b"\x10\xaa"), None),
            (extended(0x1000, b"\x0e\x01\x2a"), 42),
            (extended(0x1003, b"\x00\x02\x01\xff\x0e\x01\x2a"), 42),
            (extended(0x1000, b"\x0e\x00"), None),
            (extended(0x4242, b"\xe0\x05"), None),
        ],
    )
    def test_level(self, data: bytes, level: int | None) -> None:
        packet = parse_rtp(data, 14)
        assert (packet.level_dbov, packet.payload) == (level, b"sound")

    def test_padding_and_contributors(self) -> None:
        data = struct.pack("!BBHLLL", 0xA1, 111, 7, 960, 1, 2) + b"sound\0\0\3"
        assert parse_rtp(data, None).payload == b"sound"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            HEADER[:11],
            b"\x40" + HEADER[1:],
            b"\x8f" + HEADER[1:],
            b"\x90" + HEADER[1:] + b"\xbe\xde\x00\x02abcd",
            b"\xa0" + HEADER[1:],
            b"\xa0" + HEADER[1:] + b"\x00",
            b"\xa0" + HEADER[1:] + b"ab\x09",
        ],
    )
    def test_not_as_long_as_it_says(self, data: bytes) -> None:
        with pytest.raises(ValueError):
            parse_rtp(data, 14)

    @given(st.binary(max_size=80), st.integers(1, 255))
    def test_anything_is_read_or_refused(self, data: bytes, level_id: int) -> None:
        try:
            packet = parse_rtp(data, level_id)
        except ValueError:
            return
        assert len(packet.payload) <= len(data)
        assert packet.level_dbov is None or 0 <= packet.level_dbov <= 127


class TestRewriting:
    def test_one_source_keeps_its_holes_and_its_order(self) -> None:
        rewriter = SequenceRewriter(100)
        assert [rewriter.next("a", number)[0] for number in (5, 6, 9, 8, 10)] == [100, 101, 104, 103, 105]

    def test_the_next_source_goes_on_without_a_hole(self) -> None:
        rewriter = SequenceRewriter(65_534)
        assert [rewriter.next("a", number) for number in (5, 6)] == [(65_534, True), (65_535, False)]
        assert [rewriter.next("b", number) for number in (40_000, 40_001)] == [(0, True), (1, False)]
        assert rewriter.next("a", 7) == (2, True)

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 65_535)), min_size=2, max_size=40))
    def test_a_change_is_one_step(self, packets: list[tuple[str, int]]) -> None:
        rewriter, last, source = SequenceRewriter(0), 65_535, ""
        for name, number in packets:
            out, fresh = rewriter.next(name, number)
            if fresh:
                assert name != source
                assert out == (last + 1) & 0xFFFF
            source = name
            last = out if (out - last) & 0xFFFF < 0x8000 else last

    def test_time_passes_between_sources(self) -> None:
        rewriter = TimestampRewriter(48_000)
        first = rewriter.next("a", 1_000, 0)
        assert rewriter.next("a", 1_960, 20) - first == 960
        assert rewriter.next("b", 4_000_000_000, 520) - first == 960 + 24_000
        assert rewriter.next("b", 4_000_000_960, 540) - first == 960 + 24_000 + 960


class TestReports:
    """RFC 3550 §6.4 and appendix A.3."""

    def test_what_came_and_what_did_not(self) -> None:
        reception = Reception(48_000)
        for number in (65_534, 65_535, 0, 2, 3):
            reception.received(9, number, number * 960, 0)
        report = reception.report(1, 0)
        assert report is not None
        assert reception.lost == pytest.approx(1 / 6)
        version, kind, words, own, ssrc, lost, highest = struct.unpack("!BBHLLLL", report[:20])
        assert (version, kind, len(report), own, ssrc) == (0x81, 201, 4 + 4 * words, 1, 9)
        assert (lost >> 24, lost & 0xFFFFFF, highest) == (256 // 6, 1, 65_536 + 3)
        assert parse_rtcp(report).blocks[0].lost == pytest.approx(1 / 6, abs=1 / 256)

    def test_nothing_to_say_before_anything_came(self) -> None:
        assert Reception(48_000).report(1, 0) is None

    def test_the_senders_clock_is_said_back(self) -> None:
        reception = Reception(48_000)
        reception.received(9, 1, 1, 0)
        sender_report = struct.pack("!BBHLQLLL", 0x80, 200, 6, 9, 0x1122334455667788, 0, 1, 1)
        ntp = parse_rtcp(sender_report).sender_ntp
        assert ntp == 0x33445566
        reception.sender_report(ntp, 1_000)
        report = reception.report(1, 2_000)
        assert report is not None
        assert struct.unpack("!LL", report[-8:]) == (0x33445566, 65_536)

    @pytest.mark.parametrize(
        "data", [b"\x80", b"\x81\xc9\x00\x01\0\0\0\1", b"\x80\xc9\x00\x09\0\0\0\1", b"\x00\xc9\0\0"]
    )
    def test_not_as_long_as_it_says(self, data: bytes) -> None:
        with pytest.raises(ValueError):
            parse_rtcp(data)

    @given(st.binary(max_size=120))
    def test_anything_is_read_or_refused(self, data: bytes) -> None:
        try:
            reports = parse_rtcp(data)
        except ValueError:
            return
        assert all(0 <= block.lost < 1 for block in reports.blocks)
