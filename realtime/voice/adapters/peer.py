"""One browser in voice: its sound in, that of others forwarded to it."""

import secrets
import time
from typing import Final

from typing_extensions import override

from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.adapters.transport import Intake, PacketHandler
from kernel.rtc.ports import OfferNotAcceptable
from kernel.rtc.rtp import Reception, RtpPacket, SequenceRewriter, build_rtp, parse_rtcp, parse_rtp
from realtime.voice.adapters.offer import Offer, read_offer, write_answer
from realtime.voice.ports import DOWNLINKS, OPUS_CLOCK_RATE, AudioPeer, OnPacket

MAX_SOURCES: Final = 16
"""A change of microphone needs none."""
INTAKE: Final = Intake(packets_per_s=110.0, burst=200.0, sources=MAX_SOURCES)
"""Opus frames of 10 ms and some."""
MAX_PAYLOAD_BYTES: Final = 1_275
"""The largest Opus frame (RFC 6716 §3.2.1)."""


class ForwardingPeer(AudioPeer, PacketHandler):
    """An :class:`~realtime.voice.ports.AudioPeer`."""

    def __init__(self, server: SharedPortServer, on_packet: OnPacket) -> None:
        self._on_packet = on_packet
        self._transport = server.transport(self, INTAKE)
        self._offer: Offer | None = None
        self._ssrcs = tuple(secrets.randbelow(0xFFFFFFFE) + 1 for _ in range(DOWNLINKS))
        self._report_ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        # RFC 3550 §5.1: begin anywhere; in the lower half, so that a first packet out of order is not before the first key index.
        self._sequences = [SequenceRewriter(secrets.randbelow(0x7FFF)) for _ in range(DOWNLINKS)]
        self.reception = Reception(OPUS_CLOCK_RATE)
        self.downlink_lost: list[float | None] = [None] * DOWNLINKS

    @property
    @override
    def connected(self) -> bool:
        return self._transport.connected

    @property
    @override
    def failed(self) -> bool:
        return self._transport.failed

    @override
    def offered(self, sdp: str) -> str:
        offer = read_offer(sdp)
        if self._offer is not None and (
            offer.fingerprints != self._offer.fingerprints or offer.sections != self._offer.sections
        ):
            raise OfferNotAcceptable(reason="it is of another connection")
        self._offer = offer
        self._transport.begin(offer.fragment, offer.dtls)
        return write_answer(
            offer,
            fragment=self._transport.fragment,
            password=self._transport.password,
            fingerprints=self._transport.fingerprints,
            addresses=self._transport.addresses,
            port=self._transport.port_number,
            ssrcs=self._ssrcs,
        )

    @override
    async def close(self) -> None:
        await self._transport.close()

    # From the network

    @override
    def on_rtp(self, data: bytes) -> None:
        if self._offer is None:
            return
        packet = parse_rtp(data, self._offer.level_id)
        if packet.payload_type != self._offer.payload_type or not 0 < len(packet.payload) <= MAX_PAYLOAD_BYTES:
            return
        self.reception.received(packet.ssrc, packet.sequence, packet.timestamp, time.monotonic() * 1000)
        self._on_packet(packet)

    @override
    def on_rtcp(self, data: bytes) -> None:
        reports = parse_rtcp(data)
        if reports.sender_ntp is not None:
            self.reception.sender_report(reports.sender_ntp, time.monotonic() * 1000)
        for block in reports.blocks:
            if block.ssrc in self._ssrcs:
                self.downlink_lost[self._ssrcs.index(block.ssrc)] = block.lost

    # To the network

    @override
    def send(self, downlink: int, source: object, packet: RtpPacket, timestamp: int) -> bool:
        if self._offer is None or not self._transport.ready:
            return False
        sequence, fresh = self._sequences[downlink].next(source, packet.sequence)
        return self._transport.send_rtp(
            build_rtp(
                self._offer.payload_type,
                packet.marker or fresh,
                sequence,
                timestamp,
                self._ssrcs[downlink],
                packet.payload,
            )
        )

    @override
    def send_report(self) -> None:
        report = self.reception.report(self._report_ssrc, time.monotonic() * 1000)
        if report is not None:
            self._transport.send_rtcp(report)
