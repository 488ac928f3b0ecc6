"""Long work in pieces, between which the event loop does what else there is to do."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

SIZE: Final = 500
"""About 5 ms of rows that are only looked at."""


async def in_turns(items: Iterable[T], size: int = SIZE) -> AsyncIterator[T]:
    """Each of ``items``; after every ``size`` of them everybody else has their turn."""
    for number, item in enumerate(items, start=1):
        yield item
        if number % size == 0:
            await asyncio.sleep(0)
