"""What people did lately, in the cache: it may be lost, and then something counts twice."""

from typing_extensions import override

from catalog.ratings.trending import REPEATED_AFTER, Interest
from catalog.ratings.usecases import RecentInterest
from kernel.cache import Cache


class CachedInterest(RecentInterest):
    """A :class:`~catalog.ratings.usecases.RecentInterest`."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @override
    async def is_news(self, kind: Interest, user_id: str, release_id: str) -> bool:
        key = f"interest:{kind}:{release_id}:{user_id}"
        return await self._cache.add(key, b"1", ttl_s=REPEATED_AFTER.total_seconds())
