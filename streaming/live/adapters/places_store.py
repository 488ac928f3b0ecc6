"""How many places an operator has left, in the cache that all nodes share."""

from typing import Final

from redis.exceptions import RedisError

from kernel.cache import Cache
from kernel.errors import Unavailable

KEPT_S: Final = 7 * 24 * 3_600
"""A number that was lowered for an evening, and forgotten, is not what the settings say for ever."""
KEY: Final = "live:places"


class PlacesStore:
    """See the module; everything raises Unavailable where the cache is away."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def lowered(self) -> int | None:
        """To how many; ``None`` where nobody has."""
        try:
            found = await self._cache.get(KEY)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        return None if found is None else int(found)

    async def lower(self, viewers: int | None) -> None:
        """To so many, or to none below what is configured."""
        try:
            if viewers is None:
                await self._cache.delete(KEY)
            else:
                await self._cache.set(KEY, b"%d" % viewers, ttl_s=KEPT_S)
        except (RedisError, OSError) as error:
            raise Unavailable from error
