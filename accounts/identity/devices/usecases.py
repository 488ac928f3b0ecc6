"""Signing in a television: it shows a short code, somebody signed in elsewhere approves it (RFC 8628).

The code for people is short and says nothing by itself; the device asks with a secret of its own, of which we keep the hash.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.identity import limits
from accounts.identity.devices.model import DeviceLogin, parse_user_code
from accounts.identity.errors import (
    DeviceCodeNotFound,
    InvalidGrant,
)
from accounts.identity.model import ClientDevice, UserId, hash_token
from accounts.identity.ports import AccessTokens, LoginSessions, Throttle, Users
from accounts.identity.sessions.usecases import SessionGrant, start_session
from kernel.access import Actor
from kernel.errors import Invalid
from kernel.limits import address_key


class DeviceLogins(Protocol):
    """Where devices wait."""

    async def add(self, login: DeviceLogin) -> None:
        """Keep a device that begins to wait."""
        ...

    async def by_device_code(self, device_code_hash: bytes) -> DeviceLogin | None:
        """Locked until the end of the transaction, so that of two polls at once only one is let in."""
        ...

    async def by_user_code(self, user_code: str) -> DeviceLogin | None:
        """By the code it shows, in its normal form; ``None`` for none."""
        ...

    async def lock(self, user_code: str) -> DeviceLogin | None:
        """As :meth:`by_user_code`, locked until the end of the transaction."""
        ...


async def begin(
    logins: DeviceLogins, throttle: Throttle, *, device: ClientDevice, now: datetime
) -> tuple[str, DeviceLogin]:
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
    code = parse_user_code(user_code)
    login = None if code is None else await by_code(code)
    if login is None or not login.is_open(now):
        await throttle.count(limits.DEVICE_GUESS_ACCOUNT, actor.user_id)
        await throttle.count(limits.DEVICE_GUESS_ADDRESS, place)
        raise DeviceCodeNotFound
    return login


@dataclass(frozen=True, slots=True, kw_only=True)
class PollContext:
    """What :func:`poll` works with: ports of one transaction, and its moment."""

    users: Users
    sessions: LoginSessions
    logins: DeviceLogins
    tokens: AccessTokens
    now: datetime


async def poll(context: PollContext, *, device_code: str, device: ClientDevice) -> SessionGrant | Invalid:
    """A session for an approved device, else what to tell it.

    That has to be committed before the device hears of it (it was here, and its interval may have grown), so it is no
    exception. Raises :class:`AccountBanned`.
    """
    login = await context.logins.by_device_code(hash_token(device_code))
    if login is None:
        return InvalidGrant()
    refusal = login.poll(context.now)
    if refusal is not None:
        return refusal
    user = None if login.user_id is None else await context.users.get(login.user_id)
    if user is None:
        return InvalidGrant()
    user.ensure_not_banned()
    return await start_session(context.sessions, context.tokens, user, device=device, now=context.now)
