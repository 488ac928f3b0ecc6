"""Users and their sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accounts.identity.errors import (
    AccountBanned,
    OneTimePasswordSpent,
    RefreshTokenInvalid,
    SessionEnded,
)
from accounts.identity.events import (
    AvatarChanged,
    EmailChanged,
    EmailVerified,
    NicknameChanged,
    PasswordChanged,
    RefreshTokenReused,
    RoleChanged,
    SessionRevoked,
    UserBanned,
    UserLoggedIn,
    UserRegistered,
    UserUnbanned,
)
from accounts.identity.names import Email, Nickname
from kernel.access import Role
from kernel.entity import Entity
from kernel.ids import new_id
from kernel.secrets.encryption import SecretBox
from kernel.versions import version_of

UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)

SESSION_IDLE = timedelta(days=30)
"""A device that was not used for this long has to sign in again."""

SESSION_LIFETIME = timedelta(days=180)
"""However busy, a session ends here (ASVS 5.0 §7.3 wants both an idle and an absolute end)."""

REFRESH_LEEWAY = timedelta(seconds=10)
"""Two tabs with one cookie, or a client whose answer got lost, may present a spent token once more within this time.

Longer would give a thief the same grace; a round trip over a bad mobile link fits in it.
"""

REFRESH_TOKEN_BYTES = 32
MAX_ADDRESS_CHARS = 64  # an IPv6 address with its zone
MAX_USER_AGENT_CHARS = 256  # real ones are under 200; the rest is for the attacker's amusement

EndReason = Literal[
    "logout", "revoked", "refresh_reused", "password_changed", "password_reset", "address_proven", "banned", "deleted"
]


@dataclass(eq=False, kw_only=True)
class User(Entity):
    """A person with an account."""

    id: UserId
    email: Email
    nickname: Nickname
    role: Role
    password_hash: str
    created_at: datetime
    permission_version: int = 1
    """Rises with everything that changes what the user may do; an access token with another number is refused."""
    avatar_url: str | None = None
    email_verified_at: datetime | None = None
    banned_at: datetime | None = None
    ban_reason: str | None = None
    email_key: str = ""
    nickname_key: str = ""
    sign_ins_left: int | None = None
    """How often the password is still good for signing in; ``None`` for one that its owner chose, which is good until changed."""

    def __post_init__(self) -> None:
        self.email_key = self.email.key
        self.nickname_key = self.nickname.key

    @classmethod
    def register(
        cls,
        *,
        email: Email,
        nickname: Nickname,
        password_hash: str,
        now: datetime,
        role: Role = Role.USER,
        sign_ins_left: int | None = None,
    ) -> Self:
        """A new account; its names are checked, its password is hashed. Records :class:`UserRegistered`."""
        user = cls(
            id=UserId(new_id()),
            email=email,
            nickname=nickname,
            role=role,
            password_hash=password_hash,
            created_at=now,
            sign_ins_left=sign_ins_left,
        )
        user.record(UserRegistered(at=now, user_id=user.id, nickname=nickname))
        return user

    @property
    def is_banned(self) -> bool:
        """Whether the user may not sign in."""
        return self.banned_at is not None

    def ensure_not_banned(self) -> None:
        """Raises :class:`AccountBanned`."""
        if self.is_banned:
            raise AccountBanned

    def change_role(self, role: Role, now: datetime) -> bool:
        """Returns whether anything changed. Whether an admin is left is the caller's question: it concerns the others."""
        if role == self.role:
            return False
        before, self.role = self.role, role
        self.permission_version += 1
        self.record(RoleChanged(at=now, user_id=self.id, before=before, after=role))
        return True

    def ban(self, reason: str, now: datetime) -> None:
        """Ending the sessions is the caller's business; nothing new begins from here on."""
        self.ban_reason = reason
        if self.is_banned:
            return
        self.banned_at = now
        self.permission_version += 1
        self.record(UserBanned(at=now, user_id=self.id, reason=reason))

    def unban(self, now: datetime) -> None:
        """Let the user in again. Records :class:`UserUnbanned` where they were banned."""
        if self.is_banned:
            self.banned_at = self.ban_reason = None
            self.record(UserUnbanned(at=now, user_id=self.id))

    def change_password(self, password_hash: str, now: datetime, *, reason: str) -> None:
        """Replace the password; the new one is good until changed. Records :class:`PasswordChanged`."""
        self.password_hash = password_hash
        self.sign_ins_left = None
        self.record(PasswordChanged(at=now, user_id=self.id, reason=reason))

    def spend_password(self) -> None:
        """The password was right, and somebody signs in with it. Raises :class:`OneTimePasswordSpent`."""
        if self.sign_ins_left is None:
            return
        if self.sign_ins_left <= 0:
            raise OneTimePasswordSpent
        self.sign_ins_left -= 1

    def forget_password(self, now: datetime) -> None:
        """Nobody knows one any more; a letter sets another."""
        if self.password_hash:
            self.change_password("", now, reason="address_proven")

    def verify_email(self, now: datetime) -> None:
        """The present address is the user's own. Records :class:`EmailVerified` the first time."""
        if self.email_verified_at is None:
            self.email_verified_at = now
            self.record(EmailVerified(at=now, user_id=self.id))

    def change_email(self, email: Email, now: datetime) -> None:
        """To an address that was just shown to be theirs."""
        self.email, self.email_key = email, email.key
        self.email_verified_at = now
        self.record(EmailChanged(at=now, user_id=self.id))

    def rename(self, nickname: Nickname, now: datetime) -> None:
        """Records :class:`NicknameChanged`; whether the name is free is the repository's to say."""
        if nickname == self.nickname:
            return
        before, self.nickname, self.nickname_key = self.nickname, nickname, nickname.key
        self.record(NicknameChanged(at=now, user_id=self.id, before=before, after=nickname))

    def show(self, avatar_url: str | None, now: datetime) -> None:
        """Another picture, or ``None`` for none."""
        if avatar_url == self.avatar_url:
            return
        self.avatar_url = avatar_url
        self.record(AvatarChanged(at=now, user_id=self.id, avatar_url=avatar_url))


@dataclass(eq=False, kw_only=True)
class LoginSession(Entity):
    """One signed-in device: a family of refresh tokens, each good for one use (RFC 9700 §4.14.2)."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str
    ended_at: datetime | None = None
    end_reason: str | None = None

    @classmethod
    def start(cls, user: User, *, address: str, user_agent: str, now: datetime) -> Self:
        """A session that begins ``now``. Records :class:`UserLoggedIn`."""
        session = cls(
            id=SessionId(new_id()),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_IDLE,
            address=address,
            user_agent=user_agent[:MAX_USER_AGENT_CHARS],
        )
        session.record(UserLoggedIn(at=now, user_id=user.id, session_id=session.id, address=address))
        return session

    def is_live(self, now: datetime) -> bool:
        """Whether it has neither ended nor expired at ``now``."""
        return self.ended_at is None and now < self.expires_at

    def seen(self, *, address: str, user_agent: str, now: datetime) -> None:
        """The device is back; its time starts anew, up to the lifetime of a session.

        Raises :class:`SessionEnded`.
        """
        if not self.is_live(now):
            raise SessionEnded
        self.last_seen_at = now
        self.expires_at = min(now + SESSION_IDLE, self.created_at + SESSION_LIFETIME)
        self.address = address
        self.user_agent = user_agent[:MAX_USER_AGENT_CHARS]

    def end(self, reason: EndReason, now: datetime) -> None:
        """Over, for whatever reason came first."""
        if self.ended_at is not None:
            return
        self.ended_at = now
        self.end_reason = reason
        self.record(SessionRevoked(at=now, user_id=self.user_id, session_id=self.id, reason=reason))


@dataclass(eq=False, kw_only=True)
class RefreshToken:
    """What is kept of a refresh token: enough to recognise it, too little to use it."""

    token_hash: bytes
    session_id: SessionId
    issued_at: datetime
    spent_at: datetime | None = None
    successor: str | None = None
    """The token it was traded for, sealed under this one's own text, which only its holder knows; for the leeway alone."""

    @classmethod
    def issue(cls, session: LoginSession, now: datetime) -> tuple[str, Self]:
        """A fresh token: its text, for the client alone, and its record."""
        text = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        return text, cls(token_hash=hash_token(text), session_id=session.id, issued_at=now)

    def trade(self, text: str, session: LoginSession, now: datetime) -> tuple[str, "RefreshToken | None"]:
        """What the holder of ``text``, which this is the record of, gets for it; and its record, the first time.

        A second time within the leeway it is the same token again: a session has one line of them, however often an answer
        got lost, and two who hold a copy end up with one token, of which the second use ends the session.
        """
        if self.successor is not None:
            return _successor_box(text).open(self.successor, bound=self.session_id), None
        fresh, record = RefreshToken.issue(session, now)
        self.successor = _successor_box(text).seal(fresh, bound=self.session_id)
        return fresh, record

    def is_reused(self, now: datetime) -> bool:
        """Whether presenting it now means that two parties hold it."""
        return self.spent_at is not None and now - self.spent_at > REFRESH_LEEWAY


def _successor_box(text: str) -> SecretBox:
    """Opens with the token of which the database has but the hash (HKDF, RFC 5869: another key than that hash)."""
    return SecretBox([HKDF(SHA256(), 32, salt=None, info=b"ani:refresh-successor").derive(text.encode())])


def hash_token(text: str) -> bytes:
    """SHA-256. The tokens are 256 random bits, so there is nothing to guess and no need for a slow hash."""
    return hashlib.sha256(text.encode()).digest()


def spend(token: RefreshToken, session: LoginSession, *, address: str, now: datetime) -> None:
    """Use up ``token``, or, where it comes from a copy, end the whole session; the caller stores either.

    Raises :class:`RefreshTokenInvalid` for a session that is over.
    """
    if not session.is_live(now):
        raise RefreshTokenInvalid
    if token.is_reused(now):
        session.record(RefreshTokenReused(at=now, user_id=session.user_id, session_id=session.id, address=address))
        session.end("refresh_reused", now)
    elif token.spent_at is None:
        token.spent_at = now


@dataclass(frozen=True, slots=True)
class ClientDevice:
    """Where a call comes from."""

    address: str
    user_agent: str


def profile_version(user: User) -> int:
    """Of what people change of their own profile."""
    return version_of(user.nickname, user.avatar_url)
