"""What accounts let others read: plain rows, without the rules of an account."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from accounts.identity.names import Nickname
from accounts.identity.repository import sessions, users
from kernel.access import Role


@dataclass(frozen=True, slots=True)
class Person:
    """An account, as others see it; ``verified_email`` is folded, and ``None`` for an address that nobody confirmed."""

    user_id: str
    nickname: str
    avatar_url: str | None
    is_banned: bool
    verified_email: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in: from which browser."""

    session_id: str
    user_agent: str


async def people(session: AsyncSession, user_ids: Collection[str]) -> dict[str, Person]:
    """Those of ``user_ids`` that exist."""
    c = users.c
    found = await session.execute(
        select(c.id, c.nickname, c.avatar_url, c.banned_at, c.email_key, c.email_verified_at).where(c.id.in_(user_ids))
    )
    return {
        row.id: Person(
            user_id=row.id,
            nickname=row.nickname,
            avatar_url=row.avatar_url,
            is_banned=row.banned_at is not None,
            verified_email=row.email_key if row.email_verified_at is not None else None,
        )
        for row in found
    }


async def nicknames(session: AsyncSession, user_ids: Collection[str]) -> Mapping[str, str]:
    """What those of ``user_ids`` that exist are called."""
    found = await session.execute(select(users.c.id, users.c.nickname).where(users.c.id.in_(user_ids)))
    return {row.id: row.nickname for row in found}


async def nickname(session: AsyncSession, user_id: str) -> str:
    """Empty where there is no such account (any more)."""
    return (await nicknames(session, [user_id])).get(user_id, "") if user_id else ""


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """Somebody found by their name."""

    user_id: str
    nickname: str
    avatar_url: str | None
    created_at: datetime


async def account_named(session: AsyncSession, nickname: str) -> NamedAccount | None:
    """Who is called so, however it is spelt; ``None`` for nobody, and for somebody banned."""
    c = users.c
    found = await session.execute(
        select(c.id, c.nickname, c.avatar_url, c.created_at).where(
            c.nickname_key == Nickname(nickname).key, c.banned_at.is_(None)
        )
    )
    row = found.one_or_none()
    return None if row is None else NamedAccount(row.id, row.nickname, row.avatar_url, row.created_at)


async def created_at(session: AsyncSession, user_id: str) -> datetime | None:
    """When an account was made; ``None`` where there is none."""
    found: datetime | None = await session.scalar(select(users.c.created_at).where(users.c.id == user_id))
    return found


async def lock(session: AsyncSession, user_id: str) -> None:
    """Hold an account until the transaction ends: who else calls this for it waits."""
    # Not the strongest lock there is: rows elsewhere that refer to this one need not wait.
    await session.execute(select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True))


async def owner_of_verified_email(session: AsyncSession, email_key: str) -> str | None:
    """The account that has shown the address with this folded form to be its own."""
    found: str | None = await session.scalar(
        select(users.c.id).where(users.c.email_key == email_key, users.c.email_verified_at.is_not(None))
    )
    return found


async def sign_ins(session: AsyncSession, user_id: str, *, until: datetime, limit: int) -> list[SignIn]:
    """The newest ``limit`` sign-ins of a user up to ``until``, the newest first."""
    c = sessions.c
    found = await session.execute(
        select(c.id, c.user_agent)
        .where(c.user_id == user_id, c.created_at <= until)
        .order_by(c.created_at.desc(), c.id.desc())
        .limit(limit)
    )
    return [SignIn(row.id, row.user_agent) for row in found]


def with_role(role: Role) -> Select[tuple[str]]:
    """A query for the ids of all who have exactly this role; there may be many."""
    return select(users.c.id).where(users.c.role == role)


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many accounts there are, and how many of them are banned."""
    row = (await session.execute(select(func.count(), func.count(users.c.banned_at)).select_from(users))).one()
    return row[0], row[1]
