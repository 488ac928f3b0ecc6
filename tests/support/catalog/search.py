"""Searching in tests: what was written a moment ago is found a moment later."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

SOON_S = 60.0
"""Until what was committed is in the index of the process: some 50 ms where the machine is quiet, and after a refresh that the machine
held up there is a rest of four times as long."""


async def soon(ask: Callable[[], Awaitable[T]], accepted: Callable[[T], bool]) -> T:
    """The first answer that is ``accepted``, or the last there was within ``SOON_S``."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + SOON_S
    while not accepted(answer := await ask()) and loop.time() < ends:
        await asyncio.sleep(0.02)
    return answer
