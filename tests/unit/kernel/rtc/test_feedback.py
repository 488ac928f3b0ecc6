"""RTCP of pictures: what is asked for, and clocks (RFC 3550, RFC 4585, REMB)."""

import struct

import pytest
from aiortc.rtp import RtcpPacket as Theirs
from aiortc.rtp import RtcpPsfbPacket, RtcpRtpfbPacket, RtcpSrPacket, unpack_remb_fci
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.feedback import (
    MAX_ECHOES,
    bitrate_limit,
    nack,
    parse_feedback,
    picture_loss,
    reference_time,
    sender_report,
)


def test_what_is_asked_for_is_read_by_another_library() -> None:
    [asked] = Theirs.parse(nack(1, 7, [65_534, 65_535, 3, 40]))
    assert isinstance(asked, RtcpRtpfbPacket)
    assert (asked.media_ssrc, sorted(number & 0xFFFF for number in asked.lost)) == (7, [3, 40, 65_534, 65_535])
    [loss] = Theirs.parse(picture_loss(1, 7))
    assert isinstance(loss, RtcpPsfbPacket)
    assert (loss.fmt, loss.media_ssrc) == (1, 7)
    [limit] = Theirs.parse(bitrate_limit(1, 8_000_000, [7, 8]))
    assert isinstance(limit, RtcpPsfbPacket)
    bitrate, ssrcs = unpack_remb_fci(limit.fci)
    assert (abs(bitrate - 8_000_000) < 64, ssrcs) == (True, [7, 8])


def test_a_report_of_ours() -> None:
    wall_ms = 1_780_000_000_250.0
    report, names = Theirs.parse(sender_report(7, wall_ms, 90_000, 3, 300, b"ani"))
    assert isinstance(report, RtcpSrPacket)
    assert (report.ssrc, report.sender_info.rtp_timestamp, report.sender_info.packet_count) == (7, 90_000, 3)
    [read] = parse_feedback(sender_report(7, wall_ms, 90_000, 3, 300, b"ani")).senders
    assert abs(read.ntp_ms - wall_ms) < 0.01
    assert b"ani" in bytes(names)


def test_what_viewers_say() -> None:
    found = parse_feedback(nack(1, 7, [5, 6, 30]) + picture_loss(1, 8) + struct.pack("!BBHL", 0x81, 203, 1, 9))
    assert (found.missing, found.key_frame_wanted, found.goodbye) == ({7: [5, 6, 30]}, {8}, {9})


@given(st.binary(max_size=200))
def test_anything_is_read_or_refused(data: bytes) -> None:
    try:
        found = parse_feedback(data)
    except ValueError:
        return
    assert all(len(numbers) <= 512 for numbers in found.missing.values())


@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_what_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="cut off"):
        parse_feedback(picture_loss(1, 7)[:size])


class TestRoundTrip:
    """Reference times and their echoes (RFC 3611 §4.4, §4.5)."""

    def echo(self, said: bytes, delay: int) -> bytes:
        body = struct.pack("!LBBHL4sL", 7, 5, 0, 3, 1, said[14:18], delay)
        return struct.pack("!BBH", 0x80, 207, len(body) // 4) + body

    @pytest.mark.parametrize("clock_ms", [0.0, 123_456_789.25, 65_535_999.0, 1_780_000_000_000.0])
    def test_what_is_said_comes_back(self, clock_ms: float) -> None:
        said = reference_time(1, clock_ms)
        assert (len(said) % 4, said[1], parse_feedback(said).echoes) == (0, 207, [])
        [echo] = parse_feedback(self.echo(said, 65_536)).echoes  # a second after it came there
        assert echo.ssrc == 1
        assert echo.round_trip_ms(clock_ms + 1_045) == pytest.approx(45, abs=0.1)
        assert echo.round_trip_ms(clock_ms + 999.5) == 0.0

    def test_an_echo_of_something_else(self) -> None:
        [echo] = parse_feedback(self.echo(reference_time(1, 0), 0)).echoes
        assert echo.round_trip_ms(60_000) is None

    def test_one_that_is_cut_off(self) -> None:
        with pytest.raises(ValueError, match="cut off"):
            parse_feedback(struct.pack("!BBHLBBH", 0x80, 207, 2, 7, 5, 0, 3))

    def test_no_more_than_a_few(self) -> None:
        body = struct.pack("!LBBH", 7, 5, 0, 3 * 100) + bytes(1_200)
        assert len(parse_feedback(struct.pack("!BBH", 0x80, 207, len(body) // 4) + body).echoes) == MAX_ECHOES
