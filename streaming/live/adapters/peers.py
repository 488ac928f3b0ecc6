"""Connections of publishers and viewers over the media port."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.adapters.transport import Intake, SecureTransport
from kernel.rtc.ports import OfferNotAcceptable
from streaming.live.adapters.answers import AgreedSection, write_description, write_fragment
from streaming.live.adapters.offers import (
    Offer,
    OfferedSection,
    matching,
    read_fragment,
    read_offer,
    relay_addresses,
    tracks_of,
)
from streaming.live.errors import IceVersionMissing
from streaming.live.media.ports import Outgoing, PacketHandler
from streaming.live.model import LiveTrack, MediaKind

PUBLISHER_INTAKE: Final = Intake(packets_per_s=2_500.0, burst=4_000.0, sources=32)
"""20 Mbit/s in packets of 1 kB, and key frames in one go."""
VIEWER_INTAKE: Final = Intake(packets_per_s=60.0, burst=300.0, sources=16)
"""Reports and NACKs alone."""


class _Connection:
    """What both kinds have in common."""

    def __init__(self, transport: SecureTransport) -> None:
        self.peer = transport
        self.description = ""
        self._agreed: list[AgreedSection] = []

    @property
    def ice_version(self) -> str:
        """See :class:`~streaming.live.media.ports.Connection`."""
        return self.peer.fragment.replace("/", "_")

    def patched(self, fragment: str, *, may_restart: bool) -> str | None:
        """See :class:`~streaming.live.media.ports.Connection`."""
        credentials = read_fragment(fragment)
        if credentials is None or not self._agreed or not self.peer.is_restart(credentials):
            return None
        if not may_restart:
            raise IceVersionMissing
        self.peer.restart_ice(credentials)
        first = self._agreed[0]
        return write_fragment(self.peer, [one.mid for one in self._agreed], first.kind, first.payload_type)

    def relays(self, text: str) -> Sequence[str]:
        """See :class:`~streaming.live.media.ports.Connection`."""
        return relay_addresses(text)

    def _begin(self, offer: Offer) -> str:
        """Take the other side's credentials; how we take part in the handshake."""
        self.peer.begin(offer.fragment, offer.dtls)
        return "active" if offer.dtls.role == "server" else "passive"


class WhipConnection(_Connection):
    """A :class:`~streaming.live.media.ports.PublisherConnection`."""

    def __init__(self, server: SharedPortServer, text: str, handler: PacketHandler, max_kbps: int) -> None:
        offer = read_offer(text)
        chosen = tracks_of(offer)
        super().__init__(server.transport(handler, PUBLISHER_INTAKE))
        self.tracks: Sequence[LiveTrack] = [track for _, track in chosen]
        tracks = {section.mid: track for section, track in chosen}
        sections: list[AgreedSection | OfferedSection] = [
            section if (track := tracks.get(section.mid)) is None else _receiving(section.mid, track)
            for section in offer.sections
        ]
        self._agreed = [section for section in sections if isinstance(section, AgreedSection)]
        setup = self._begin(offer)
        self.description = write_description(self.peer, sections, direction="recvonly", setup=setup, max_kbps=max_kbps)


def _receiving(mid: str, track: LiveTrack) -> AgreedSection:
    return AgreedSection(
        mid=mid,
        kind=track.kind,
        codec=track.codec,
        clock_rate=track.clock_rate,
        payload_type=track.payload_type,
        parameters=track.parameters,
    )


class WhepConnection(_Connection):
    """A :class:`~streaming.live.media.ports.ViewerConnection`."""

    def __init__(
        self, server: SharedPortServer, text: str, handler: PacketHandler, tracks: Sequence[LiveTrack]
    ) -> None:
        offer = read_offer(text)
        super().__init__(server.transport(handler, VIEWER_INTAKE))
        self._offer = offer
        self.streams: Mapping[MediaKind, Outgoing] = {}
        sections = _sending(offer, tracks)
        self._ours = sections
        self._agreed = [section for section in sections if isinstance(section, AgreedSection)]
        self.counter_offered = len(self._agreed) < len(tracks)
        if self.counter_offered:
            self._counter_offer(tracks)
            return
        self._take(self._agreed)
        setup = self._begin(offer)
        self.description = write_description(self.peer, sections, direction="sendonly", setup=setup)

    def _take(self, agreed: Sequence[AgreedSection]) -> None:
        self.streams = {
            section.kind: Outgoing(section.ssrc, section.payload_type, section.clock_rate)
            for section in agreed
            if section.ssrc is not None
        }

    def _counter_offer(self, tracks: Sequence[LiveTrack]) -> None:
        self._agreed = [
            AgreedSection(
                mid=str(index),
                kind=track.kind,
                codec=track.codec,
                clock_rate=track.clock_rate,
                payload_type=track.payload_type,
                parameters=track.parameters,
                ssrc=_ssrc(),
            )
            for index, track in enumerate(tracks)
        ]
        self.peer.prepare()
        self.description = write_description(self.peer, self._agreed, direction="sendonly", setup="actpass")

    def answered(self, answer: str) -> None:
        """See :class:`~streaming.live.media.ports.ViewerConnection`."""
        if not self.counter_offered:
            raise OfferNotAcceptable(reason="nothing was offered to it")
        theirs = read_offer(answer)
        mids = {section.mid: section for section in theirs.sections}
        taken = []
        for section in self._agreed:
            found = mids.get(section.mid)
            accepts = found is not None and found.direction in ("recvonly", "sendrecv")
            if accepts and found is not None and any(one.codec is section.codec for one in found.codecs):
                taken.append(section)
        if not taken:
            raise OfferNotAcceptable(reason="the answer takes nothing of what was offered")
        self._offer, self._agreed, self.counter_offered = theirs, taken, False
        self._take(taken)
        self._begin(theirs)

    def carries(self, tracks: Sequence[LiveTrack]) -> bool:
        """See :class:`~streaming.live.media.ports.ViewerConnection`."""
        for track in tracks:
            agreed = next((one for one in self._agreed if one.kind is track.kind), None)
            section = next((one for one in self._offer.sections if agreed and one.mid == agreed.mid), None)
            fits = None if section is None else matching(section, track)
            if agreed is None or fits is None or agreed.codec is not track.codec:
                return False
        return True


def _sending(offer: Offer, tracks: Sequence[LiveTrack]) -> list[AgreedSection | OfferedSection]:
    """What goes to a viewer, in the order of its offer."""
    left = {track.kind: track for track in tracks}
    sections: list[AgreedSection | OfferedSection] = []
    for section in offer.sections:
        track = next((one for kind, one in left.items() if kind.value == section.kind), None)
        fits = None if track is None else matching(section, track)
        if track is None or fits is None or section.direction not in ("recvonly", "sendrecv"):
            sections.append(section)
            continue
        del left[track.kind]
        sections.append(
            AgreedSection(
                mid=section.mid,
                kind=track.kind,
                codec=track.codec,
                clock_rate=track.clock_rate,
                payload_type=fits.payload_type,
                parameters=fits.parameters,
                ssrc=_ssrc(),
            )
        )
    return sections


def _ssrc() -> int:
    return secrets.randbelow(0xFFFFFFFE) + 1
