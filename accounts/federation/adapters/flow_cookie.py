"""The cookie that carries a sign-in on its way to the provider and back."""

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import orjson
from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.federation.flow import LIFETIME_S, Flow

PATH: Final = "/api/v1/auth/oidc"
MAX_CHARS: Final = 4096
_NONCE_BYTES: Final = 12
_BOUND: Final = b"ani oidc flow 1"


class FlowCookie:
    """Sealed (AES-256-GCM) with the first of ``keys``, 32 bytes each; opens what any of them sealed.

    ``SameSite=Lax``, because the way back begins at the provider's site; so only a page that the browser itself goes to gets
    it, by GET.  One at a time: a second sign-in in another tab takes the place of the first.
    """

    def __init__(self, keys: Sequence[bytes], public_url: str) -> None:
        self._ciphers = [AESGCM(key) for key in keys]
        self._secure = urlsplit(public_url).scheme == "https"
        self.name = "__Secure-ani_oidc" if self._secure else "ani_oidc"

    def set(self, response: web.Response, flow: Flow) -> None:
        """Put ``flow``, sealed, into the browser for as long as a sign-in may take."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[0].encrypt(nonce, orjson.dumps(asdict(flow)), _BOUND)
        response.set_cookie(
            self.name,
            base64.urlsafe_b64encode(sealed).decode(),
            path=PATH,
            max_age=LIFETIME_S,
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def read(self, request: web.Request) -> Flow | None:
        """The sign-in this browser began; ``None`` when there is none, or it is not of our making."""
        text = request.cookies.get(self.name, "")
        if not text or len(text) > MAX_CHARS or not text.isascii():
            return None
        try:
            sealed = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError):
            return None
        for cipher in self._ciphers:
            try:
                return Flow(**orjson.loads(cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND)))
            except (InvalidTag, ValueError):
                continue
        return None

    def clear(self, response: web.Response) -> None:
        """Take the cookie back: the sign-in is over."""
        response.del_cookie(self.name, path=PATH, httponly=True, secure=self._secure, samesite="Lax")
