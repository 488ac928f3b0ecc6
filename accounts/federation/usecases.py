"""Signing in with an account somewhere else, linking one, and taking it away again.

Whose account it opens, decided in this order:

1. The provider's account is linked (``issuer`` and ``subject``; never the address, which changes hands): its owner's.
2. Nobody has the address here: a new account, if the provider vouches for the address.
3. Somebody has: theirs only if the operator trusts this provider's addresses (``trust_email``, off by default) *and* the
   address is verified on both sides.  Without the first a provider could open every account here by claiming its address;
   without the second somebody could sign up here with another's address, wait for them to come by the provider, and
   know the password of the account they then share.  Otherwise its owner links it, signed in.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from accounts.federation.errors import (
    EmailHasAccount,
    IdentityNotFound,
    IdentityTaken,
    LastWayIn,
    ProviderEmailUnverified,
    SignInExpired,
    TooManyLinked,
)
from accounts.federation.model import Claims, IdentityId, LinkedIdentity, Provider
from accounts.identity.errors import EmailInvalid, EmailTaken, NicknameInvalid, NicknameReserved
from accounts.identity.model import ClientDevice, SessionId, User, UserId
from accounts.identity.names import MAX_NICKNAME_CHARS, Email, Nickname, ensure_not_reserved
from accounts.identity.ports import AccessTokens, LoginSessions, Users
from accounts.identity.sessions.usecases import SessionGrant, start_session
from accounts.identity.usecases import me, require_user
from kernel.access import Actor

MAX_IDENTITIES: Final = 20
"""Linked to one user; there are not that many providers."""

_NAME_TRIES: Final = 5
_DIGITS: Final = 4


class LinkedIdentities(Protocol):
    """Where linked accounts are kept."""

    async def find(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """By what a provider knows a person by; ``None`` for one that is linked to nobody."""
        ...

    async def of_user(self, user_id: UserId, *, lock: bool = False) -> list[LinkedIdentity]:
        """The oldest first; with ``lock`` held until the end, so that two of them cannot go at the same time."""
        ...

    async def add(self, identity: LinkedIdentity) -> None:
        """Raises :class:`IdentityTaken`."""
        ...

    async def remove(self, identity: LinkedIdentity) -> None:
        """Delete ``identity``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSignInContext:
    """What :func:`sign_in` works with: ports of one transaction, and its moment."""

    users: Users
    sessions: LoginSessions
    tokens: AccessTokens
    identities: LinkedIdentities
    now: datetime


async def sign_in(
    context: ProviderSignInContext, provider: Provider, claims: Claims, *, device: ClientDevice
) -> SessionGrant:
    """Start a session for the person the provider vouches for, with a new account if need be.

    Raises :class:`EmailHasAccount`, :class:`ProviderEmailUnverified`, :class:`AccountBanned`.
    """
    identities, now = context.identities, context.now
    identity = await identities.find(claims.issuer, claims.subject)
    if identity is None:
        user = await _owner_of_address(context.users, provider, claims, now)
        user.ensure_not_banned()
        await identities.add(LinkedIdentity.link(user.id, claims, now))
    else:
        user = await require_user(context.users, identity.user_id)
        user.ensure_not_banned()
        identity.used(claims, now)
    return await start_session(context.sessions, context.tokens, user, device=device, now=now)


async def _owner_of_address(users: Users, provider: Provider, claims: Claims, now: datetime) -> User:
    if claims.email is None or not claims.email_verified:
        raise ProviderEmailUnverified
    try:
        email = Email.parse(claims.email)
    except EmailInvalid:
        raise ProviderEmailUnverified from None
    user = await users.by_login(email)
    if user is not None:
        if provider.trust_email and user.email_verified_at is not None:
            return user
        raise EmailHasAccount
    user = User.register(email=email, nickname=await _free_name(users, claims), password_hash="", now=now)
    user.verify_email(now)
    try:
        await users.add(user)
    except EmailTaken:
        raise EmailHasAccount from None
    return user


async def _free_name(users: Users, claims: Claims) -> Nickname:
    """The first name of theirs that may stand here and is free, if need be with digits behind it."""
    wanted = [name for name in map(_nickname, claims.names) if name is not None]
    for name in wanted:
        if await users.by_login(name) is None:
            return name
    stem = wanted[0][: MAX_NICKNAME_CHARS - _DIGITS] if wanted else "Guest "
    for _ in range(_NAME_TRIES):
        name = Nickname.parse(f"{stem}{secrets.randbelow(10**_DIGITS):0{_DIGITS}}")
        if await users.by_login(name) is None:
            return name
    return Nickname.parse(f"Guest {secrets.token_hex(8)}")


def _nickname(text: str) -> Nickname | None:
    try:
        name = Nickname.parse(text)
        ensure_not_reserved(name)
    except (NicknameInvalid, NicknameReserved):
        return None
    return name


async def link(
    users: Users,
    sessions: LoginSessions,
    identities: LinkedIdentities,
    claims: Claims,
    *,
    user_id: UserId,
    session_id: SessionId,
    now: datetime,
) -> None:
    """Let the provider's account open that of ``user_id``, who asked for it in the session ``session_id``.

    Raises :class:`SignInExpired` when that session is over, :class:`IdentityTaken`, :class:`TooManyLinked`,
    :class:`AccountBanned`.
    """
    session = await sessions.get(session_id)
    if session is None or session.user_id != user_id or not session.is_live(now):
        raise SignInExpired
    user = await require_user(users, user_id)
    user.ensure_not_banned()
    identity = await identities.find(claims.issuer, claims.subject)
    if identity is not None and identity.user_id != user_id:
        raise IdentityTaken
    if identity is not None:
        identity.used(claims, now)
        return
    if len(await identities.of_user(user_id, lock=True)) >= MAX_IDENTITIES:
        raise TooManyLinked
    await identities.add(LinkedIdentity.link(user_id, claims, now))


async def unlink(
    users: Users, identities: LinkedIdentities, actor: Actor, *, identity_id: IdentityId, now: datetime
) -> None:
    """Raises :class:`IdentityNotFound`, also for somebody else's, and :class:`LastWayIn`."""
    user = await me(users, actor)
    linked = await identities.of_user(user.id, lock=True)
    identity = next((identity for identity in linked if identity.id == identity_id), None)
    if identity is None:
        raise IdentityNotFound
    if not user.password_hash and len(linked) == 1:
        raise LastWayIn
    identity.unlink(now)
    await identities.remove(identity)
