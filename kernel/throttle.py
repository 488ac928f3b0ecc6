"""Counting what people do, so that nobody does too much of it."""

from collections import OrderedDict
from typing import Final, Protocol

import structlog
from prometheus_client import Counter
from redis.exceptions import RedisError

from kernel.cache import Cache
from kernel.clock import Clock
from kernel.errors import TooManyRequests, Unavailable
from kernel.limits import Limit, address_key

log = structlog.get_logger()

REFUSED = Counter("ani_throttled_total", "Requests refused because there were too many", ["limit"])
UNCOUNTED = Counter(
    "ani_throttle_unavailable_total", "Requests let through because the cache could not count", ["limit"]
)


class Throttle(Protocol):
    """Counts attempts, for all nodes together."""

    async def count(self, limit: Limit, key: str) -> None:
        """One more attempt under ``key``; raises :class:`TooManyRequests` when it is one too many."""
        ...


class CacheThrottle:
    """Windows that begin at whole multiples of their length, so that every node agrees on when the next one starts.

    Fails closed: who cannot count attempts at a password must not allow any.
    """

    def __init__(self, cache: Cache, clock: Clock, *, enabled: bool = True) -> None:
        self._cache = cache
        self._clock = clock
        self._enabled = enabled

    async def ensure(self, limit: Limit, key: str) -> None:
        """Raises :class:`TooManyRequests` when the attempts under ``key`` are used up."""
        name, remaining_s = self._window(limit, key)
        try:
            used = int(await self._cache.get(name) or 0)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        if self._enabled and used >= limit.attempts:
            REFUSED.labels(limit.name).inc()
            raise TooManyRequests(retry_after_s=remaining_s)

    async def count(self, limit: Limit, key: str) -> None:
        """One more attempt; raises :class:`TooManyRequests` when it is one too many."""
        name, remaining_s = self._window(limit, key)
        try:
            used = await self._cache.incr(name, ttl_s=remaining_s)
        except (RedisError, OSError) as error:
            raise Unavailable from error
        if self._enabled and used > limit.attempts:
            REFUSED.labels(limit.name).inc()
            raise TooManyRequests(retry_after_s=remaining_s)

    async def reset(self, limit: Limit, key: str) -> None:
        """Forget the attempts under ``key``."""
        try:
            await self._cache.delete(self._window(limit, key)[0])
        except (RedisError, OSError) as error:
            raise Unavailable from error

    def _window(self, limit: Limit, key: str) -> tuple[str, int]:
        """The counter's name, and the seconds until its window ends."""
        window, elapsed_s = divmod(self._clock.now_ms() // 1000, limit.window_s)
        return f"throttle:{limit.name}:{window}:{key}", limit.window_s - elapsed_s


class LenientThrottle:
    """The same, but fails open: a cache that is away must not keep people from talking and searching."""

    def __init__(self, strict: CacheThrottle) -> None:
        self._strict = strict

    async def count(self, limit: Limit, key: str) -> None:
        """One more attempt; raises :class:`TooManyRequests` when it is one too many, and nothing when the cache is away."""
        try:
            await self._strict.count(limit, key)
        except Unavailable as error:
            UNCOUNTED.labels(limit.name).inc()
            log.warning("not counted, the cache is away", limit=limit.name, reason=repr(error.__cause__))


class AddressThrottle:
    """What one address may ask of this process in all, as token buckets in memory: no network, and nothing that can fail."""

    ADDRESSES: Final = 20_000
    """Buckets held, some 4 MB.  The one unused for longest goes first, and it is full again anyway."""

    def __init__(self, rate_per_s: float, burst_s: float) -> None:
        self._rate_per_ms = rate_per_s / 1000
        self._burst = rate_per_s * burst_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Address → tokens left, and when (ms, monotonic)."""

    def count(self, address: str, now_ms: float) -> None:
        """One more request; raises :class:`TooManyRequests` when it is one too many."""
        key = address_key(address)
        tokens, at_ms = self._buckets.get(key, (self._burst, now_ms))
        tokens = min(self._burst, tokens + (now_ms - at_ms) * self._rate_per_ms)
        refused = tokens < 1
        self._buckets[key] = (tokens if refused else tokens - 1, now_ms)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self.ADDRESSES:
            self._buckets.popitem(last=False)
        if refused:
            REFUSED.labels("address").inc()
            raise TooManyRequests(retry_after_s=1 + int((1 - tokens) / self._rate_per_ms / 1000))
