"""Offers of publishers and viewers read, with aiortc's SDP (RFC 8829, RFC 8839, RFC 9725 §4.4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiortc.rtcdtlstransport import RTCDtlsParameters
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from kernel.rtc.adapters.descriptions import parse_description
from kernel.rtc.ports import OfferNotAcceptable
from streaming.live.errors import FragmentNotAcceptable
from streaming.live.model import Codec, LiveTrack, MediaKind

MAX_CHARACTERS: Final = 65_536
"""Chromium's offer of sound and pictures with all its codecs has 9,000."""
MAX_SECTIONS: Final = 8
MAX_RELAYS: Final = 16
"""Candidates that are looked at: a browser has one for each of its networks and relays."""

_CLOCK_RATES: Final = {Codec.OPUS: 48_000, Codec.H264: 90_000, Codec.VP8: 90_000}
"""RFC 7587 §4.1, RFC 6184 §5.1, RFC 7741 §4.1."""
_FRAGMENT_VALUE: Final = re.compile(r"[A-Za-z0-9+/=_-]{4,256}")
"""RFC 8839 §5.4, and the characters that some clients use on top of its alphabet."""


@dataclass(frozen=True, slots=True)
class OfferedCodec:
    """A codec by the other side's number."""

    codec: Codec
    payload_type: int
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OfferedSection:
    """One section of a description, whatever it is of."""

    mid: str
    kind: str
    formats: str
    """As the other side wrote them, for saying no to them."""
    direction: str
    codecs: tuple[OfferedCodec, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What of a description matters here; an answer to ours is read the same way."""

    fragment: str
    dtls: RTCDtlsParameters
    sections: tuple[OfferedSection, ...]


def read_offer(text: str) -> Offer:
    """Raises OfferNotAcceptable."""
    found = parse_description(text, max_characters=MAX_CHARACTERS)
    media = found.media
    if not media:
        raise OfferNotAcceptable(reason="it has no media")
    if len(media) > MAX_SECTIONS:
        raise OfferNotAcceptable(reason=f"it has more than {MAX_SECTIONS} sections")
    mids = [section.rtp.muxId for section in media]
    bundles = [group.items for group in found.group if group.semantic == "BUNDLE"]
    if not all(mids) or len(set(mids)) != len(mids):
        raise OfferNotAcceptable(reason="its sections are not named")
    if len(media) > 1 and not any(set(mids) <= set(items) for items in bundles):
        raise OfferNotAcceptable(reason="its sections are not bundled")
    first = media[0]
    if not first.rtcp_mux and first.kind in ("audio", "video"):
        raise OfferNotAcceptable(reason="it does not multiplex RTCP")
    if first.dtls is None or not first.dtls.fingerprints:
        raise OfferNotAcceptable(reason="it has no fingerprint of a certificate")
    if not any(one.algorithm.lower().startswith("sha-") for one in first.dtls.fingerprints):
        raise OfferNotAcceptable(reason="its fingerprint is of an unknown kind")
    fragment = first.ice.usernameFragment if first.ice is not None else None
    if not fragment or not _FRAGMENT_VALUE.fullmatch(fragment):
        raise OfferNotAcceptable(reason="it has no ICE credentials")
    sections = tuple(
        OfferedSection(
            section.rtp.muxId,
            section.kind,
            " ".join(str(one) for one in section.fmt),
            section.direction or "sendrecv",
            tuple(_codecs(section.kind, section.rtp.codecs)),
        )
        for section in media
    )
    return Offer(fragment, first.dtls, sections)


def _codecs(kind: str, offered: Sequence[RTCRtpCodecParameters]) -> list[OfferedCodec]:
    found = []
    for one in offered:
        name = one.mimeType.partition("/")[2]
        codec = next((known for known in Codec if known.value.lower() == name.lower()), None)
        if codec is None or one.payloadType is None or one.clockRate != _CLOCK_RATES[codec]:
            continue
        if (codec is Codec.OPUS) != (kind == "audio"):
            continue
        parameters = {str(key).lower(): str(value) for key, value in one.parameters.items()}
        if codec is Codec.H264 and parameters.get("packetization-mode", "0") != "1":
            continue
        found.append(OfferedCodec(codec, one.payloadType, parameters))
    return found


def tracks_of(offer: Offer) -> list[tuple[OfferedSection, LiveTrack]]:
    """What a publisher is to send, of what it offers.  Raises OfferNotAcceptable."""
    chosen: list[tuple[OfferedSection, LiveTrack]] = []
    for section in offer.sections:
        if section.kind not in ("audio", "video") or section.direction not in ("sendonly", "sendrecv"):
            continue
        kind = MediaKind(section.kind)
        if any(track.kind is kind for _, track in chosen):
            raise OfferNotAcceptable(reason=f"it has more than one stream of {kind.value}")
        best = min(section.codecs, key=_rank, default=None)
        if best is None:
            wanted = "Opus" if kind is MediaKind.AUDIO else "H.264 (packetization mode 1) or VP8"
            raise OfferNotAcceptable(reason=f"its {kind.value} is not {wanted}")
        chosen.append((section, _track(kind, best)))
    if not chosen:
        raise OfferNotAcceptable(reason="it sends neither sound nor pictures")
    if len({track.payload_type for _, track in chosen}) != len(chosen):
        raise OfferNotAcceptable(reason="it uses one number for two codecs")
    return chosen


def _track(kind: MediaKind, chosen: OfferedCodec) -> LiveTrack:
    return LiveTrack(
        kind=kind,
        codec=chosen.codec,
        clock_rate=_CLOCK_RATES[chosen.codec],
        payload_type=chosen.payload_type,
        channels=2 if kind is MediaKind.AUDIO else 0,
        parameters=chosen.parameters,
    )


def _rank(offered: OfferedCodec) -> tuple[int, int]:
    """H.264 before VP8, because HLS carries it; the plainest profile, because every player has it."""
    order = [Codec.OPUS, Codec.H264, Codec.VP8]
    return order.index(offered.codec), _profile(offered.parameters)


def _profile(parameters: Mapping[str, str]) -> int:
    """How much a decoder has to know: constrained baseline, baseline, main, what is above (RFC 6184 §8.1)."""
    level_id = parameters.get("profile-level-id", "42e01f").lower()
    profile, constraints = level_id[:2], level_id[2:4]
    if profile == "42":
        return 0 if constraints[:1] in ("c", "d", "e", "f") else 1
    return {"4d": 2, "58": 2, "64": 3}.get(profile, 4)


def matching(section: OfferedSection, track: LiveTrack) -> OfferedCodec | None:
    """By what number a viewer takes this track; ``None`` where it cannot decode it."""
    if section.kind != track.kind.value:
        return None
    fits = [one for one in section.codecs if one.codec is track.codec]
    if track.codec is Codec.H264:
        # Constrained baseline is in all others; of plain baseline browsers decode what encoders make.
        needed = _profile(track.parameters)
        fits = [one for one in fits if needed <= 1 or _profile(one.parameters) >= needed]
        fits.sort(key=lambda one: abs(_profile(one.parameters) - needed))
    return fits[0] if fits else None


def relay_addresses(text: str) -> list[str]:
    """Addresses of relays among the candidates of a description or a fragment (RFC 8839 §5.1)."""
    found = []
    for line in text.splitlines():
        words = line.split(" ", 8)
        if line.startswith("a=candidate:") and len(words) > 7 and words[6:8] == ["typ", "relay"]:
            found.append(words[4])
            if len(found) == MAX_RELAYS:
                break
    return found


def read_fragment(text: str) -> str | None:
    """The username fragment in an ``application/trickle-ice-sdpfrag`` (RFC 8840 §9); ``None`` where it has candidates alone.

    Raises FragmentNotAcceptable.
    """
    if len(text) > MAX_CHARACTERS:
        raise FragmentNotAcceptable(reason="it is too long")
    fragment: str | None = None
    any_line = False
    for line in text.splitlines():
        if not line:
            continue
        if len(line) < 2 or line[1] != "=":
            raise FragmentNotAcceptable(reason="it is malformed")
        name, _, value = line.partition(":")
        any_line = any_line or name in ("a=candidate", "a=ice-ufrag", "a=end-of-candidates")
        if name == "a=ice-ufrag":
            if not _FRAGMENT_VALUE.fullmatch(value.strip()):
                raise FragmentNotAcceptable(reason="its credentials are malformed")
            fragment = value.strip()
    if not any_line:
        raise FragmentNotAcceptable(reason="it has neither candidates nor credentials")
    return fragment
