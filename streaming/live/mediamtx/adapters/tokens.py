"""JWTs that somebody else checks: ES256, with the public keys as a JWK Set (RFC 7515, RFC 7517, RFC 7518 §3.4)."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.algorithms import ECAlgorithm

from streaming.live.mediamtx.model import AUDIENCE, LIFETIMES, PERMISSIONS_CLAIM, MediaGrant

ALGORITHM: Final = "ES256"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3)."""
_SCALAR_BYTES: Final = 40
"""64 bits more than the order has, so that none is likelier than another (FIPS 186-5 §A.2.1)."""


class MediaTokens:
    """Signs with the first of ``secret_keys`` (32 bytes each), and publishes the public halves of all.

    The pairs are made of them, so all nodes of an installation have the same, and nothing is stored.
    """

    def __init__(self, secret_keys: Sequence[bytes], *, issuer: str) -> None:
        self._keys = [_private_key(secret) for secret in secret_keys]
        self._public = [_public_jwk(key) for key in self._keys]
        self._issuer = issuer

    @property
    def key_set(self) -> dict[str, Any]:
        """A JWK Set (RFC 7517 §5)."""
        return {"keys": self._public}

    def issue(self, granted: MediaGrant, now: datetime) -> tuple[str, datetime]:
        """A token, and until when it is good.  It names nobody."""
        expires_at = now + LIFETIMES[granted.action]
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "iat": now,
            "exp": expires_at,
            "jti": secrets.token_urlsafe(12),
            PERMISSIONS_CLAIM: granted.permissions,
        }
        headers = {"kid": self._public[0]["kid"]}
        return jwt.encode(claims, self._keys[0], algorithm=ALGORITHM, headers=headers), expires_at


def _private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    wide = HKDF(SHA256(), _SCALAR_BYTES, salt=None, info=b"ani:mediamtx-p256").derive(secret)
    return ec.derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, ec.SECP256R1())


def _public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    # RFC 7638 §3: the required members in the order of their names, without spaces.
    named = orjson.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")})
    kid = base64.urlsafe_b64encode(hashlib.sha256(named).digest()).rstrip(b"=").decode()
    return {**jwk, "use": "sig", "alg": ALGORITHM, "kid": kid}
