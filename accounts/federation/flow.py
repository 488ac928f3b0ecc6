"""One way to the provider and back: what we remember of it, and in what words we ask (RFC 6749 §4.1, RFC 7636)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode, urlsplit

from accounts.federation.model import Provider

LIFETIME_S: Final = 600
"""Time to find a password, a telephone and a code; as long as the code itself may live (RFC 6749 §4.1.2)."""

_SECRET_BYTES: Final = 32
MAX_NEXT_CHARS: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Kept by the browser that began it, sealed, and so good for that browser alone."""

    provider_id: str
    state: str
    """Comes back with the answer: one that we did not ask for has none that fits (RFC 6749 §10.12)."""
    nonce: str
    """Comes back inside the signed token: one made for another sign-in has another (OpenID Connect Core §3.1.2.1)."""
    verifier: str
    """Whoever redeems the code must know it, so a stolen code is worth nothing (RFC 7636)."""
    next: str
    expires_at_s: int
    user_id: str = ""
    """Whom to link the account to; empty: sign in."""
    session_id: str = ""

    @classmethod
    def begin(cls, provider: Provider, *, next: str, now_s: float, user_id: str = "", session_id: str = "") -> Self:  # noqa: A002 - its name in the address
        """A sign-in at ``provider`` with fresh secrets; with ``user_id`` and ``session_id`` it links an account instead.

        ``now_s`` is Unix time in seconds.
        """
        return cls(
            provider_id=provider.id,
            state=secrets.token_urlsafe(_SECRET_BYTES),
            nonce=secrets.token_urlsafe(_SECRET_BYTES),
            verifier=secrets.token_urlsafe(_SECRET_BYTES),
            next=safe_next(next),
            expires_at_s=int(now_s) + LIFETIME_S,
            user_id=user_id,
            session_id=session_id,
        )

    @property
    def challenge(self) -> str:
        """S256 (RFC 7636 §4.2)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def answers_to(self, provider_id: str, state: str, now_s: float) -> bool:
        """Whether an answer with ``state`` at the address of ``provider_id`` is the one we wait for."""
        in_time = now_s < self.expires_at_s
        return (
            in_time and self.provider_id == provider_id and secrets.compare_digest(self.state.encode(), state.encode())
        )


def authorization_url(endpoint: str, provider: Provider, flow: Flow, redirect_uri: str) -> str:
    """Where to send the browser (OpenID Connect Core §3.1.2.1)."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(provider.scopes),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
    )
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}"


def safe_next(path: str) -> str:
    """``path`` when it is one of our pages, else the home page: never another site, however it is disguised."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isascii() and path.isprintable()
    return path if ours and len(path) <= MAX_NEXT_CHARS and " " not in path else "/"
