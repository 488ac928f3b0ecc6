"""From an access token to who is calling, on every request: fast, and never stale for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select

from accounts.identity.errors import SessionEnded, TokenInvalid, UserNotFound
from accounts.identity.model import SessionId, User, UserId
from accounts.identity.repository import sessions, users
from accounts.identity.sessions.adapters.access_tokens import JwtAccessTokens
from kernel.access import Actor
from kernel.db import UnitOfWork
from kernel.errors import AniError
from kernel.nodes.bus import Bus
from kernel.scope import Container

log = structlog.get_logger()

CHANNEL: Final = "identity.access"
TTL_MS: Final = 3_000
"""How long an answer is believed without asking again. Changes are announced at once; this bounds what a lost message costs."""
MAX_ENTRIES: Final = 20_000  # some 40 MB, and more people than one node serves at a time
PUBLISH_TIMEOUT_S: Final = 2
RETRY_DELAY_S: Final = 1


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the database says about a session and its user, who is not to be changed here."""

    user: User
    ended: bool
    expires_at: datetime


class Authenticator:
    """One for each process; run :meth:`listen` beside it."""

    def __init__(
        self, container: Container, tokens: JwtAccessTokens, bus: Bus, *, on_change: Callable[[str], None] | None = None
    ) -> None:
        """``on_change`` hears, on every node, of each account whose rights changed: what else is remembered of it ends too."""
        self._container = container
        self._tokens = tokens
        self._bus = bus
        self._known: OrderedDict[SessionId, tuple[float, _Standing]] = OrderedDict()
        self._changes = 0
        self._on_change = on_change

    async def __call__(self, token: str, address: str = "") -> Actor | None:
        """Who presents ``token``, or ``None`` when it is no good for whatever reason."""
        try:
            return await self.actor(token, address)
        except AniError:
            return None

    async def actor(self, token: str, address: str = "") -> Actor:
        """Who presents ``token``.

        Raises :class:`TokenInvalid`, :class:`TokenExpired`, :class:`SessionEnded`, :class:`AccountBanned`.
        """
        now = self._container.clock.now()
        claims = self._tokens.verify(token, now=now)
        standing = await self._standing(claims.session_id)
        if standing is None or standing.user.id != claims.user_id:
            raise TokenInvalid
        standing.user.ensure_not_banned()
        # A token from before a change of rights ends with it; the refresh token gets the client one that knows.
        if (
            standing.ended
            or standing.expires_at <= now
            or standing.user.permission_version != claims.permission_version
        ):
            raise SessionEnded
        return Actor(standing.user.id, standing.user.nickname, standing.user.role, claims.session_id, address)

    async def user(self, actor: Actor) -> User:
        """The account behind ``actor``, without asking the database again for what was asked a moment ago.

        Raises :class:`UserNotFound` for an account deleted in the meantime.
        """
        standing = await self._standing(SessionId(actor.session_id))
        if standing is None:
            raise UserNotFound
        return standing.user

    def forget(self, user_id: UserId) -> None:
        """Ask the database again for everything of ``user_id``."""
        self._changes += 1
        if self._on_change is not None:
            self._on_change(user_id)
        for session_id in [key for key, (_, standing) in self._known.items() if standing.user.id == user_id]:
            del self._known[session_id]

    async def announce(self, user_id: UserId) -> None:
        """:meth:`forget` here and on every other node. A bus that does not answer costs at most ``TTL_MS``."""
        self.forget(user_id)
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._bus.publish(CHANNEL, user_id.encode())
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("access change not announced", user_id=user_id, reason=str(error))

    async def listen(self) -> None:
        """Hear of the changes other nodes made, until cancelled."""
        while True:
            try:
                async with self._bus.subscribe(CHANNEL) as messages:
                    async for message in messages:
                        self.forget(UserId(message.decode(errors="replace")))
            except (RedisError, OSError) as error:
                log.warning("not hearing of access changes", reason=str(error))
                await asyncio.sleep(RETRY_DELAY_S)

    async def _standing(self, session_id: SessionId) -> _Standing | None:
        now_ms = self._container.clock.monotonic_ms()
        known = self._known.get(session_id)
        if known is not None and now_ms < known[0]:
            self._known.move_to_end(session_id)
            return known[1]
        changes = self._changes
        standing = await self._load(session_id)
        # Somebody's rights changed while we were reading: what we read may be from before, so it is good for this once only.
        if standing is not None and changes == self._changes:
            self._known[session_id] = (now_ms + TTL_MS, standing)
            self._known.move_to_end(session_id)
            while len(self._known) > MAX_ENTRIES:
                self._known.popitem(last=False)
        return standing

    async def _load(self, session_id: SessionId) -> _Standing | None:
        query = (
            select(User, sessions.c.ended_at, sessions.c.expires_at)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.id == session_id)
        )
        async with self._container.scope(write=False) as scope:
            row = (await scope.uow.session.execute(query)).one_or_none()
        if row is None:
            return None
        user, ended_at, expires_at = row
        return _Standing(user=user, ended=ended_at is not None, expires_at=expires_at)


class AnnouncedAccess:
    """The ``AccessCache`` port: tells every node once the change is committed."""

    def __init__(self, uow: UnitOfWork, authenticator: Authenticator) -> None:
        self._uow = uow
        self._authenticator = authenticator

    def forget(self, user_id: UserId) -> None:
        """Tell every node, once the transaction is committed, to look again at what ``user_id`` may do."""
        self._uow.after_commit(lambda: self._authenticator.announce(user_id))
