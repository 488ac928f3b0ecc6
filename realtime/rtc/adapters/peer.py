"""One browser: ICE-lite and aiortc's DTLS underneath, sound forwarded on top.

aiortc's receivers decode what they get and its senders encode what they send, in a thread and a task each.  This takes the keys its DTLS
has agreed on, and protects and sends packets as they came: ``_rx_srtp``, ``_tx_srtp``, ``_set_role`` and what the DTLS asks of its
transport are private to aiortc, which is why its version is pinned and ``selftest`` tries them.
"""

import asyncio
import secrets
from typing import Any, Final

import structlog
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport
from pylibsrtp import Error as SrtpError

from kernel.tasks import TaskSet
from realtime.rtc.adapters.ice_lite import IceLite
from realtime.rtc.adapters.offer import Offer, read_offer, write_answer
from realtime.rtc.adapters.udp_port import Address, UdpPort
from realtime.rtc.ports import DOWNLINKS, OPUS_CLOCK_RATE, OfferNotAcceptable, OnPacket
from realtime.rtc.rtp import Reception, RtpPacket, SequenceRewriter, build_rtp, parse_rtcp, parse_rtp, ssrc_of

log = structlog.get_logger()

HANDSHAKE_TIMEOUT_S: Final = 15.0
"""From the offer until sound may go; Chromium gives up its own checks after as long."""
SILENCE_TIMEOUT_S: Final = 12.0
"""Without anything from a browser, which checks its path every 2.5 s: shorter than the 30 s of RFC 7675 §5.1, because a
closed laptop need not be shown as listening for so long, and the client comes back by itself."""
MAX_SOURCES: Final = 16
"""SSRCs one browser may send under in a session: each is memory in libsrtp.  A change of microphone needs none."""
PACKETS_PER_S: Final = 110.0
"""Opus frames of 10 ms and some; what comes on top is dropped before it is decrypted."""
PACKETS_BURST: Final = 200.0
MAX_PAYLOAD_BYTES: Final = 1_275
"""The largest Opus frame (RFC 6716 §3.2.1)."""

Srtp = Any
"""``pylibsrtp.Session``, which has no types."""


class ForwardingPeer:
    """An :class:`~realtime.rtc.ports.AudioPeer`."""

    def __init__(
        self, port: UdpPort, certificate: RTCCertificate, addresses: tuple[str, ...], on_packet: OnPacket
    ) -> None:
        self._port = port
        self._certificate = certificate
        self._addresses = addresses
        self._on_packet = on_packet
        self._ice = IceLite(port)
        self._dtls = RTCDtlsTransport(self._ice, [certificate])  # type: ignore[arg-type]  # shaped like it
        self._dtls._set_role("server")
        self._offer: Offer | None = None
        self._tasks = TaskSet("rtc-peer")
        self._loop = asyncio.get_running_loop()
        self._rx: Srtp = None
        self._tx: Srtp = None
        self._ended = False
        self._sources: set[int] = set()
        self._tokens, self._tokens_at_s = PACKETS_BURST, self._loop.time()
        self._ssrcs = tuple(secrets.randbelow(0xFFFFFFFE) + 1 for _ in range(DOWNLINKS))
        self._report_ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        # RFC 3550 §5.1: begin anywhere; in the lower half, so that a first packet out of order is not before the first key index.
        self._sequences = [SequenceRewriter(secrets.randbelow(0x7FFF)) for _ in range(DOWNLINKS)]
        self.reception = Reception(OPUS_CLOCK_RATE)
        self.downlink_lost: list[float | None] = [None] * DOWNLINKS

    @property
    def connected(self) -> bool:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        return self._tx is not None and not self.failed

    @property
    def failed(self) -> bool:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        if self._ended:
            return True
        silent_s = self._loop.time() - self._ice.heard_at_s
        return self._offer is not None and silent_s > (SILENCE_TIMEOUT_S if self._tx else HANDSHAKE_TIMEOUT_S)

    def offered(self, sdp: str) -> str:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        offer = read_offer(sdp)
        first = self._offer is None
        if self._offer is not None and (
            offer.fingerprints != self._offer.fingerprints or offer.sections != self._offer.sections
        ):
            raise OfferNotAcceptable(reason="it is of another connection")
        if self._ice.is_restart(offer.fragment):
            self._port.remove(self._ice.restart(offer.fragment))
            self._port.add(self._ice.fragment, self)
        self._offer = offer
        if first:
            self._ice.heard_at_s = self._loop.time()
            self._tasks.spawn(self._shake_hands(offer), name="handshake")
        return write_answer(
            offer,
            fragment=self._ice.fragment,
            password=self._ice.password,
            fingerprints=self._certificate.getFingerprints(),
            addresses=self._addresses,
            port=self._port.number,
            ssrcs=self._ssrcs,
        )

    async def _shake_hands(self, offer: Offer) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await self._dtls.start(offer.dtls)
        except Exception:  # OpenSSL's errors, and what its binding makes of them
            log.info("DTLS handshake failed", exc_info=True)
        if self._dtls.state != "connected":
            self._ended = True
            return
        self._dtls.on("statechange", self._dtls_changed)
        self._rx, self._tx = self._dtls._rx_srtp, self._dtls._tx_srtp

    def _dtls_changed(self) -> None:
        if self._dtls.state != "connected":
            self._ended = True

    async def close(self) -> None:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        self._ended = True
        self._port.remove(self._ice.fragment)
        await self._tasks.close()
        self._dtls.remove_all_listeners()
        await self._dtls.stop()
        self._ice.close()
        self._port.forget(self)
        self._rx = self._tx = None

    # From the network

    def on_stun(self, data: bytes, address: Address) -> bool:
        """See :class:`~realtime.rtc.adapters.udp_port.Receiver`."""
        return self._ice.checked(data, address)

    def on_dtls(self, data: bytes, address: Address) -> None:  # noqa: ARG002 - of a known address
        """See :class:`~realtime.rtc.adapters.udp_port.Receiver`."""
        self._ice.put(data)

    def on_rtp(self, data: bytes) -> None:
        """See :class:`~realtime.rtc.adapters.udp_port.Receiver`."""
        if self._rx is None or self._offer is None or len(data) < 12 or not self._allowed(ssrc_of(data)):
            return
        try:
            packet = parse_rtp(self._rx.unprotect(data), self._offer.level_id)
        except (SrtpError, ValueError, IndexError):  # forged, replayed, or not as long as it says
            return
        self._proven(packet.ssrc)
        if packet.payload_type != self._offer.payload_type or not 0 < len(packet.payload) <= MAX_PAYLOAD_BYTES:
            return
        self.reception.received(packet.ssrc, packet.sequence, packet.timestamp, self._loop.time() * 1000)
        self._on_packet(packet)

    def _allowed(self, ssrc: int) -> bool:
        now_s = self._loop.time()
        self._tokens = min(self._tokens + (now_s - self._tokens_at_s) * PACKETS_PER_S, PACKETS_BURST)
        self._tokens_at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return ssrc in self._sources or len(self._sources) < MAX_SOURCES

    def _proven(self, ssrc: int) -> None:
        """A packet was from this browser: what somebody forges takes the place of no source of its own."""
        self._sources.add(ssrc)
        self._ice.heard_at_s = self._loop.time()

    def on_rtcp(self, data: bytes) -> None:
        """See :class:`~realtime.rtc.adapters.udp_port.Receiver`."""
        if self._rx is None or len(data) < 12 or not self._allowed(ssrc := int.from_bytes(data[4:8], "big")):
            return
        try:
            reports = parse_rtcp(self._rx.unprotect_rtcp(data))
        except (SrtpError, ValueError, IndexError):
            return
        self._proven(ssrc)
        if reports.sender_ntp is not None:
            self.reception.sender_report(reports.sender_ntp, self._loop.time() * 1000)
        for block in reports.blocks:
            if block.ssrc in self._ssrcs:
                self.downlink_lost[self._ssrcs.index(block.ssrc)] = block.lost

    # To the network

    def send(self, downlink: int, source: object, packet: RtpPacket, timestamp: int) -> bool:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        if self._tx is None or self._offer is None:
            return False
        sequence, fresh = self._sequences[downlink].next(source, packet.sequence)
        data = build_rtp(
            self._offer.payload_type,
            packet.marker or fresh,
            sequence,
            timestamp,
            self._ssrcs[downlink],
            packet.payload,
        )
        try:
            return self._ice.send_now(self._tx.protect(data))
        except SrtpError:  # its number was used up by the source before
            return False

    def send_report(self) -> None:
        """See :class:`~realtime.rtc.ports.AudioPeer`."""
        report = self.reception.report(self._report_ssrc, self._loop.time() * 1000)
        if report is not None and self._tx is not None:
            self._ice.send_now(self._tx.protect_rtcp(report))
