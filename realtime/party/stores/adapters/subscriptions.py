"""Sharded channels of Valkey, followed over one connection that comes back by itself."""

import asyncio
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kernel.concurrency.tasks import TaskSet
from kernel.errors import Unavailable
from realtime.party.ports import Lost, Receive

log = structlog.get_logger()

CONFIRM_TIMEOUT_S = 4.0
RETRY_S = 0.2
"""A restarted Valkey answers again within a second; until then members here hear nothing from other nodes."""
QUIET_S = 5.0
"""Silence after which the connection is tried with a PING; a half-open one is noticed after two of these."""


class Subscriptions:
    """Channel → who receives it.  After a lost connection every follower is told that it may have missed something."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._followers: dict[str, tuple[Receive, Lost]] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._pubsub: Any = None
        self._has_channels = asyncio.Event()
        self._tasks = TaskSet("subscriptions")

    def start(self) -> None:
        """Read from Valkey from now on."""
        self._tasks.spawn(self._run(), name="read")

    async def close(self) -> None:
        """Stop reading."""
        await self._tasks.close()

    async def follow(self, channel: str, receive: Receive, lost: Lost) -> None:
        """Returns when Valkey has confirmed it.  Raises ``Unavailable``."""
        self._followers[channel] = (receive, lost)
        confirmed = self._confirmed.setdefault(channel, asyncio.Event())
        self._has_channels.set()
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                if self._pubsub is not None:
                    await self._pubsub.ssubscribe(channel)
                await confirmed.wait()
        except (RedisError, OSError, TimeoutError) as error:
            self._followers.pop(channel, None)
            self._confirmed.pop(channel, None)
            raise Unavailable(retry_after_s=1) from error

    async def unfollow(self, channel: str) -> None:
        """Leave a channel, as well as it goes."""
        self._followers.pop(channel, None)
        self._confirmed.pop(channel, None)
        if self._pubsub is not None:
            try:
                async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                    await self._pubsub.sunsubscribe(channel)
            except (RedisError, OSError, TimeoutError) as error:
                log.info("channel not left", channel=channel, reason=repr(error))

    async def _run(self) -> None:
        while True:
            await self._has_channels.wait()
            try:
                await self._read()
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("subscriptions lost, reconnecting", reason=repr(error))
            await asyncio.sleep(RETRY_S)

    async def _read(self) -> None:
        pubsub: Any = self._client.pubsub()  # its closing is not annotated
        try:
            channels = list(self._followers)
            if not channels:
                self._has_channels.clear()
                return
            for channel in channels:
                await pubsub.ssubscribe(channel)
            self._pubsub = pubsub
            for channel in self._followers.keys() - set(channels):  # came while we were subscribing
                await pubsub.ssubscribe(channel)
            quiet = False
            while True:
                message = await pubsub.get_message(timeout=QUIET_S)
                if message is None:
                    if quiet:
                        raise ConnectionError("no answer to PING")
                    quiet = True
                    await pubsub.ping()
                    continue
                quiet = False
                self._take(message)
        finally:
            self._pubsub = None
            await pubsub.aclose()

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "pong":
            return
        channel = message["channel"].decode()
        receive, lost = self._followers.get(channel, (None, None))
        if kind == "ssubscribe":
            if (confirmed := self._confirmed.get(channel)) is None:
                return  # left meanwhile
            # A second time: the connection came back, whether it was made anew here or by redis-py within a read.
            if confirmed.is_set() and lost is not None:
                lost()
            confirmed.set()
        elif kind == "smessage" and receive is not None:
            receive(message["data"])
