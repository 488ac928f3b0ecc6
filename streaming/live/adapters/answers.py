"""Answers, and offers of ours, written: one bundle, ICE-lite, all candidates in it (RFC 9429 §5.3.1, RFC 9725 §4.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kernel.rtc.adapters.transport import SecureTransport
from streaming.live.adapters.offers import OfferedSection
from streaming.live.model import Codec, MediaKind

OPUS_FROM_PUBLISHERS: Final = {"minptime": "10", "useinbandfec": "1", "stereo": "1", "maxaveragebitrate": "160000"}
"""RFC 7587 §6.1: music in two channels, with redundancy against loss."""
FEEDBACK: Final = ("nack", "nack pli", "ccm fir", "goog-remb")
FINGERPRINT_ALGORITHM: Final = "sha-256"
STREAM_NAME: Final = "live"
"""One stream of sound and pictures (draft-ietf-wish-whep-03 §4.5.2)."""
START_KBPS: Final = 1_500
"""What Chromium begins with, where it would feel its way up from 300."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedSection:
    """A section that carries something."""

    mid: str
    kind: MediaKind
    codec: Codec
    clock_rate: int
    payload_type: int
    parameters: Mapping[str, str]
    ssrc: int | None = None
    """Of ours, where we send."""


def write_description(
    transport: SecureTransport,
    sections: Sequence[AgreedSection | OfferedSection],
    *,
    direction: str,
    setup: str,
    max_kbps: int | None = None,
) -> str:
    """``sections`` in the order of the offer: those agreed on, and those that are refused.

    ``direction`` is ours; ``setup`` says who begins the DTLS handshake (RFC 5763 §5).  Both ends keep the order and the names.
    """
    agreed = [section.mid for section in sections if isinstance(section, AgreedSection)]
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(agreed),
        "a=ice-lite",
        "a=ice-options:trickle",
        f"a=msid-semantic: WMS {STREAM_NAME if direction == 'sendonly' else '*'}",
    ]
    first = True
    for section in sections:
        if isinstance(section, OfferedSection):
            protocol = "UDP/DTLS/SCTP" if section.kind == "application" else "UDP/TLS/RTP/SAVPF"
            lines += [f"m={section.kind} 0 {protocol} {section.formats}", "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{section.mid}", "a=inactive"]
            continue
        lines += [f"m={section.kind.value} 9 UDP/TLS/RTP/SAVPF {section.payload_type}", "c=IN IP4 0.0.0.0"]
        if max_kbps is not None and section.kind is MediaKind.VIDEO:
            lines.append(f"b=AS:{max_kbps}")
        lines += ["a=rtcp:9 IN IP4 0.0.0.0", *_transport_lines(transport, setup)]
        if first:
            lines += [*candidate_lines(transport), "a=end-of-candidates"]
            first = False
        lines += [f"a=mid:{section.mid}", f"a={direction}", "a=rtcp-mux", "a=rtcp-mux-only", "a=rtcp-rsize"]
        lines += _codec_lines(section, publishing=direction == "recvonly", max_kbps=max_kbps)
        if section.ssrc is not None:
            lines += [f"a=msid:{STREAM_NAME} {section.kind.value}", f"a=ssrc:{section.ssrc} cname:ani"]
            lines += [f"a=ssrc:{section.ssrc} msid:{STREAM_NAME} {section.kind.value}"]
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(section: AgreedSection, *, publishing: bool, max_kbps: int | None) -> list[str]:
    number, audio = section.payload_type, section.kind is MediaKind.AUDIO
    parameters = dict(section.parameters)
    if publishing and audio:
        parameters = dict(OPUS_FROM_PUBLISHERS)
    elif publishing and max_kbps is not None:
        parameters |= {"x-google-start-bitrate": str(min(START_KBPS, max_kbps))}
    lines = [f"a=rtpmap:{number} {section.codec.value}/{section.clock_rate}{'/2' if audio else ''}"]
    if parameters:
        lines.append(f"a=fmtp:{number} " + ";".join(f"{name}={value}" for name, value in parameters.items()))
    if not audio:
        lines += [f"a=rtcp-fb:{number} {what}" for what in FEEDBACK if publishing or what != "goog-remb"]
    return lines


def _transport_lines(transport: SecureTransport, setup: str) -> list[str]:
    return [
        f"a=ice-ufrag:{transport.fragment}",
        f"a=ice-pwd:{transport.password}",
        *(
            f"a=fingerprint:{found.algorithm} {found.value}"
            for found in transport.fingerprints
            if found.algorithm == FINGERPRINT_ALGORITHM
        ),
        f"a=setup:{setup}",
    ]


def candidate_lines(transport: SecureTransport) -> list[str]:
    """Host candidates; those named first are tried first (RFC 8445 §5.1.2)."""
    return [
        f"a=candidate:{rank + 1} 1 udp {(126 << 24) + ((65_535 - rank) << 8) + 255} {address} {transport.port_number} typ host"
        for rank, address in enumerate(transport.addresses)
    ]


def write_fragment(transport: SecureTransport, mids: Sequence[str], first: MediaKind, payload_type: int) -> str:
    """Our new credentials after a restart of ICE (RFC 9725 §4.3.3)."""
    lines = [
        "a=ice-lite",
        "a=ice-options:trickle",
        "a=group:BUNDLE " + " ".join(mids),
        f"m={first.value} 9 UDP/TLS/RTP/SAVPF {payload_type}",
        f"a=mid:{mids[0]}",
        f"a=ice-ufrag:{transport.fragment}",
        f"a=ice-pwd:{transport.password}",
        *candidate_lines(transport),
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"
