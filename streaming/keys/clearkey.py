"""ClearKey requests and licences (W3C Encrypted Media Extensions §9.1).  Pure.

Both name keys in base64url without padding; other programs pad, and write key ids as UUIDs or hex digits.
"""

import base64
import binascii
import uuid
from collections.abc import Sequence
from typing import Any, Final

from kernel.errors import Invalid, NotFound
from streaming.keys.model import ContentKey

KEY_SYSTEM: Final = "org.w3.clearkey"

MAX_KIDS: Final = 32
"""A licence for every class of tracks has four; a playlist that rotates keys asks for them one by one."""

_KID_BYTES: Final = 16


class ClearKeyClosed(NotFound):
    """This server gives no keys through ClearKey: its operator has closed it."""


class KeyRequestInvalid(Invalid):
    """This is no licence request for ClearKey."""


def kid_of(text: str) -> str:
    """A key id of a request in canonical form.  Raises :class:`KeyRequestInvalid`."""
    try:
        raw = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
        if len(raw) == _KID_BYTES and base64url(raw) == text.rstrip("="):
            return str(uuid.UUID(bytes=raw))
        return str(uuid.UUID(text))
    except (binascii.Error, ValueError):
        raise KeyRequestInvalid from None


def licence(keys: Sequence[ContentKey], kind: str) -> dict[str, Any]:
    """The licence, a JSON Web Key Set (§9.1.4); ``kind``: ``temporary`` or ``persistent-license``, as was asked."""
    return {
        "keys": [{"kty": "oct", "kid": base64url(each.kid_bytes), "k": base64url(each.key)} for each in keys],
        "type": kind,
    }


def base64url(raw: bytes) -> str:
    """RFC 4648 §5, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
