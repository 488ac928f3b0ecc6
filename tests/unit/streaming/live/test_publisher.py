"""What comes from a publisher, by source."""

import struct
from types import SimpleNamespace
from typing import Any

from kernel.rtc.rtp import RtpPacket
from streaming.live.media.publisher import OTHER_SOURCE_AFTER_MS, IncomingTrack, Publisher
from streaming.live.model import Codec, LiveTrack, MediaKind
from tests.support.clocks import HandClock

H264, OPUS = 102, 111
LARGE, SMALL, SOUND = 7, 9, 8


class Room:
    """Notes whose packets it hears."""

    def __init__(self) -> None:
        self.heard_from: list[tuple[int, int]] = []

    def heard(self, incoming: IncomingTrack, packet: RtpPacket, now_ms: float, *, begins_key_frame: bool) -> None:
        self.heard_from.append((packet.ssrc, packet.sequence))

    def clock_heard(self, incoming: IncomingTrack) -> None:
        raise AssertionError("nobody reports here")


def publishing(clock: HandClock) -> tuple[Publisher, Room]:
    room = Room()
    publisher = Publisher(room, clock, max_kbps=8_000, key=None, user_session=None)
    tracks = [
        LiveTrack(kind=kind, codec=codec, clock_rate=rate, payload_type=number, channels=channels, parameters={})
        for kind, codec, rate, number, channels in (
            (MediaKind.VIDEO, Codec.H264, 90_000, H264, 0),
            (MediaKind.AUDIO, Codec.OPUS, 48_000, OPUS, 2),
        )
    ]
    peer: Any = SimpleNamespace(ready=True, failed=False, send_rtcp=lambda _data: None)
    publisher.connected_by(peer, tracks)
    return publisher, room


def packet(ssrc: int, sequence: int, payload_type: int = H264) -> bytes:
    return struct.pack("!BBHLL", 0x80, 0x80 | payload_type, sequence, 3_000 * sequence, ssrc) + b"\x41\x9a"


def test_of_several_layers_the_first_that_came() -> None:
    """As an encoder sends them that offered simulcast, and did not read the answer."""
    clock = HandClock(ms=1_000_000)
    publisher, room = publishing(clock)
    for sequence in range(1, 4):
        for ssrc in (LARGE, SMALL):
            publisher.on_rtp(packet(ssrc, sequence))
        publisher.on_rtp(packet(SOUND, sequence, OPUS))
        clock.ms += 33
    assert room.heard_from == [(ssrc, sequence) for sequence in (1, 2, 3) for ssrc in (LARGE, SOUND)]
    publisher.report(clock.ms)
    assert publisher.health.lost == 0


def test_another_source_when_the_first_is_silent() -> None:
    clock = HandClock(ms=1_000_000)
    publisher, room = publishing(clock)
    publisher.on_rtp(packet(LARGE, 1))
    clock.ms += OTHER_SOURCE_AFTER_MS - 1
    publisher.on_rtp(packet(SMALL, 40))
    clock.ms += 1
    publisher.on_rtp(packet(SMALL, 41))
    publisher.on_rtp(packet(LARGE, 2))
    assert room.heard_from == [(LARGE, 1), (SMALL, 41)]
