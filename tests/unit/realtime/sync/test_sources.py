"""Room time survives restarts and does not follow a stepped system clock."""

import asyncio
import time

import pytest

from realtime.sync.room_clock import ClusterClock, EmbeddedClock


class Offsets:
    def __init__(self) -> None:
        self.kept: dict[str, float] = {}

    async def load(self, boot_id: str) -> float | None:
        return self.kept.get(boot_id)

    async def save(self, boot_id: str, offset_ms: float) -> None:
        self.kept = {boot_id: offset_ms}


async def test_embedded_time_goes_on_over_a_restart_though_the_system_clock_stepped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offsets = Offsets()
    first = EmbeddedClock(offsets)
    await first.start()
    assert abs(first.now_ms() - time.time() * 1000) < 1_000
    real_time = time.time
    monkeypatch.setattr(time, "time", lambda: real_time() - 30)
    second = EmbeddedClock(offsets)
    await second.start()
    before, after = second.now_ms(), first.now_ms()
    assert 0 <= after - before < 10_000, "the step was of 30 s"


async def test_cluster_clock_is_valkeys() -> None:
    async def valkey_time_ms() -> float:
        await asyncio.sleep(0.002)
        return time.monotonic() * 1000 + 5_000_000

    clock = ClusterClock(valkey_time_ms)
    await clock.start()
    assert abs(clock.now_ms() - (time.monotonic() * 1000 + 5_000_000)) < 1_000
    await clock.close()


async def test_no_node_starts_without_the_cluster_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.sync.room_clock.FIRST_LOCK_TIMEOUT_S", 0.1)

    async def silence() -> float:
        await asyncio.sleep(10)
        return 0

    with pytest.raises(TimeoutError):
        await ClusterClock(silence).start()
