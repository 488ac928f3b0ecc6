"""The long-lived parts of one process, made from the settings in the order they need each other (``server.boot``)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from sqlalchemy import text

from kernel.bus import Bus
from kernel.cache import Cache
from kernel.clock import Clock
from kernel.db import Database
from kernel.errors import Unavailable
from kernel.jobs import JobRunner
from kernel.scope import Container
from kernel.storage import LocalStorage
from kernel.tasks import TaskSet
from server.settings import Settings

if TYPE_CHECKING:
    from server.wiring import Parts

REDIS_TIMEOUT_S = 5
REDIS_RETRIES = 3
READY_TIMEOUT_S = 3


class DatabaseAway(Unavailable):
    """The database does not answer."""


class ValkeyAway(Unavailable):
    """Valkey (Redis) does not answer."""


@dataclass
class Services:
    """Everything a process shares between its requests, jobs and sockets."""

    settings: Settings
    database: Database
    redis: Redis | None
    bus: Bus
    cache: Cache
    storage: LocalStorage
    clock: Clock
    container: Container = field(init=False)
    parts: Parts = field(init=False)
    jobs: JobRunner = field(init=False)
    tasks: TaskSet = field(init=False)

    async def check(self) -> None:
        """Raises when something this process cannot work without does not answer."""
        try:
            async with asyncio.timeout(READY_TIMEOUT_S), self.database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            raise DatabaseAway from error
        if self.redis is not None:
            try:
                async with asyncio.timeout(READY_TIMEOUT_S):
                    await self.redis.ping()
            except Exception as error:
                raise ValkeyAway from error


def connect_redis(url: str) -> Redis:
    """A client that waits no longer than :data:`REDIS_TIMEOUT_S` and repeats what a lost connection interrupted."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), REDIS_RETRIES),
    )
    return client
