"""Background tasks and their end."""

import asyncio

import pytest
from structlog.testing import capture_logs

from kernel.concurrency.tasks import TaskSet


async def losing(cancellations: int) -> None:
    """Go on as if nothing had happened, so many times."""
    for _ in range(cancellations):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


@pytest.mark.parametrize("lost", [0, 1])
async def test_one_that_lost_its_cancellation_is_cancelled_again(lost: int) -> None:
    tasks = TaskSet("test")
    task = tasks.spawn(losing(lost), name="one")
    await asyncio.sleep(0)
    with capture_logs() as said:
        await tasks.close(timeout_s=0.05)
    assert task.cancelled()
    assert said == []


async def test_one_that_never_ends_is_named_and_left_alone() -> None:
    tasks = TaskSet("test")
    task = tasks.spawn(losing(2), name="stubborn")
    await asyncio.sleep(0)
    with capture_logs() as said:
        await tasks.close(timeout_s=0.05)
    assert [(line["event"], line["task"]) for line in said] == [
        ("background task ignores its cancellation", "test:stubborn")
    ]
    task.cancel()
    await asyncio.wait({task})


async def test_nothing_to_end() -> None:
    await TaskSet("test").close()
