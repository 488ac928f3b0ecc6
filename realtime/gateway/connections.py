"""Who is connected to this process, and how to reach them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client import Gauge

from kernel.access import Actor
from kernel.tasks import TaskSet
from realtime.broadcast.adapters.fanout import Broadcast
from realtime.broadcast.adapters.queue import Lane
from realtime.broadcast.frames import event_text
from realtime.gateway.adapters.server import NAMESPACE, StrictServer
from realtime.gateway.token_bucket import TokenBucket
from realtime.party.admission.admission import Identity
from realtime.party.ports import Audience

log = structlog.get_logger()

CONNECTIONS = Gauge("ani_party_connections", "Sockets connected to the party namespace of this process")

EVENTS_PER_S = 30.0
EVENTS_BURST = 100.0
"""A player reports every 2 s and asks the time every 10 s; dragging the seek bar makes the rest.  100 covers the start-up burst."""

MAX_IN_FLIGHT = 32
"""Events of one connection being worked on; a client waits for its acks long before this."""

CLOSE_GRACE_S = 2.0


_TALK = b'42%b,["chat:' % NAMESPACE.encode()
"""How the events begin that a command may overtake on the way to a slow client."""

_LANES = {
    Audience.LISTS: Lane.WHOLE_PRESENCE,
    Audience.FIGURES: Lane.WHOLE_PRESENCE,
    Audience.NEWS: Lane.PRESENCE,
}


def _room(party_id: str, audience: Audience) -> str:
    return party_id if audience is Audience.EVERYONE else f"{party_id} {audience}"


@dataclass(slots=True)
class Connection:
    """One socket in the namespace."""

    sid: str
    name: str
    """``<node id>.<sid>``: unique in the cluster."""
    identity: Identity
    party_id: str | None = None
    bucket: TokenBucket = field(default_factory=lambda: TokenBucket(EVENTS_PER_S, EVENTS_BURST))
    in_flight: int = 0


class Connections:
    """The :class:`~realtime.party.ports.Outlet` over Socket.IO, and the register behind it."""

    def __init__(self, server: StrictServer, broadcast: Broadcast, node_id: str) -> None:
        self._server = server
        self._broadcast = broadcast
        self.node_id = node_id
        self._by_sid: dict[str, Connection] = {}
        self._by_user: dict[str, set[str]] = {}
        self._tasks = TaskSet("connections")

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, sid: str, identity: Identity) -> Connection:
        connection = Connection(sid, f"{self.node_id}.{sid}", identity)
        self._by_sid[sid] = connection
        CONNECTIONS.set(len(self._by_sid))
        if identity.actor is not None:
            self._by_user.setdefault(identity.actor.user_id, set()).add(sid)
        return connection

    def get(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def remove(self, sid: str) -> Connection | None:
        connection = self._by_sid.pop(sid, None)
        CONNECTIONS.set(len(self._by_sid))
        if connection is not None and connection.identity.actor is not None:
            of_user = self._by_user.get(connection.identity.actor.user_id, set())
            of_user.discard(sid)
            if not of_user:
                self._by_user.pop(connection.identity.actor.user_id, None)
        return connection

    def of_user(self, user_id: str) -> list[Connection]:
        return [self._by_sid[sid] for sid in self._by_user.get(user_id, ())]

    def of_accounts(self) -> list[tuple[str, Actor]]:
        """The sockets of people who are signed in, by their sid, and whom each was opened by."""
        return [(sid, found.identity.actor) for sid, found in self._by_sid.items() if found.identity.actor is not None]

    # Outlet

    def encode(self, event: str, data: Any) -> bytes:
        return event_text(NAMESPACE, event, data)

    def to_party(
        self,
        party_id: str,
        text: bytes,
        *,
        to: Audience = Audience.EVERYONE,
        state_key: str | None = None,
        skip: str | None = None,
    ) -> None:
        skip_sid = None if skip is None else self._sid(skip)
        lane = _LANES.get(to) or (Lane.TALK if text.startswith(_TALK) else Lane.MAIN)
        self._broadcast.to_room(NAMESPACE, _room(party_id, to), text, state_key=state_key, skip_sid=skip_sid, lane=lane)

    def to_connection(self, connection: str, text: bytes) -> None:
        sid = self._sid(connection)
        if sid is not None and sid in self._by_sid:
            self._broadcast.to_room(NAMESPACE, sid, text)

    def enter(self, connection: str, party_id: str) -> bool:
        sid = self._sid(connection)
        if sid is None or (known := self._by_sid.get(sid)) is None:
            return False
        known.party_id = party_id
        self._server.manager.basic_enter_room(sid, NAMESPACE, party_id)
        return True

    def listen(self, connection: str, party_id: str, to: Audience) -> None:
        sid = self._sid(connection)
        if sid is not None and sid in self._by_sid:
            self._server.manager.basic_enter_room(sid, NAMESPACE, _room(party_id, to))

    def ignore(self, connection: str, party_id: str, to: Audience) -> None:
        sid = self._sid(connection)
        if sid is not None and sid in self._by_sid:
            self._server.manager.basic_leave_room(sid, NAMESPACE, _room(party_id, to))

    def drop(self, connection: str) -> None:
        sid = self._sid(connection)
        if sid is not None and (known := self._by_sid.get(sid)) is not None and known.party_id is not None:
            for audience in Audience:
                self._server.manager.basic_leave_room(sid, NAMESPACE, _room(known.party_id, audience))
            known.party_id = None

    # Ending

    def to_everyone(self, event: str, data: Any) -> None:
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
