"""Who is connected to this process, and how to reach them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import structlog
from prometheus_client import Gauge

from kernel.access import Actor
from kernel.concurrency.tasks import TaskSet
from realtime.broadcast.adapters.fanout import Broadcast
from realtime.broadcast.adapters.queue import Lane
from realtime.broadcast.frames import event_text
from realtime.gateway.adapters.server import NAMESPACE, StrictServer
from realtime.gateway.token_bucket import TokenBucket

log = structlog.get_logger()

CONNECTIONS = Gauge("ani_party_connections", "Sockets connected to the party namespace of this process")

EVENTS_PER_S = 30.0
EVENTS_BURST = 100.0
"""A player reports every 2 s and asks the time every 10 s; dragging the seek bar makes the rest.  100 covers the start-up burst."""

MAX_IN_FLIGHT = 32
"""Events of one connection being worked on; a client waits for its acks long before this."""

CLOSE_GRACE_S = 2.0


class Identity(Protocol):
    """Who is behind a connection, as far as the gateway has to know."""

    @property
    def actor(self) -> Actor | None:
        """The account, or ``None`` for a guest."""
        ...


IdentityT = TypeVar("IdentityT", bound=Identity, covariant=True)


@dataclass(slots=True)
class Connection(Generic[IdentityT]):
    """One socket in the namespace."""

    sid: str
    name: str
    """``<node id>.<sid>``: unique in the cluster."""
    identity: IdentityT
    room: str | None = None
    """What it has entered: the id of its party."""
    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(EVENTS_PER_S, EVENTS_BURST))
    in_flight: int = 0


class Connections(Generic[IdentityT]):
    """The register of connected sockets, and what is sent to them.  A room is whatever name sockets were put under."""

    def __init__(self, server: StrictServer, broadcast: Broadcast, node_id: str) -> None:
        self._server = server
        self._broadcast = broadcast
        self.node_id = node_id
        self._by_sid: dict[str, Connection[IdentityT]] = {}
        self._by_user: dict[str, set[str]] = {}
        self._tasks = TaskSet("connections")

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, sid: str, identity: IdentityT) -> Connection[IdentityT]:  # type: ignore[misc]  # the one place that writes
        """A socket has joined the namespace."""
        connection = Connection(sid, f"{self.node_id}.{sid}", identity)
        self._by_sid[sid] = connection
        CONNECTIONS.set(len(self._by_sid))
        if identity.actor is not None:
            self._by_user.setdefault(identity.actor.user_id, set()).add(sid)
        return connection

    def get(self, sid: str) -> Connection[IdentityT] | None:
        """By the id Socket.IO gave it."""
        return self._by_sid.get(sid)

    def named(self, name: str) -> Connection[IdentityT] | None:
        """By its name in the cluster; ``None`` where it is none of this process, or gone."""
        sid = self._sid(name)
        return None if sid is None else self._by_sid.get(sid)

    def remove(self, sid: str) -> Connection[IdentityT] | None:
        """A socket has left the namespace."""
        connection = self._by_sid.pop(sid, None)
        CONNECTIONS.set(len(self._by_sid))
        if connection is not None and connection.identity.actor is not None:
            of_user = self._by_user.get(connection.identity.actor.user_id, set())
            of_user.discard(sid)
            if not of_user:
                self._by_user.pop(connection.identity.actor.user_id, None)
        return connection

    def of_user(self, user_id: str) -> list[Connection[IdentityT]]:
        """The sockets an account has open at this process."""
        return [self._by_sid[sid] for sid in self._by_user.get(user_id, ())]

    def of_accounts(self) -> list[tuple[str, Actor]]:
        """The sockets of people who are signed in, by their sid, and whom each was opened by."""
        return [(sid, found.identity.actor) for sid, found in self._by_sid.items() if found.identity.actor is not None]

    # Sending

    def encode(self, event: str, data: Any) -> bytes:
        """An event as it goes over the wire, the same for everyone."""
        return event_text(NAMESPACE, event, data)

    def to_room(
        self, room: str, text: bytes, *, lane: Lane = Lane.MAIN, state_key: str | None = None, skip: str | None = None
    ) -> None:
        """Send an encoded event to every socket in ``room``, but not to the connection named ``skip``."""
        skip_sid = None if skip is None else self._sid(skip)
        self._broadcast.to_room(NAMESPACE, room, text, state_key=state_key, skip_sid=skip_sid, lane=lane)

    def to_connection(self, name: str, text: bytes) -> None:
        """Send an encoded event to one connection, if it is one of this process."""
        if (connection := self.named(name)) is not None:
            self._broadcast.to_room(NAMESPACE, connection.sid, text)

    def enter(self, name: str, room: str) -> bool:
        """From now on this connection gets what is sent to ``room``; false when it is gone already."""
        connection = self.named(name)
        if connection is not None:
            self._server.manager.basic_enter_room(connection.sid, NAMESPACE, room)
        return connection is not None

    def leave(self, name: str, room: str) -> None:
        """The opposite."""
        if (connection := self.named(name)) is not None:
            self._server.manager.basic_leave_room(connection.sid, NAMESPACE, room)

    # Ending

    def to_everyone(self, event: str, data: Any) -> None:
        """Send one event to every socket of this process."""
        text = self.encode(event, data)
        for sid in list(self._by_sid):
            self._broadcast.to_room(NAMESPACE, sid, text)

    def close_of_user(self, user_id: str, *, session_id: str | None = None) -> None:
        """Close the sockets of a user, or of one of their sessions."""
        for connection in self.of_user(user_id):
            actor = connection.identity.actor
            if session_id is None or (actor is not None and actor.session_id == session_id):
                self.close_soon(connection.sid)

    def close_soon(self, sid: str) -> None:
        """:meth:`close_one`, without waiting for it."""
        self._tasks.spawn(self.close_one(sid), name="close")

    async def close_one(self, sid: str) -> None:
        """End a connection in a way that clients do not undo by themselves."""
        eio_sid = self._server.manager.eio_sid_from_sid(sid, NAMESPACE)
        try:
            async with asyncio.timeout(CLOSE_GRACE_S):
                await self._server.disconnect(sid, namespace=NAMESPACE)
        except TimeoutError:
            log.info("goodbye not delivered", sid=sid)
        if eio_sid is not None:
            await self._server.end(eio_sid)

    async def close_all(self) -> None:
        """End every connection in a way that clients take for a lost one, so that they come back by themselves."""
        ends = [self._server.manager.eio_sid_from_sid(sid, NAMESPACE) for sid in list(self._by_sid)]
        await asyncio.gather(*(self._server.end(eio_sid) for eio_sid in ends if eio_sid is not None))
        await self._tasks.close()

    def _sid(self, connection: str) -> str | None:
        node_id, _, sid = connection.partition(".")
        return sid if node_id == self.node_id else None
