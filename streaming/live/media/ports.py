"""What forwarding sees of WebRTC; the adapters are in ``streaming.live.adapters``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from streaming.live.model import LiveTrack, MediaKind


class Peer(Protocol):
    """A path to somebody, with keys."""

    @property
    def ready(self) -> bool:
        """Whether the keys are there."""
        ...

    @property
    def failed(self) -> bool:
        """Whether it is over: goodbye was said, the handshake failed or took too long, or nothing came for a while."""
        ...

    @property
    def remote_address(self) -> tuple[str, int] | None:
        """Where its packets come from, once it is known: its own address as it is seen from here, or that of its relay."""
        ...

    def send_rtp(self, data: bytes) -> bool:
        """Protect and send; false where it cannot go now."""
        ...

    def send_rtcp(self, data: bytes) -> bool:
        """The same for a report."""
        ...

    async def close(self) -> None:
        """Say goodbye, and let go of everything it holds."""
        ...


class PacketHandler(Protocol):
    """Whom decrypted packets of a peer are for; ``ValueError`` and ``IndexError`` from it drop the packet."""

    def on_rtp(self, data: bytes) -> None:
        """A packet."""
        ...

    def on_rtcp(self, data: bytes) -> None:
        """A report, or several."""
        ...


class Connection(Protocol):
    """A peer, and what was agreed on with it."""

    @property
    def peer(self) -> Peer:
        """The path to it."""
        ...

    @property
    def description(self) -> str:
        """Our half of the agreement: the answer, or where :attr:`counter_offered` the offer."""
        ...

    @property
    def ice_version(self) -> str:
        """Changes with each restart of ICE: the entity tag of RFC 9725 §4.3.1."""
        ...

    def patched(self, fragment: str, *, may_restart: bool) -> str | None:
        """Take a fragment (RFC 8840 §9): what to answer to a restart of ICE; ``None`` for candidates, which we need not know.

        Raises FragmentNotAcceptable, and IceVersionMissing where it restarts ICE and may not.
        """
        ...

    def relays(self, text: str) -> Sequence[str]:
        """Addresses of the relays among the candidates of a description or a fragment."""
        ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One stream to a viewer, as it was agreed on."""

    ssrc: int
    payload_type: int
    clock_rate: int


class ViewerConnection(Connection, Protocol):
    """A viewer, and the streams it takes."""

    @property
    def streams(self) -> Mapping[MediaKind, Outgoing]:
        """What it takes; nothing before it has answered our own offer."""
        ...

    @property
    def counter_offered(self) -> bool:
        """Whether its offer was no good, and we made one (draft-ietf-wish-whep-03, 406)."""
        ...

    def answered(self, answer: str) -> None:
        """Take its answer to our offer.  Raises OfferNotAcceptable."""
        ...

    def carries(self, tracks: Sequence[LiveTrack]) -> bool:
        """Whether these tracks can go to it as it is."""
        ...


class PublisherConnection(Connection, Protocol):
    """A publisher, and what it sends."""

    @property
    def tracks(self) -> Sequence[LiveTrack]:
        """One of sound, one of pictures, or both."""
        ...


class Connections(Protocol):
    """Makes connections over the media port of this process."""

    async def open(self) -> None:
        """Listen, the first time it is asked to.  Raises RtcUnavailable."""
        ...

    def publisher(self, offer: str, handler: PacketHandler, *, max_kbps: int) -> PublisherConnection:
        """Raises OfferNotAcceptable."""
        ...

    def viewer(self, offer: str, handler: PacketHandler, tracks: Sequence[LiveTrack]) -> ViewerConnection:
        """Raises OfferNotAcceptable where it is no description of a session at all."""
        ...
