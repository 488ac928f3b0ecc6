"""Users, sessions and refresh tokens in the database."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    delete,
    event,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession
from typing_extensions import override

from accounts.identity.devices.model import DeviceLoginState
from accounts.identity.devices.repository import device_logins
from accounts.identity.emails import EmailKind, EmailOutbox
from accounts.identity.errors import EmailTaken, NicknameTaken
from accounts.identity.model import (
    MAX_ADDRESS_CHARS,
    MAX_USER_AGENT_CHARS,
    LoginSession,
    RefreshToken,
    SessionId,
    User,
    UserId,
)
from accounts.identity.names import MAX_EMAIL_CHARS, MAX_NICKNAME_CHARS, Email, Nickname, login_key
from accounts.identity.ports import LoginSessions, Users
from accounts.identity.recovery.repository import one_time_tokens
from kernel.access import Actor, Role, Standing
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.ids import is_id
from kernel.limits import address_key
from kernel.scope import Scope

T = TypeVar("T", bound=str)

_ANNOUNCES = "users are announced"
_RECENT_PLACES: Final = 50  # sessions looked at; somebody with more of them has been at home in one of these
_WITHDRAWN: Final[tuple[EmailKind, ...]] = (
    "reset",
    "email",
)  # what only confirms the present address changes nothing for anybody


class _Spelt(TypeDecorator[T]):
    """Text that has been through the constructor of a ``str`` subclass."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[T], length: int) -> None:
        super().__init__(length)
        self.kind = kind

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:  # noqa: ARG002 - signature
        return None if value is None else self.kind(value)


users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", _Spelt(Email, MAX_EMAIL_CHARS), nullable=False),
    Column("email_key", String(MAX_EMAIL_CHARS), nullable=False, unique=True),
    Column("nickname", _Spelt(Nickname, MAX_NICKNAME_CHARS), nullable=False),
    # Case folding can make text longer: «ß» becomes "ss", «ΐ» three characters.
    Column("nickname_key", String(3 * MAX_NICKNAME_CHARS), nullable=False, unique=True),
    Column("role", text_enum(Role, length=16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("sign_ins_left", Integer),
    Column("permission_version", Integer, nullable=False),
    Column("avatar_url", Text),
    Column("email_verified_at", UtcDateTime),
    Column("banned_at", UtcDateTime),
    Column("ban_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("address", String(MAX_ADDRESS_CHARS), nullable=False),
    Column("user_agent", String(MAX_USER_AGENT_CHARS), nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(32)),
    Index(None, "user_id", "address"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("session_id", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("spent_at", UtcDateTime),
    Column("successor", String(128)),
)

mapper_registry.map_imperatively(User, users)
mapper_registry.map_imperatively(LoginSession, sessions)
mapper_registry.map_imperatively(RefreshToken, refresh_tokens)


class SqlUsers(Users):
    """Users behind the ``Users`` port."""

    def __init__(self, uow: UnitOfWork, announce: Callable[[UserId], Awaitable[None]]) -> None:
        self._session = uow.session
        # Whoever changes a user, and whatever of them: what is remembered of them elsewhere ends with the commit.
        if not self._session.info.get(_ANNOUNCES):
            self._session.info[_ANNOUNCES] = True

            def flushed(session: OrmSession, _context: object) -> None:
                for user in session.dirty:
                    if isinstance(user, User):
                        uow.after_commit(partial(announce, user.id))

            event.listen(self._session.sync_session, "after_flush", flushed)

    @override
    async def add(self, user: User) -> None:
        self._session.add(user)
        await self.save_names()

    @override
    async def save_names(self) -> None:
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise (NicknameTaken if "nickname_key" in str(error.orig) else EmailTaken) from error

    @override
    async def get(self, user_id: UserId) -> User | None:
        return await self._session.get(User, user_id)

    @override
    async def lock(self, user_id: UserId) -> User | None:
        return await self._session.get(User, user_id, with_for_update=True, populate_existing=True)

    @override
    async def by_login(self, login: str) -> User | None:
        # A nickname has no "@", so one text cannot be one person's address and another's name.
        column = users.c.email_key if "@" in login else users.c.nickname_key
        return (await self._session.scalars(select(User).where(column == login_key(login)))).one_or_none()

    @override
    async def remove(self, user: User) -> None:
        await self._session.flush()  # what was recorded about the sessions, before they go with the user
        await self._session.delete(user)
        await self._session.flush()

    @override
    async def any_exist(self) -> bool:
        return bool(await self._session.scalar(select(exists(select(users.c.id)))))

    @override
    async def lock_admins(self) -> list[UserId]:
        query = select(users.c.id).where(users.c.role == Role.ADMIN, users.c.banned_at.is_(None)).order_by(users.c.id)
        return list(await self._session.scalars(query.with_for_update()))

    @override
    async def page(
        self, *, search: str, role: Role | None, banned: bool | None, offset: int, limit: int
    ) -> tuple[list[User], int]:
        query: Select[tuple[User]] = select(User)
        if role is not None:
            query = query.where(users.c.role == role)
        if banned is not None:
            query = query.where(users.c.banned_at.is_not(None) if banned else users.c.banned_at.is_(None))
        if text := search.strip():
            matches = users.c.email_key.contains(text.lower(), autoescape=True)
            if key := Nickname(text).key:  # nothing is left of "_", and nothing is in every name
                matches = or_(matches, users.c.nickname_key.contains(key, autoescape=True))
            query = query.where(matches)
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        newest = query.order_by(users.c.created_at.desc(), users.c.id.desc()).offset(offset).limit(limit)
        return list(await self._session.scalars(newest)), total or 0


class SqlLoginSessions(LoginSessions):
    """LoginSessions and refresh tokens behind the ``LoginSessions`` port; ``emails`` holds what :meth:`withdraw` takes back."""

    def __init__(self, uow: UnitOfWork, emails: EmailOutbox) -> None:
        self._session = uow.session
        self._emails = emails

    @override
    async def add(self, session: LoginSession, token: RefreshToken) -> None:
        self._session.add(session)
        await self._session.flush()  # the token's foreign key is not known to the mapper
        self._session.add(token)

    @override
    async def add_token(self, token: RefreshToken) -> None:
        self._session.add(token)

    @override
    async def forget_successors(self, session_id: SessionId, *, spent_before: datetime) -> None:
        column = refresh_tokens.c
        await self._session.execute(
            update(refresh_tokens)
            .where(column.session_id == session_id, column.spent_at < spent_before, column.successor.is_not(None))
            .values(successor=None)
            .execution_options(synchronize_session=False)
        )

    @override
    async def get(self, session_id: SessionId) -> LoginSession | None:
        return await self._session.get(LoginSession, session_id)

    @override
    async def by_refresh_token(self, token_hash: bytes) -> tuple[RefreshToken, LoginSession] | None:
        query = (
            select(RefreshToken, LoginSession)
            .join(LoginSession, sessions.c.id == refresh_tokens.c.session_id)
            .where(refresh_tokens.c.token_hash == token_hash)
            .with_for_update()
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    @override
    async def live(self, user_id: UserId, now: datetime) -> list[LoginSession]:
        query = (
            select(LoginSession)
            .where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None), sessions.c.expires_at > now)
            .order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc())
        )
        return list(await self._session.scalars(query))

    @override
    async def withdraw(self, user_id: UserId) -> None:
        devices, tokens = device_logins.c, one_time_tokens.c
        for statement in (
            delete(device_logins).where(devices.user_id == user_id, devices.state == DeviceLoginState.APPROVED),
            delete(one_time_tokens).where(tokens.user_id == user_id, tokens.kind.in_(_WITHDRAWN)),
        ):
            await self._session.execute(statement.execution_options(synchronize_session=False))
        await self._emails.withdraw(user_id, _WITHDRAWN)

    @override
    async def knows_address(self, user_id: UserId, address: str) -> bool:
        mine = sessions.c.user_id == user_id
        if ":" not in address:
            query = select(sessions.c.id).where(mine, sessions.c.address == address)
            return bool(await self._session.scalar(select(exists(query))))
        # A device takes another IPv6 address every day (RFC 8981), out of those of one subscriber.
        recent = select(sessions.c.address).where(mine, sessions.c.address.contains(":"))
        places = await self._session.scalars(recent.order_by(sessions.c.last_seen_at.desc()).limit(_RECENT_PLACES))
        return address_key(address) in map(address_key, places)


class SqlStanding(Standing):
    """What people may do now, behind ``kernel.access.Standing``: as the database has it, not as anybody remembers it."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session
        self._clock = scope.clock

    @override
    async def of_session(self, actor: Actor) -> Actor | None:
        if not is_id(actor.session_id):
            return None
        query = self._live(users.c.nickname, users.c.role).where(
            sessions.c.id == actor.session_id, users.c.id == actor.user_id
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else replace(actor, nickname=row.nickname, role=row.role)

    @override
    async def roles(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        query = self._live(sessions.c.id, users.c.role).where(sessions.c.id.in_(session_ids))
        return {row.id: row.role for row in await self._session.execute(query)}

    @override
    async def of_user(self, user_id: str) -> Actor | None:
        query = select(users.c.nickname, users.c.role).where(users.c.id == user_id, users.c.banned_at.is_(None))
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else Actor(user_id, row.nickname, row.role, "")

    def _live(self, *columns: Any) -> Select[Any]:
        """Out of the sessions that have not ended, of accounts that are not banned."""
        return (
            select(*columns)
            .join_from(sessions, users, sessions.c.user_id == users.c.id)
            .where(
                users.c.banned_at.is_(None), sessions.c.ended_at.is_(None), sessions.c.expires_at > self._clock.now()
            )
        )
