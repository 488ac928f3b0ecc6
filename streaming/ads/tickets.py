"""Tickets: what was given to somebody to show, signed, so that only what was shown is counted, and once.

A ticket holds no secret and is no credential; whoever repeats one repeats the same impression.
"""

import binascii
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from struct import Struct, error
from typing import Final
from uuid import UUID

LIFETIME_S: Final = 24 * 3600
"""A tab that stays open for a day counts still."""
MAX_TICKET_CHARS: Final = 120
NONCE_CHARS: Final = 24

_FORM: Final = Struct("!BI16s16s12s")  # kind, expiry, subject, viewer, nonce
_MAC_BYTES: Final = 16  # 128 bits (RFC 2104 §5 allows half of the hash)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One thing, to be shown once to one viewer."""

    kind: int
    """What kind of thing: tickets of one are nothing to the others."""
    subject_id: str
    viewer: str
    nonce: str
    """24 hexadecimal digits, of this showing alone."""
    expires_at_s: int

    @classmethod
    def new(cls, kind: int, subject_id: str, viewer: str, *, now_s: float) -> "Ticket":
        """One that is good for :data:`LIFETIME_S`."""
        return cls(kind, subject_id, viewer, secrets.token_hex(NONCE_CHARS // 2), int(now_s) + LIFETIME_S)

    @classmethod
    def of_showing(cls, showing: str, kind: int, subject_id: str, viewer: str, *, now_s: float) -> "Ticket":
        """That of a showing that has a name: whoever asks for it once more gets one that counts the same showing."""
        named = "\0".join((showing, str(kind), subject_id, viewer)).encode()
        return cls(kind, subject_id, viewer, sha256(named).hexdigest()[:NONCE_CHARS], int(now_s) + LIFETIME_S)


@dataclass(frozen=True, slots=True)
class TicketOffice:
    """Signs tickets with the first of ``keys``, and believes all of them."""

    keys: Sequence[bytes] = field(repr=False)

    def issue(self, ticket: Ticket) -> str:
        """``ticket`` as text for an address: base64url without padding."""
        body = _FORM.pack(
            ticket.kind,
            ticket.expires_at_s,
            UUID(ticket.subject_id).bytes,
            bytes.fromhex(ticket.viewer),
            bytes.fromhex(ticket.nonce),
        )
        return urlsafe_b64encode(body + _mac(self.keys[0], body)).decode().rstrip("=")

    def read(self, text: str, kind: int, *, now_s: float) -> Ticket | None:
        """What ``text`` says; ``None`` where it is none of ours, of another kind, or too old."""
        if len(text) > MAX_TICKET_CHARS or not text.isascii():
            return None
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
            found, expires_at_s, subject, viewer, nonce = _FORM.unpack(body)
        except (binascii.Error, ValueError, error):
            return None
        if not any(hmac.compare_digest(mac, _mac(key, body)) for key in self.keys):
            return None
        if found != kind or now_s >= expires_at_s:
            return None
        return Ticket(found, str(UUID(bytes=subject)), viewer.hex(), nonce.hex(), expires_at_s)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, sha256).digest()[:_MAC_BYTES]
