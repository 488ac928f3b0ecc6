"""Users for tests, made as real ones are: registered, given their role, signed in."""

import itertools
from dataclasses import dataclass

from accounts.identity.model import ClientDevice
from accounts.identity.passwords.adapters.argon2_hasher import Argon2Hasher
from accounts.identity.ports import AccessTokens, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.registration import usecases as registration
from accounts.identity.sessions import usecases as sessions
from kernel.access import Actor, Role
from kernel.scope import Container

PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A signed-in user; the session lives as long as a test."""

    user_id: str
    email: str
    nickname: str
    role: Role
    session_id: str
    access_token: str
    refresh_token: str
    password: str = PASSWORD

    @property
    def headers(self) -> dict[str, str]:
        """What a request of theirs carries."""
        return {"Authorization": f"Bearer {self.access_token}"}

    @property
    def actor(self) -> Actor:
        """What the server takes them for."""
        return Actor(self.user_id, self.nickname, self.role, self.session_id)


def make_passwords_quick() -> None:
    """Hash passwords for next to nothing in this process, whoever makes the hasher: real ones were a sixth of many tests."""
    usual = Argon2Hasher.__init__.__kwdefaults__
    assert usual is not None
    assert {"memory_kib", "passes"} <= usual.keys()
    usual.update(memory_kib=64, passes=1)


def unused_name() -> str:
    """A nickname nobody in this test run has."""
    return f"person{next(_numbers)}"


async def sign_up(container: Container, role: Role = Role.USER, nickname: str | None = None) -> Person:
    """Register somebody with a role and sign them in, through the use cases."""
    name = nickname or unused_name()
    number = next(_numbers)
    # Everybody comes from a place of their own, or the registration limit would count the whole test as one.
    device = ClientDevice(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", "tests")
    email = f"{name.lower()}@example.org"
    async with container.scope(write=False) as scope:
        throttle, hasher = scope.port(Throttle), scope.port(PasswordHasher)
    checked = await registration.prepare_registration(
        throttle, hasher, email=email, nickname=name, password=PASSWORD, device=device
    )
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        user = await registration.register(scope.port(Users), checked, now=now, role=role)
        grant = await sessions.start_session(
            scope.port(LoginSessions), scope.port(AccessTokens), user, device=device, now=now
        )
    return Person(
        user_id=user.id,
        email=email,
        nickname=name,
        role=role,
        session_id=grant.session.id,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
    )
