"""The collector of garbage of a process that serves: everybody waits while it works.

A pass over everything takes about 1 ms for 1,000 container objects that live and 3 ms for 1,000 that it takes away, so both are kept
few: what lives as long as the process is frozen, which is never looked at again, and what work leaves in circles is taken away soon.
"""

import asyncio
import gc
import time
from typing import Final

THRESHOLDS: Final = (5_000, 200, 20)
"""Container objects between two young collections, young ones between two middle ones, and those between two of everything: at the
default of 700, 10 and 10 a room of 1,000 pays 100 ms pauses for nothing.  A young one goes through what a request has made since the
last and stops everybody meanwhile, in the midst of whatever else is done: 3 to 10 ms for 10,000 objects, by how many of them are
garbage, while 50,000 took 35 to 75 on a busy machine."""
ROUNDS: Final = 5
"""Of the event loop between two passes: a timer or an answer of the database takes three to the task that waits for it, and with one
of them two passes are a single stop for it."""
RESTS: Final = 50
"""Times as long as the last pass over everything took there is none after it by :func:`clear`: a fiftieth of a core at most."""

_YOUNG: Final = 1

_kept: set[str] = set()


class _Passes:
    """Those over everything by :func:`clear`."""

    ended_at, took_s = float("-inf"), 0.0


def settle() -> None:
    """Once all is started: what exists now lives as long as the process, so that the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    _kept.clear()
    gc.set_threshold(*THRESHOLDS)


def keep(what: str) -> None:
    """``what`` was done for the first time, and what that made stays: statements put together, what is known by heart.

    Freezes all that exists.  What just then is in somebody's hands and refers to itself in circles is never taken away
    afterwards, and thawing is no way out, since it thaws the program as well.  So each ``what`` counts once in the life of a
    process, and there are few of them: what is lost is bounded.
    """
    if what not in _kept:
        _kept.add(what)
        gc.collect(_YOUNG)
        gc.freeze()


async def clear() -> None:
    """After a piece of work that leaves many objects in circles, as entities and their lists are: take them away.

    What was in somebody's hands in such a moment counts as old from then on, so now and then that is gone through too, before it
    is much.  Each pass is a stop of its own.
    """
    await _others()
    gc.collect(_YOUNG)
    await _others()
    if time.monotonic() - _Passes.ended_at < RESTS * _Passes.took_s:
        return
    began = time.monotonic()
    gc.collect()
    _Passes.ended_at = time.monotonic()
    _Passes.took_s = _Passes.ended_at - began
    await _others()


async def _others() -> None:
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
