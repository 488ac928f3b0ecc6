"""Signed tokens a party gives out: invites in links, and the identity a guest keeps across reconnects.

``<base64url(JSON)>.<base64url(HMAC-SHA-256)>``, with the purpose under the signature, so that one kind cannot pass for the
other.  Pure: the keys and the time are arguments.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from kernel.errors import Unauthenticated
from realtime.party.domain.model import Role

T = TypeVar("T")

GUEST_LIFE_S = 24 * 3600
"""A guest who does not come back within a day is somebody new."""

MAX_TOKEN_CHARACTERS = 1_024
"""Ours are under 600; nothing longer is worth decoding."""


class InviteInvalid(Unauthenticated):
    """This invite is not valid."""


class InviteExpired(Unauthenticated):
    """This invite has expired. Ask for a new one."""


class InviteUsedUp(Unauthenticated):
    """This invite has been used as often as it may be. Ask for a new one."""


class GuestTokenInvalid(Unauthenticated):
    """Your guest pass is not valid any more. Open the invite link again."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What an invite link carries; how often it was used is counted by the store, under ``invite_id``."""

    invite_id: str
    party_id: str
    role: Role
    expires_at_s: int
    """Unix time."""
    max_uses: int
    """0: as often as anybody likes until it expires."""
    by: str = ""
    """Member id of who made it; empty on those made before invites named their maker."""
    made_at_ms: int = 0
    """Room time."""


@dataclass(frozen=True, slots=True)
class GuestPass:
    """Who a guest is, in one party."""

    member_id: str
    party_id: str
    name: str
    role: Role
    expires_at_s: int
    invite_id: str = ""
    """The invite it stands on, if any: withdrawn, it takes the pass along."""


def sign_invite(invite: Invite, key: bytes) -> str:
    """The invite as a token for a link."""
    return _sign("invite", asdict(invite), key)


def read_invite(token: str, keys: Sequence[bytes], now_s: float) -> Invite:
    """What one of ``keys`` signed. Raises :class:`InviteInvalid` or :class:`InviteExpired`."""
    values = _verified("invite", token, keys)
    if values is None:
        raise InviteInvalid
    invite = _made(Invite, values)
    if invite.expires_at_s <= now_s:
        raise InviteExpired
    return invite


def sign_guest_pass(guest: GuestPass, key: bytes) -> str:
    """The pass as a token for the guest to keep."""
    return _sign("guest", asdict(guest), key)


def read_guest_pass(token: str, keys: Sequence[bytes], now_s: float) -> GuestPass:
    """What one of ``keys`` signed. Raises :class:`GuestTokenInvalid`."""
    values = _verified("guest", token, keys)
    if values is None:
        raise GuestTokenInvalid
    guest = _made(GuestPass, values)
    if guest.expires_at_s <= now_s:
        raise GuestTokenInvalid
    return guest


def _made(kind: type[T], values: dict[str, Any]) -> T:
    """Of ``values`` what this version knows: while servers are replaced one by one, some are newer."""
    known = {field.name: values[field.name] for field in fields(kind) if field.name in values}  # type: ignore[arg-type]
    return kind(**{**known, "role": Role(values["role"])})


def _sign(purpose: str, values: dict[str, Any], key: bytes) -> str:
    body = _base64(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode())
    return f"{body}.{_base64(_signature(purpose, body, key))}"


def _verified(purpose: str, token: str, keys: Sequence[bytes]) -> dict[str, Any] | None:
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        return None
    body, _, signature = token.partition(".")
    try:
        given = _unbase64(signature)
        if not any(hmac.compare_digest(given, _signature(purpose, body, key)) for key in keys):
            return None
        values: dict[str, Any] = json.loads(_unbase64(body))
    except (binascii.Error, ValueError):
        return None
    return values


def _signature(purpose: str, body: str, key: bytes) -> bytes:
    return hmac.new(key, f"{purpose}.{body}".encode(), hashlib.sha256).digest()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
