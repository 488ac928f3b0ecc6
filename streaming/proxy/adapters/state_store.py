"""Where the state of live streams lies, so that every node that serves one numbers it alike."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from redis.exceptions import RedisError

from kernel.cache import Cache
from kernel.errors import Unavailable
from streaming.proxy.strip.state_codec import StateUnreadable, dump, load
from streaming.proxy.strip.strip import StreamState

log = structlog.get_logger()
T = TypeVar("T")

#: A viewer who paused for longer starts anew anyway; a stream that nobody watches for so long may number anew.
KEPT_S: Final = 6 * 3600.0
#: How often another node may have been faster.  Each try costs a millisecond, and a window is new every few seconds.
_TRIES: Final = 8
_TIMEOUT_S: Final = 2.0


class StateStore:
    """The shared state of each live source, changed by compare-and-set."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def change(
        self, source_id: str, local: StreamState, step: Callable[[StreamState], Awaitable[tuple[StreamState, T]]]
    ) -> tuple[StreamState, T]:
        """Run ``step`` on what all nodes have agreed on, until its result is what they agree on.

        ``local`` is what this node remembers, for when the cache cannot be reached: one node alone is still right by itself.
        Raises ``Unavailable`` when other nodes were faster too often.
        """
        key = f"proxy:{source_id}"
        for _ in range(_TRIES):
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    written = await self._cache.get(key)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("proxy state not shared", source_id=source_id, reason=str(error))
                return await step(local)
            before = local if written is None else _loaded(written, local)
            after, result = await step(before)
            new = dump(after)
            if new == written:
                return after, result
            try:
                async with asyncio.timeout(_TIMEOUT_S):
                    if await self._cache.swap(key, written, new, ttl_s=KEPT_S):
                        return after, result
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("proxy state not shared", source_id=source_id, reason=str(error))
                return after, result
        raise Unavailable(retry_after_s=1)


def _loaded(written: bytes, local: StreamState) -> StreamState:
    try:
        return load(written)
    except StateUnreadable:
        return local
