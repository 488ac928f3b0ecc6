"""Background work that follows what changes leaves most of the time to others, and is never late for long."""

import asyncio

import pytest

from kernel.concurrency.resting import REST_MAX_S, RESTS, rest_s, rested


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Of each sleep how long it was to be."""
    found: list[float] = []

    async def sleep(delay_s: float) -> None:
        found.append(delay_s)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return found


def test_the_rest_grows_with_the_work_up_to_a_limit() -> None:
    assert [rest_s(took_s) for took_s in (0.0, 0.001, 1.0)] == [0.0, 0.001 * RESTS, RESTS]
    assert rest_s(REST_MAX_S / RESTS) == REST_MAX_S
    assert [rest_s(took_s) for took_s in (30.0, 3600.0)] == [REST_MAX_S, REST_MAX_S]


async def test_it_rests_once_the_work_is_done(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "time", iter((10.0, 10.5, 20.0, 80.0)).__next__)
    for _ in range(2):
        before = len(slept)
        async with rested():
            assert len(slept) == before
    monkeypatch.undo()
    assert slept == [2.0, REST_MAX_S]


async def test_work_that_fails_is_not_rested_from(slept: list[float]) -> None:
    with pytest.raises(LookupError):
        async with rested():
            raise LookupError
    assert slept == []
