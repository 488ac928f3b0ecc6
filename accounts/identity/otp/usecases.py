"""Codes of six digits, sent to one's e-mail address: to sign in with, and for ``reauthentication``.

Everything is kept by address, not by user: an address nobody has gets the same rows, the same letter ordered and the same
answers as any other, in the same time.  Only when the letter is to be written does it turn out whether there is anybody.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from accounts.identity import limits
from accounts.identity.emails import EmailOutbox, OutgoingEmail
from accounts.identity.model import ClientDevice, User
from accounts.identity.names import Email
from accounts.identity.otp.code_seal import CodeSeal, Purpose
from accounts.identity.ports import AccessCache, AccessTokens, LoginSessions, Throttle, Users
from accounts.identity.recovery.usecases import LinkedAccounts
from accounts.identity.sessions.usecases import SessionGrant, end_all_sessions, start_session
from kernel.limits import address_key

DIGITS: Final = 6
TRIES: Final = 5  # for one code: five in a million
LIFETIME: Final = timedelta(minutes=10)
"""RFC 6238 and NIST SP 800-63B-4 §3.1.3.1 (out-of-band secrets: at most ten minutes)."""


class LoginCodes(Protocol):
    """Where codes wait, one for each address."""

    async def put(self, email: Email, code_hash: bytes | None, expires_at: datetime) -> None:
        """Keep a code in place of the one before, with all its tries; ``None`` is nobody's code."""
        ...

    async def try_once(self, email: Email, now: datetime) -> bytes | None:
        """The code that is good for ``email``, for one of the tries it has; ``None`` when there is none, or none is left."""
        ...

    async def remove(self, email: Email) -> None:
        """Forget the code of ``email``."""
        ...


async def ask(
    codes: LoginCodes,
    emails: EmailOutbox,
    throttle: Throttle,
    *,
    email: str,
    language: str,
    device: ClientDevice,
    now: datetime,
) -> None:
    """Order a letter with a code; the one before is worthless from here on.

    Raises :class:`EmailInvalid`, :class:`kernel.errors.TooManyRequests`.
    """
    address = Email.parse(email)
    await throttle.count(limits.CODE_ADDRESS, address_key(device.address))
    await throttle.count(limits.CODE_ACCOUNT, address.key)
    await throttle.count(limits.CODE_ACCOUNT_DAY, address.key)
    await codes.put(address, None, now + LIFETIME)
    await emails.put(OutgoingEmail.order("code", address, language), now)


async def issue(
    users: Users, codes: LoginCodes, seal: CodeSeal, email: Email, purpose: Purpose, now: datetime
) -> tuple[User, str] | None:
    """The owner of ``email`` and a fresh code for them; ``None`` when there is nobody to write to."""
    user = await users.by_login(email)
    if user is None or user.is_banned:
        return None
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    # Ten minutes from the letter on, however long it waited for the mail server.
    await codes.put(user.email, seal.seal(user.email, purpose, code), now + LIFETIME)
    return user, code


async def count_guess(throttle: Throttle, *, email: str, device: ClientDevice) -> Email:
    """Raises :class:`EmailInvalid`, :class:`kernel.errors.TooManyRequests`. Outside any transaction."""
    address = Email.parse(email)
    place = address_key(device.address)
    await throttle.ensure(limits.LOGIN_ADDRESS, place)
    # Counted before the answer is known, or a thousand guesses sent at once would all be the first.
    await throttle.count(limits.LOGIN_PAIR, f"code {address.key} {place}")
    return address


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSignInContext:
    """What :func:`sign_in` works with: ports of one transaction, and its moment."""

    users: Users
    sessions: LoginSessions
    codes: LoginCodes
    seal: CodeSeal
    tokens: AccessTokens
    linked: LinkedAccounts
    cache: AccessCache
    now: datetime


async def sign_in(context: CodeSignInContext, *, email: Email, code: str, device: ClientDevice) -> SessionGrant | None:
    """Start a session for whoever reads the mail of ``email``, which proves the address too.

    Nobody had proved it before: then somebody else may have signed up with it and wait for its owner to use the account.
    They lose what they have of it: the sessions, the password, and linked accounts of theirs.

    ``None``: the code is wrong, and one try is used up; that has to be committed before the caller hears of it, so it is no
    exception. Raises :class:`AccountBanned`.
    """
    now = context.now
    if not await spend(context.codes, context.seal, email, "code", code, now):
        return None
    found = await context.users.by_login(email)
    user = None if found is None else await context.users.lock(found.id)
    if user is None:
        return None
    user.ensure_not_banned()
    if user.email_verified_at is None:
        user.forget_password(now)
        await context.linked.unlink_all(user.id, now)
        await end_all_sessions(context.sessions, context.cache, user.id, reason="address_proven", now=now)
    user.verify_email(now)
    return await start_session(context.sessions, context.tokens, user, device=device, now=now)


async def spend(codes: LoginCodes, seal: CodeSeal, email: Email, purpose: Purpose, code: str, now: datetime) -> bool:
    """Whether ``code`` is right; then it is gone. If not, one try is used up, which has to be committed."""
    if not seal.fits(await codes.try_once(email, now), email, purpose, "".join(code.split())):
        return False
    await codes.remove(email)
    return True


async def count_failure(throttle: Throttle, device: ClientDevice) -> None:
    """Raises :class:`kernel.errors.TooManyRequests`."""
    await throttle.count(limits.LOGIN_ADDRESS, address_key(device.address))
