"""What happens to accounts and their sessions."""

from dataclasses import dataclass

from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class UserRegistered(Event):
    """Somebody made an account."""

    user_id: str
    nickname: str


@dataclass(frozen=True, kw_only=True)
class UserLoggedIn(Event):
    """Somebody signed in on a device."""

    user_id: str
    session_id: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A session is over before its time; its access tokens and sockets are to end at once."""

    user_id: str
    session_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefreshTokenReused(Event):
    """A spent refresh token came back: somebody has a copy of it, so the whole session was revoked."""

    user_id: str
    session_id: str
    address: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A user may do more, or less, than before."""

    user_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A user has a new password."""

    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EmailVerified(Event):
    """A user has shown that their e-mail address is theirs."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class EmailChanged(Event):
    """A user's letters go to another address now, which they have shown to be theirs."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class NicknameChanged(Event):
    """A user is called otherwise now."""

    user_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class AvatarChanged(Event):
    """A user shows another picture, or none any more."""

    user_id: str
    avatar_url: str | None


@dataclass(frozen=True, kw_only=True)
class UserBanned(Event):
    """A user may not sign in any more."""

    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UserUnbanned(Event):
    """A user may sign in again."""

    user_id: str


@dataclass(frozen=True, kw_only=True)
class UserDeleted(Event):
    """A user deleted their account, and all they kept with us."""

    user_id: str
