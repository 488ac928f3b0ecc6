"""What an ID token or a userinfo answer must say to be believed (OpenID Connect Core §3.1.3.7, §5.3.2)."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from accounts.federation.errors import ProviderAnswerInvalid
from accounts.federation.model import MAX_SUBJECT_CHARS, Claims, Provider

LEEWAY_S: Final = 60
"""Clocks of other people's servers; ours keep time by NTP."""

MAX_AGE_S: Final = 600
"""A token is made while we wait for it. An older one was kept by somebody."""

MAX_EMAIL_CHARS: Final = 254
_NAMES: Final = ("preferred_username", "nickname", "name", "given_name")


def check(claims: Mapping[str, Any], provider: Provider, *, nonce: str, now_s: float) -> Claims:
    """What the token says, if it was made by this provider, for us, for this sign-in, just now.

    The signature is the caller's business.  Raises :class:`ProviderAnswerInvalid`.
    """
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    given = claims.get("nonce")
    fits = (
        claims.get("iss") == provider.issuer
        and isinstance(audiences, list)
        and provider.client_id in audiences
        # Meant for others too: then the party it was issued to has to be named, and be us (§3.1.3.7, 4 and 5).
        and claims.get("azp", provider.client_id if len(audiences) == 1 else None) == provider.client_id
        and isinstance(given, str)
        and secrets.compare_digest(given.encode(), nonce.encode())
        and expires + LEEWAY_S > now_s
        and now_s - MAX_AGE_S - LEEWAY_S < issued <= now_s + LEEWAY_S
        and ("nbf" not in claims or _moment(claims, "nbf") <= now_s + LEEWAY_S)
    )
    if not fits:
        raise ProviderAnswerInvalid
    return described(claims, provider)


def described(claims: Mapping[str, Any], provider: Provider) -> Claims:
    """Who somebody is. Raises :class:`ProviderAnswerInvalid` without a proper ``sub``."""
    subject = claims.get("sub")
    if not (isinstance(subject, str) and 0 < len(subject) <= MAX_SUBJECT_CHARS and _plain(subject)):
        raise ProviderAnswerInvalid
    email = claims.get("email")
    email = email if isinstance(email, str) and 0 < len(email) <= MAX_EMAIL_CHARS and _plain(email) else None
    names = [*(claims.get(name) for name in _NAMES), email.partition("@")[0] if email else None]
    return Claims(
        issuer=provider.issuer,
        subject=subject,
        email=email,
        # Some providers write it as text; nothing but a plain yes counts as one.
        email_verified=email is not None
        and claims.get("email_verified", provider.assume_email_verified) in (True, "true"),
        names=tuple(name for name in names if isinstance(name, str)),
    )


def lacks_email(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Whether the userinfo endpoint has to be asked for the address, or for whether it is verified."""
    return claims.get("email") is None or not (provider.assume_email_verified or "email_verified" in claims)


def with_userinfo(claims: Claims, userinfo: Mapping[str, Any], provider: Provider) -> Claims:
    """The same person, with what the userinfo endpoint adds; it has to be the same person (§5.3.2)."""
    more = described(userinfo, provider)
    if more.subject != claims.subject:
        raise ProviderAnswerInvalid
    return Claims(
        issuer=claims.issuer,
        subject=claims.subject,
        email=more.email or claims.email,
        email_verified=more.email_verified if more.email else claims.email_verified,
        names=claims.names + more.names,
    )


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderAnswerInvalid
    return value


def _plain(text: str) -> bool:
    return text.isprintable()
