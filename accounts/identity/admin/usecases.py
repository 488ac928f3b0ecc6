"""What an operator does with accounts, over REST or with ``ani user``."""

import secrets
from datetime import datetime

from accounts.identity.errors import LastAdmin, OutOfReach, UserNotFound
from accounts.identity.model import User, UserId
from accounts.identity.names import Email, Nickname
from accounts.identity.passwords import policy
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Users
from accounts.identity.registration.usecases import Registration, register
from accounts.identity.sessions.usecases import end_all_sessions
from accounts.identity.usecases import require_user
from kernel.access import Actor, Role

FIRST_ADMIN_EMAIL = "admin@localhost"
FIRST_ADMIN_NICKNAME = "admin"
ONE_TIME_PASSWORD_BYTES = 12  # 96 bits, 16 characters: out of reach, and still typed off a terminal without despair


async def create_first_admin(users: Users, hasher: PasswordHasher, *, now: datetime) -> str | None:
    """Make the administrator of a new installation; returns the password, shown and good once, or ``None`` if there are users.

    The one place where hashing happens inside a transaction: nobody else is there yet.
    """
    if await users.any_exist():
        return None
    password = secrets.token_urlsafe(ONE_TIME_PASSWORD_BYTES)
    registration = Registration(
        Email.parse(FIRST_ADMIN_EMAIL), Nickname.parse(FIRST_ADMIN_NICKNAME), await hasher.hash(password), sign_ins=1
    )
    await register(users, registration, now=now, role=Role.ADMIN)
    return password


async def hash_new_password(hasher: PasswordHasher, password: str) -> str:
    """Check and hash a password. Outside any transaction. Raises ``Password…``."""
    policy.check(password)
    return await hasher.hash(password)


async def set_password(
    users: Users, sessions: LoginSessions, cache: AccessCache, *, login: str, password_hash: str, now: datetime
) -> User:
    """Give a user another password and end their sessions. Raises :class:`UserNotFound`."""
    user = await find(users, login)
    user.change_password(password_hash, now, reason="operator")
    await end_all_sessions(sessions, cache, user.id, reason="password_changed", now=now)
    return user


async def set_role(users: Users, cache: AccessCache, *, user_id: UserId, role: Role, now: datetime) -> User:
    """Raises :class:`UserNotFound`, :class:`LastAdmin`."""
    admins = await users.lock_admins()
    user = await require_user(users, user_id)
    if role != Role.ADMIN and admins == [user.id]:
        raise LastAdmin
    if user.change_role(role, now):
        cache.forget(user.id)
    return user


async def ban(
    users: Users,
    sessions: LoginSessions,
    cache: AccessCache,
    actor: Actor,
    *,
    user_id: UserId,
    reason: str,
    now: datetime,
) -> User:
    """Keep a user out, from the next request on. Raises :class:`UserNotFound`, :class:`OutOfReach`."""
    user = await _below(users, actor, user_id)
    user.ban(reason, now)
    await end_all_sessions(sessions, cache, user.id, reason="banned", now=now)
    return user


async def unban(users: Users, cache: AccessCache, actor: Actor, *, user_id: UserId, now: datetime) -> User:
    """Let a user in again. Raises :class:`UserNotFound`, :class:`OutOfReach`."""
    user = await _below(users, actor, user_id)
    user.unban(now)
    cache.forget(user.id)
    return user


async def end_sessions(
    users: Users, sessions: LoginSessions, cache: AccessCache, actor: Actor, *, user_id: UserId, now: datetime
) -> int:
    """Sign a user out everywhere; returns from how many places. Raises :class:`UserNotFound`, :class:`OutOfReach`."""
    user = await _below(users, actor, user_id)
    return await end_all_sessions(sessions, cache, user.id, reason="revoked", now=now)


async def _below(users: Users, actor: Actor, user_id: UserId) -> User:
    # Held: somebody who is made an administrator at this moment is out of reach, or is made one after this.
    user = await users.lock(user_id)
    if user is None:
        raise UserNotFound
    if user.role.at_least(actor.role):  # oneself included
        raise OutOfReach
    return user


async def find(users: Users, login: str) -> User:
    """By e-mail address or nickname. Raises :class:`UserNotFound`."""
    user = await users.by_login(login)
    if user is None:
        raise UserNotFound
    return user


async def list_users(
    users: Users,
    *,
    search: str = "",
    role: Role | None = None,
    banned: bool | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[User], int]:
    """One page of users, newest first, and how many match in all."""
    return await users.page(search=search, role=role, banned=banned, offset=offset, limit=limit)
