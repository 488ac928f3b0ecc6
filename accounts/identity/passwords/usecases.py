"""Changing one's password, signed in and knowing the present one."""

from datetime import datetime

from accounts.identity import limits
from accounts.identity.errors import (
    UserNotFound,
    WrongPassword,
)
from accounts.identity.model import (
    ClientDevice,
    User,
    UserId,
)
from accounts.identity.passwords import policy
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.sessions.usecases import end_all_sessions
from kernel.access import Actor
from kernel.limits import address_key


async def prepare(
    throttle: Throttle, hasher: PasswordHasher, user: User, *, current: str, new: str, device: ClientDevice
) -> str:
    """The hash of the new password, when the current one is right. Outside any transaction.

    Raises :class:`WrongPassword`, ``Password…``, :class:`kernel.errors.TooManyRequests`.
    """
    policy.check(new, about=(user.email, user.nickname))
    await prove_again(throttle, hasher, user, password=current, device=device)
    return await hasher.hash(new)


async def change(
    users: Users,
    sessions: LoginSessions,
    cache: AccessCache,
    actor: Actor,
    *,
    proven: User,
    password_hash: str,
    now: datetime,
) -> None:
    """Store the new password and end the user's other sessions.

    Raises :class:`UserNotFound`, and :class:`WrongPassword` when somebody else changed it since ``proven`` was read.
    """
    user = await users.lock(UserId(actor.user_id))
    if user is None:
        raise UserNotFound
    if user.password_hash != proven.password_hash:
        raise WrongPassword
    user.change_password(password_hash, now, reason="changed")
    await end_all_sessions(sessions, cache, user.id, reason="password_changed", now=now, but=actor.session_id)


async def prove_again(
    throttle: Throttle, hasher: PasswordHasher, user: User, *, password: str, device: ClientDevice
) -> None:
    """Make sure that it is still the user who sits there. Outside any transaction.

    Raises :class:`WrongPassword`, :class:`kernel.errors.TooManyRequests`.
    """
    pair = f"{user.id} {address_key(device.address)}"
    await throttle.count(limits.LOGIN_PAIR, pair)
    if not await hasher.verify(user.password_hash, password):
        raise WrongPassword
    await throttle.reset(limits.LOGIN_PAIR, pair)
