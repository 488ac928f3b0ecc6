"""Background tasks with an owner: nothing here is fire-and-forget."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


class TaskSet:
    """Holds background tasks strongly, reports the ones that die, and cancels the rest on :meth:`close`."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Run ``coroutine`` until it ends or the set is closed."""
        task = asyncio.create_task(coroutine, name=f"{self._owner}:{name}")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task died", task=task.get_name(), exc_info=error)

    async def close(self, *, timeout_s: float = 5) -> None:
        """Cancel every task and wait for them; those still running after ``timeout_s`` are named in the log.

        Those are cancelled once more before: a cancellation may be lost, for ``asyncio.wait_for`` before Python 3.12, which the client of
        Valkey sends with, returns instead where what it waits for is done in the same moment (python/cpython#86296).
        """
        pending = set(self._tasks)
        for _ in range(2):
            for task in pending:
                task.cancel()
            if pending:
                _, pending = await asyncio.wait(pending, timeout=timeout_s)
        for task in pending:
            log.warning("background task ignores its cancellation", task=task.get_name())
