"""The long-lived parts of one process, made from the settings in the order they need each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from sqlalchemy import text
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from kernel.bus import Bus, MemoryBus, ValkeyBus
from kernel.cache import Cache, MemoryCache, ValkeyCache
from kernel.clock import SystemClock
from kernel.db import Database
from kernel.errors import Unavailable
from kernel.jobs import Chore, JobRunner
from kernel.scope import Container
from kernel.storage import LocalStorage
from kernel.tasks import TaskSet
from server import wiring
from server.settings import Settings

log = structlog.get_logger()

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
    container: Container = field(init=False)
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


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The services, without any background work: for commands that end by themselves."""
    database = Database(settings.database)
    redis = connect_redis(settings.redis_url) if settings.redis_url else None
    services = Services(
        settings=settings,
        database=database,
        redis=redis,
        bus=MemoryBus() if redis is None else ValkeyBus(redis),
        cache=MemoryCache() if redis is None else ValkeyCache(redis),
        storage=LocalStorage(settings.media_dir),
    )
    clock = SystemClock()
    services.container = Container(
        database, bindings=wiring.ports(services), subscriptions=wiring.subscribers(services), clock=clock
    )
    services.jobs = JobRunner(
        services.container, services.bus, _broker(settings), wiring.JOBS, concurrency=settings.job_concurrency
    )
    services.tasks = TaskSet("server")
    try:
        yield services
    finally:
        await database.close()
        if redis is not None:
            await redis.aclose()


@asynccontextmanager
async def background_work(services: Services, *, worker: bool) -> AsyncIterator[None]:
    """Deliver events and, with ``worker``, do jobs, as long as the block lasts."""
    broker = services.jobs.broker
    async with AsyncExitStack() as stack:
        await broker.startup()
        stack.push_async_callback(broker.shutdown)
        stack.push_async_callback(services.tasks.close)
        stack.push_async_callback(services.jobs.close)
        services.tasks.spawn(services.container.relay.run(), name="outbox")
        if worker:
            services.jobs.start_worker()
            if not isinstance(broker, InMemoryBroker):
                services.tasks.spawn(run_receiver_task(broker, run_startup=False), name="receiver")
            for interval_s, chore in wiring.CHORES:
                services.tasks.spawn(_repeat(services, interval_s, chore), name=chore.__qualname__)
        yield


async def _repeat(services: Services, interval_s: float, chore: Chore) -> None:
    while True:
        # One process at a time: whoever adds the mark first does it in this interval.
        mark = f"chore:{chore.__module__}.{chore.__qualname__}"
        if await services.cache.add(mark, b"1", ttl_s=interval_s * 0.9):
            try:
                await chore(services.container)
            except Exception:
                log.exception("chore failed, and is tried again next time", chore=mark)
        await asyncio.sleep(interval_s)


def _broker(settings: Settings) -> AsyncBroker:
    if not settings.redis_url:
        return InMemoryBroker()
    return RedisStreamBroker(
        settings.redis_url,
        queue_name="ani:jobs",
        consumer_group_name="ani",
        # The claim on the job's row decides who works; the stream is only the bell, and may ring again.
        idle_timeout=round(timedelta(minutes=10).total_seconds() * 1000),
        maxlen=10_000,
    )
