"""A content key, what it is for, and how media can be protected with it.

The errors a player can meet beside those of its stream::

    NotFound
    └── KeyUnknown     no such key, or not of this stream's asset
    Forbidden
    └── KeyNotGranted  a key of a better picture than this viewer may have
"""

import os
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kernel.errors import Forbidden, NotFound
from kernel.events import Event

KEY_BYTES: Final = 16
"""AES-128: what RFC 8216 §4.3.2.4 and ISO/IEC 23001-7 (cenc, cbcs) have."""

MAX_CONTENT_ID: Final = 255
"""Characters; an asset's id has 36, and outside packagers name theirs."""

DEFAULT_ROTATION_SEGMENTS: Final = 75
"""Segments to a key with AES-128.  Five minutes of segments of 4 s: what one copied key opens, at the price of one more request
in that time."""

SD_MAX_PX: Final = 576
HD_MAX_PX: Final = 1080
"""Shorter side of the picture: the bounds that contracts on films use (PAL, and what a Blu-ray has)."""


class KeyUnknown(NotFound):
    """This video has no such key."""


class KeyNotGranted(Forbidden):
    """You may not watch this video in this quality."""


@dataclass(frozen=True, kw_only=True)
class ContentKeysIssued(Event):
    """A player was given keys, or a licence for them."""

    session_id: str
    asset_id: str
    episode_id: str
    user_id: str | None
    system: str
    """How: ``aes-128``, ``org.w3.clearkey``, or the key system of the licence."""
    kids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContentKeysRefused(Event):
    """A player with a stream link that we signed was refused keys, or a licence for them."""

    session_id: str
    asset_id: str
    system: str
    kids: tuple[str, ...]
    code: str
    """Why, as the answer said it: ``stream_ended``."""


class Protection(StrEnum):
    """How an asset is encrypted."""

    NONE = "none"
    AES_128 = "aes-128"
    """Whole segments (RFC 8216 §4.3.2.4): keeps copies from being useful, hides no key from the viewer."""
    CBCS = "cbcs"
    """Samples by a pattern, AES-CBC (ISO/IEC 23001-7 §10.4): every DRM of today."""
    CENC = "cenc"
    """Samples whole, AES-CTR (ISO/IEC 23001-7 §10.1): older Widevine and PlayReady devices."""

    @property
    def is_common_encryption(self) -> bool:
        """Whether a content decryption module takes its keys (EME); otherwise the player fetches them by their address."""
        return self in {Protection.CBCS, Protection.CENC}


COMMON_ENCRYPTION: Final = frozenset(each for each in Protection if each.is_common_encryption)


class TrackClass(StrEnum):
    """What has a key of its own, so that who may not have the best picture cannot decrypt it either."""

    SD = "sd"
    HD = "hd"
    UHD = "uhd"
    AUDIO = "audio"

    @property
    def min_height_px(self) -> int:
        """The shorter side above which pictures are of this class; 0 where any limit allows it."""
        return {TrackClass.HD: SD_MAX_PX + 1, TrackClass.UHD: HD_MAX_PX + 1}.get(self, 0)

    def is_within(self, max_height_px: int | None) -> bool:
        """Whether a viewer who may have ``max_height_px`` (shorter side, ``None``: any) may have something of this class."""
        return max_height_px is None or self.min_height_px <= max_height_px


def track_class_of(short_side_px: int) -> TrackClass:
    """The class of a picture by its shorter side."""
    if short_side_px <= SD_MAX_PX:
        return TrackClass.SD
    return TrackClass.HD if short_side_px <= HD_MAX_PX else TrackClass.UHD


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentKey:
    """A key with what it belongs to."""

    content_id: str
    track_class: TrackClass | None
    """``None``: an outside packager did not say."""
    period: int | None
    """Counts from 0 where keys rotate; ``None`` for a key that was asked for by its id."""
    kid: str
    """Key id: a UUID in canonical form."""
    key: bytes = field(repr=False)
    iv: bytes
    """16 bytes, the same for as long as the key; not secret (ISO/IEC 23001-7 §9.2 puts it into the media)."""

    @property
    def kid_bytes(self) -> bytes:
        """The id as media carry it (``tenc``, ``pssh``): 16 bytes, big endian."""
        return uuid.UUID(self.kid).bytes

    @classmethod
    def make(
        cls, content_id: str, track_class: TrackClass | None, period: int | None, *, kid: str | None = None
    ) -> "ContentKey":
        """A new key from the system's randomness; ``kid``: where somebody else chose its id."""
        return cls(
            content_id=content_id,
            track_class=track_class,
            period=period,
            # Version 4: a key id is public, and is not to tell when a key was made.
            kid=kid or str(uuid.uuid4()),
            key=os.urandom(KEY_BYTES),
            iv=os.urandom(KEY_BYTES),
        )
