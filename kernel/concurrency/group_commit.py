"""Many small durable writes as few transactions.

One commit costs one flush to disk however much is in it.  Whoever submits waits for the commit that holds their item, so an
acknowledgement given afterwards is true even if the process is killed the next moment.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable

log = structlog.get_logger()

SAME_FAILURE = 3
"""Items of one batch failing in a row after which it is the database that fails, not the items: the rest is not tried."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Collects items while a commit is under way and writes them all in the next one, in order.

    ``write`` takes a batch and returns one result each; it commits, or raises and nothing of the batch is kept.  A batch that
    fails is written again item by item, so that one unacceptable item does not fail its neighbours.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        name: str,
        window_s: float = 0.0,
        batch_limit: int = 500,
        backlog_limit: int = 20_000,
    ) -> None:
        """``window_s``: how long to wait for company before a commit; 0 leaves it to the commits themselves.

        ``batch_limit`` bounds how long one transaction can hold the writer, ``backlog_limit`` the memory a stuck database
        costs: beyond it :meth:`submit` raises ``Unavailable`` at once.
        """
        self._write = write
        self._name = name
        self._window_s = window_s
        self._batch_limit = batch_limit
        self._backlog_limit = backlog_limit
        self._backlog: list[tuple[Item, asyncio.Future[Result]]] = []
        self._wake = asyncio.Event()
        self._tasks = TaskSet(f"group-commit-{name}")
        self._closing = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; :meth:`close` ends it."""
        self._worker = self._tasks.spawn(self._run(), name="writer")

    def begin(self, item: Item) -> asyncio.Future[Result]:
        """Take ``item`` in order; the future is done when it is durable."""
        if self._closing.is_set() or len(self._backlog) >= self._backlog_limit:
            raise Unavailable(retry_after_s=1)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._backlog.append((item, future))
        self._wake.set()
        return future

    async def submit(self, item: Item) -> Result:
        """Returns when ``item`` is durable."""
        return await self.begin(item)

    async def close(self) -> None:
        """Write what is waiting, then stop."""
        self._closing.set()
        self._wake.set()
        if self._worker is not None:
            await asyncio.wait({self._worker}, timeout=10)
        await self._tasks.close()

    async def _run(self) -> None:
        while not (self._closing.is_set() and not self._backlog):
            await self._wake.wait()
            if self._window_s:
                with contextlib.suppress(TimeoutError):  # nobody waits for company that cannot come any more
                    await asyncio.wait_for(self._closing.wait(), self._window_s)
            self._wake.clear()
            while self._backlog:
                batch, self._backlog = self._backlog[: self._batch_limit], self._backlog[self._batch_limit :]
                await self._commit(batch)

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait for this commit
            if len(batch) == 1:
                self._fail(batch, error)
            else:
                await self._commit_singly(batch)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():  # the one who waited may have been cancelled
                future.set_result(result)

    async def _commit_singly(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        failed_in_a_row = 0
        for index, (item, future) in enumerate(batch):
            try:
                [result] = await self._write([item])
            except Exception as error:  # noqa: BLE001 - as above
                self._fail([(item, future)], error)
                failed_in_a_row += 1
                if failed_in_a_row == SAME_FAILURE:
                    self._fail(batch[index + 1 :], error)
                    return
                continue
            failed_in_a_row = 0
            if not future.done():
                future.set_result(result)

    def _fail(self, batch: list[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
        log.warning("commit failed", writer=self._name, items=len(batch), reason=repr(error))
        for _, future in batch:
            if not future.done():
                future.set_exception(error if isinstance(error, AniError) else Unavailable(retry_after_s=2))
