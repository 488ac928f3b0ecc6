"""What whoever forwards sound sees of WebRTC; the adapters are in ``realtime.rtc.adapters``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kernel.errors import Invalid, Unavailable
from realtime.rtc.rtp import Reception, RtpPacket
from realtime.rtc.turn import TurnSettings

DOWNLINKS = 3
"""Streams of sound to each listener: more people than that cannot be understood at once, and each costs a packet every 20 ms."""

OPUS_CLOCK_RATE = 48_000
"""RFC 7587 §4.1, whatever the sound was sampled at."""


class OfferNotAcceptable(Invalid):
    """This browser's offer for a voice connection cannot be used: {reason}."""


class VoiceUnavailable(Unavailable):
    """This server cannot carry voice now. Its operator finds the reason in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RtcSettings:
    """Where the port is, and how it is reached from outside."""

    host: str = "127.0.0.1"
    """What HTTP listens on: a server for this machine alone offers no other address."""
    port: int = 0
    """UDP; 0 for a free one."""
    public_addresses: tuple[str, ...] = ()
    """What clients are to send to, behind NAT or in a container, and nothing else; empty: :attr:`public_host` and the addresses of
    this machine."""
    public_host: str = ""
    """Where people reach the site: as a rule the same machine."""
    turn: TurnSettings = field(default_factory=TurnSettings)


class AudioPeer(Protocol):
    """A browser: one stream of sound from it, :data:`DOWNLINKS` to it."""

    reception: Reception
    """Of what it sends."""
    downlink_lost: list[float | None]
    """Of what was sent to it on each stream, by its last report: 0 to 1; ``None`` before there is one."""

    @property
    def connected(self) -> bool:
        """Whether sound goes both ways now."""
        ...

    @property
    def failed(self) -> bool:
        """Whether it is over: it said goodbye, its handshake failed or took too long, or nothing came for a while."""
        ...

    def offered(self, sdp: str) -> str:
        """The answer to its offer, at first or to restart ICE.  Raises OfferNotAcceptable."""
        ...

    def send(self, downlink: int, source: object, packet: RtpPacket, timestamp: int) -> bool:
        """Forward a packet of ``source`` on one of the streams; false where it cannot go now."""
        ...

    def send_report(self) -> None:
        """Tell it how well its sound arrives, so that it sends more redundancy where that is needed."""
        ...

    async def close(self) -> None:
        """Say goodbye, and let go of everything it holds."""
        ...


OnPacket = Callable[[RtpPacket], None]


class RtcServer(Protocol):
    """The one port of this process."""

    async def open(self) -> None:
        """Listen, the first time it is asked to.  Raises VoiceUnavailable."""
        ...

    def peer(self, on_packet: OnPacket) -> AudioPeer:
        """A place for one browser, which calls ``on_packet`` with its sound.  Call :meth:`open` before."""
        ...

    async def close(self) -> None:
        """Let go of the port and all peers."""
        ...
