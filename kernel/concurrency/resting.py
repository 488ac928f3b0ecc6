"""Rests of background work that follows what changes: while an import changes everything, it would never end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

RESTS: Final = 4
"""Times as long as the work took there is a rest after it: a fifth of a core at most."""
REST_MAX_S: Final = 10.0
"""The longest rest: work that was kept waiting, by a database or a busy machine, would rest for minutes, and what it keeps up to date
be as old.  An index of 100,000 names is built in half a minute; it is at most that and this rest behind."""


def rest_s(took_s: float) -> float:
    """How long to rest after work that took so long."""
    return min(RESTS * took_s, REST_MAX_S)


@asynccontextmanager
async def rested() -> AsyncIterator[None]:
    """Rest after the block, unless it fails: what is to be done then is for whoever catches that."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    yield
    await asyncio.sleep(rest_s(loop.time() - began))
