"""Signing up, in two steps: check and hash outside any transaction, then write."""

from dataclasses import dataclass
from datetime import datetime

from accounts.identity import limits
from accounts.identity.model import (
    ClientDevice,
    User,
)
from accounts.identity.names import Email, Nickname, ensure_not_reserved
from accounts.identity.passwords import policy
from accounts.identity.ports import PasswordHasher, Throttle, Users
from kernel.access import Role
from kernel.limits import address_key


@dataclass(frozen=True, slots=True)
class Registration:
    """A checked registration, its password hashed."""

    email: Email
    nickname: Nickname
    password_hash: str
    sign_ins: int | None = None
    """How often the password is good for; ``None`` for one its owner chose."""


async def prepare_registration(
    throttle: Throttle, hasher: PasswordHasher, *, email: str, nickname: str, password: str, device: ClientDevice
) -> Registration:
    """Check a registration and hash its password. Outside any transaction.

    Raises :class:`EmailInvalid`, :class:`NicknameInvalid`, :class:`NicknameReserved`, ``Password…``, :class:`kernel.errors.TooManyRequests`.
    """
    address, name = Email.parse(email), Nickname.parse(nickname)
    ensure_not_reserved(name)
    policy.check(password, about=(address, name))
    await throttle.count(limits.REGISTER_ADDRESS, address_key(device.address))
    await throttle.count(limits.REGISTER_MAILBOX, address.mailbox)
    return Registration(address, name, await hasher.hash(password))


async def register(users: Users, registration: Registration, *, now: datetime, role: Role = Role.USER) -> User:
    """Raises :class:`EmailTaken`, :class:`NicknameTaken`."""
    user = User.register(
        email=registration.email,
        nickname=registration.nickname,
        password_hash=registration.password_hash,
        now=now,
        role=role,
        sign_ins_left=registration.sign_ins,
    )
    await users.add(user)
    return user
