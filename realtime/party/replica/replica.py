"""One party as this process sees it: the document, who is here, what they have been told, and its timers."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable
from realtime.party.domain.errors import PartyIsOver
from realtime.party.domain.events import PartyEvent
from realtime.party.domain.model import Member, MemberId, Party
from realtime.party.domain.requests import Disconnect, Request, Tick
from realtime.party.domain.rules import apply, next_due_ms
from realtime.party.ports import ChatLine, Json
from realtime.party.replica.changes import prepared, touched
from realtime.party.replica.chat_replica import ChatReplica
from realtime.party.replica.context import PartyContext
from realtime.party.replica.node_messages import (
    ChangeMessage,
    ChatMessage,
    Delivery,
    Drop,
    EphemeralMessage,
    Message,
    ToConnection,
    ToConnections,
    ToParty,
    applied,
    pack,
    telemetry_of,
    unpack,
    with_telemetry,
)
from realtime.party.replica.presence import Presence
from realtime.party.replica.reorder_buffer import ReorderBuffer
from realtime.party.serializers import playback_json, waiting_json

log = structlog.get_logger()

MAX_RACES = 20
"""Times a change is made again after another node was faster; with two busy nodes even five in a row are rare."""

GAP_PATIENCE_S = 0.25
"""How long a missing message may just be late, before the store is asked."""

REAP_INTERVAL_S = 5.0
"""How often the holder of the lease looks for nodes that died with members on them."""

TICK_PAUSE_S = 0.25
"""After a tick that changed nothing: due by a hair's breadth of rounding, and not to be tried in a tight loop."""


Watcher = Callable[[Party], None]


class PartyReplica:
    """Requests go in by :meth:`request`, messages of all nodes by :meth:`receive`; both come out in order of revision."""

    def __init__(self, party: Party, chat: Sequence[ChatLine], context: PartyContext) -> None:
        """``chat``: its last lines, as many as :data:`~realtime.party.replica.chat_replica.CHAT_KEPT`."""
        self.party = party
        """The newest document accepted anywhere, as far as we know, with the newest figures."""
        self.connections: dict[str, MemberId] = {}
        """Of this process."""
        self.watchers: set[Watcher] = set()
        """Told of each change once the members here are; while there are any, the replica stays."""
        self.presence = Presence(party.party_id, party.members, context.sink, self._exchange_telemetry)
        self._context = context
        self._tasks = TaskSet(f"party-{party.party_id}")
        self._lock = asyncio.Lock()
        self._delivered = ReorderBuffer[ChangeMessage](party.revision, deliver=self._deliver, gap=self._on_gap)
        self._delivered_version = party.version
        self.chat = ChatReplica(
            party.party_id, chat, context, tasks=self._tasks, publish=self._publish, gap=self._on_gap
        )
        self._newest: asyncio.Task[None] | None = None
        """Makes the last accepted change durable and tells it."""
        self._healing = False
        self._due_changed = asyncio.Event()
        self._due_ms = next_due_ms(party)
        """No later than when a :class:`Tick` has something to do."""
        self._going: dict[str, MemberId] = {}
        """Connections that ended and are still to be stored as gone."""
        self._farewell: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run the timers."""
        self._tasks.spawn(self._run_timers(), name="timers")

    async def close(self) -> None:
        """Stop everything that runs for this replica."""
        self.presence.close()
        await self._tasks.close()

    @property
    def party_id(self) -> str:
        """The id of its party."""
        return self.party.party_id

    @property
    def is_held(self) -> bool:
        """Whether somebody here needs it."""
        return bool(self.connections or self.watchers)

    def member_of(self, connection: str) -> Member | None:
        """Who this connection is in the party, ``None`` for nobody."""
        member_id = self.connections.get(connection)
        return None if member_id is None else self.party.members.get(member_id)

    # Requests

    async def request(self, request: Request) -> tuple[Party, tuple[PartyEvent, ...]]:
        """Apply, store, tell everybody; returns when it is durable and told.  Raises what ``apply`` raises, and Unavailable."""
        for _ in range(MAX_RACES):
            async with self._lock:
                before = self.party
                after, events = apply(before, request, self._context.clock.now_ms())
                if after.revision == before.revision:
                    self.party = after
                    if events:
                        changed, _ = touched(after, request, events)
                        self.presence.moved(after.members, changed, here=True)
                    return after, events
                change, message = prepared(
                    before, self.presence.member_list.connected_count, after, request, events, self._context.sink
                )
                durable = await self._context.store.save(change)
                if durable is None:
                    await self._reload(before.revision)
                    continue
                if after.revision > self.party.revision:
                    self._adopt(after, (*change.changed, *change.gone))
            # Not cancelled with whoever asked: what is durable has to be told.
            self._newest = self._tasks.spawn(self._finish(durable, message), name="tell")
            await asyncio.shield(self._newest)
            return after, events
        raise Unavailable(retry_after_s=1)

    def _adopt(self, party: Party, touched: Iterable[MemberId]) -> None:
        """Take a newer document for ours, in which only these members are others."""
        self.party = party
        touched = list(touched)
        self.presence.changed(party.members, touched)
        self._due_ms = min(self._due_ms, next_due_ms(party, touched))

    def _replace(self, party: Party) -> None:
        """Take a document for ours that may be another one altogether."""
        self.party = party
        self.presence.replaced(party.members)
        self._due_ms = next_due_ms(party)
        self._due_changed.set()
        self._tell_watchers()

    async def gone(self, connection: str) -> bool:
        """A connection of ours ended; false when it was none of this party.  Returns when that is stored, or has failed.

        Those that end while a change is being stored go together in the next one: closing 2,400 is a few changes.
        """
        member_id = self.connections.pop(connection, None)
        self.presence.remove(connection)
        if member_id is None:
            return False
        self._going[connection] = member_id
        if self._farewell is None or self._farewell.done():
            self._farewell = self._tasks.spawn(self._say_goodbye(), name="goodbye")
        await asyncio.shield(self._farewell)
        return True

    async def _say_goodbye(self) -> None:
        await asyncio.sleep(0)  # whoever ends in the same moment comes along
        while self._going:
            going, self._going = self._going, {}
            try:
                await self.request(Disconnect(connection_ids=frozenset(going), member_ids=frozenset(going.values())))
            except AniError as error:  # whoever holds the party's lease finds the loose ends
                log.info("goodbye not stored", party=self.party_id, connections=len(going), reason=error.code)

    async def wait_durable(self) -> None:
        """Returns when everything accepted so far is durable, or has failed."""
        if self._newest is not None and not self._newest.done():
            await asyncio.wait({self._newest})

    async def _finish(self, durable: Awaitable[None], message: ChangeMessage) -> None:
        try:
            await durable
        except AniError:
            await self._resync()
            raise
        self._delivered.arrive(message.revision, message)

    # Messages

    def receive(self, data: bytes) -> None:
        """A message from any node, our own among them."""
        try:
            message = unpack(data)
        except (ValueError, KeyError, TypeError) as error:  # a node of another version
            log.warning("unreadable message between nodes", party=self.party_id, reason=repr(error))
            self._on_gap()
            return
        match message:
            case ChangeMessage():
                self._delivered.arrive(message.revision, message)
            case ChatMessage():
                self.chat.receive(message)
            case EphemeralMessage() if message.node != self._context.node_id:
                self._send(message.deliveries)
                self.chat.forget(message.deleted)
                if message.telemetry:
                    self.party = with_telemetry(self.party, message.telemetry)
                    self.presence.moved(self.party.members, map(MemberId, message.telemetry), here=False)

    def lost(self) -> None:
        """Messages may have been missed."""
        self._tasks.spawn(self._heal(0), name="heal")

    def _deliver(self, message: ChangeMessage) -> None:
        if message.revision == self.party.revision + 1 and message.core:
            self._adopt(applied(self.party, message), map(MemberId, (*message.members, *message.gone)))
        self._delivered_version = max(self._delivered_version, message.version)
        self._send(message.deliveries)
        if message.closed or message.gone:
            self._drop([held for held, key in self.connections.items() if message.closed or key in message.gone])
        self._due_changed.set()
        if message.member_list:
            self.presence.soon()
        if message.member_list or message.closed:
            self._tell_watchers()

    def _tell_watchers(self) -> None:
        for watcher in list(self.watchers):
            watcher(self.party)

    async def announce(self, event: str, data: Json, *, to: Sequence[str] | None = None) -> None:
        """Tell everybody, or these connections wherever they are, something that may be lost without harm."""
        text = self._context.sink.encode(event, data)
        delivery = ToParty(text) if to is None else ToConnections(tuple(to), text)
        self._send([delivery])
        await self._publish(EphemeralMessage(node=self._context.node_id, deliveries=[delivery]))

    def _send(self, deliveries: list[Delivery]) -> None:
        sink = self._context.sink
        for delivery in deliveries:
            match delivery:
                case ToParty(text, state_key):
                    sink.to_party(self.party_id, text, state_key=state_key or None)
                case ToConnection(connection, text):
                    sink.to_connection(connection, text)
                case ToConnections(connections, text):
                    for connection in connections:
                        sink.to_connection(connection, text)
                case Drop(connection):
                    self._drop([connection])

    def _drop(self, connections: list[str]) -> None:
        for connection in connections:
            self.connections.pop(connection, None)
            self.presence.remove(connection)
            self._context.sink.drop(connection)

    # Catching up

    def _on_gap(self) -> None:
        if not self._healing:
            self._healing = True
            self._tasks.spawn(self._heal(GAP_PATIENCE_S), name="heal")

    async def _heal(self, patience_s: float) -> None:
        """Fetch from the store what did not come by message, until nothing is missing."""
        self._healing = True
        try:
            while True:
                await asyncio.sleep(patience_s)
                if patience_s and not (self._delivered.has_gap or self.chat.has_gap):
                    return
                try:
                    await self._resync()
                    await self.chat.resync()
                    patience_s = GAP_PATIENCE_S
                except Unavailable:
                    patience_s = 1.0
        finally:
            self._healing = False

    async def _reload(self, from_revision: int) -> None:
        """Somebody was faster than a change made from ``from_revision``: take theirs to build on.

        Telling it to the members here is left to the messages, which carry more than the document: notices, who is out.
        """
        fresh = await self._load()
        if fresh.revision > self.party.revision or self.party.revision == from_revision:
            self._replace(self._with_our_telemetry(fresh))

    async def _load(self) -> Party:
        fresh = await self._context.store.load(self.party_id)
        if fresh is None:
            raise PartyIsOver
        return fresh

    def _with_our_telemetry(self, fresh: Party) -> Party:
        return with_telemetry(fresh, {str(key): telemetry_of(member) for key, member in self.party.members.items()})

    async def _resync(self) -> None:
        """Take the stored document for ours, and tell the members here every version they have not been told."""
        store, sink = self._context.store, self._context.sink
        fresh = await self._load()
        entries = await store.log_since(self.party_id, self._delivered_version)
        if fresh.revision < self._delivered.last:
            return  # messages overtook the answer
        self._replace(self._with_our_telemetry(fresh))
        if fresh.revision == self._delivered.last:
            return
        if entries is None:  # further behind than the log reaches: only where it stands now is left to tell
            cause = {"member_id": None, "kind": "resync", "command_id": None}
            states: list[Json] = [{"version": fresh.version, "playback": playback_json(fresh.playback), "cause": cause}]
        else:
            states = [entry.body for entry in entries if self._delivered_version < entry.version <= fresh.version]
        for state in states:
            sink.to_party(self.party_id, sink.encode("party:state", state), state_key="party:state")
        self._delivered_version = fresh.version
        sink.to_party(
            self.party_id, sink.encode("party:waiting", waiting_json(fresh.waiting)), state_key="party:waiting"
        )
        if fresh.closed is not None:
            sink.to_party(self.party_id, sink.encode("party:closed", {"reason": fresh.closed}))
            self._drop(list(self.connections))
        for connection, member_id in list(self.connections.items()):
            if member_id not in fresh.members:  # removed while we heard nothing
                text = sink.encode("party:kicked", {"reason": "kicked"})
                self._send([ToConnection(connection, text), Drop(connection)])
        self._delivered.jump(fresh.revision)

    # Members' figures

    def _exchange_telemetry(self, member_ids: frozenset[MemberId]) -> None:
        members = self.party.members
        telemetry = {str(key): telemetry_of(members[key]) for key in member_ids if key in members}
        message = EphemeralMessage(node=self._context.node_id, telemetry=telemetry)
        self._tasks.spawn(self._publish(message), name="figures")

    async def _publish(self, message: Message) -> None:
        """To the other nodes, as well as it goes: what they miss they fetch when they hear from Valkey again."""
        try:
            await self._context.store.publish(self.party_id, pack(message))
        except Unavailable:
            log.info("other nodes not told", party=self.party_id)

    # Timers

    async def _run_timers(self) -> None:
        """Let what is due happen, on whichever node holds the party's lease."""
        next_reap_s = 0.0
        loop = asyncio.get_running_loop()
        while self.party.closed is None:
            now_s = loop.time()
            due_in_s = (self._due_ms - self._context.clock.now_ms()) / 1000
            wait_s = min(due_in_s, max(next_reap_s - now_s, 0))
            if wait_s > 0:
                self._due_changed.clear()
                try:
                    async with asyncio.timeout(None if math.isinf(wait_s) else wait_s):
                        await self._due_changed.wait()
                    continue  # something changed: the moment may be another one
                except TimeoutError:
                    pass
            try:
                if not await self._context.store.lease(self.party_id):
                    await asyncio.sleep(1)  # the other node's business; look again in case it dies
                    continue
                if loop.time() >= next_reap_s:
                    next_reap_s = loop.time() + REAP_INTERVAL_S
                    await self.reap()
                self._due_ms = next_due_ms(self.party)
                if self._due_ms <= self._context.clock.now_ms():
                    _, events = await self.request(Tick())
                    self._due_ms = next_due_ms(self.party)
                    if not events:
                        await asyncio.sleep(TICK_PAUSE_S)
            except Unavailable:
                await asyncio.sleep(1)

    async def reap(self) -> None:
        """Disconnect members whose node is gone, and connections of ours that ended without our storing it."""
        held = {
            connection
            for member in self.party.members.values()
            for connection in member.connections
            if connection not in self.connections
        }
        nodes = sorted({connection.partition(".")[0] for connection in held} - {self._context.node_id})
        dead = {*(await self._context.store.dead_nodes(nodes) if nodes else ()), self._context.node_id}
        gone = frozenset(connection for connection in held if connection.partition(".")[0] in dead)
        if gone:
            await self.request(Disconnect(connection_ids=gone))
