"""Secret addresses in SQL."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, delete, select

from catalog.schedule.feeds.model import LABEL_MAX, CalendarFeed
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata

calendar_feed_table = Table(
    "calendar_feed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("label", String(LABEL_MAX), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

mapper_registry.map_imperatively(CalendarFeed, calendar_feed_table)


class SqlCalendarFeeds:
    """Addresses of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def of_user(self, user_id: str, *, lock: bool = False) -> Sequence[CalendarFeed]:
        """By age.  What is locked is the account: there may be no row yet."""
        if lock:
            users = metadata.tables["users"]
            await self._session.execute(select(users.c.id).where(users.c.id == user_id).with_for_update(key_share=True))
        c = calendar_feed_table.c
        found = await self._session.execute(select(CalendarFeed).where(c.user_id == user_id).order_by(c.id))
        return list(found.scalars())

    async def by_token(self, token_hash: bytes) -> CalendarFeed | None:
        """By the unique hash."""
        found = await self._session.execute(select(CalendarFeed).where(calendar_feed_table.c.token_hash == token_hash))
        return found.scalar_one_or_none()

    def add(self, feed: CalendarFeed) -> None:
        """Written with the next flush."""
        self._session.add(feed)

    async def remove(self, feed: CalendarFeed) -> None:
        """The row."""
        await self._session.execute(delete(calendar_feed_table).where(calendar_feed_table.c.id == feed.id))
