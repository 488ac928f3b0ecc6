"""What a feature declares for itself, and how the declarations of all features become one.

Each feature's ``feature.py`` makes a :class:`Feature` out of a :class:`Process` and plain values; ``server/wiring.py`` adds what
joins two features and puts everything together with :meth:`Feature.merged`.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web
from redis.asyncio import Redis

from kernel.cache import Cache
from kernel.clock import Clock
from kernel.events import Event
from kernel.http import PathName, Router
from kernel.jobs import JobKind, PeriodicTask
from kernel.nodes.bus import Bus
from kernel.outbox.outbox import EventTable, Handler, Subscriber
from kernel.scope import Bindings, Container
from kernel.secrets.reencryption import Reencryption
from kernel.storage import LocalStorage, MediaStorage
from kernel.throttle import CacheThrottle, LenientThrottle

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What all features of one process share."""

    container: Container
    storage: LocalStorage
    """The folder of this machine, for what is small, or can be made again."""
    media: MediaStorage
    """Where the assets are."""
    bus: Bus
    cache: Cache
    redis: Redis | None
    """The shared Valkey, or ``None`` in embedded mode."""
    throttle: CacheThrottle
    """Fails closed: for attempts at secrets."""
    lenient_throttle: LenientThrottle
    """Fails open: for everything else."""
    derive_keys: Callable[[str], Sequence[bytes]]
    """Purpose → keys of 32 bytes for it alone: the first signs and encrypts, all are believed."""
    public_url: str
    """Where people reach the installation: scheme and host, without a slash at the end."""

    @property
    def clock(self) -> Clock:
        """The clock of the container, so that a test needs to set one alone."""
        return self.container.clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What one feature binds, serves and does; everything is optional."""

    ports: Bindings = field(default_factory=dict)
    """Port → how to make its adapter for a scope."""
    path_names: Mapping[str, PathName] = field(default_factory=dict)
    """Parameter of paths that ends in ``_id`` → what else may stand there than an identifier, and how it is found."""
    routers: Sequence[Router] = ()
    """JSON over HTTP; their order is that of the API document."""
    jobs: Mapping[str, JobKind] = field(default_factory=dict)
    """Kind of job, as stored → what does it, how urgent it is, and whether it can be stopped."""
    periodic_tasks: Sequence[PeriodicTask] = ()
    """Done by one process of the installation at a time."""
    background_tasks: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    """Name → what every process runs from its start until it is cancelled."""
    subscribers: Mapping[type[Event], Sequence[Subscriber]] = field(default_factory=dict)
    """Event class → who hears of it and its subclasses."""
    former_subscribers: Mapping[str, Handler] = field(default_factory=dict)
    """Name that an older version stored → who handles its rows now."""
    reencryptions: Sequence[Reencryption] = ()
    """Secrets in the database, brought under the present key every hour and before a former one is removed."""
    mounts: Sequence[Callable[[web.Application], None]] = ()
    """Called with the application before it starts, for what is not JSON over HTTP."""
    closers: Sequence[Callable[[], Awaitable[None]]] = ()
    """Awaited when the process ends."""

    def events(self) -> EventTable:
        """The subscriptions, looked up both ways.  Raises ``ValueError`` where two handlers have one name."""
        return EventTable(self.subscribers, self.former_subscribers)

    @classmethod
    def merged(cls, features: Iterable["Feature"]) -> "Feature":
        """All declarations as one, in their order.

        Raises ``ValueError`` for two bindings of a port, two handlers of a kind of job, and two subscribers, periodic tasks or
        background tasks under one name.
        """
        features = tuple(features)
        subscribers: dict[type[Event], list[Subscriber]] = {}
        for feature in features:
            for event, group in feature.subscribers.items():
                subscribers.setdefault(event, []).extend(group)
        whole = cls(
            ports=_united("port", (feature.ports for feature in features)),
            path_names=_united("path parameter", (feature.path_names for feature in features)),
            routers=[router for feature in features for router in feature.routers],
            jobs=_united("kind of job", (feature.jobs for feature in features)),
            periodic_tasks=[task for feature in features for task in feature.periodic_tasks],
            background_tasks=_united("background task", (feature.background_tasks for feature in features)),
            subscribers=subscribers,
            former_subscribers=_united("former subscriber", (feature.former_subscribers for feature in features)),
            reencryptions=[secrets for feature in features for secrets in feature.reencryptions],
            mounts=[mount for feature in features for mount in feature.mounts],
            closers=[closer for feature in features for closer in feature.closers],
        )
        _united("periodic task", ({task.name: task} for task in whole.periodic_tasks))
        whole.events()
        return whole


def _united(what: str, tables: Iterable[Mapping[K, V]]) -> dict[K, V]:
    united: dict[K, V] = {}
    for table in tables:
        for key, value in table.items():
            if key in united:
                name = f"{key.__module__}.{key.__qualname__}" if isinstance(key, type) else key
                raise ValueError(f"two features bind the {what} {name}")
            united[key] = value
    return united
