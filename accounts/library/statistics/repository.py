"""Sums over libraries, and what their owners let others see."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, and_, case, cast, func, select
from typing_extensions import override

from accounts.identity.queries import account_named
from accounts.library.progress.model import NEVER
from accounts.library.progress.repository import watch_progress
from accounts.library.repository import upsert
from accounts.library.statistics.model import ActiveDay, Sharing, WatchedRelease
from accounts.library.statistics.usecases import Owner, Owners, Sharings, WatchedTime
from kernel.db import Id, UnitOfWork, metadata
from kernel.events import Event

DAY_MS: Final = 86_400_000

library_sharing = Table(
    "library_sharing",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("profile", Boolean, nullable=False),
    Column("comparison", Boolean, nullable=False),
)


class SqlWatchedTime(WatchedTime):
    """The history behind the ``WatchedTime`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def releases(self, user_id: str) -> Sequence[WatchedRelease]:
        c = watch_progress.c
        finished = c.watched_at_ms > c.unwatched_at_ms
        # Every time it was seen to the end, and how far it is since.
        spent = c.duration_ms * c.completions + case((c.finished, 0), else_=c.position_ms)
        rows = await self._session.execute(
            select(c.release_id, func.sum(case((finished, 1), else_=0)), func.sum(spent))
            .where(c.user_id == user_id, ~c.removed)
            .group_by(c.release_id)
        )
        return [WatchedRelease(release_id, int(episodes), int(spent_ms)) for release_id, episodes, spent_ms in rows]

    @override
    async def rewatches(self, user_id: str) -> int:
        c = watch_progress.c
        again = select(func.sum(c.completions - 1)).where(c.user_id == user_id, ~c.removed, c.completions > 1)
        return int(await self._session.scalar(again) or 0)

    @override
    async def days(self, user_id: str, since: datetime, utc_offset_min: int) -> Sequence[ActiveDay]:
        c = watch_progress.c
        at_ms = case(
            (and_(c.watched_at_ms > c.unwatched_at_ms, c.watched_at_ms > NEVER), c.watched_at_ms), else_=c.at_ms
        )
        day = cast((at_ms + utc_offset_min * 60_000 - (at_ms + utc_offset_min * 60_000) % DAY_MS) / DAY_MS, BigInteger)
        since_ms = int(since.timestamp() * 1000)
        rows = await self._session.execute(
            select(day.label("day"), func.count())
            .where(c.user_id == user_id, ~c.removed, at_ms >= since_ms)
            .group_by("day")
            .order_by("day")
        )
        return [ActiveDay(date(1970, 1, 1) + timedelta(days=number), count) for number, count in rows]


class SqlSharings(Sharings):
    """What people let others see, behind the ``Sharings`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    @override
    async def of(self, user_id: str) -> Sharing:
        c = library_sharing.c
        row = (await self._session.execute(select(library_sharing).where(c.user_id == user_id))).one_or_none()
        return Sharing() if row is None else Sharing(profile=row.profile, comparison=row.comparison)

    @override
    async def store(self, user_id: str, sharing: Sharing) -> None:
        values = {"profile": sharing.profile, "comparison": sharing.comparison}
        statement = upsert(self._session, library_sharing).values(user_id=user_id, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))

    @override
    def announce(self, event: Event) -> None:
        self._uow.record(event)


class SqlOwners(Owners):
    """Accounts behind the ``Owners`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def named(self, nickname: str) -> Owner | None:
        found = await account_named(self._session, nickname)
        return None if found is None else Owner(found.user_id, found.nickname, found.avatar_url, found.created_at)
