"""A device that waits to be let in, and its two codes (RFC 8628)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from accounts.identity.errors import (
    AccessDenied,
    AuthorizationPending,
    DeviceCodeNotFound,
    ExpiredToken,
    InvalidGrant,
    SlowDown,
)
from accounts.identity.model import MAX_USER_AGENT_CHARS, UserId, hash_token
from kernel.entity import Entity
from kernel.errors import Invalid
from kernel.events import Event
from kernel.ids import new_id

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


class DeviceLoginState(StrEnum):
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
    state: DeviceLoginState = DeviceLoginState.PENDING
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
        return self.state is DeviceLoginState.PENDING and now < self.expires_at

    def decide(self, user_id: UserId, now: datetime, *, approved: bool) -> None:
        """Raises :class:`DeviceCodeNotFound` when it is too late, or somebody else was faster."""
        if not self.is_open(now):
            raise DeviceCodeNotFound
        self.user_id = user_id
        self.state = DeviceLoginState.APPROVED if approved else DeviceLoginState.DENIED
        kind = DeviceLoginApproved if approved else DeviceLoginDenied
        self.record(kind(at=now, user_id=user_id, device_address=self.address))

    def poll(self, now: datetime) -> Invalid | None:
        """What stands in the way; ``None`` lets the device in, this once."""
        if self.state is DeviceLoginState.USED:
            return InvalidGrant()
        if now >= self.expires_at:
            return ExpiredToken()
        too_soon = self.last_polled_at is not None and now - self.last_polled_at < self._interval - JITTER
        self.last_polled_at = now
        if too_soon:
            self.interval_s += SLOW_DOWN_S
            return SlowDown(interval=self.interval_s)
        match self.state:
            case DeviceLoginState.PENDING:
                return AuthorizationPending()
            case DeviceLoginState.DENIED:
                return AccessDenied()
        self.state = DeviceLoginState.USED
        return None

    @property
    def _interval(self) -> timedelta:
        return timedelta(seconds=self.interval_s)


def format_user_code(user_code: str) -> str:
    """How a code is shown: two groups of four."""
    half = USER_CODE_CHARS // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def parse_user_code(typed: str) -> str | None:
    """The code a person means, whatever case and separators they type; ``None`` for what no device can show."""
    code = "".join(char for char in typed.upper() if char.isalnum())
    return code if len(code) == USER_CODE_CHARS and set(code) <= set(USER_CODE_ALPHABET) else None
