"""Proving that an e-mail address is one's own, and getting back in with it.

The requests only order a letter; whether there is anybody to write to is found out when it is sent.  So asking for a letter
takes the same time, and gets the same answer, for an address nobody has.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from accounts.identity import limits
from accounts.identity.emails import EmailOutbox, OutgoingEmail, TokenKind
from accounts.identity.errors import AlreadyVerified, OneTimeTokenInvalid
from accounts.identity.model import ClientDevice, User, UserId, hash_token
from accounts.identity.names import Email
from accounts.identity.passwords import policy
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Throttle, Users
from accounts.identity.sessions.usecases import end_all_sessions
from kernel.limits import address_key

LIFETIMES: Final[dict[TokenKind, timedelta]] = {
    # Long enough for slow mail, short for a thief of old mail.
    "reset": timedelta(minutes=30),
    "verify": timedelta(days=3),
    "email": timedelta(days=1),
}
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeToken:
    """What is kept of a token sent by mail."""

    token_hash: bytes
    user_id: UserId
    kind: TokenKind
    email: Email
    """The address it was sent to: it proves that one alone."""
    expires_at: datetime


class OneTimeTokens(Protocol):
    """Where tokens sent by mail are kept."""

    async def issue(self, token: OneTimeToken) -> None:
        """Keep ``token`` in place of those of its kind that the user had."""
        ...

    async def find(self, kind: TokenKind, token_hash: bytes) -> OneTimeToken | None:
        """The token, which stays; ``None`` for one that is not known."""
        ...

    async def take(self, kind: TokenKind, token_hash: bytes) -> OneTimeToken | None:
        """The token, which is gone with that: of two who come at once, one gets it."""
        ...


class LinkedAccounts(Protocol):
    """Accounts at providers that open one here; bound in ``server/wiring.py``."""

    async def unlink_all(self, user_id: UserId, now: datetime) -> None:
        """Unlink every account at a provider that opens the one of ``user_id``."""
        ...


async def ask_for_reset(
    emails: EmailOutbox, throttle: Throttle, *, email: str, language: str, device: ClientDevice, now: datetime
) -> None:
    """Raises :class:`EmailInvalid`, :class:`kernel.errors.TooManyRequests`; says nothing about whether the account exists."""
    address = Email.parse(email)
    await throttle.count(limits.FORGOT_ADDRESS, address_key(device.address))
    await throttle.count(limits.FORGOT_ACCOUNT, address.mailbox)
    await emails.put(OutgoingEmail.order("reset", address, language), now)


async def ask_for_verification(
    emails: EmailOutbox, throttle: Throttle, user: User, *, language: str, now: datetime
) -> None:
    """Raises :class:`AlreadyVerified`, :class:`kernel.errors.TooManyRequests`."""
    if user.email_verified_at is not None:
        raise AlreadyVerified
    await throttle.count(limits.VERIFY_ACCOUNT, user.id)
    await emails.put(OutgoingEmail.order("verify", user.email, language), now)


async def issue(users: Users, tokens: OneTimeTokens, letter: OutgoingEmail, now: datetime) -> tuple[User, str] | None:
    """The addressee of ``letter`` and a fresh token for them; ``None`` when there is nobody to write to."""
    user = await users.by_login(letter.email)
    kind: TokenKind = "reset" if letter.kind == "reset" else "verify"
    if user is None or user.is_banned or (kind == "verify" and user.email_verified_at is not None):
        return None
    return user, await _fresh_token(tokens, user, kind, user.email, now)


async def issue_email_change(
    users: Users, tokens: OneTimeTokens, letter: OutgoingEmail, now: datetime
) -> tuple[User, str] | None:
    """Who wants the address of ``letter`` and a fresh token for them; ``None`` when it is somebody's already."""
    user = None if letter.user_id is None else await users.get(letter.user_id)
    if user is None or user.is_banned or await users.by_login(letter.email) is not None:
        return None
    return user, await _fresh_token(tokens, user, "email", letter.email, now)


async def _fresh_token(tokens: OneTimeTokens, user: User, kind: TokenKind, email: Email, now: datetime) -> str:
    text = secrets.token_urlsafe(TOKEN_BYTES)
    token = OneTimeToken(
        token_hash=hash_token(text), user_id=user.id, kind=kind, email=email, expires_at=now + LIFETIMES[kind]
    )
    await tokens.issue(token)
    return text


async def prepare_reset(tokens: OneTimeTokens, *, token: str, now: datetime) -> None:
    """Raises :class:`OneTimeTokenInvalid` before anybody spends a hash on it."""
    found = await tokens.find("reset", hash_token(token))
    if found is None or found.expires_at <= now:
        raise OneTimeTokenInvalid


async def hash_password(hasher: PasswordHasher, password: str) -> str:
    """Check and hash. Outside any transaction. Raises ``Password…``."""
    policy.check(password)
    return await hasher.hash(password)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetContext:
    """What :func:`reset` works with: ports of one transaction, and its moment."""

    users: Users
    sessions: LoginSessions
    tokens: OneTimeTokens
    linked: LinkedAccounts
    cache: AccessCache
    now: datetime


async def reset(context: ResetContext, *, token: str, password_hash: str) -> None:
    """Set a new password and end every session; who reads the mail also owns the address.

    If nobody had shown that before, somebody else may have signed up with it, and linked an account of theirs at a provider.
    Raises :class:`OneTimeTokenInvalid`.
    """
    now = context.now
    user = await _redeem(context.users, context.tokens, "reset", token, now)
    if user.email_verified_at is None:
        await context.linked.unlink_all(user.id, now)
    user.change_password(password_hash, now, reason="reset")
    user.verify_email(now)
    await end_all_sessions(context.sessions, context.cache, user.id, reason="password_reset", now=now)


async def verify(
    users: Users, tokens: OneTimeTokens, emails: EmailOutbox, *, token: str, language: str, now: datetime
) -> None:
    """Confirm the present address, or go over to the new one that was asked for; the old one is told.

    Raises :class:`OneTimeTokenInvalid`, and :class:`EmailTaken` when somebody registered with the new one meanwhile.
    """
    change = await tokens.take("email", hash_token(token))
    if change is None:
        (await _redeem(users, tokens, "verify", token, now)).verify_email(now)
        return
    user = await _owner(users, change, now)
    before = user.email
    user.change_email(change.email, now)
    await users.save_names()
    await emails.put(OutgoingEmail.order("email_changed", before, language, user_id=user.id), now)


async def _redeem(users: Users, tokens: OneTimeTokens, kind: TokenKind, token: str, now: datetime) -> User:
    found = await tokens.take(kind, hash_token(token))
    user = await _owner(users, found, now)
    if found is None or user.email != found.email:
        raise OneTimeTokenInvalid
    return user


async def _owner(users: Users, token: OneTimeToken | None, now: datetime) -> User:
    user = None if token is None or token.expires_at <= now else await users.get(token.user_id)
    if user is None or user.is_banned:
        raise OneTimeTokenInvalid
    return user
