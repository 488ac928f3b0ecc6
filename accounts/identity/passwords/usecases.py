"""Changing one's password, signed in and knowing the present one."""

from datetime import datetime

from accounts.identity.errors import UserNotFound, WrongPassword
from accounts.identity.model import User, UserId
from accounts.identity.passwords import policy
from accounts.identity.usecases import (
    AccessCache,
    Device,
    PasswordHasher,
    Sessions,
    Throttle,
    Users,
    end_all_sessions,
    prove_again,
)
from kernel.access import Actor


async def prepare(
    throttle: Throttle, hasher: PasswordHasher, user: User, *, current: str, new: str, device: Device
) -> str:
    """The hash of the new password, when the current one is right. Outside any transaction.

    Raises :class:`WrongPassword`, ``Password…``, :class:`kernel.errors.TooManyRequests`.
    """
    policy.check(new, about=(user.email, user.nickname))
    await prove_again(throttle, hasher, user, password=current, device=device)
    return await hasher.hash(new)


async def change(
    users: Users,
    sessions: Sessions,
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
