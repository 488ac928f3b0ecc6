"""Messages between the processes of one installation: at most once, ordered for each publisher and channel.

Nothing durable travels here; whoever listens must be able to re-read the truth elsewhere.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from typing_extensions import override

log = structlog.get_logger()

QUEUE_LIMIT: Final = 1000
"""Messages a subscriber may fall behind by; then the oldest go, because the newest say more."""

RECONNECT_DELAY_S: Final = 0.5

CONFIRMED_WITHIN_S: Final = 10.0
"""For the server to say that it sends what is published from now on."""

MORE_MESSAGES_S: Final = 0.02
"""After a message, until a batch of them is taken: one edit is announced by several events."""


class Bus(Protocol):
    """Publish and subscribe by channel name."""

    async def publish(self, channel: str, data: bytes) -> None:
        """Send ``data`` to whoever listens right now."""
        ...

    def subscribe(self, channel: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Listen from the moment the block is entered until it is left."""
        ...


class _Inbox:
    """A bounded queue that drops its oldest message rather than block a publisher."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)

    def put(self, data: bytes) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(data)

    async def messages(self) -> AsyncIterator[bytes]:
        while True:
            yield await self._queue.get()


class MemoryBus(Bus):
    """Within this process."""

    def __init__(self) -> None:
        self._inboxes: dict[str, set[_Inbox]] = {}

    @override
    async def publish(self, channel: str, data: bytes) -> None:
        for inbox in self._inboxes.get(channel, ()):
            inbox.put(data)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """See ``Bus``."""
        inbox = _Inbox()
        self._inboxes.setdefault(channel, set()).add(inbox)
        try:
            yield inbox.messages()
        finally:
            listeners = self._inboxes[channel]
            listeners.discard(inbox)
            if not listeners:
                del self._inboxes[channel]


class ValkeyBus(Bus):
    """Between processes, over Valkey (or Redis) publish/subscribe; survives a lost connection, not its messages."""

    def __init__(self, client: Redis, *, prefix: str = "ani:bus:") -> None:
        self._client = client
        self._prefix = prefix

    @override
    async def publish(self, channel: str, data: bytes) -> None:
        await self._client.publish(self._prefix + channel, data)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """See ``Bus``."""
        inbox = _Inbox()
        pubsub = self._client.pubsub()

        async def listen() -> None:
            """Until the confirmation, so that a message published right after entering the block arrives."""
            await pubsub.subscribe(self._prefix + channel)
            # `pubsub.subscribed` is true as soon as the command is sent.
            while (message := await pubsub.get_message(timeout=None)) is None or message["type"] != "subscribe":
                pass

        async def pump() -> None:
            while True:
                try:
                    message = await pubsub.get_message(timeout=30)
                except (RedisError, OSError) as error:
                    log.warning("bus connection lost, retrying", channel=channel, reason=str(error))
                    await asyncio.sleep(RECONNECT_DELAY_S)
                    continue  # redis-py connects and subscribes again on the next read
                if message is not None and message["type"] == "message":
                    inbox.put(message["data"])

        task: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(CONFIRMED_WITHIN_S):
                await listen()
            task = asyncio.create_task(pump(), name=f"bus:{channel}")
            yield inbox.messages()
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves this one unannotated


async def batches(messages: AsyncIterator[bytes], *, look_again_s: float, most: int) -> AsyncGenerator[set[str]]:
    """The messages that come together, ``most`` at a time; an empty set after ``look_again_s`` without any, as the bus may lose some."""
    waiting: asyncio.Task[bytes] | None = None
    try:
        while True:
            changed: set[str] = set()
            timeout_s = look_again_s
            while len(changed) <= most:
                waiting = waiting or asyncio.create_task(anext(messages))  # type: ignore[arg-type]  # an awaitable
                done, _ = await asyncio.wait({waiting}, timeout=timeout_s)
                if not done:
                    break
                changed.add(waiting.result().decode())
                waiting, timeout_s = None, MORE_MESSAGES_S
            yield changed
    finally:
        if waiting is not None:
            waiting.cancel()
