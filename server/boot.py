"""Makes the services of a process and wires the features to them; runs the background work."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog
from redis.asyncio import Redis
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from kernel.cache import Cache, MemoryCache, ValkeyCache
from kernel.clock import SystemClock
from kernel.concurrency.tasks import TaskSet
from kernel.db import Database, outage
from kernel.errors import Unavailable
from kernel.feature import Process
from kernel.jobs import JobRunner, PeriodicTask
from kernel.jobs.orders import bindings as orders
from kernel.nodes.bus import MemoryBus, ValkeyBus
from kernel.outbox.relay import Relay
from kernel.scope import Container
from kernel.secrets.private_files import close_to_others
from kernel.secrets.reencryption import reencrypt_all
from kernel.storage import LocalStorage, MediaStorage
from kernel.throttle import CacheThrottle, LenientThrottle
from server import cluster, composition, wiring
from server.services import Services, connect_redis
from server.settings import Settings
from server.settings.storage import StorageKind

log = structlog.get_logger()

HOUSEKEEPING_INTERVAL_S = 600
"""Periodic tasks with this interval or a longer one tidy up, and nobody waits for them."""
REENCRYPTION_INTERVAL_S = 3600
"""After a rotation of keys the database is under the new one within an hour (docs/security.md)."""
STARTUP_DELAY_S = 5
"""From the start to the first of those: whoever is there at once is answered first."""
FIRST_ROUND_DELAY_S = 0.3
"""From the start to the first round of the others, for the same reason."""
APART_S = 0.02
"""Between the first rounds of two tasks: all at once would take a connection to the database each."""


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """The services, without any background work: for commands that end by themselves."""
    with contextlib.suppress(OSError):  # whoever writes there says what is wrong
        # There from the start: the edge may be given these folders alone, and cannot be given one that is not there.
        settings.media_dir.mkdir(parents=True, exist_ok=True)
        settings.grants_dir.mkdir(exist_ok=True)
    # An earlier version left it open to all; the other private files see to it themselves.
    close_to_others(settings.uploads_dir)
    database = Database(settings.database)
    redis = connect_redis(settings.redis_url) if settings.redis_url else None
    container = Container(database, clock=SystemClock())
    process = _process(settings, container, redis)
    components = composition.build(process, settings)
    feature = wiring.declare(process, components)
    jobs = JobRunner(
        container,
        _broker(settings),
        feature.jobs,
        concurrency=settings.job_concurrency,
        listener=wiring.job_listener(components),
    )
    container.wire({**feature.ports, **orders(jobs)}, feature.events())
    services = Services(
        settings=settings,
        database=database,
        process=process,
        components=components,
        feature=feature,
        jobs=jobs,
        tasks=TaskSet("server"),
    )
    try:
        yield services
    finally:
        for close in feature.closers:
            await close()
        await database.close()
        if redis is not None:
            await redis.aclose()


def _media(settings: Settings, local: LocalStorage) -> MediaStorage:
    bucket = settings.bucket
    if bucket is None:
        return local
    from kernel.storage.movable import MovableStorage  # loads the driver, which takes its time
    from kernel.storage.s3 import S3Storage

    storage = S3Storage(bucket, local.root / ".staging")
    return MovableStorage(local, storage, publishes_to_bucket=settings.storage is StorageKind.S3)


def _process(settings: Settings, container: Container, redis: Redis | None) -> Process:
    cache: Cache = MemoryCache() if redis is None else ValkeyCache(redis)
    throttle = CacheThrottle(cache, container.clock)
    local = LocalStorage(settings.media_dir)
    return Process(
        container=container,
        storage=local,
        media=_media(settings, local),
        bus=MemoryBus() if redis is None else ValkeyBus(redis),
        cache=cache,
        redis=redis,
        throttle=throttle,
        lenient_throttle=LenientThrottle(throttle),
        derive_keys=settings.derive_keys,
        public_url=settings.url,
    )


@asynccontextmanager
async def background_work(services: Services, *, worker: bool) -> AsyncIterator[None]:
    """Deliver events and, with ``worker``, do jobs, as long as the block lasts."""
    broker = services.jobs.broker
    async with AsyncExitStack() as stack:
        await broker.startup()
        stack.push_async_callback(broker.shutdown)
        stack.push_async_callback(services.tasks.close)
        stack.push_async_callback(services.jobs.close)
        await stack.enter_async_context(cluster.member(services.settings, services.redis, services.tasks))
        for name, run in services.feature.background_tasks.items():
            services.tasks.spawn(run(), name=name)
        services.tasks.spawn(Relay(services.container).run(), name="outbox")
        if worker:
            services.jobs.start_worker()
            if not isinstance(broker, InMemoryBroker):
                services.tasks.spawn(run_receiver_task(broker, run_startup=False), name="receiver")
            secrets = partial(reencrypt_all, features=services.feature.reencryptions)
            reencryption = PeriodicTask("reencrypt_secrets", REENCRYPTION_INTERVAL_S, secrets)
            start_periodic_tasks(services, [*services.feature.periodic_tasks, reencryption])
        yield


def start_periodic_tasks(services: Services, tasks: Iterable[PeriodicTask]) -> None:
    """Do ``tasks`` at their intervals, one process of the installation at a time, until ``services.tasks`` is closed."""
    for number, task in enumerate(tasks):
        services.tasks.spawn(_repeat(services, task, after_s=number * APART_S), name=task.name)


async def _repeat(services: Services, task: PeriodicTask, *, after_s: float) -> None:
    begins_s = STARTUP_DELAY_S if task.interval_s >= HOUSEKEEPING_INTERVAL_S else FIRST_ROUND_DELAY_S
    await asyncio.sleep(begins_s + after_s)
    while True:
        # One process at a time: whoever adds the mark first does it in this interval.
        try:
            if await services.cache.add(f"periodic-task:{task.name}", b"1", ttl_s=task.interval_s * 0.9):
                await task.run(services.container)
        except Exception as error:  # the cache's too: a periodic task must outlive a restart of Valkey
            if (away := error if isinstance(error, Unavailable) else outage(error)) is not None:
                log.warning(
                    "periodic task found its database away, and is tried again", task=task.name, reason=str(away)
                )
            else:
                log.exception("periodic task failed, and is tried again next time", task=task.name)
        await asyncio.sleep(task.interval_s)


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
