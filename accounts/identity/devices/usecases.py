"""Signing in a television: it shows a short code, somebody signed in elsewhere approves it (RFC 8628).

The code for people is short and says nothing by itself; the device asks with a secret of its own, of which we keep the hash.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Protocol, Self

from accounts.identity import limits
from accounts.identity.errors import (
    AccessDenied,
    AuthorizationPending,
    DeviceCodeNotFound,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from accounts.identity.model import MAX_USER_AGENT_CHARS, UserId, hash_token
from accounts.identity.usecases import AccessTokens, Device, Grant, Sessions, Throttle, Users, start_session
from kernel.access import Actor
from kernel.entity import Entity
from kernel.errors import Invalid
from kernel.events import Event
from kernel.ids import new_id
from kernel.limits import address_key

DeviceLoginId = NewType("DeviceLoginId", str)

LIFETIME: Final = timedelta(minutes=10)
"""Long enough to find the phone; RFC 8628 §5.1 wants it short, for there is little else against guessing."""
INTERVAL_S: Final = 5  # RFC 8628 §3.2: the value clients assume when there is none
SLOW_DOWN_S: Final = 5  # RFC 8628 §3.5
JITTER: Final = timedelta(seconds=1)
"""A poll this much too early was sent in time and travelled faster than the one before."""
DEVICE_CODE_BYTES: Final = 32

USER_CODE_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 §6.1: no vowels, so no words; nothing that looks like a digit."""
USER_CODE_CHARS: Final = 8  # 20^8 are 34.6 bits


class State(StrEnum):
    """What came of it; ``USED`` once the device has its session."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"


@dataclass(frozen=True, kw_only=True)
class DeviceLoginApproved(Event):
    """Somebody let a device sign in as them."""

    user_id: str
    device_address: str


@dataclass(frozen=True, kw_only=True)
class DeviceLoginDenied(Event):
    """Somebody was asked to let a device sign in, and did not."""

    user_id: str
    device_address: str


@dataclass(eq=False, kw_only=True)
class DeviceLogin(Entity):
    """A device that waits to be let in."""

    id: DeviceLoginId
    device_code_hash: bytes
    user_code: str
    address: str
    user_agent: str
    created_at: datetime
    expires_at: datetime
    interval_s: int = INTERVAL_S
    last_polled_at: datetime | None = None
    state: State = State.PENDING
    user_id: UserId | None = None

    @classmethod
    def begin(cls, *, address: str, user_agent: str, now: datetime) -> tuple[str, Self]:
        """The secret for the device alone, and its record."""
        device_code = secrets.token_urlsafe(DEVICE_CODE_BYTES)
        user_code = "".join(secrets.choice(USER_CODE_ALPHABET) for _ in range(USER_CODE_CHARS))
        return device_code, cls(
            id=DeviceLoginId(new_id()),
            device_code_hash=hash_token(device_code),
            user_code=user_code,
            address=address,
            user_agent=user_agent[:MAX_USER_AGENT_CHARS],
            created_at=now,
            expires_at=now + LIFETIME,
        )

    def is_open(self, now: datetime) -> bool:
        """Whether somebody may still decide."""
        return self.state is State.PENDING and now < self.expires_at

    def decide(self, user_id: UserId, now: datetime, *, approved: bool) -> None:
        """Raises :class:`DeviceCodeNotFound` when it is too late, or somebody else was faster."""
        if not self.is_open(now):
            raise DeviceCodeNotFound
        self.user_id = user_id
        self.state = State.APPROVED if approved else State.DENIED
        kind = DeviceLoginApproved if approved else DeviceLoginDenied
        self.record(kind(at=now, user_id=user_id, device_address=self.address))

    def poll(self, now: datetime) -> Invalid | None:
        """What stands in the way; ``None`` lets the device in, this once."""
        if self.state is State.USED:
            return InvalidGrant()
        if now >= self.expires_at:
            return ExpiredToken()
        too_soon = self.last_polled_at is not None and now - self.last_polled_at < self._interval - JITTER
        self.last_polled_at = now
        if too_soon:
            self.interval_s += SLOW_DOWN_S
            return SlowDown(interval=self.interval_s)
        match self.state:
            case State.PENDING:
                return AuthorizationPending()
            case State.DENIED:
                return AccessDenied()
        self.state = State.USED
        return None

    @property
    def _interval(self) -> timedelta:
        return timedelta(seconds=self.interval_s)


class DeviceLogins(Protocol):
    """Where devices wait."""

    async def add(self, login: DeviceLogin) -> None: ...

    async def by_device_code(self, device_code_hash: bytes) -> DeviceLogin | None:
        """Locked until the end of the transaction, so that of two polls at once only one is let in."""
        ...

    async def by_user_code(self, user_code: str) -> DeviceLogin | None: ...

    async def lock(self, user_code: str) -> DeviceLogin | None:
        """As :meth:`by_user_code`, locked until the end of the transaction."""
        ...


def spelt(user_code: str) -> str:
    """How a code is shown: two groups of four."""
    half = USER_CODE_CHARS // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def read(typed: str) -> str | None:
    """The code a person means, whatever case and separators they type; ``None`` for what no device can show."""
    code = "".join(char for char in typed.upper() if char.isalnum())
    return code if len(code) == USER_CODE_CHARS and set(code) <= set(USER_CODE_ALPHABET) else None


async def begin(logins: DeviceLogins, throttle: Throttle, *, device: Device, now: datetime) -> tuple[str, DeviceLogin]:
    """The secret for the device, and its record. Raises :class:`kernel.errors.TooManyRequests`."""
    await throttle.count(limits.DEVICE_ADDRESS, address_key(device.address))
    device_code, login = DeviceLogin.begin(address=device.address, user_agent=device.user_agent, now=now)
    await logins.add(login)
    return device_code, login


async def look(
    logins: DeviceLogins, throttle: Throttle, actor: Actor, *, user_code: str, address: str, now: datetime
) -> DeviceLogin:
    """The device that shows ``user_code``. Raises :class:`DeviceCodeNotFound`, :class:`kernel.errors.TooManyRequests`."""
    return await _find(logins.by_user_code, throttle, actor, user_code, address, now)


async def decide(
    logins: DeviceLogins,
    throttle: Throttle,
    actor: Actor,
    *,
    user_code: str,
    approved: bool,
    address: str,
    now: datetime,
) -> None:
    """Let the device sign in as ``actor``, or not.

    Raises :class:`DeviceCodeNotFound`, :class:`kernel.errors.TooManyRequests`.
    """
    login = await _find(logins.lock, throttle, actor, user_code, address, now)
    login.decide(UserId(actor.user_id), now, approved=approved)


async def _find(
    by_code: Callable[[str], Awaitable[DeviceLogin | None]],
    throttle: Throttle,
    actor: Actor,
    user_code: str,
    address: str,
    now: datetime,
) -> DeviceLogin:
    """Only codes that do not exist count: who types their own correctly is never sent away."""
    place = address_key(address)
    await throttle.ensure(limits.DEVICE_GUESS_ACCOUNT, actor.user_id)
    await throttle.ensure(limits.DEVICE_GUESS_ADDRESS, place)
    code = read(user_code)
    login = None if code is None else await by_code(code)
    if login is None or not login.is_open(now):
        await throttle.count(limits.DEVICE_GUESS_ACCOUNT, actor.user_id)
        await throttle.count(limits.DEVICE_GUESS_ADDRESS, place)
        raise DeviceCodeNotFound
    return login


async def poll(
    users: Users,
    sessions: Sessions,
    logins: DeviceLogins,
    tokens: AccessTokens,
    *,
    device_code: str,
    device: Device,
    now: datetime,
) -> Grant | Invalid:
    """A session for an approved device, else what to tell it.

    That has to be committed before the device hears of it (it was here, and its interval may have grown), so it is no
    exception. Raises :class:`AccountBanned`.
    """
    login = await logins.by_device_code(hash_token(device_code))
    if login is None:
        return InvalidGrant()
    refusal = login.poll(now)
    if refusal is not None:
        return refusal
    user = None if login.user_id is None else await users.get(login.user_id)
    if user is None:
        return InvalidGrant()
    user.ensure_not_banned()
    return await start_session(sessions, tokens, user, device=device, now=now)
