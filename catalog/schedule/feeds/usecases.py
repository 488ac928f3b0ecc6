"""Making calendars, reading and revoking them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from catalog.schedule import usecases
from catalog.schedule.calendar_file import calendar_text, events_of
from catalog.schedule.feeds.model import (
    FEEDS_MAX,
    TOKEN_MAX,
    CalendarFeed,
    FeedNotFound,
    TooManyFeeds,
    hash_of,
)
from catalog.schedule.usecases import MyList, ScheduleContext, WantedAirings
from kernel.access import Standing

BEFORE: Final = timedelta(days=30)
AFTER: Final = timedelta(days=180)
"""What a calendar shows: the last month, and two seasons ahead."""


class CalendarFeeds(Protocol):
    """Where secret addresses are kept."""

    async def of_user(self, user_id: str, *, lock: bool = False) -> Sequence[CalendarFeed]:
        """Somebody's, the oldest first; with ``lock`` nobody else changes them until the transaction ends."""
        ...

    async def by_token(self, token_hash: bytes) -> CalendarFeed | None:
        """``None`` where there is none (any more)."""
        ...

    def add(self, feed: CalendarFeed) -> None:
        """Keep a new one."""
        ...

    async def remove(self, feed: CalendarFeed) -> None:
        """Forget it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContext:
    """What the use cases here work with: ports of one transaction, and the moment."""

    feeds: CalendarFeeds
    standing: Standing
    my_list: MyList
    schedule: ScheduleContext
    public_url: str
    now: datetime


async def create_feed(context: FeedContext, user_id: str, label: str) -> tuple[str, CalendarFeed]:
    """A new secret address: its token, told this once, and its record.  Raises :class:`TooManyFeeds`."""
    if len(await context.feeds.of_user(user_id, lock=True)) >= FEEDS_MAX:
        raise TooManyFeeds(limit=FEEDS_MAX)
    token, feed = CalendarFeed.create(user_id, label, context.now)
    context.feeds.add(feed)
    return token, feed


async def revoke_feed(context: FeedContext, user_id: str, feed_id: str) -> None:
    """Raises :class:`FeedNotFound`, also for somebody else's."""
    for feed in await context.feeds.of_user(user_id):
        if feed.id == feed_id:
            feed.revoked(context.now)
            await context.feeds.remove(feed)
            return
    raise FeedNotFound


async def calendar_of_token(context: FeedContext, token: str) -> str:
    """The calendar of whoever has ``token``, as long as they have an account that is not banned.

    Raises :class:`FeedNotFound`, the same for a token that never was.
    """
    feed = await context.feeds.by_token(hash_of(token)) if len(token) <= TOKEN_MAX else None
    if feed is None or await context.standing.of_user(feed.user_id) is None:
        raise FeedNotFound
    return await _calendar(context, "Ani", frozenset(await context.my_list.release_ids(feed.user_id)))


async def calendar_of_release(context: FeedContext, name: str) -> tuple[str, bool]:
    """The calendar of a published release, by id or alias, and whether it is the same in every region.

    Raises ``ReleaseNotFound``, or why it is blocked.
    """
    release = await usecases.visible_release(context.schedule, name)
    calendar = await _calendar(context, release.name.main, frozenset([release.id]))
    return calendar, not release.blocks.regions


async def _calendar(context: FeedContext, name: str, release_ids: frozenset[str]) -> str:
    # By the hour, so that the file is the same until something changes.
    now = context.now.replace(minute=0, second=0, microsecond=0)
    wanted = WantedAirings(since=now - BEFORE, until=now + AFTER, release_ids=release_ids)
    found = await usecases.airings(replace(context.schedule, now=context.now), wanted) if release_ids else []
    return calendar_text(name, events_of(found, context.public_url))
