"""Notifications in SQL: what is said is stored once, and who has it in a row each.

So a new episode reaches ten thousand fans with one ``INSERT … SELECT``, and the id of a notice, being a UUIDv7, is also the
order in which people read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from accounts.identity.repository import users
from accounts.personal.notifications import TOLD_MAX, ReceivedNotification, ToldEpisode
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, metadata
from notify.notifications.model import KEPT, MAX_KEPT, MERGES_WITHIN, Notice, Notification, NotificationKind

notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("params", Json, nullable=False),
    Column("link", String(300), nullable=False),
    Column("topic", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Index(None, "topic", "created_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("notice_id", Id, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("read_at", UtcDateTime),
)
_is_unread = notifications.c.read_at.is_(None)
Index("ix_notifications_unread", notifications.c.user_id, sqlite_where=_is_unread, postgresql_where=_is_unread)

notification_mutes = Table(
    "notification_mutes",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(40), primary_key=True),
)

told_episodes = Table(
    "told_episodes",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("release_id", Id, primary_key=True),
    Column("ordinal", Float, primary_key=True),
    Column("told_at", UtcDateTime, nullable=False, index=True),
    Index(None, "release_id", "ordinal"),
)

CROWDED_AT_ONCE = 200
"""Accounts over their bound that one round of :meth:`SqlNotifications.forget` tidies; the next round takes the others."""


class SqlNotifications:
    """Notifications of one unit of work, behind the ``Notifications`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def send(self, notice: Notice, to: Select[tuple[str]] | Collection[str]) -> list[str]:
        """One ``INSERT … SELECT`` however many they are; unread ones about the same topic give way."""
        if not isinstance(to, Select):
            to = select(users.c.id).where(users.c.id.in_(to))  # whoever deleted their account meanwhile is not told
        await self._session.execute(
            insert(notices).values(
                id=notice.id,
                kind=notice.kind.value,
                params=dict(notice.params),
                link=notice.link,
                topic=notice.topic,
                created_at=notice.at,
            )
        )
        audience = to.subquery()
        person = audience.c[0]
        mutes = notification_mutes.c
        chosen = select(person, literal(notice.id, Id)).where(
            ~exists().where(mutes.user_id == person, mutes.kind == notice.kind.value)
        )
        if (key := notice.once) is not None:
            t = told_episodes.c
            known = (t.user_id == person, t.release_id == key.release_id, t.ordinal == key.ordinal)
            chosen = chosen.where(~exists().where(*known))
        told = await self._session.execute(
            insert(notifications)
            .from_select(["user_id", "notice_id"], chosen.distinct())
            .returning(notifications.c.user_id)
        )
        if key is not None:
            n = notifications.c
            row = (n.user_id, literal(key.release_id, Id), literal(key.ordinal, Float), literal(notice.at, UtcDateTime))
            # Two who tell of one episode at once: the key refuses the second, which then comes again and finds whom to leave out.
            await self._session.execute(
                insert(told_episodes).from_select(
                    ["user_id", "release_id", "ordinal", "told_at"], select(*row).where(n.notice_id == notice.id)
                )
            )
        if notice.topic:
            await self._give_way(notice)
        return list(told.scalars())

    async def _give_way(self, notice: Notice) -> None:
        n = notices.c
        older = select(n.id).where(n.topic == notice.topic, n.created_at > notice.at - MERGES_WITHIN, n.id != notice.id)
        same = notifications.alias()
        has_newer = select(same.c.user_id).where(same.c.notice_id == notice.id)
        await self._session.execute(
            delete(notifications).where(
                notifications.c.notice_id.in_(older), _is_unread, notifications.c.user_id.in_(has_newer)
            )
        )

    async def page(self, user_id: str, *, before: str | None, unread: bool, limit: int) -> Sequence[Notification]:
        """By keyset on the id, newest first."""
        c, n = notifications.c, notices.c
        query = select(n.id, n.kind, n.params, n.link, n.created_at, c.read_at).join(notices, n.id == c.notice_id)
        query = query.where(c.user_id == user_id)
        if before is not None:
            query = query.where(c.notice_id < before)
        if unread:
            query = query.where(_is_unread)
        found = await self._session.execute(query.order_by(c.notice_id.desc()).limit(limit))
        return [
            Notification(
                id=row.id,
                kind=row.kind,
                params=row.params,
                link=row.link,
                created_at=row.created_at,
                read_at=row.read_at,
            )
            for row in found
        ]

    async def unread(self, user_ids: Collection[str]) -> dict[str, int]:
        """User → how many; users without any are left out."""
        c = notifications.c
        found = await self._session.execute(
            select(c.user_id, func.count()).where(c.user_id.in_(user_ids), _is_unread).group_by(c.user_id)
        )
        return {row[0]: row[1] for row in found}

    async def read(self, user_id: str, *, ids: Collection[str] | None, up_to: str | None, now: datetime) -> int:
        """How many were marked."""
        c = notifications.c
        statement = update(notifications).where(c.user_id == user_id, _is_unread)
        if ids is not None:
            statement = statement.where(c.notice_id.in_(ids))
        if up_to is not None:
            statement = statement.where(c.notice_id <= up_to)
        changed = await self._session.execute(statement.values(read_at=now).returning(c.notice_id))
        return len(changed.all())

    async def remove(self, user_id: str, notification_id: str) -> bool:
        """Whether there was one."""
        c = notifications.c
        removed = await self._session.execute(
            delete(notifications).where(c.user_id == user_id, c.notice_id == notification_id).returning(c.notice_id)
        )
        return removed.first() is not None

    async def muted(self, user_id: str) -> set[str]:
        """Kinds, as stored."""
        c = notification_mutes.c
        return set(await self._session.scalars(select(c.kind).where(c.user_id == user_id)))

    async def mute(self, user_id: str, kinds: Collection[NotificationKind]) -> None:
        """In place of those muted before."""
        c = notification_mutes.c
        await self._session.execute(delete(notification_mutes).where(c.user_id == user_id))
        if kinds:
            rows: list[dict[str, Any]] = [{"user_id": user_id, "kind": kind.value} for kind in kinds]
            await self._session.execute(insert(notification_mutes), rows)

    async def forget(self, now: datetime) -> None:
        """Remove what is older than :data:`KEPT`, and what is over :data:`MAX_KEPT` of a user."""
        await self._session.execute(delete(notices).where(notices.c.created_at < now - KEPT))
        await self._session.execute(delete(told_episodes).where(told_episodes.c.told_at < now - KEPT))
        c = notifications.c
        crowded = select(c.user_id).group_by(c.user_id).having(func.count() > MAX_KEPT).limit(CROWDED_AT_ONCE)
        for user_id in list(await self._session.scalars(crowded)):
            oldest_kept = (
                select(c.notice_id)
                .where(c.user_id == user_id)
                .order_by(c.notice_id.desc())
                .offset(MAX_KEPT - 1)
                .limit(1)
                .scalar_subquery()
            )
            await self._session.execute(delete(notifications).where(c.user_id == user_id, c.notice_id < oldest_kept))


class SqlNotificationArchive:
    """The ``NotificationArchive`` of ``accounts.personal``."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session
        self._notifications = SqlNotifications(uow)

    async def of_user(self, user_id: str) -> list[ReceivedNotification]:
        """All that are kept, newest first."""
        found = await self._notifications.page(user_id, before=None, unread=False, limit=MAX_KEPT)
        return [
            ReceivedNotification(
                id=one.id,
                kind=one.kind,
                params=one.params,
                link=one.link,
                created_at=one.created_at,
                read_at=one.read_at,
            )
            for one in found
        ]

    async def episodes_of_user(self, user_id: str) -> list[ToldEpisode]:
        """The newest first."""
        c = told_episodes.c
        found = await self._session.execute(
            select(c.release_id, c.ordinal, c.told_at)
            .where(c.user_id == user_id)
            .order_by(c.told_at.desc())
            .limit(TOLD_MAX)
        )
        return [ToldEpisode(release_id=row.release_id, ordinal=row.ordinal, told_at=row.told_at) for row in found]

    async def muted_of_user(self, user_id: str) -> list[str]:
        """By name."""
        return sorted(await self._notifications.muted(user_id))
