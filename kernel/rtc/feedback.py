"""RTCP of streams of pictures: what receivers ask for, and what senders say of their clocks.  Pure: bytes in, small values and bytes out."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

_SENDER_REPORT, _RECEIVER_REPORT, _SOURCE_DESCRIPTION, _GOODBYE = 200, 201, 202, 203
_TRANSPORT_FEEDBACK, _PAYLOAD_FEEDBACK = 205, 206
_EXTENDED_REPORT: Final = 207
_RECEIVER_REFERENCE_TIME, _SINCE_REFERENCE_TIME = 4, 5
"""RFC 3611 §4.4 and §4.5, blocks of extended reports: together they tell who only receives how long the way is."""
_GENERIC_NACK: Final = 1
"""RFC 4585 §6.2.1, a format of transport feedback."""
_PICTURE_LOSS, _FULL_INTRA_REQUEST, _APPLICATION_LAYER = 1, 4, 15
"""RFC 4585 §6.3.1, RFC 5104 §4.3.1 and REMB, formats of payload feedback."""

NTP_EPOCH_S: Final = 2_208_988_800
"""From 1900 to 1970 (RFC 5905 §6)."""
MAX_ROUND_TRIP_S: Final = 10
"""What takes longer is the echo of something else."""
MAX_ECHOES: Final = 32
MAX_NACKED: Final = 512
"""Numbers one packet may ask for: as many as are kept."""


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What a sender says of one stream (RFC 3550 §6.4.1)."""

    ssrc: int
    ntp_ms: float
    """Of its own clock, milliseconds since 1970."""
    ntp_middle: int
    """The middle 32 bits, to be said back to it."""
    rtp_timestamp: int


@dataclass(frozen=True, slots=True)
class ReferenceEcho:
    """What somebody says back of a reference time of ours (RFC 3611 §4.5)."""

    ssrc: int
    """Ours."""
    ntp_middle: int
    """Of the time that we said."""
    delay: int
    """From its arrival there to this answer, in 1/65,536 s."""

    def round_trip_ms(self, now_ms: float) -> float | None:
        """On the clock that :func:`reference_time` was given; ``None`` where no honest echo says so."""
        passed = (_ntp_middle(now_ms) - self.ntp_middle - self.delay) & 0xFFFFFFFF
        if passed >= 0xFFFF0000:  # their clock is a little faster than ours
            return 0.0
        return passed / 65.536 if passed <= MAX_ROUND_TRIP_S << 16 else None


@dataclass(slots=True)
class Feedback:
    """A compound packet, as far as forwarding has to know it."""

    senders: list[SenderReport] = field(default_factory=list)
    lost: dict[int, float] = field(default_factory=dict)
    """SSRC → of the packets since the last report, 0 to 1."""
    key_frame_wanted: set[int] = field(default_factory=set)
    """SSRCs of which a picture was lost."""
    missing: dict[int, list[int]] = field(default_factory=dict)
    """SSRC → sequence numbers that did not arrive."""
    goodbye: set[int] = field(default_factory=set)
    echoes: list[ReferenceEcho] = field(default_factory=list)


def parse_feedback(data: bytes) -> Feedback:
    """Read a decrypted compound packet.  Raises ``ValueError`` where it is not as long as it says."""
    found = Feedback()
    at = 0
    while at < len(data):
        if len(data) < at + 4:
            raise ValueError("RTCP header cut off")
        first, packet_type, words = struct.unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or len(data) < end:
            raise ValueError("RTCP packet cut off")
        _read(found, packet_type, first & 0x1F, data[at + 4 : end])
        at = end
    return found


def _read(found: Feedback, packet_type: int, count: int, body: bytes) -> None:
    if packet_type in (_SENDER_REPORT, _RECEIVER_REPORT):
        start = 24 if packet_type == _SENDER_REPORT else 4
        if len(body) < start + 24 * count:
            raise ValueError("report cut off")
        if packet_type == _SENDER_REPORT:
            ssrc, ntp_s, ntp_fraction, timestamp = struct.unpack_from("!LLLL", body)
            ntp_ms = (ntp_s - NTP_EPOCH_S) * 1000 + ntp_fraction * 1000 / 2**32
            found.senders.append(SenderReport(ssrc, ntp_ms, (ntp_s & 0xFFFF) << 16 | ntp_fraction >> 16, timestamp))
        for at in range(start, start + 24 * count, 24):
            ssrc, fraction = struct.unpack_from("!LB", body, at)
            found.lost[ssrc] = fraction / 256
    elif packet_type == _GOODBYE:
        if len(body) < 4 * count:
            raise ValueError("goodbye cut off")
        found.goodbye.update(struct.unpack_from(f"!{count}L", body))
    elif packet_type == _EXTENDED_REPORT:
        _read_extended(found, body)
    elif packet_type == _TRANSPORT_FEEDBACK and count == _GENERIC_NACK:
        _read_nack(found, body)
    elif packet_type == _PAYLOAD_FEEDBACK:
        if len(body) < 8:
            raise ValueError("feedback cut off")
        if count == _PICTURE_LOSS:
            found.key_frame_wanted.add(int.from_bytes(body[4:8], "big"))
        elif count == _FULL_INTRA_REQUEST:
            found.key_frame_wanted.update(int.from_bytes(body[at : at + 4], "big") for at in range(8, len(body) - 7, 8))


def _read_nack(found: Feedback, body: bytes) -> None:
    if len(body) < 8:
        raise ValueError("feedback cut off")
    wanted = found.missing.setdefault(int.from_bytes(body[4:8], "big"), [])
    for at in range(8, len(body) - 3, 4):
        base, following = struct.unpack_from("!HH", body, at)
        if len(wanted) + 17 > MAX_NACKED:
            return
        wanted.append(base)
        wanted.extend((base + 1 + bit) & 0xFFFF for bit in range(16) if following >> bit & 1)


def _read_extended(found: Feedback, body: bytes) -> None:
    at = 4
    while at + 4 <= len(body):
        kind, words = body[at], int.from_bytes(body[at + 2 : at + 4], "big")
        end = at + 4 + 4 * words
        if end > len(body):
            raise ValueError("extended report cut off")
        if kind == _SINCE_REFERENCE_TIME:
            for start in range(at + 4, end - 11, 12):
                if len(found.echoes) < MAX_ECHOES:
                    found.echoes.append(ReferenceEcho(*struct.unpack_from("!LLL", body, start)))
        at = end


def _ntp_middle(clock_ms: float) -> int:
    return int(clock_ms * 65.536) & 0xFFFFFFFF


def reference_time(own_ssrc: int, clock_ms: float) -> bytes:
    """What a clock of ours shows, to be said back (RFC 3611 §4.4); any that only goes on will do."""
    seconds, rest_ms = divmod(clock_ms, 1000)
    fraction = int(rest_ms * 2**32 / 1000)
    head = struct.pack("!BBHL", 0x80, _EXTENDED_REPORT, 4, own_ssrc)
    return head + struct.pack("!BBHLL", _RECEIVER_REFERENCE_TIME, 0, 2, int(seconds) & 0xFFFFFFFF, fraction)


def picture_loss(own_ssrc: int, media_ssrc: int) -> bytes:
    """Asks for a key frame (RFC 4585 §6.3.1)."""
    return struct.pack("!BBHLL", 0x80 | _PICTURE_LOSS, _PAYLOAD_FEEDBACK, 2, own_ssrc, media_ssrc)


def nack(own_ssrc: int, media_ssrc: int, missing: Sequence[int]) -> bytes:
    """Asks for packets again (RFC 4585 §6.2.1); ``missing`` in the order of the stream."""
    pairs: list[tuple[int, int]] = []
    for number in missing:
        if pairs and 0 < (ahead := (number - pairs[-1][0]) & 0xFFFF) <= 16:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] | 1 << (ahead - 1))
        else:
            pairs.append((number, 0))
    head = struct.pack("!BBHLL", 0x80 | _GENERIC_NACK, _TRANSPORT_FEEDBACK, 2 + len(pairs), own_ssrc, media_ssrc)
    return head + b"".join(struct.pack("!HH", base, following) for base, following in pairs)


def bitrate_limit(own_ssrc: int, limit_bps: int, ssrcs: Iterable[int]) -> bytes:
    """What the sender should stay under (draft-alvestrand-rmcat-remb-03 §2.2)."""
    sources = list(ssrcs)
    exponent = max(limit_bps.bit_length() - 18, 0)
    packed = exponent << 18 | limit_bps >> exponent
    words = 4 + len(sources)
    head = struct.pack("!BBHLL4s", 0x80 | _APPLICATION_LAYER, _PAYLOAD_FEEDBACK, words, own_ssrc, 0, b"REMB")
    return head + struct.pack(f"!L{len(sources)}L", len(sources) << 24 | packed, *sources)


def sender_report(ssrc: int, wall_ms: float, rtp_timestamp: int, packets: int, octets: int, cname: bytes) -> bytes:
    """Where a stream of ours lies on our clock, and whose it is (RFC 3550 §6.4.1 and §6.5.1).

    ``wall_ms`` in milliseconds since 1970; ``cname`` of at most 255 bytes, the same for streams that belong together.
    """
    seconds, rest_ms = divmod(wall_ms, 1000)
    fraction = int(rest_ms * 2**32 / 1000)
    report = struct.pack(
        "!BBHLLLLLL",
        0x80,
        _SENDER_REPORT,
        6,
        ssrc,
        (int(seconds) + NTP_EPOCH_S) & 0xFFFFFFFF,
        fraction,
        rtp_timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    item = struct.pack("!LBB", ssrc, 1, len(cname)) + cname + b"\0"
    item += bytes(-len(item) % 4)
    return report + struct.pack("!BBH", 0x81, _SOURCE_DESCRIPTION, len(item) // 4) + item
