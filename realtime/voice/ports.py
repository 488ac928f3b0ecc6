"""What voice asks of WebRTC, and of the cluster: which node carries the voice of a party, and how to reach it."""

from collections.abc import Callable
from typing import Final, Protocol

from kernel.rtc.rtp import Reception, RtpPacket

DOWNLINKS: Final = 3
"""Streams of sound to each listener: more people than that cannot be understood at once, and each costs a packet every 20 ms."""

OPUS_CLOCK_RATE: Final = 48_000
"""RFC 7587 §4.1, whatever the sound was sampled at."""


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


class AudioPeers(Protocol):
    """The media port of this process, as voice uses it."""

    async def open(self) -> None:
        """Listen, the first time it is asked to.  Raises VoiceUnavailable."""
        ...

    def peer(self, on_packet: OnPacket) -> AudioPeer:
        """A place for one browser, which calls ``on_packet`` with its sound.  Call :meth:`open` before."""
        ...


class VoiceOwners(Protocol):
    """Party → the node that carries its voice: the first one a member asked, for as long as anybody talks."""

    async def owner(self, party_id: str) -> str | None:
        """Which node it is; ``None`` while nobody talks.  Raises Unavailable."""
        ...

    async def claim(self, party_id: str) -> str:
        """Which node it is: this one, if there was none.  Raises Unavailable."""
        ...

    async def renew(self, party_id: str) -> bool:
        """Go on; false where another node has taken over.  Raises Unavailable."""
        ...

    async def release(self, party_id: str) -> None:
        """Nobody talks any more.  Raises Unavailable."""
        ...
