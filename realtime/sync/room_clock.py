"""Room time on the server: one clock for all nodes, which no stepped system clock disturbs."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog

from kernel.concurrency.tasks import TaskSet
from realtime.sync.clock_filter import ClockFilter

log = structlog.get_logger()

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

FIRST_LOCK_TIMEOUT_S = 5.0


class RoomClock(Protocol):
    """Room time: milliseconds of the one clock all nodes share."""

    def now_ms(self) -> float:
        """Near Unix time, and never stepping back."""
        ...


class OffsetStore(Protocol):
    """Keeps where room time stood against the boot clock of one boot."""

    async def load(self, boot_id: str) -> float | None:
        """Milliseconds to add to the boot clock; ``None`` for a boot of which nothing was kept."""
        ...

    async def save(self, boot_id: str, offset_ms: float) -> None:
        """Keep it in place of that of any former boot."""
        ...


def boot_clock_ms() -> float:
    """Milliseconds since this machine booted, sleep included: the same for every process, and nobody can set it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) * 1000


class EmbeddedClock:
    """The boot clock of this machine, shifted to be near Unix time.

    The shift is kept, so that after a restart room time goes on as if nothing had happened, even if somebody set the system
    clock meanwhile.  After a reboot the system clock is all there is to go by, and the shift is made anew.
    """

    def __init__(self, offsets: OffsetStore) -> None:
        self._offsets = offsets
        self._offset_ms = time.time() * 1000 - boot_clock_ms()

    async def start(self) -> None:
        """Take up the shift kept from before the restart."""
        try:
            boot_id = (await asyncio.to_thread(BOOT_ID.read_text)).strip()
        except OSError:  # not Linux: the system clock stays our only witness across restarts
            return
        stored = await self._offsets.load(boot_id)
        if stored is None:
            await self._offsets.save(boot_id, self._offset_ms)
        else:
            self._offset_ms = stored

    async def close(self) -> None:
        """Nothing runs."""

    def now_ms(self) -> float:
        """Room time."""
        return boot_clock_ms() + self._offset_ms


class ClusterClock:
    """Valkey's ``TIME`` as estimated by this node, the way clients estimate ours."""

    def __init__(self, server_time_ms: Callable[[], Awaitable[float]]) -> None:
        """``server_time_ms``: asks Valkey."""
        self._server_time_ms = server_time_ms
        self._filter = ClockFilter()
        self._tasks = TaskSet("cluster-clock")

    async def start(self) -> None:
        """Returns with the clock locked, or raises ``TimeoutError``: without it a node would put rooms at wrong positions."""
        async with asyncio.timeout(FIRST_LOCK_TIMEOUT_S):
            while not self._filter.locked:
                await self._ask()
                await asyncio.sleep(self._filter.next_ping_in_ms() / 1000)
        self._tasks.spawn(self._keep(), name="ask")

    async def close(self) -> None:
        """Ask no more."""
        await self._tasks.close()

    def now_ms(self) -> float:
        """Room time, by the last estimate."""
        return self._filter.room_ms(_monotonic_ms())

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._filter.next_ping_in_ms() / 1000)
            try:
                await self._ask()
            except Exception as error:  # noqa: BLE001 - the estimate stays good for minutes without Valkey
                log.info("cluster clock not asked", reason=repr(error))
                await asyncio.sleep(1)

    async def _ask(self) -> None:
        t0 = _monotonic_ms()
        server_ms = await self._server_time_ms()
        self._filter.add(t0, server_ms, server_ms, _monotonic_ms())


def _monotonic_ms() -> float:
    return time.monotonic() * 1000
