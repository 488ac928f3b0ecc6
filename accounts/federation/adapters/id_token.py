"""Signatures of ID tokens, against the keys a provider publishes (RFC 7515, RFC 7517, RFC 8725)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jwt

from accounts.federation.errors import ProviderAnswerInvalid

MAX_TOKEN_CHARS: Final = 16_384
"""Large ones list groups and have some 6,000."""

MAX_KEYS: Final = 50
MIN_RSA_BITS: Final = 2048  # RFC 7518 §3.3

# What a token may be signed with, and the kind of key each demands. No HMAC: its key would be the client secret, or, in the
# classic attack, the provider's public key. No "none".
_KEY_OF: Final = {
    "RS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS256": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}


class KeyUnknown(Exception):
    """The provider signed with a key we have not seen: it may have a new one."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says, whose signature was right."""

    claims: Mapping[str, Any]
    algorithm: str


def verify(token: str, keys: Sequence[Mapping[str, Any]]) -> Signed:
    """What ``token`` says, if one of ``keys`` (JWKs) signed it. Its claims are for the caller to check.

    Raises :class:`ProviderAnswerInvalid`, :class:`KeyUnknown`.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise ProviderAnswerInvalid
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        # A typed token of another kind (access, logout) is no ID token (RFC 8725 §3.11); what is marked critical we do not
        # know (RFC 7515 §4.1.11). Keys the token brings along (jwk, jku, x5u) are not so much as looked at.
        wrong_kind = str(header.get("typ", "JWT")).upper() != "JWT" or "crit" in header
        if algorithm not in _KEY_OF or wrong_kind:
            raise ProviderAnswerInvalid
        key = _key(keys, algorithm, header.get("kid"))
        claims = jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm=algorithm).key,
            algorithms=[algorithm],
            # Checked in ``claims.py``, against the caller's clock.
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_sub": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise ProviderAnswerInvalid from error
    return Signed(claims, algorithm)


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, kid: object) -> Mapping[str, Any]:
    if kid is not None and not isinstance(kid, str):
        raise ProviderAnswerInvalid
    kind, curve = _KEY_OF[algorithm]
    fitting = [
        key
        for key in keys[:MAX_KEYS]
        if key.get("kty") == kind
        and (curve is None or key.get("crv") == curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
        and (kind != "RSA" or _rsa_bits(key) >= MIN_RSA_BITS)
    ]
    if kid is None and len(fitting) > 1:
        raise ProviderAnswerInvalid  # which one it was has to be said then (OpenID Connect Core §10.1)
    if not fitting:
        raise KeyUnknown
    return fitting[0]


def _rsa_bits(key: Mapping[str, Any]) -> int:
    modulus = key.get("n")
    return len(modulus) * 6 if isinstance(modulus, str) else 0
