"""What schedules need of other features, and give to the copy of one's data."""

from collections.abc import Collection, Sequence

import accounts.library.queries
import accounts.personal.calendars
import catalog.schedule.usecases
from accounts.personal.calendars import CalendarAddress
from catalog.schedule.feeds.usecases import CalendarFeeds
from kernel.feature import Feature
from kernel.scope import Scope


class FollowedReleases:
    """What people follow, out of their libraries."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def release_ids(self, user_id: str) -> Collection[str]:
        """On their shelves "watching" and "planned", and among their favourites."""
        return await accounts.library.queries.followed_releases(self._session, user_id)


class CalendarsOf:
    """The calendar addresses that somebody has."""

    def __init__(self, scope: Scope) -> None:
        self._feeds = scope.port(CalendarFeeds)

    async def of_user(self, user_id: str) -> Sequence[CalendarAddress]:
        """Oldest first."""
        return [
            CalendarAddress(id=feed.id, label=feed.label, created_at=feed.created_at)
            for feed in await self._feeds.of_user(user_id)
        ]


JOINED = Feature(
    ports={
        catalog.schedule.usecases.MyList: FollowedReleases,
        accounts.personal.calendars.CalendarAddresses: CalendarsOf,
    }
)
"""What joins schedules to libraries and to the copy of one's data; a part of ``server/wiring.py``."""
