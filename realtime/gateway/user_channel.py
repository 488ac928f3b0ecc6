"""What concerns all sockets of one user, wherever they are connected: one channel of the bus."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import structlog

from kernel.concurrency.tasks import TaskSet
from kernel.nodes.bus import Bus

log = structlog.get_logger()

CHANNEL = "realtime:users"

PUBLISH_TIMEOUT_S = 2.0

Handle = Callable[[dict[str, Any]], None]


class UserChannel:
    """Messages to every node; at most once, like the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._handlers: dict[str, Handle] = {}
        self._tasks = TaskSet("user-channel")
        self._ready = asyncio.Event()

    def handle(self, kind: str, handler: Handle) -> None:
        """Call ``handler`` for each message of this kind."""
        self._handlers[kind] = handler

    async def start(self) -> None:
        """Returns when this node listens."""
        self._tasks.spawn(self._listen(), name="listen")
        async with asyncio.timeout(10):
            await self._ready.wait()

    async def close(self) -> None:
        """Stop listening."""
        await self._tasks.close()

    async def publish(self, kind: str, message: dict[str, Any]) -> None:
        """Best effort: what is told here can be read elsewhere."""
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await self._bus.publish(CHANNEL, orjson.dumps([kind, message]))
        except Exception as error:  # noqa: BLE001 - whatever the bus's driver raises
            log.info("user channel not reached", kind=kind, reason=repr(error))

    async def _listen(self) -> None:
        async with self._bus.subscribe(CHANNEL) as messages:
            self._ready.set()
            async for data in messages:
                kind, message = orjson.loads(data)
                handler = self._handlers.get(kind)
                if handler is not None:
                    handler(message)
