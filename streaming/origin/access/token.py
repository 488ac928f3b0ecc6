"""Stream tokens: the right to fetch one asset for one session, as a path segment.

A token is a prefix of every URL of a stream (``/hls/{token}/{asset}/…``), so relative URIs inside playlists inherit it, and
media playlists and segments stay the same bytes for everyone.

Layout, big endian, 41 bytes of payload and 16 of HMAC-SHA256 cut to its left half (RFC 2104 §5), 57 bytes in all::

    version 1 │ key id 1 │ session 16 │ asset 16 │ expiry 5 (Unix s) │ max height 2 (px, 0: any) │ mac 16

57 is a multiple of 3, so unpadded base64url (RFC 4648 §5) spends every bit of its 76 characters, and no second spelling of
a token exists.  The first byte names the layout; keys are found by the second, so that they can be rotated.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self
from uuid import UUID

from kernel.errors import Forbidden, Invalid

VERSION: Final = 1
TOKEN_LENGTH: Final = 76
_PAYLOAD: Final = struct.Struct(">BB16s16s5sH")
_MAC_BYTES: Final = 16
"""128 bits: forging needs 2^127 online tries on average; half of SHA-256 keeps URLs short."""


class TokenRefused(Forbidden):
    """This stream link is not valid."""


class KeyIdsClash(Invalid):
    """Two of the secret keys have the same one-byte id, as one pair in 256 has. Make another one."""


class TokenExpired(TokenRefused):
    """This stream link has expired. Start playback again."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a viewer may get at most, whatever the ladder holds."""

    max_height_px: int | None = None
    """Shorter side of the picture; ``None``: no limit."""

    def within(self, other: "Caps") -> "Caps":
        """The stricter of both."""
        limits = [each.max_height_px for each in (self, other) if each.max_height_px is not None]
        return Caps(min(limits, default=None))


@dataclass(frozen=True, slots=True)
class StreamToken:
    """What a token says."""

    session_id: str
    asset_id: str
    expires_at_s: int
    """Unix seconds; from that second on the token is refused."""
    caps: Caps = Caps()


@dataclass(frozen=True, slots=True)
class Keyring:
    """Signing keys by id (0…255).  New tokens are signed with ``current``; the others still verify, until removed."""

    keys: Mapping[int, bytes]
    current: int

    @classmethod
    def of(cls, keys: Sequence[bytes]) -> Self:
        """A ring that signs with the first of ``keys``.

        The ids come from the keys themselves, so that all nodes agree on them whatever else each holds.  Raises
        :class:`KeyIdsClash`.
        """
        ids = [sha256(b"ani stream key" + key).digest()[0] for key in keys]
        if len(set(ids)) < len(ids):
            raise KeyIdsClash
        return cls(dict(zip(ids, keys, strict=True)), current=ids[0])

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError(f"the current key {self.current} is not among the keys")
        if any(not 0 <= key_id <= 255 for key_id in self.keys):
            raise ValueError("a key id is one byte")
        if any(len(key) < 32 for key in self.keys.values()):
            raise ValueError("a key shorter than 32 bytes is weaker than the hash it drives (RFC 2104 §3)")


def sign(token: StreamToken, keyring: Keyring) -> str:
    """``token`` as 76 characters of base64url."""
    payload = _PAYLOAD.pack(
        VERSION,
        keyring.current,
        UUID(token.session_id).bytes,
        UUID(token.asset_id).bytes,
        token.expires_at_s.to_bytes(5, "big"),
        token.caps.max_height_px or 0,
    )
    return base64.urlsafe_b64encode(payload + _mac(keyring.keys[keyring.current], payload)).decode()


def verify(text: str, keyring: Keyring, *, now_s: float) -> StreamToken:
    """What ``text`` says, if we said it and it still holds at ``now_s`` (Unix seconds).

    Raises :class:`TokenRefused` for anything we did not sign, :class:`TokenExpired` from the second of expiry on.
    """
    raw = _decode(text)
    payload, mac = raw[: _PAYLOAD.size], raw[_PAYLOAD.size :]
    key = keyring.keys.get(raw[1])
    if raw[0] != VERSION or key is None or not hmac.compare_digest(mac, _mac(key, payload)):
        raise TokenRefused
    token = _unpacked(payload)
    if now_s >= token.expires_at_s:
        raise TokenExpired
    return token


def unverified(text: str) -> StreamToken:
    """What ``text`` says, whoever said it: for what we verified before, and kept.

    Raises :class:`TokenRefused` for what is no token by its form.
    """
    return _unpacked(_decode(text)[: _PAYLOAD.size])


def _unpacked(payload: bytes) -> StreamToken:
    _, _, session, asset, expiry, max_height_px = _PAYLOAD.unpack(payload)
    expires_at_s = int.from_bytes(expiry, "big")
    return StreamToken(str(UUID(bytes=session)), str(UUID(bytes=asset)), expires_at_s, Caps(max_height_px or None))


def _decode(text: str) -> bytes:
    if len(text) != TOKEN_LENGTH or not text.isascii():
        raise TokenRefused
    try:
        raw = base64.urlsafe_b64decode(text)
    except binascii.Error:
        raise TokenRefused from None
    # The decoder skips characters that are not base64 and takes both alphabets: only the one true spelling passes.
    if base64.urlsafe_b64encode(raw) != text.encode():
        raise TokenRefused
    return raw


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, sha256)[:_MAC_BYTES]
