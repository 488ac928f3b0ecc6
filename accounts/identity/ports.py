"""What the use cases of identity need from outside: where users and sessions are kept, and how secrets are checked."""

from datetime import datetime
from typing import Protocol

from accounts.identity.model import (
    LoginSession,
    RefreshToken,
    SessionId,
    User,
    UserId,
)
from kernel.access import Actor, Role
from kernel.limits import Limit


class Users(Protocol):
    """Where users are kept."""

    async def add(self, user: User) -> None:
        """Raises :class:`EmailTaken`, :class:`NicknameTaken`."""
        ...

    async def save_names(self) -> None:
        """Write nicknames and addresses that were changed. Raises :class:`EmailTaken`, :class:`NicknameTaken`."""
        ...

    async def get(self, user_id: UserId) -> User | None:
        """By id; ``None`` for an account that is gone."""
        ...

    async def lock(self, user_id: UserId) -> User | None:
        """As :meth:`get`, held until the end of the transaction."""
        ...

    async def by_login(self, login: str) -> User | None:
        """By e-mail address or nickname, however spelt."""
        ...

    async def remove(self, user: User) -> None:
        """Delete the user with everything that belongs to them."""
        ...

    async def any_exist(self) -> bool:
        """Whether there is any account at all."""
        ...

    async def lock_admins(self) -> list[UserId]:
        """All who are administrators and not banned, held until the end of the transaction, so that two of them cannot go
        at the same time."""
        ...

    async def page(
        self, *, search: str, role: Role | None, banned: bool | None, offset: int, limit: int
    ) -> tuple[list[User], int]:
        """Users whose nickname or address holds ``search``, newest first, and how many there are in all."""
        ...


class LoginSessions(Protocol):
    """Where sessions and what is known of their refresh tokens are kept."""

    async def add(self, session: LoginSession, token: RefreshToken) -> None:
        """Keep a new session with its first refresh token."""
        ...

    async def add_token(self, token: RefreshToken) -> None:
        """Keep the next refresh token of a session."""
        ...

    async def forget_successors(self, session_id: SessionId, *, spent_before: datetime) -> None:
        """Forget what those of a session's tokens were traded for that were spent before then: nobody may ask any more."""
        ...

    async def get(self, session_id: SessionId) -> LoginSession | None:
        """By id; ``None`` for none, an ended one too is found."""
        ...

    async def by_refresh_token(self, token_hash: bytes) -> tuple[RefreshToken, LoginSession] | None:
        """Both, locked until the end of the transaction."""
        ...

    async def live(self, user_id: UserId, now: datetime) -> list[LoginSession]:
        """The sessions that have not ended, last seen first."""
        ...

    async def withdraw(self, user_id: UserId) -> None:
        """Make worthless what somebody signed in set off and what would outlive their session: a device that was let in and
        has not come yet, a change of address whose letter was not opened yet, a letter with which to set a password."""
        ...

    async def knows_address(self, user_id: UserId, address: str) -> bool:
        """Whether the user has signed in from ``address``, or from its neighbourhood (IPv6: /64), before."""
        ...


class PasswordHasher(Protocol):
    """A slow, salted hash that runs elsewhere than on the event loop."""

    async def hash(self, password: str) -> str:
        """The encoded hash, with salt and parameters. Raises :class:`kernel.errors.Unavailable` under too much load."""
        ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind the hash; takes as long where there is no hash."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        ...


class AccessTokens(Protocol):
    """Makes the short-lived tokens that go with every request."""

    def issue(self, user: User, session: LoginSession, now: datetime) -> str:
        """A token for ``user`` in ``session``, good for :attr:`lifetime_s` from ``now``."""
        ...

    @property
    def lifetime_s(self) -> int:
        """How long a token is good, in seconds."""
        ...


class AccessCache(Protocol):
    """What other requests and nodes remember of who may do what."""

    def forget(self, user_id: UserId) -> None:
        """Everybody is to look again, once this transaction is committed."""
        ...


class KnownUsers(Protocol):
    """What was found out about a caller when their token was checked."""

    async def user(self, actor: Actor) -> User:
        """To be looked at, not to be changed. Raises :class:`UserNotFound` for an account deleted in the meantime."""
        ...


class Throttle(Protocol):
    """Counts attempts."""

    async def ensure(self, limit: Limit, key: str) -> None:
        """Raises :class:`kernel.errors.TooManyRequests` when the attempts under ``key`` are used up."""
        ...

    async def count(self, limit: Limit, key: str) -> None:
        """One more attempt; raises :class:`kernel.errors.TooManyRequests` when it is one too many."""
        ...

    async def reset(self, limit: Limit, key: str) -> None:
        """Forget the attempts under ``key``."""
        ...
