"""Who tests a line now, and what the last test of a channel found, in the cache that all nodes share."""

from dataclasses import asdict
from typing import Any, Final

import orjson
from redis.exceptions import RedisError

from kernel.cache import Cache
from kernel.errors import Unavailable
from streaming.live.media.line_report import LineReport
from streaming.live.media.line_test import MAX_TEST_MS
from streaming.live.model import ChannelId

CLAIM_S: Final = MAX_TEST_MS / 1000 + 5
"""A node that dies in the middle of a test keeps nobody from the next one for longer."""
KEPT_S: Final = 3_600
"""What was found of a line an hour ago says nothing of it now."""


class LineTestStore:
    """See the module; everything raises Unavailable where the cache is away."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def claim(self, owner_id: str, channel_id: ChannelId) -> bool:
        """Begin a test: one at a time of one person, and so of one channel.  False where one goes on."""
        try:
            return await self._cache.add(_claim(owner_id), channel_id.encode(), ttl_s=CLAIM_S)
        except (RedisError, OSError) as error:
            raise Unavailable from error

    async def release(self, owner_id: str) -> None:
        """It is over."""
        try:
            await self._cache.delete(_claim(owner_id))
        except (RedisError, OSError) as error:
            raise Unavailable from error

    async def running(self, owner_id: str) -> str | None:
        """Of which channel somebody tests their line now."""
        try:
            found = await self._cache.get(_claim(owner_id))
        except (RedisError, OSError) as error:
            raise Unavailable from error
        return None if found is None else found.decode()

    async def keep(self, channel_id: ChannelId, report: LineReport, tested_at_ms: float) -> None:
        """What was found, for an hour."""
        kept = orjson.dumps({**asdict(report), "tested_at_ms": tested_at_ms})
        try:
            await self._cache.set(_result(channel_id), kept, ttl_s=KEPT_S)
        except (RedisError, OSError) as error:
            raise Unavailable from error

    async def forget(self, channel_id: ChannelId) -> None:
        """Another test begins, or the channel is gone."""
        try:
            await self._cache.delete(_result(channel_id))
        except (RedisError, OSError) as error:
            raise Unavailable from error

    async def last(self, channel_id: ChannelId) -> dict[str, Any] | None:
        """What was found last, with ``tested_at_ms``."""
        try:
            found = await self._cache.get(_result(channel_id))
        except (RedisError, OSError) as error:
            raise Unavailable from error
        return None if found is None else orjson.loads(found)


def _claim(owner_id: str) -> str:
    return f"live:line-test:{owner_id}"


def _result(channel_id: ChannelId) -> str:
    return f"live:line-report:{channel_id}"
