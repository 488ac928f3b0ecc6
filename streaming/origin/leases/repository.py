"""Leases in the database: columns of the stream sessions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update

from kernel.db import UnitOfWork
from streaming.origin.leases.model import StreamHolder
from streaming.origin.model import StreamSession
from streaming.origin.repository import stream_sessions

MAX_VALUES: Final = 500
"""In one statement; SQLite allows 32,766, and short statements let others in between."""

_c = stream_sessions.c
_HOLDER: Final = (
    _c.id,
    _c.user_id,
    _c.login_id,
    _c.episode_id,
    _c.title,
    _c.browser,
    _c.platform,
    _c.started_at,
)


class SqlStreamLeases:
    """Behind the ``StreamLeases`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def lock(self, user_id: str) -> None:
        """See ``StreamLeases``.  In SQLite one transaction writes at a time anyway."""
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(select(func.pg_advisory_xact_lock(_number(user_id))))

    async def watched_by(self, user_id: str, now: datetime) -> Sequence[StreamHolder]:
        """See ``StreamLeases``."""
        query = select(*_HOLDER).where(_c.user_id == user_id, *_watched(now)).order_by(_c.started_at, _c.id)
        return [_holder(row) for row in await self._session.execute(query)]

    async def watched(self, now: datetime, *, offset: int, limit: int) -> tuple[Sequence[StreamHolder], int]:
        """See ``StreamLeases``."""
        total = await self._session.scalar(select(func.count()).select_from(stream_sessions).where(*_watched(now)))
        query = select(*_HOLDER).where(*_watched(now)).order_by(_c.started_at.desc(), _c.id.desc())
        rows = await self._session.execute(query.offset(offset).limit(limit))
        return [_holder(row) for row in rows], total or 0

    async def get(self, session_id: str) -> StreamSession | None:
        """See ``StreamLeases``."""
        return await self._session.get(StreamSession, session_id)

    async def of_login(self, login_id: str) -> Sequence[StreamSession]:
        """See ``StreamLeases``."""
        return await self._unended(_c.login_id == login_id)

    async def of_user(self, user_id: str) -> Sequence[StreamSession]:
        """See ``StreamLeases``."""
        return await self._unended(_c.user_id == user_id)

    async def of_episodes(self, episode_ids: Collection[str]) -> Sequence[StreamSession]:
        """See ``StreamLeases``."""
        found: list[StreamSession] = []
        for part in _parts(episode_ids):
            found += await self._unended(_c.episode_id.in_(part))
        return found

    async def leased_until(self, session_ids: Collection[str], now: datetime) -> Mapping[str, datetime]:
        """See ``StreamLeases``."""
        found: dict[str, datetime] = {}
        for part in _parts(session_ids):
            query = select(_c.id, _c.leased_until).where(_c.id.in_(part), _c.ended_at.is_(None), _c.expires_at > now)
            found |= {row.id: row.leased_until for row in await self._session.execute(query)}
        return found

    async def renew(self, session_ids: Collection[str], *, until: datetime, ending_after: datetime) -> None:
        """See ``StreamLeases``."""
        for part in _parts(session_ids):
            await self._session.execute(
                update(stream_sessions)
                .where(_c.id.in_(part), _c.ended_at.is_(None), _c.leased_until > ending_after)
                .values(leased_until=until)
            )

    async def _unended(self, condition: ColumnElement[bool]) -> Sequence[StreamSession]:
        return (await self._session.scalars(select(StreamSession).where(condition, _c.ended_at.is_(None)))).all()


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    # Sorted: two processes that renew the same sessions must not wait for each other.
    held = sorted(ids)
    return (held[first : first + MAX_VALUES] for first in range(0, len(held), MAX_VALUES))


def _watched(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _c.ended_at.is_(None), _c.leased_until > now, _c.expires_at > now


def _holder(row: Any) -> StreamHolder:
    return StreamHolder(
        session_id=row.id,
        user_id=row.user_id,
        login_id=row.login_id,
        episode_id=row.episode_id,
        title=row.title,
        browser=row.browser,
        platform=row.platform,
        started_at=row.started_at,
    )


def _number(user_id: str) -> int:
    """What PostgreSQL locks: 64 bits, apart from those of other features by their name."""
    return int.from_bytes(sha256(b"stream-leases:" + user_id.encode()).digest()[:8], "big", signed=True)
