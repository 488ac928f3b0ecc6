"""The long-lived parts of one process, made from the settings in the order they need each other (``server.boot``)."""

from __future__ import annotations

import asyncio
import errno
import shutil
import tempfile
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from sqlalchemy import text

from kernel.cache import Cache
from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.db import Database, DatabaseAway, StorageFull
from kernel.errors import Unavailable
from kernel.feature import Feature, Process
from kernel.jobs import JobRunner
from kernel.nodes.bus import Bus
from kernel.scope import Container
from kernel.storage import LocalStorage, MediaStorage
from server.composition import Components
from server.settings import Settings

REDIS_TIMEOUT_S = 5
REDIS_RETRIES = 3
READY_TIMEOUT_S = 3
MIN_FREE_BYTES = 32 * 1024**2
"""Below this no write is promised: SQLite's log of what is not in the file yet is kept under a few megabytes."""

log = structlog.get_logger()


class ValkeyAway(Unavailable):
    """Valkey (Redis) does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a process shares between its requests, jobs and sockets."""

    settings: Settings
    database: Database
    process: Process
    components: Components
    """The adapters that outlive a request, by feature."""
    feature: Feature
    """What all features declare, merged."""
    jobs: JobRunner
    tasks: TaskSet
    """Whatever runs beside the requests; cancelled at the end of ``server.boot.background_work``."""

    @property
    def container(self) -> Container:
        """The way to begin a transaction."""
        return self.process.container

    @property
    def redis(self) -> Redis | None:
        """The shared Valkey; ``None`` in embedded mode."""
        return self.process.redis

    @property
    def bus(self) -> Bus:
        """Messages between processes."""
        return self.process.bus

    @property
    def cache(self) -> Cache:
        """What may vanish at any time."""
        return self.process.cache

    @property
    def storage(self) -> LocalStorage:
        """The folder of this machine."""
        return self.process.storage

    @property
    def media(self) -> MediaStorage:
        """Where the assets are."""
        return self.process.media

    @property
    def clock(self) -> Clock:
        """The clock of everything here."""
        return self.process.clock

    async def check(self) -> None:
        """Raises when something this process cannot work without does not answer, or its disk takes nothing more."""
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
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                await asyncio.to_thread(self._check_disk)
        except (OSError, TimeoutError) as error:
            log.warning("the data folder cannot be written", reason=str(error) or "it does not answer")
            raise StorageFull from error

    def _check_disk(self) -> None:
        folder = self.settings.data_dir.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        free_bytes = shutil.disk_usage(folder).free
        if free_bytes < MIN_FREE_BYTES:
            raise OSError(errno.ENOSPC, f"{free_bytes} bytes are free in {folder}")
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ready")


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
