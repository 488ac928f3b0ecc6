"""What a multivariant playlist says of keys ahead of time, so that a player asks for licences while it chooses a variant.  Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from streaming.keys import clearkey
from streaming.keys.licences.model import FAIRPLAY, PLAYREADY, WIDEVINE, LicenceServers
from streaming.keys.model import ContentKey, Protection, TrackClass, track_class_of
from streaming.keys.signalling import hls
from streaming.keys.signalling.systems import DrmSystem, Scheme
from streaming.origin.ladder import Variant

_SYSTEMS: Final = {
    WIDEVINE: DrmSystem.WIDEVINE,
    PLAYREADY: DrmSystem.PLAYREADY,
    FAIRPLAY: DrmSystem.FAIRPLAY,
    clearkey.KEY_SYSTEM: DrmSystem.COMMON,
}


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Keys of the variants that are offered, for the systems that give licences for them."""

    tags: tuple[str, ...] = ()
    """EXT-X-SESSION-KEY (draft-pantos-hls-rfc8216bis-20 §4.4.6.5), each as its EXT-X-KEY in the media playlists."""
    hdcp: bool = False
    """Whether a licence asks for HDCP at all: ClearKey's does not."""


NO_SESSION_KEYS: Final = SessionKeys()


def session_keys(
    protection: Protection, keys: Sequence[ContentKey], variants: Iterable[Variant], licences: LicenceServers
) -> SessionKeys:
    """What to say of ``keys`` where ``variants`` are offered; nothing where segments are encrypted, or nothing is."""
    if not protection.is_common_encryption:
        return NO_SESSION_KEYS
    offered = licences.offered(protection)
    classes = {track_class_of(variant.short_side_px) for variant in variants} | {TrackClass.AUDIO}
    return SessionKeys(
        tuple(
            hls.session_key_tag(_SYSTEMS[system], UUID(key.kid), key.key, Scheme(protection.value))
            for key in keys
            if key.track_class in classes
            for system in offered
        ),
        hdcp=bool(offered.keys() - {clearkey.KEY_SYSTEM}),
    )
