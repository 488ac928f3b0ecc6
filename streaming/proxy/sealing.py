"""Sealing: upstream addresses in our URLs, and source credentials at rest, with AES-256-GCM (NIST SP 800-38D).

An address must come out the same each time it is shown (players and caches compare URLs, and a key refetched for every segment is a
known plague), so its nonce is derived from the address itself, by a key of its own: equal addresses, equal nonces, equal ciphertexts,
and nothing is said but that they are equal.  What is not ours does not open, so nobody can make the server fetch an address of theirs.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.errors import NotFound
from kernel.secrets.encryption import SealBrokenError, SecretBox
from streaming.proxy.playlist.rewrite import UriKind

_NONCE_BYTES = 12
HEADERS = "headers"
"""What sealed headers are bound to: any source may hold them."""
_ROLES = {role: bytes([number]) for number, role in enumerate(UriKind)}
_ROLE_OF = {number[0]: role for role, number in _ROLES.items()}
#: Base64 of this stays within the 8,190 bytes that HTTP servers take as a request line.
MAX_SEALED_URL = 5_500


class SealBroken(NotFound):
    """There is no such media in this stream."""


class Sealer:
    """Seals with keys derived from the first of ``keys`` (32 bytes each), opens what any of them sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._nonce_key = hmac.digest(keys[0], b"nonce", sha256)
        derived = [hmac.digest(key, b"cipher", sha256) for key in keys]
        self._ciphers = [AESGCM(key) for key in derived]
        self.credentials = SecretBox(derived)
        """For the headers of sources, at rest."""

    def seal_url(self, source_id: str, url: str, role: UriKind) -> str:
        """``url`` as one opaque path segment, good for this source and this role only; empty if it is too long."""
        plain = _ROLES[role] + url.encode("utf-8", "surrogateescape")
        if len(plain) > MAX_SEALED_URL:
            return ""
        bound = source_id.encode()
        nonce = hmac.digest(self._nonce_key, bound + plain, sha256)[:_NONCE_BYTES]
        return base64.urlsafe_b64encode(nonce + self._ciphers[0].encrypt(nonce, plain, bound)).rstrip(b"=").decode()

    def open_url(self, source_id: str, sealed: str) -> tuple[str, UriKind]:
        """The address and role.  Raises :class:`SealBroken`."""
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            plain = self._open(raw, source_id.encode())
            return plain[1:].decode(), _ROLE_OF[plain[0]]
        except (SealBroken, ValueError, binascii.Error, KeyError, IndexError):
            raise SealBroken from None

    def seal_headers(self, headers: Mapping[str, str]) -> str:
        """Headers as text for the database."""
        return self.credentials.seal(orjson.dumps(dict(headers)).decode(), bound=HEADERS)

    def open_headers(self, sealed: str) -> dict[str, str]:
        """The headers.  Raises :class:`SealBroken` if the server's secret key is another by now."""
        try:
            opened: dict[str, str] = orjson.loads(self.credentials.open(sealed, bound=HEADERS))
        except SealBrokenError:
            raise SealBroken from None
        return opened

    def _open(self, raw: bytes, bound: bytes) -> bytes:
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound)
            except InvalidTag:
                continue
        raise SealBroken
