"""Counting attempts in the cache, which all nodes share."""

from redis.exceptions import RedisError

from accounts.identity.limits import Limit
from kernel.cache import Cache
from kernel.clock import Clock
from kernel.errors import TooManyRequests, Unavailable


class CacheThrottle:
    """Windows that begin at whole multiples of their length, so that every node agrees on when the next one starts.

    Fails closed: who cannot count attempts at a password must not allow any.
    """

    def __init__(self, cache: Cache, clock: Clock, *, enabled: bool = True) -> None:
        self._cache = cache
        self._clock = clock
        self._enabled = enabled

    async def ensure(self, limit: Limit, key: str) -> None:
        name, remaining_s = self._window(limit, key)
        try:
            used = int(await self._cache.get(name) or 0)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        if self._enabled and used >= limit.attempts:
            raise TooManyRequests(retry_after_s=remaining_s)

    async def count(self, limit: Limit, key: str) -> None:
        name, remaining_s = self._window(limit, key)
        try:
            used = await self._cache.incr(name, ttl_s=remaining_s)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        if self._enabled and used > limit.attempts:
            raise TooManyRequests(retry_after_s=remaining_s)

    async def reset(self, limit: Limit, key: str) -> None:
        try:
            await self._cache.delete(self._window(limit, key)[0])
        except (RedisError, OSError) as error:
            raise Unavailable from error

    def _window(self, limit: Limit, key: str) -> tuple[str, int]:
        """The counter's name, and the seconds until its window ends."""
        window, elapsed_s = divmod(self._clock.now_ms() // 1000, limit.window_s)
        return f"throttle:{limit.name}:{window}:{key}", limit.window_s - elapsed_s
