"""Signing, as the Standard Webhooks specification has it (github.com/standard-webhooks, version 1).

``webhook-id``, ``webhook-timestamp`` (Unix seconds) and the body, joined by full stops, under HMAC-SHA256::

    webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,…

One signature for each secret that is good now: during a rotation the receiver may know either.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
"""The specification allows 24 to 64; SHA-256 gains nothing beyond its own size."""


def new_secret() -> str:
    """A fresh secret, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(message_id: str, timestamp_s: int, body: bytes, known: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt; ``known``: the secrets, the newest first."""
    content = f"{message_id}.{timestamp_s}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{_signature(secret, content)}" for secret in known),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, sha256)).decode()
