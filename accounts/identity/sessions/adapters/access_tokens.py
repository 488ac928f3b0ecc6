"""Access tokens: JWTs that live for a quarter of an hour (RFC 9068 in shape, RFC 8725 in care)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from accounts.identity.errors import TokenExpired, TokenInvalid
from accounts.identity.model import LoginSession, SessionId, User, UserId
from kernel.ids import is_id

LIFETIME = timedelta(minutes=15)
LEEWAY_S = 5  # the nodes of one installation keep time by NTP; nobody else checks these tokens
ALGORITHM = "HS256"
TYPE = "at+jwt"
AUDIENCE = "ani"
MAX_TOKEN_CHARS = 2048  # ours have about 450

_HEADER_FIELDS = {"alg", "typ", "kid"}
_REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "pv", "iat", "exp"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret and the name tokens call it by."""

    id: str
    secret: bytes

    @classmethod
    def of(cls, secret: bytes) -> "SigningKey":
        """Named by its own digest, so that the same secret has the same name on every node."""
        return cls(hashlib.sha256(b"ani key id" + secret).hexdigest()[:16], secret)


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an intact access token says; whether it still holds is for the database to tell."""

    user_id: UserId
    session_id: SessionId
    permission_version: int
    expires_at: datetime


class JwtAccessTokens:
    """Signs with the first key, accepts all: rotate by putting a new one in front and dropping the old one a lifetime later."""

    lifetime_s = int(LIFETIME.total_seconds())

    def __init__(self, keys: Sequence[SigningKey], *, issuer: str) -> None:
        self._signing_key = keys[0]
        self._secrets = {key.id: key.secret for key in keys}
        self._issuer = issuer

    def issue(self, user: User, session: LoginSession, now: datetime) -> str:
        """A signed JWT (RFC 7519) of type ``at+jwt`` (RFC 9068), good for :data:`LIFETIME`."""
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user.id,
            "sid": session.id,
            "pv": user.permission_version,
            "iat": now,
            "exp": now + LIFETIME,
        }
        header = {"typ": TYPE, "kid": self._signing_key.id}
        return jwt.encode(claims, self._signing_key.secret, algorithm=ALGORITHM, headers=header)

    def verify(self, token: str, *, now: datetime) -> AccessClaims:
        """Raises :class:`TokenInvalid`, :class:`TokenExpired`."""
        if len(token) > MAX_TOKEN_CHARS:
            raise TokenInvalid
        try:
            claims = self._decode(token)
            claimed = AccessClaims(
                user_id=UserId(claims["sub"]),
                session_id=SessionId(str(claims["sid"])),
                permission_version=int(claims["pv"]),
                expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
            begins_at = datetime.fromtimestamp(claims.get("nbf", 0), UTC)
        except (jwt.InvalidTokenError, ValueError, TypeError, ArithmeticError, OSError, RecursionError) as error:
            raise TokenInvalid from error
        if not (is_id(claimed.user_id) and is_id(claimed.session_id)):
            raise TokenInvalid
        if begins_at > now + timedelta(seconds=LEEWAY_S):
            raise TokenInvalid
        if claimed.expires_at + timedelta(seconds=LEEWAY_S) <= now:
            raise TokenExpired
        return claimed

    def _decode(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        # Only what we write ourselves. Headers that bring or point to a key (jwk, jku, x5u: RFC 8725 §3.10) are none of it.
        if set(header) != _HEADER_FIELDS or header["typ"] != TYPE:
            raise TokenInvalid
        secret = self._secrets.get(header["kid"])
        if secret is None:
            raise TokenInvalid
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],  # never what the token asks for
            audience=AUDIENCE,
            issuer=self._issuer,
            # Times are checked against the caller's clock, which tests and sockets decide.
            options={"require": _REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
