"""Where playlists are taken apart: beside the event loop, a few at a time, and no longer than a viewer waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from streaming.proxy.upstream.adapters.fetch import UpstreamFailed

T = TypeVar("T")

IN_THREAD_FROM_BYTES: Final = 32 * 1024
"""From here on surgery takes longer than a millisecond."""
TIME_LIMIT_S: Final = 10.0
"""The longest playlist that is read takes a second; a player gives up after ten."""
_workers = ThreadPoolExecutor(2, thread_name_prefix="playlists")
"""Of their own, so that playlists written to cost hold up nothing but each other."""


async def offload(work: Callable[[], T], *, size_bytes: int | None = None) -> T:
    """Do ``work`` on a playlist in a worker, or at once where it is known to be small.  Raises ``UpstreamFailed``."""
    if size_bytes is not None and size_bytes < IN_THREAD_FROM_BYTES:
        return work()
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            return await asyncio.get_running_loop().run_in_executor(_workers, work)
    except TimeoutError:
        raise UpstreamFailed from None
