"""Exactly so many attempts in a window, whether they are asked for before they are made or counted as they are."""

import pytest

from kernel.cache import MemoryCache
from kernel.errors import TooManyRequests
from kernel.limits import Limit
from kernel.throttle import CacheThrottle
from tests.support.clocks import HandClock

LIMIT = Limit("guesses", attempts=3, window_s=60)
MINUTE_MS = 60_000


async def test_the_last_allowed_is_allowed_and_none_after_it() -> None:
    clock = HandClock(28_333_334 * MINUTE_MS + 50_000)
    throttle = CacheThrottle(MemoryCache(), clock)
    for _ in range(3):
        await throttle.ensure(LIMIT, "ann")
        await throttle.count(LIMIT, "ann")
    for attempt in (throttle.ensure, throttle.count):
        with pytest.raises(TooManyRequests) as refused:
            await attempt(LIMIT, "ann")
        assert refused.value.retry_after_s == 10
    await throttle.ensure(LIMIT, "bob")

    clock.ms += 10_000
    await throttle.ensure(LIMIT, "ann")
    await throttle.count(LIMIT, "ann")


async def test_forgotten_attempts_do_not_count() -> None:
    throttle = CacheThrottle(MemoryCache(), HandClock(0))
    for _ in range(3):
        await throttle.count(LIMIT, "ann")
    await throttle.reset(LIMIT, "ann")
    await throttle.count(LIMIT, "ann")
