"""Durable before the answer, few commits, and one bad item is one failure."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from kernel.concurrency.group_commit import GroupCommit
from kernel.errors import Conflict, Unavailable


class Ledger:
    """A database that commits when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.refuses: Callable[[int], bool] = lambda _: False
        self.is_down = False

    async def write(self, items: Sequence[int]) -> list[int]:
        await self.open.wait()
        if self.is_down:
            raise OSError("disk full")
        if any(self.refuses(item) for item in items):
            raise Conflict
        self.batches.append(list(items))
        return [item * 10 for item in items]


@asynccontextmanager
async def running(ledger: Ledger, **options: int | float) -> AsyncIterator[GroupCommit[int, int]]:
    commits: GroupCommit[int, int] = GroupCommit(ledger.write, name="test", **options)  # type: ignore[arg-type]  # numbers
    commits.start()
    yield commits
    await commits.close()


async def test_answers_after_the_commit_and_in_order() -> None:
    ledger = Ledger()
    async with running(ledger) as commits:
        ledger.open.clear()
        asked = [asyncio.ensure_future(commits.submit(number)) for number in range(5)]
        await asyncio.sleep(0.05)
        assert not any(future.done() for future in asked)
        ledger.open.set()
        assert await asyncio.gather(*asked) == [0, 10, 20, 30, 40]
    assert [item for batch in ledger.batches for item in batch] == [0, 1, 2, 3, 4]


async def test_what_comes_during_a_commit_shares_the_next() -> None:
    ledger = Ledger()
    async with running(ledger) as commits:
        ledger.open.clear()
        asked = [asyncio.ensure_future(commits.submit(0))]
        await asyncio.sleep(0.02)
        asked += [asyncio.ensure_future(commits.submit(number)) for number in range(1, 100)]
        await asyncio.sleep(0.02)
        ledger.open.set()
        await asyncio.gather(*asked)
    assert ledger.batches == [[0], list(range(1, 100))]


async def test_one_unacceptable_item_fails_alone() -> None:
    ledger = Ledger()
    ledger.refuses = lambda item: item == 3
    async with running(ledger) as commits:
        answers = await asyncio.gather(*(commits.submit(number) for number in range(6)), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [0, 10, 20, 40, 50]
    assert isinstance(answers[3], Conflict)


async def test_a_failing_database_fails_everybody_soon() -> None:
    ledger = Ledger()
    ledger.is_down = True
    async with running(ledger) as commits:
        async with asyncio.timeout(15):
            answers = await asyncio.gather(*(commits.submit(n) for n in range(1000)), return_exceptions=True)
        assert all(isinstance(answer, Unavailable) for answer in answers)
        ledger.is_down = False
        assert await commits.submit(1) == 10


async def test_backlog_is_bounded() -> None:
    ledger = Ledger()
    async with running(ledger, backlog_limit=10, batch_limit=1) as commits:
        ledger.open.clear()
        asked = [asyncio.ensure_future(commits.submit(number)) for number in range(50)]
        await asyncio.sleep(0.05)
        refused = [future for future in asked if future.done()]
        assert len(refused) >= 39
        with pytest.raises(Unavailable):
            await refused[0]
        for future in refused:
            future.exception()
        ledger.open.set()
        await asyncio.wait(asked)


async def test_close_writes_what_is_waiting_and_waits_for_no_more() -> None:
    ledger = Ledger()
    async with running(ledger, window_s=3600) as commits:
        asked = asyncio.ensure_future(commits.submit(7))
        await asyncio.sleep(0.01)
        closing = asyncio.ensure_future(commits.close())
        assert await asked == 70
        await closing
        with pytest.raises(Unavailable):
            commits.begin(8)
