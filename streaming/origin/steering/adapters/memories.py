"""What players found on edges, in the cache that all processes share."""

import asyncio
from typing import Final

import orjson
import structlog
from redis.exceptions import RedisError
from typing_extensions import override

from kernel.cache import Cache
from streaming.origin.steering.model import MEASURED_FOR_MS, NOTHING_SEEN, Experience, ViewerMemory
from streaming.origin.steering.usecases import ViewerMemories

log = structlog.get_logger()

TIMEOUT_S: Final = 1
"""A player waits for its playlist; without a memory it gets one all the same."""


class CachedMemories(ViewerMemories):
    """See :class:`ViewerMemories`.  Two processes may overwrite each other's; the next report mends it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    @override
    async def get(self, session_id: str) -> ViewerMemory:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                value = await self._cache.get(_key(session_id))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("what a player found on edges is not known", reason=str(error))
            return NOTHING_SEEN
        if value is None:
            return NOTHING_SEEN
        kept = orjson.loads(value)
        return ViewerMemory(kept["told"], {name: Experience(*found) for name, found in kept["seen"].items()})

    @override
    async def put(self, session_id: str, memory: ViewerMemory) -> None:
        seen = {name: [found.bps, found.measured_at_ms, found.failed_at_ms] for name, found in memory.seen.items()}
        value = orjson.dumps({"told": memory.told, "seen": seen})
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._cache.set(_key(session_id), value, ttl_s=MEASURED_FOR_MS / 1000)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("what a player found on edges is not kept", reason=str(error))


def _key(session_id: str) -> str:
    return f"steering:{session_id}"
