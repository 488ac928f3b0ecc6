"""A browser's offer of sound read, and the answer written (RFC 8829, RFC 8839), with aiortc's SDP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiortc import sdp
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceCandidate, RTCIceParameters
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpHeaderExtensionParameters

from kernel.rtc.adapters.descriptions import parse_description
from kernel.rtc.ports import OfferNotAcceptable
from kernel.rtc.rtp import AUDIO_LEVEL_URI
from realtime.voice.ports import DOWNLINKS, OPUS_CLOCK_RATE

MAX_OFFER_CHARACTERS: Final = 32_768
"""Chromium's offer of four sections has 8,000."""
MAX_SECTIONS: Final = 1 + DOWNLINKS

OPUS_PARAMETERS: Final = {
    "minptime": 10,
    "useinbandfec": 1,
    "usedtx": 1,
    "maxaveragebitrate": 32_000,
}
"""RFC 7587 §6.1: redundancy against loss, next to nothing during silence, and what a voice needs."""

FINGERPRINT_ALGORITHM: Final = "sha-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What of an offer matters here."""

    fragment: str
    dtls: RTCDtlsParameters
    payload_type: int
    """Of Opus, by the browser's count."""
    level_id: int | None
    """Of the audio level extension on what it sends."""
    sections: tuple[str, ...]
    """The ``mid`` of each: first the one it sends on, then those it listens on."""

    @property
    def fingerprints(self) -> set[tuple[str, str]]:
        """Whom the peer has to prove to be."""
        return {(found.algorithm.lower(), found.value.upper()) for found in self.dtls.fingerprints}


def read_offer(text: str) -> Offer:
    """Raises OfferNotAcceptable."""
    found = parse_description(text, max_characters=MAX_OFFER_CHARACTERS)
    sections = found.media
    if len(sections) != MAX_SECTIONS or any(section.kind != "audio" for section in sections):
        raise OfferNotAcceptable(reason=f"it must have {MAX_SECTIONS} sections of audio")
    mids = tuple(section.rtp.muxId for section in sections)
    bundles = [group.items for group in found.group if group.semantic == "BUNDLE"]
    if not all(mids) or len(set(mids)) != len(mids) or not any(set(mids) <= set(items) for items in bundles):
        raise OfferNotAcceptable(reason="its sections are not bundled")
    if not all(section.rtcp_mux for section in sections):
        raise OfferNotAcceptable(reason="it does not multiplex RTCP")
    first = sections[0]
    if first.direction not in ("sendonly", "sendrecv"):
        raise OfferNotAcceptable(reason="its first section sends nothing")
    if first.dtls is None or not first.dtls.fingerprints or first.dtls.role == "server":
        raise OfferNotAcceptable(reason="it must be able to begin the DTLS handshake")
    if not any(found.algorithm.lower().startswith("sha-") for found in first.dtls.fingerprints):
        raise OfferNotAcceptable(reason="its fingerprint is of an unknown kind")
    fragment = first.ice.usernameFragment if first.ice is not None else None
    if not fragment or not fragment.isascii() or len(fragment) > 256:
        raise OfferNotAcceptable(reason="it has no ICE credentials")
    return Offer(
        fragment=fragment,
        dtls=first.dtls,
        payload_type=_opus(sections),
        level_id=next((item.id for item in first.rtp.headerExtensions if item.uri == AUDIO_LEVEL_URI), None),
        sections=mids,
    )


def _opus(sections: Sequence[sdp.MediaDescription]) -> int:
    """The number of Opus, the same in all sections (RFC 8843 §9.2)."""
    common: set[int] | None = None
    for section in sections:
        found = {
            codec.payloadType
            for codec in section.rtp.codecs
            if codec.mimeType.lower() == "audio/opus"
            and codec.clockRate == OPUS_CLOCK_RATE
            and codec.payloadType is not None
        }
        common = found if common is None else common & found
    if not common:
        raise OfferNotAcceptable(reason="it has no Opus")
    return min(common)


def write_answer(
    offer: Offer,
    *,
    fragment: str,
    password: str,
    fingerprints: Sequence[RTCDtlsFingerprint],
    addresses: Sequence[str],
    port: int,
    ssrcs: Sequence[int],
) -> str:
    """The answer: one bundle, ICE-lite, all candidates in it; we take sound on the first section, and send on the others."""
    answer = sdp.SessionDescription()
    answer.origin = "- 1 1 IN IP4 0.0.0.0"
    answer.group = [sdp.GroupDescription("BUNDLE", list(offer.sections))]
    answer.msid_semantic = [sdp.GroupDescription("WMS", ["*"])]
    candidates = [_candidate(address, port, rank) for rank, address in enumerate(addresses)]
    for index, mid in enumerate(offer.sections):
        section = sdp.MediaDescription("audio", port, "UDP/TLS/RTP/SAVPF", [offer.payload_type])
        section.host = "0.0.0.0"  # noqa: S104 - RFC 8829 §5.3.1: where it goes is in the candidates
        section.rtcp_port, section.rtcp_host, section.rtcp_mux = 9, "0.0.0.0", True  # noqa: S104 - as above
        section.rtp.muxId = mid
        section.rtp.codecs = [
            RTCRtpCodecParameters(
                mimeType="audio/opus",
                clockRate=OPUS_CLOCK_RATE,
                channels=2,  # RFC 7587 §7: always, also where the sound is mono
                payloadType=offer.payload_type,
                parameters=dict(OPUS_PARAMETERS),
            )
        ]
        if index == 0:
            section.direction = "recvonly"
            if offer.level_id is not None:
                section.rtp.headerExtensions = [RTCRtpHeaderExtensionParameters(offer.level_id, AUDIO_LEVEL_URI)]
        else:
            section.direction = "sendonly"
            section.msid = f"voice-{index} sound-{index}"
            section.ssrc = [sdp.SsrcDescription(ssrcs[index - 1], cname="ani")]
        section.ice = RTCIceParameters(usernameFragment=fragment, password=password, iceLite=True)
        section.ice_candidates = candidates if index == 0 else []
        section.ice_candidates_complete = index == 0
        kept = [found for found in fingerprints if found.algorithm == FINGERPRINT_ALGORITHM]
        section.dtls = RTCDtlsParameters(kept, role="server")
        answer.media.append(section)
    return str(answer)


def _candidate(address: str, port: int, rank: int) -> RTCIceCandidate:
    """A host candidate; those named first are tried first (RFC 8445 §5.1.2)."""
    priority = (126 << 24) + ((65_535 - rank) << 8) + 255
    return RTCIceCandidate(
        component=1, foundation=str(rank + 1), ip=address, port=port, priority=priority, protocol="udp", type="host"
    )
