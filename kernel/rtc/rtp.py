"""RTP and RTCP as far as forwarding has to know them.  Pure: bytes in, small values and bytes out."""

import struct
from dataclasses import dataclass
from enum import Enum

AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
"""RFC 6464 §5."""

SILENCE_DBOV = 127
"""The quietest level RFC 6464 §3 can say, as the number it is sent as: decibels below overload."""

_FIXED_HEADER = struct.Struct("!BBHLL")
_FIXED_BYTES = 12
_VERSION_2 = 0x80
_ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE = 0x1000
_TWO_BYTE_PROFILE_MASK = 0xFFF0
"""The last four bits are the application's (RFC 8285 §4.3)."""

_SENDER_REPORT, _RECEIVER_REPORT = 200, 201
_REPORT_BLOCK = struct.Struct("!LB3xLLLL")
_REPORT_BLOCK_BYTES = 24


class Datagram(Enum):
    """What one UDP port carries, told apart by the first byte (RFC 7983 §7)."""

    STUN = "stun"
    DTLS = "dtls"
    RTP = "rtp"
    RTCP = "rtcp"
    OTHER = "other"


def kind_of(data: bytes) -> Datagram:
    """What a datagram is; RTP and RTCP by the packet type (RFC 5761 §4)."""
    if len(data) < 2:
        return Datagram.OTHER
    first = data[0]
    if 128 <= first <= 191:
        return Datagram.RTCP if 192 <= data[1] <= 223 else Datagram.RTP
    if 20 <= first <= 63:
        return Datagram.DTLS
    return Datagram.STUN if first <= 3 else Datagram.OTHER


@dataclass(slots=True)
class RtpPacket:
    """One packet of sound."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    """Samples at 48 kHz for Opus (RFC 7587 §4.1)."""
    ssrc: int
    level_dbov: int | None
    """Decibels below overload, 0 loudest, 127 silence (RFC 6464); ``None`` where the packet does not say."""
    payload: bytes


def ssrc_of(data: bytes) -> int:
    """The source of a packet that is at least a header long, before it is decrypted: the header is in the clear."""
    return int.from_bytes(data[8:12], "big")


def parse_rtp(data: bytes, level_id: int | None) -> RtpPacket:
    """Read a decrypted packet (RFC 3550 §5.1).  ``level_id``: the negotiated number of the audio level extension.

    Raises ``ValueError`` where it is not as long as it says.
    """
    if len(data) < _FIXED_BYTES:
        raise ValueError("shorter than a header")
    first, second, sequence, timestamp, ssrc = _FIXED_HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise ValueError("not RTP version 2")
    start = _FIXED_BYTES + 4 * (first & 0x0F)
    end = len(data)
    level = None
    if first & 0x10:
        if end < start + 4:
            raise ValueError("header extension cut off")
        profile, words = struct.unpack_from("!HH", data, start)
        extension, start = start + 4, start + 4 + 4 * words
        if end < start:
            raise ValueError("header extension cut off")
        if level_id is not None:
            level = _level(data, extension, start, profile, level_id)
    if first & 0x20:
        if start >= end or not 0 < data[-1] <= end - start:
            raise ValueError("padding longer than the packet")
        end -= data[-1]
    if end < start:
        raise ValueError("shorter than its header")
    return RtpPacket(second & 0x7F, second >= 0x80, sequence, timestamp, ssrc, level, data[start:end])


def _level(data: bytes, at: int, end: int, profile: int, level_id: int) -> int | None:
    """The audio level among the header extensions (RFC 8285 §4.2 and §4.3)."""
    if profile == _ONE_BYTE_PROFILE:
        while at < end:
            head = data[at]
            if head == 0:  # padding
                at += 1
                continue
            number, length = head >> 4, (head & 0x0F) + 1
            if number == 15:  # reserved: what follows is not to be read
                return None
            if number == level_id:
                return data[at + 1] & 0x7F if at + 1 < end else None
            at += 1 + length
    elif profile & _TWO_BYTE_PROFILE_MASK == _TWO_BYTE_PROFILE:
        while at + 1 < end:
            number, length = data[at], data[at + 1]
            if number == 0:
                at += 1
                continue
            if number == level_id:
                return data[at + 2] & 0x7F if length and at + 2 < end else None
            at += 2 + length
    return None


def build_rtp(payload_type: int, marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> bytes:
    """A packet without extensions (RFC 3550 §5.1)."""
    second = payload_type | 0x80 if marker else payload_type
    return _FIXED_HEADER.pack(_VERSION_2, second, sequence, timestamp, ssrc) + payload


class SequenceRewriter:
    """The sequence numbers of one outgoing stream that carries one source after another.

    Within one source, holes and swapped packets stay as they are, so that the listener conceals and reorders by itself; from one
    source to the next the numbers go on without a hole, or the listener would take the change for a loss.
    """

    def __init__(self, first: int) -> None:
        self._last = (first - 1) & 0xFFFF
        self._offset = 0
        self._source: object = None

    def next(self, source: object, sequence: int) -> tuple[int, bool]:
        """The number to send under, and whether this is the first packet of ``source``."""
        fresh = source != self._source
        if fresh:
            self._source = source
            self._offset = self._last + 1 - sequence
        out = (sequence + self._offset) & 0xFFFF
        if (out - self._last) & 0xFFFF < 0x8000:
            self._last = out
        return out, fresh


class TimestampRewriter:
    """The timestamps of one outgoing stream, which go on with the time that passes from one source to the next."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self._offset = 0
        self._last = 0
        self._last_ms = 0.0
        self._source: object = None

    @property
    def offset(self) -> int:
        """From the timestamps of the present source to those that are sent."""
        return self._offset

    def next(self, source: object, timestamp: int, now_ms: float) -> int:
        """The timestamp to send, for a packet of ``source`` that came at ``now_ms``."""
        if source != self._source:
            passed = round(max(now_ms - self._last_ms, 0) * self._rate / 1000) if self._source is not None else 0
            self._offset = self._last + passed - timestamp
            self._source = source
        out = (timestamp + self._offset) & 0xFFFFFFFF
        self._last, self._last_ms = out, now_ms
        return out


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """What a receiver says of one stream (RFC 3550 §6.4.1)."""

    ssrc: int
    lost: float
    """Of the packets since the report before, 0 to 1."""


@dataclass(frozen=True, slots=True)
class RtcpReports:
    """What of a compound RTCP packet matters here."""

    blocks: list[ReportBlock]
    sender_ntp: int | None
    """The middle 32 bits of the sender's clock, to be said back to it; ``None`` without a sender report."""


def parse_rtcp(data: bytes) -> RtcpReports:
    """Read the reports of a decrypted compound packet.  Raises ``ValueError`` where it is not as long as it says."""
    blocks: list[ReportBlock] = []
    ntp = None
    at = 0
    while at < len(data):
        if len(data) < at + 4:
            raise ValueError("RTCP header cut off")
        first, packet_type, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or len(data) < end:
            raise ValueError("RTCP packet cut off")
        if packet_type in (_SENDER_REPORT, _RECEIVER_REPORT):
            start = at + (28 if packet_type == _SENDER_REPORT else 8)
            if end < start + _REPORT_BLOCK_BYTES * (first & 0x1F):
                raise ValueError("report cut off")
            if packet_type == _SENDER_REPORT:
                ntp = int.from_bytes(data[at + 10 : at + 14], "big")
            for index in range(first & 0x1F):
                ssrc, fraction, *_ = _REPORT_BLOCK.unpack_from(data, start + index * _REPORT_BLOCK_BYTES)
                blocks.append(ReportBlock(ssrc, fraction / 256))
        at = end
    return RtcpReports(blocks, ntp)


class Reception:
    """How well one stream arrives here (RFC 3550 appendices A.3 and A.8)."""

    def __init__(self, clock_rate: int) -> None:
        self._rate = clock_rate
        self.ssrc: int | None = None
        self.packets = 0
        self.lost = 0.0
        """Of the packets between the last two reports, 0 to 1."""
        self._start(None)

    def _start(self, ssrc: int | None) -> None:
        self.ssrc = ssrc
        self._base = self._highest = 0
        self._received = self._expected_before = self._received_before = 0
        self._transit: float | None = None
        self._jitter = 0.0
        self._sender_ntp: int | None = None
        self._sender_at_ms = 0.0

    def received(self, ssrc: int, sequence: int, timestamp: int, now_ms: float) -> None:
        """One packet came."""
        self.packets += 1
        if ssrc != self.ssrc:
            self._start(ssrc)
            self._base = self._highest = sequence
        self._received += 1
        ahead = (sequence - self._highest) & 0xFFFF
        if ahead < 0x8000:
            self._highest += ahead
        transit = now_ms * self._rate / 1000 - timestamp
        if self._transit is not None and abs(transit - self._transit) < self._rate:  # not over silence, or a wrap
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit

    @property
    def jitter_ms(self) -> float:
        """How unevenly packets come (RFC 3550 §6.4.1), in milliseconds."""
        return self._jitter * 1000 / self._rate

    def sender_report(self, ntp: int, now_ms: float) -> None:
        """The sender said what its clock shows."""
        self._sender_ntp, self._sender_at_ms = ntp, now_ms

    def report(self, own_ssrc: int, now_ms: float) -> bytes | None:
        """A receiver report of what came since the last; ``None`` before anything has come."""
        if self.ssrc is None:
            return None
        expected = self._highest - self._base + 1
        expected_since, received_since = expected - self._expected_before, self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        lost_since = max(expected_since - received_since, 0)
        self.lost = lost_since / expected_since if expected_since > 0 else 0.0
        total = max(-0x800000, min(expected - self._received, 0x7FFFFF))
        last, delay = 0, 0
        if self._sender_ntp is not None:
            last, delay = self._sender_ntp, round(min(now_ms - self._sender_at_ms, 60_000) * 65.536)
        fraction = min(int(self.lost * 256), 255)
        return struct.pack(
            "!BBHLLLLLLL",
            0x81,
            _RECEIVER_REPORT,
            7,
            own_ssrc,
            self.ssrc,
            fraction << 24 | (total & 0xFFFFFF),
            self._highest & 0xFFFFFFFF,
            min(int(self._jitter), 0xFFFFFFFF),
            last,
            delay,
        )
