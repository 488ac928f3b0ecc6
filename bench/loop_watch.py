"""How long the event loop stands still, on a machine that does other things as well."""

import asyncio
import gc
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOK_S = 0.002
"""How often the loop is looked at."""
SUSPECT_S = 0.025
"""A loop that has not come round for so long is looked into."""
FRAMES = 8


class LoopWatch:
    """The longest that the loop stood still in a block, in ms, and what its thread did just then.

    A stop counts by the processor time that the loop's thread used in it, so that what else the machine does counts for nothing;
    a pass of the collector of garbage counts in whatever thread it is.  Work in C that keeps the interpreter to itself in another
    thread is seen in ``bound_ms`` alone: the stop's length or the processor time of the whole process, whichever is less.
    """

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self.bound_ms = 0.0
        self.collector_ms = 0.0
        """The longest pass of the collector."""
        self.stack = ""
        self._since: float | None = None
        self._seen = ""
        self._collecting_since = 0.0
        self._loop_thread = threading.get_ident()

    async def _beat(self) -> None:
        while True:
            began, used, own = time.perf_counter(), time.process_time(), time.thread_time()
            self._since, self._seen = began, ""
            await asyncio.sleep(LOOK_S)
            own_ms = (time.thread_time() - own) * 1000
            if own_ms > self.longest_ms:
                self.longest_ms, self.stack = own_ms, self._seen
            bound_s = min(time.perf_counter() - began - LOOK_S, time.process_time() - used)
            self.bound_ms = max(self.bound_ms, bound_s * 1000)

    def _collected(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._collecting_since = time.thread_time()
        else:
            self.collector_ms = max(self.collector_ms, (time.thread_time() - self._collecting_since) * 1000)
            self.longest_ms = max(self.longest_ms, self.collector_ms)

    def _look(self, ended: threading.Event) -> None:
        while not ended.wait(SUSPECT_S / 3):
            if self._since is not None and time.perf_counter() - self._since > SUSPECT_S:
                frame = sys._current_frames().get(self._loop_thread)
                self._seen = " < ".join(
                    f"{line.filename.rpartition('/')[2]}:{line.lineno} {line.name}"
                    for line in reversed(traceback.extract_stack(frame)[-FRAMES:])
                )


@asynccontextmanager
async def watched() -> AsyncIterator[LoopWatch]:
    """Watch the loop during the block."""
    watch, ended = LoopWatch(), threading.Event()
    looking = threading.Thread(target=watch._look, args=[ended], daemon=True)
    looking.start()
    gc.callbacks.append(watch._collected)
    beating = asyncio.create_task(watch._beat())
    try:
        await asyncio.sleep(0)
        yield watch
        await asyncio.sleep(LOOK_S)
    finally:
        gc.callbacks.remove(watch._collected)
        beating.cancel()
        ended.set()
        looking.join()


def settled() -> None:
    """What ``ani`` does once it is loaded: the collector need not look at the program itself again."""
    gc.collect()
    gc.freeze()
