"""Secrets at rest: text sealed with AES-256-GCM (NIST SP 800-38D) under keys of the server."""

import base64
import binascii
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class SealBrokenError(Exception):
    """What was sealed under a key that is gone, or was changed since, does not open."""


class SecretBox:
    """Seals with the first of ``keys`` (32 bytes each), opens what any of them sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(key) for key in keys]

    def seal(self, secret: str, *, bound: str) -> str:
        """``secret`` as text that opens only together with ``bound``: what it belongs to."""
        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + self._ciphers[0].encrypt(nonce, secret.encode(), bound.encode())).decode()

    def open(self, sealed: str, *, bound: str) -> str:
        """Raises :class:`SealBrokenError`."""
        return self._open(self._ciphers, sealed, bound)

    def is_outdated(self, sealed: str, *, bound: str) -> bool:
        """Whether it was sealed with a key of the past, and would be lost with it."""
        try:
            self._open(self._ciphers[:1], sealed, bound)
        except SealBrokenError:
            return True
        return False

    def _open(self, ciphers: Sequence[AESGCM], sealed: str, bound: str) -> str:
        try:
            raw = base64.b64decode(sealed, validate=True)
        except binascii.Error:
            raise SealBrokenError from None
        for cipher in ciphers:
            try:
                return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise SealBrokenError
