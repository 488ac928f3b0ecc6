"""Keys and a path to one peer: ICE-lite and aiortc's DTLS underneath, packets in the clear on top.

aiortc's receivers decode what they get and its senders encode what they send, in a thread and a task each.  This takes the keys its DTLS
has agreed on, and protects and sends packets as they came: ``_rx_srtp``, ``_tx_srtp``, ``_set_role`` and what the DTLS asks of its
transport are private to aiortc, which is why its version is pinned and ``selftest`` tries them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from pylibsrtp import Error as SrtpError
from typing_extensions import override

from kernel.concurrency.tasks import TaskSet
from kernel.rtc.adapters.ice_lite import IceLite
from kernel.rtc.adapters.udp_port import Address, Receiver, UdpPort
from kernel.rtc.rtp import ssrc_of

log = structlog.get_logger()

HANDSHAKE_TIMEOUT_S: Final = 15.0
"""From the offer until media may go; Chromium gives up its own checks after as long."""
OFFER_TIMEOUT_S: Final = 30.0
"""How long an offer of ours is good, or a place that nobody has used (draft-ietf-wish-whep-03)."""
SILENCE_TIMEOUT_S: Final = 12.0
"""Without anything from a peer, which checks its path every 2.5 s: shorter than the 30 s of RFC 7675 §5.1, because a
closed laptop need not be shown as there for so long, and the client comes back by itself."""

Srtp = Any
"""``pylibsrtp.Session``, which has no types."""


class PacketHandler(Protocol):
    """Whom decrypted packets are for; ``ValueError`` and ``IndexError`` from it drop the packet."""

    def on_rtp(self, data: bytes) -> None:
        """A packet of media (RFC 3550, section 5.1)."""
        ...

    def on_rtcp(self, data: bytes) -> None:
        """A compound packet of reports and feedback (RFC 3550, section 6.1; RFC 4585)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one peer may send; what comes on top is dropped before it is decrypted."""

    packets_per_s: float
    burst: float
    sources: int
    """SSRCs it may send under in a session: each is memory in libsrtp."""


class SecureTransport(PacketHandler, Receiver):
    """See the module."""

    def __init__(
        self,
        port: UdpPort,
        certificate: RTCCertificate,
        addresses: tuple[str, ...],
        handler: PacketHandler,
        intake: Intake,
    ) -> None:
        self._port = port
        self._certificate = certificate
        self.addresses = addresses
        self._handler = handler
        self._intake = intake
        self._ice = IceLite(port)
        self._dtls = RTCDtlsTransport(self._ice, [certificate])  # type: ignore[arg-type]  # shaped like it
        self._tasks = TaskSet("rtc-peer")
        self._loop = asyncio.get_running_loop()
        self._begun = False
        self._rx: Srtp = None
        self._tx: Srtp = None
        self._ended = False
        self._sources: set[int] = set()
        self._tokens, self._tokens_at_s = intake.burst, self._loop.time()

    @property
    def port_number(self) -> int:
        """Where we listen."""
        return self._port.number

    @property
    def fragment(self) -> str:
        """Our username fragment now."""
        return self._ice.fragment

    @property
    def password(self) -> str:
        """What belongs to it."""
        return self._ice.password

    @property
    def fingerprints(self) -> Sequence[RTCDtlsFingerprint]:
        """Of our certificate."""
        return self._certificate.getFingerprints()

    @property
    def remote_address(self) -> tuple[str, int] | None:
        """Where its packets come from, once it is known."""
        return self._ice.remote_address

    @property
    def ready(self) -> bool:
        """Whether the keys are there: cheaper than :attr:`connected`, for the path of each packet."""
        return self._tx is not None

    @property
    def connected(self) -> bool:
        """Whether packets go both ways now."""
        return self._tx is not None and not self.failed

    @property
    def failed(self) -> bool:
        """Whether it is over: the peer said goodbye, its handshake failed or took too long, or nothing came for a while."""
        if self._ended:
            return True
        silent_s = self._loop.time() - self._ice.heard_at_s
        if not self._begun:
            return silent_s > OFFER_TIMEOUT_S
        return silent_s > (SILENCE_TIMEOUT_S if self._tx else HANDSHAKE_TIMEOUT_S)

    def begin(self, remote_fragment: str, dtls: RTCDtlsParameters) -> bool:
        """Take the peer's credentials, at first or to restart ICE; whether ours are new ones.

        Who waits for us (``setup:passive``) is called as soon as a check of theirs has got through.
        """
        restarted = not self._ice.take_remote(remote_fragment) and self.restart_ice(remote_fragment)
        if not self._begun:
            self._begun = True
            self._ice.heard_at_s = self._loop.time()
            self._dtls._set_role("client" if dtls.role == "server" else "server")
            self._tasks.spawn(self._shake_hands(dtls), name="handshake")
        return restarted

    def prepare(self) -> None:
        """Have credentials before those of the peer are known: for an offer of ours."""
        if not self._ice.fragment:
            self._ice.restart("")
            self._port.add(self._ice.fragment, self)

    def is_restart(self, remote_fragment: str) -> bool:
        """Whether the peer has other credentials than these."""
        return self._ice.is_restart(remote_fragment)

    def restart_ice(self, remote_fragment: str) -> bool:
        """The peer begins its checks anew, with these credentials; whether they were others than before."""
        restarted = self.is_restart(remote_fragment)
        if restarted:
            self._port.remove(self._ice.restart(remote_fragment))
            self._port.add(self._ice.fragment, self)
        return restarted

    async def _shake_hands(self, dtls: RTCDtlsParameters) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                if dtls.role == "server":
                    await self._ice.reachable.wait()
                await self._dtls.start(dtls)
        except TimeoutError:  # whoever asks and never comes is no news, and a thousand of them would fill the log
            log.info("DTLS handshake took too long")
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
        """Say goodbye, and let go of everything it holds."""
        self._ended = True
        self._port.remove(self._ice.fragment)
        await self._tasks.close()
        self._dtls.remove_all_listeners()
        await self._dtls.stop()
        self._ice.close()
        self._port.forget(self)
        self._rx = self._tx = None

    # From the network

    @override
    def on_stun(self, data: bytes, address: Address) -> bool:
        return self._ice.checked(data, address)

    @override
    def on_dtls(self, data: bytes, address: Address) -> None:
        self._ice.put(data)

    @override
    def on_rtp(self, data: bytes) -> None:
        if self._rx is None or len(data) < 12 or not self._allowed(ssrc := ssrc_of(data)):
            return
        try:
            plain = self._rx.unprotect(data)
            self._proven(ssrc)
            self._handler.on_rtp(plain)
        except (SrtpError, ValueError, IndexError):  # forged, replayed, or not as long as it says
            return

    @override
    def on_rtcp(self, data: bytes) -> None:
        if self._rx is None or len(data) < 12 or not self._allowed(ssrc := int.from_bytes(data[4:8], "big")):
            return
        try:
            plain = self._rx.unprotect_rtcp(data)
            self._proven(ssrc)
            self._handler.on_rtcp(plain)
        except (SrtpError, ValueError, IndexError):
            return

    def _allowed(self, ssrc: int) -> bool:
        now_s = self._loop.time()
        intake = self._intake
        self._tokens = min(self._tokens + (now_s - self._tokens_at_s) * intake.packets_per_s, intake.burst)
        self._tokens_at_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return ssrc in self._sources or len(self._sources) < intake.sources

    def _proven(self, ssrc: int) -> None:
        """A packet was from this peer: what somebody forges takes the place of no source of its own."""
        self._sources.add(ssrc)
        self._ice.heard_at_s = self._loop.time()

    # To the network

    def send_rtp(self, data: bytes) -> bool:
        """Protect and send a packet; false where it cannot go now."""
        if self._tx is None:
            return False
        try:
            return self._ice.send_now(self._tx.protect(data))
        except SrtpError:  # its number was used up by the source before
            return False

    def send_rtcp(self, data: bytes) -> bool:
        """The same for a report."""
        return self._tx is not None and self._ice.send_now(self._tx.protect_rtcp(data))
