"""Regular work goes on, whatever happens in between."""

import asyncio
from typing import Any

import pytest

from kernel.jobs import PeriodicTask
from kernel.scope import Container
from server import boot
from server.boot import background_work, start_periodic_tasks
from server.services import Services


async def test_a_periodic_task_outlives_its_own_failure_and_the_caches(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Container] = []
    refusals = 0
    add = services.cache.add

    async def flaky(container: Container) -> None:
        runs.append(container)
        if len(runs) == 1:
            raise RuntimeError("the first time it fails")

    async def moody(*arguments: Any, **options: Any) -> bool:
        nonlocal refusals
        if len(runs) == 1 and refusals < 2:
            refusals += 1
            raise ConnectionError("the cache is away")
        return await add(*arguments, **options)

    monkeypatch.setattr(services.cache, "add", moody)
    async with background_work(services, worker=False), asyncio.timeout(15):
        start_periodic_tasks(services, [PeriodicTask("flaky", 0.01, flaky)])
        while len(runs) < 3:
            await asyncio.sleep(0.01)
    assert refusals == 2


async def test_tidying_lets_the_start_be_over_first(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    async def often(_container: Container) -> None:
        runs.append("often")

    async def seldom(_container: Container) -> None:
        runs.append("seldom")

    monkeypatch.setattr(boot, "FIRST_ROUND_DELAY_S", 0)
    monkeypatch.setattr(boot, "STARTUP_DELAY_S", 0.1)
    async with background_work(services, worker=False), asyncio.timeout(15):
        start_periodic_tasks(services, [PeriodicTask("seldom", 3600, seldom), PeriodicTask("often", 0.01, often)])
        while "seldom" not in runs:
            await asyncio.sleep(0.01)
    assert runs[0] == "often"
    assert runs.count("seldom") == 1


async def test_the_mark_of_a_round_is_gone_before_the_next(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than its interval it would cost every second round, much shorter it would let two processes work at once."""
    marks: dict[str, float] = {}
    add = services.cache.add

    async def noting(key: str, value: bytes, *, ttl_s: float) -> bool:
        marks[key] = ttl_s
        return await add(key, value, ttl_s=ttl_s)

    async def nothing(_container: Container) -> None: ...

    monkeypatch.setattr(services.cache, "add", noting)
    monkeypatch.setattr(boot, "FIRST_ROUND_DELAY_S", 0)
    async with background_work(services, worker=False), asyncio.timeout(15):
        start_periodic_tasks(services, [PeriodicTask("marked", 30.0, nothing)])
        while "periodic-task:marked" not in marks:
            await asyncio.sleep(0.01)
    assert 15.0 < marks["periodic-task:marked"] < 30.0
