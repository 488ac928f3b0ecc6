"""One stream of a channel on its way to one viewer."""

import secrets
from typing import Final

from kernel.rtc.feedback import sender_report
from kernel.rtc.rtp import RtpPacket, SequenceRewriter, TimestampRewriter, build_rtp
from streaming.live.media.ports import Outgoing, Peer
from streaming.live.media.run_clock import timestamp_at
from streaming.live.model import ClockReference

KEPT_PACKETS: Final = 512
"""To be sent again: a second and a half of 720p. A power of two, so that numbers find their place."""
RESENT_PER_S: Final = 300.0
"""Packets sent again to one viewer: a line that loses more needs fewer pictures, not more packets."""
SETTLING_PACKETS: Final = 1_000
"""After which nothing from before the first packet of a source can come any more."""
CNAME: Final = b"ani"


class OutgoingStream:
    """Numbers and timestamps of its own, which go on from one publisher to the next."""

    def __init__(self, agreed: Outgoing) -> None:
        self._agreed = agreed
        # RFC 3550 §5.1: begin anywhere; in the lower half, so that a first packet out of order is not before the first key index.
        self._sequences = SequenceRewriter(secrets.randbelow(0x7FFF))
        self._timestamps = TimestampRewriter(agreed.clock_rate)
        self._kept: list[tuple[int, int, RtpPacket] | None] = [None] * KEPT_PACKETS
        self._source: object = None
        self._first = 0
        self._since_first = 0
        self._tokens, self._tokens_ms = RESENT_PER_S, 0.0
        self.packets = self.octets = 0
        self.lost: float | None = None
        """By the viewer's last report, 0 to 1."""

    @property
    def ssrc(self) -> int:
        """Under which it is sent."""
        return self._agreed.ssrc

    def send(self, peer: Peer, source: object, packet: RtpPacket, now_ms: float) -> None:
        """Send a packet of ``source``; what is from before the first packet of a source would go under a number used before."""
        if source != self._source:
            self._source, self._first, self._since_first = source, packet.sequence, 0
        elif self._since_first < SETTLING_PACKETS:
            self._since_first += 1
            if (packet.sequence - self._first) & 0xFFFF >= 0x8000:
                return
        sequence, _ = self._sequences.next(source, packet.sequence)
        timestamp = self._timestamps.next(source, packet.timestamp, now_ms)
        self._kept[sequence % KEPT_PACKETS] = (sequence, timestamp, packet)
        self._send(peer, sequence, timestamp, packet)
        self.packets += 1
        self.octets += len(packet.payload)

    def send_again(self, peer: Peer, missing: list[int], now_ms: float) -> None:
        """Answer a NACK with what is still kept."""
        self._tokens = min(self._tokens + (now_ms - self._tokens_ms) * RESENT_PER_S / 1000, RESENT_PER_S)
        self._tokens_ms = now_ms
        for number in missing:
            kept = self._kept[number % KEPT_PACKETS]
            if kept is not None and kept[0] == number and self._tokens >= 1:
                self._tokens -= 1
                self._send(peer, *kept)

    def _send(self, peer: Peer, sequence: int, timestamp: int, packet: RtpPacket) -> None:
        agreed = self._agreed
        peer.send_rtp(build_rtp(agreed.payload_type, packet.marker, sequence, timestamp, agreed.ssrc, packet.payload))

    def send_report(self, peer: Peer, source: object, reference: ClockReference, wall_ms: float) -> None:
        """Tell the viewer where the stream lies on our clock, so that it plays sound and pictures together."""
        if source != self._source:
            return
        timestamp = timestamp_at(reference, self._agreed.clock_rate, wall_ms) + self._timestamps.offset
        peer.send_rtcp(sender_report(self.ssrc, wall_ms, timestamp, self.packets, self.octets, CNAME))
