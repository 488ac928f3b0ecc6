"""Signing in, refreshing and signing out.

Hashing a password takes some 25 ms and must not happen while a write transaction is open, so the verbs that need one come in
steps: read, hash or compare, write.  ``routes.py`` opens and closes the transactions between them.
"""

from dataclasses import dataclass
from datetime import datetime

from accounts.identity import limits
from accounts.identity.errors import (
    InvalidCredentials,
    RefreshTokenInvalid,
    SessionNotFound,
)
from accounts.identity.model import (
    REFRESH_LEEWAY,
    ClientDevice,
    EndReason,
    LoginSession,
    RefreshToken,
    SessionId,
    User,
    UserId,
    hash_token,
    spend,
)
from accounts.identity.names import login_key
from accounts.identity.ports import AccessCache, AccessTokens, LoginSessions, PasswordHasher, Throttle, Users
from kernel.ids import new_id
from kernel.limits import address_key


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a login stands for before the password was looked at; ``user`` is ``None`` for a login nobody has."""

    login_key: str
    user: User | None
    password_hash: str | None
    knows_address: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody whose password was right; ``fresh_hash`` when the stored one was made with parameters of the past."""

    user: User
    fresh_hash: str | None = None


@dataclass(frozen=True, slots=True)
class SessionGrant:
    """What a client gets for signing in or on."""

    user: User
    session: LoginSession
    access_token: str
    expires_in_s: int
    refresh_token: str


async def find_candidate(users: Users, sessions: LoginSessions, *, login: str, device: ClientDevice) -> Candidate:
    """Who ``login`` may be. Says nothing to the caller yet: an unknown login has to look like a wrong password.

    Attempts count for what was typed, not for the account it stands for: if address and nickname shared a count, using up
    one would show whether the other is the same person's.
    """
    user = await users.by_login(login)
    # Asked of nobody as well: a query less is a millisecond that tells whether there is such a user.
    known = await sessions.knows_address(UserId(new_id()) if user is None else user.id, device.address)
    return Candidate(login_key(login), user, None if user is None else user.password_hash, knows_address=known)


async def prove(
    throttle: Throttle, hasher: PasswordHasher, candidate: Candidate, *, password: str, device: ClientDevice
) -> Proof:
    """The user, when the password is theirs. Outside any transaction.

    Takes as long for a login nobody has. Raises :class:`InvalidCredentials`, :class:`kernel.errors.TooManyRequests`.
    """
    place = address_key(device.address)
    pair = f"{candidate.login_key} {place}"
    await throttle.ensure(limits.LOGIN_ADDRESS, place)
    if not candidate.knows_address:
        await throttle.ensure(limits.LOGIN_ACCOUNT, candidate.login_key)
    # Counted before the answer is known, or a thousand guesses sent at once would all be the first.
    await throttle.count(limits.LOGIN_PAIR, pair)
    right = await hasher.verify(candidate.password_hash, password)
    if not right or candidate.user is None:
        await throttle.count(limits.LOGIN_ADDRESS, place)
        if not candidate.knows_address:
            await throttle.count(limits.LOGIN_ACCOUNT, candidate.login_key)
        raise InvalidCredentials
    await throttle.reset(limits.LOGIN_PAIR, pair)
    outdated = hasher.is_outdated(candidate.user.password_hash)
    return Proof(candidate.user, await hasher.hash(password) if outdated else None)


async def sign_in(
    users: Users, sessions: LoginSessions, tokens: AccessTokens, proof: Proof, *, device: ClientDevice, now: datetime
) -> SessionGrant:
    """Start a session for somebody whose password was right a moment ago.

    Raises :class:`AccountBanned`, :class:`OneTimePasswordSpent`, and :class:`InvalidCredentials` when the password was changed
    in that moment.
    """
    # Held, so that whoever changes the password now either comes first, or finds this session and ends it.
    user = await users.lock(proof.user.id)
    if user is None or user.password_hash != proof.user.password_hash:
        raise InvalidCredentials
    user.ensure_not_banned()
    user.spend_password()
    user.password_hash = proof.fresh_hash or user.password_hash
    return await start_session(sessions, tokens, user, device=device, now=now)


async def start_session(
    sessions: LoginSessions, tokens: AccessTokens, user: User, *, device: ClientDevice, now: datetime
) -> SessionGrant:
    """Start a session for somebody whose identity is beyond doubt."""
    session = LoginSession.start(user, address=device.address, user_agent=device.user_agent, now=now)
    text, token = RefreshToken.issue(session, now)
    await sessions.add(session, token)
    return SessionGrant(user, session, tokens.issue(user, session, now), tokens.lifetime_s, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshContext:
    """What :func:`refresh` works with: ports of one transaction, and its moment."""

    users: Users
    sessions: LoginSessions
    tokens: AccessTokens
    cache: AccessCache
    now: datetime


async def refresh(context: RefreshContext, *, refresh_token: str, device: ClientDevice) -> SessionGrant | None:
    """Trade a refresh token for the next one.

    ``None``: the token was a copy of a spent one, and the session it belonged to is now over; that has to be committed
    before the caller hears of it, so it is no exception. Raises :class:`RefreshTokenInvalid`, :class:`AccountBanned`.
    """
    sessions, tokens, now = context.sessions, context.tokens, context.now
    found = await sessions.by_refresh_token(hash_token(refresh_token))
    if found is None:
        raise RefreshTokenInvalid
    token, session = found
    spend(token, session, address=device.address, now=now)
    if session.ended_at is not None:
        context.cache.forget(session.user_id)
        return None
    user = await context.users.get(session.user_id)
    if user is None:
        raise RefreshTokenInvalid
    user.ensure_not_banned()
    session.seen(address=device.address, user_agent=device.user_agent, now=now)
    text, successor = token.trade(refresh_token, session, now)
    if successor is not None:
        await sessions.add_token(successor)
        await sessions.forget_successors(session.id, spent_before=now - REFRESH_LEEWAY)
    return SessionGrant(user, session, tokens.issue(user, session, now), tokens.lifetime_s, text)


async def end_session(
    sessions: LoginSessions,
    cache: AccessCache,
    *,
    user_id: UserId,
    session_id: SessionId,
    reason: EndReason,
    now: datetime,
) -> None:
    """End one session of ``user_id``. Raises :class:`SessionNotFound`, also for somebody else's."""
    session = await sessions.get(session_id)
    if session is None or session.user_id != user_id:
        raise SessionNotFound
    session.end(reason, now)
    cache.forget(user_id)


async def end_by_refresh_token(
    sessions: LoginSessions, cache: AccessCache, *, refresh_token: str, now: datetime
) -> None:
    """Log out with nothing but the refresh token; an unknown one is no error, the caller is logged out all the same."""
    found = await sessions.by_refresh_token(hash_token(refresh_token))
    if found is not None:
        _, session = found
        session.end("logout", now)
        cache.forget(session.user_id)


async def end_all_sessions(
    sessions: LoginSessions,
    cache: AccessCache,
    user_id: UserId,
    *,
    reason: EndReason,
    now: datetime,
    but: str | None = None,
) -> int:
    """End every session of a user, except the one with id ``but``, and what they set off; returns how many sessions."""
    await sessions.withdraw(user_id)
    ended = [session for session in await sessions.live(user_id, now) if session.id != but]
    for session in ended:
        session.end(reason, now)
    cache.forget(user_id)
    return len(ended)
