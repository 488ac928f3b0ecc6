"""Credentials for a TURN server that shares a secret with us (draft-uberti-behave-turn-rest-00; coturn's ``use-auth-secret``).  Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

CREDENTIAL_LIFE_S: Final = 6 * 3600
"""Longer than an evening: a browser shows it again at each refresh of its relay, and cannot be given another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    """A relay for those whose network lets no UDP through to us."""

    urls: Sequence[str] = ()
    """``turn:turn.example.org:3478?transport=udp``, ``turns:…``."""
    secret: str = ""


def turn_host(url: str) -> str:
    """The name or address in ``turn:host:port?transport=udp`` (RFC 7065 §3.1); empty where there is none."""
    authority = url.partition(":")[2].partition("?")[0]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def ice_servers(turn: TurnSettings, user: str, now_s: float) -> list[dict[str, Any]]:
    """What a browser is given as ``RTCConfiguration.iceServers``: nothing without a relay, for our own port needs none.

    The username is ``<expiry>:<user>``, the password its HMAC-SHA1 under the shared secret, in base64.
    """
    if not turn.urls:
        return []
    username = f"{int(now_s) + CREDENTIAL_LIFE_S}:{user}"
    digest = hmac.new(turn.secret.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": list(turn.urls), "username": username, "credential": base64.b64encode(digest).decode()}]
