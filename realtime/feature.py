"""The realtime feature put together; the one thing of it that ``server`` needs to know."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from redis.asyncio import Redis

from kernel.concurrency.group_commit import GroupCommit
from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable
from kernel.feature import Feature
from kernel.http import Router
from kernel.nodes.bus import Bus
from kernel.nodes.calls import BusCalls
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import OfferNotAcceptable, RtcSettings
from kernel.scope import Container, Scope
from kernel.throttle import Throttle
from realtime.broadcast.adapters.fanout import Broadcast
from realtime.gateway.adapters.events import Events
from realtime.gateway.adapters.server import NAMESPACE, StrictServer, build_server
from realtime.gateway.connection_limits import ConnectionLimiter
from realtime.gateway.connections import Connections
from realtime.gateway.session_checks import SessionRoles, check_for_ever
from realtime.gateway.user_channel import UserChannel
from realtime.party.admission.adapters.authenticator import ConnectionAuthenticator, ConnectionRefused, refusal
from realtime.party.admission.adapters.passwords import Argon2Passwords
from realtime.party.admission.admission import Admission, Identity, Keys
from realtime.party.chat.log import GroupedChat
from realtime.party.chat.repository import SqlChat, SqlClockOffsets
from realtime.party.client_sink import SocketSink
from realtime.party.domain.model import Party
from realtime.party.domain.tokens import Invite
from realtime.party.invites.repository import GroupedInvites, SqlInvites
from realtime.party.invites.usecases import Inviting
from realtime.party.jobs import close_abandoned, forget_closed
from realtime.party.ports import Authenticate, ChannelInfo, ChatLine, EpisodeInfo, InviteUse, Posted
from realtime.party.replica.context import PartyContext
from realtime.party.replica.registry import PartyNotFound, PartyRegistry
from realtime.party.routes import party_router
from realtime.party.sockets import PartySockets
from realtime.party.stores.adapters.valkey import ValkeyStore
from realtime.party.stores.embedded import EmbeddedStore
from realtime.party.stores.repository import SqlParties
from realtime.party.usecases import Parties
from realtime.progress.sockets import ProgressSockets
from realtime.progress.usecases import Progress, ProgressSink
from realtime.sync import sockets as clock_sockets
from realtime.sync.room_clock import ClusterClock, EmbeddedClock
from realtime.voice.adapters.connections import VoiceConnections
from realtime.voice.adapters.owners import OnlyNode, ValkeyOwners
from realtime.voice.model import REFUSALS
from realtime.voice.rooms import VoiceRooms
from realtime.voice.sockets import VoiceSockets
from realtime.voice.usecases import Voices

log = structlog.get_logger()

SOCKET_PATH = "/socket.io/"

HOUSEKEEPING_INTERVAL_S = 3600.0

CONNECT_TIMEOUT_S = 10.0
"""Over what a busy database takes to give up."""

RECONNECT_IN_MS = 500
"""What clients are told to wait at a restart; each adds its own jitter."""

USERS_A_MESSAGE = 1_000
"""40 kB of ids: one message of the bus holds up nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the feature needs of the program."""

    container: Container
    bus: Bus
    redis: Redis | None
    """The shared Valkey, or ``None`` in embedded mode."""
    authenticate: Authenticate
    session_roles: SessionRoles
    episodes: EpisodeInfo
    channels: ChannelInfo
    progress: ProgressSink
    keys: Sequence[bytes]
    """32 bytes each, for invites and guest passes alone: the first signs, all are believed."""
    public_url: str
    throttle: Throttle
    cors_origins: Sequence[str] = ()
    address_connections: int = 0
    """Sockets one address may hold; 0 for any number."""
    rtc: SharedPortServer = field(default_factory=lambda: SharedPortServer(RtcSettings()))
    voice_capacity: int = 0
    """People in voice at a time on one node; 0: no voice."""


class RealtimeGateway:
    """Socket.IO at ``/socket.io/`` and the party routes.  ``attach`` before the application starts, then ``start``, ``stop``."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._index = SqlParties(ports.container, with_log=ports.redis is None)
        self._users = UserChannel(ports.bus)
        self._running: _Runtime | None = None
        self.router: Router = party_router(lambda: self.parties, self._index, self._insert)

    @property
    def parties(self) -> Parties:
        """Raises Unavailable before the start and after the stop."""
        if self._running is None:
            raise Unavailable(retry_after_s=1)
        return self._running.parties

    @property
    def connections_count(self) -> int:
        """Sockets in the namespace of this process."""
        return 0 if self._running is None else len(self._running.connections)

    def make_room(self) -> bool:
        """End the socket that has been here for longest without joining anything; false when there is none."""
        return self._running is not None and self._running.server.displace_stranger()

    def attach(self, app: web.Application) -> None:
        """Add the path of Socket.IO to the application."""
        app.router.add_route("*", SOCKET_PATH, self._handle)

    async def start(self) -> None:
        """Returns when clients can connect.  Raises ``TimeoutError`` where the cluster's clock does not answer."""
        self._running = await _Runtime.start(self._ports, self._index, self._users)

    async def stop(self) -> None:
        """Tell everybody to come back, then close."""
        running, self._running = self._running, None
        if running is not None:
            await running.stop()

    async def close_user(self, user_id: str, *, session_id: str | None = None) -> None:
        """Close the sockets of a user, or of one session, on every node: after a ban, a role change, a revoked session."""
        # Also from a process without sockets: a worker may be the one that hears of it.
        await self._users.publish("close", {"user_id": user_id, "session_id": session_id})

    async def tell_user(self, user_id: str, event: str, body: dict[str, Any]) -> None:
        """Send ``event`` to every socket of a user, on every node: a hint that something they can read has changed."""
        await self.tell_users([user_id], event, body)

    async def tell_users(self, user_ids: Sequence[str], event: str, body: dict[str, Any]) -> None:
        """The same to many people: few messages, out of which each node takes those who are connected to it."""
        for first in range(0, len(user_ids), USERS_A_MESSAGE):
            told = list(user_ids[first : first + USERS_A_MESSAGE])
            await self._users.publish("tell", {"user_ids": told, "event": event, "body": body})

    async def _insert(self, scope: Scope, party: Party, invite: Invite) -> None:
        await self._index.insert(scope, party)
        await SqlInvites(self._ports.container).insert(scope.uow.session, invite)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self._running is None:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        response = await self._running.server.handle_request(request)
        return response if isinstance(response, web.StreamResponse) else web.Response(status=400)


class _Runtime:
    """The parts between start and stop."""

    def __init__(
        self, ports: Ports, server: StrictServer, broadcast: Broadcast, index: SqlParties, users: UserChannel
    ) -> None:
        container = ports.container
        self.server = server
        node_id = secrets.token_hex(4)
        self.connections: Connections[Identity] = Connections(server, broadcast, node_id)
        sink = SocketSink(self.connections)
        self.users = users
        chat_table = SqlChat(container)
        self._chat_commits: GroupCommit[ChatLine, Posted] = GroupCommit(chat_table.write, name="chat")
        chat = GroupedChat(chat_table, self._chat_commits)
        self._store: EmbeddedStore | ValkeyStore
        self._clock: EmbeddedClock | ClusterClock
        if ports.redis is None:
            self._store = EmbeddedStore(index)
            self._clock = EmbeddedClock(SqlClockOffsets(container))
        else:
            self._store = ValkeyStore(ports.redis, index, node_id)
            self._clock = ClusterClock(self._store.time_ms)
        context = PartyContext(store=self._store, chat=chat, sink=sink, clock=self._clock, node_id=node_id)
        self.registry = PartyRegistry(context)
        invites_table = SqlInvites(container)
        self._invite_commits: GroupCommit[Invite, InviteUse] = GroupCommit(invites_table.use_all, name="invite")
        invite_book = GroupedInvites(invites_table, self._invite_commits)
        admission = Admission(
            invite_book=invite_book,
            passwords=Argon2Passwords(),
            clock=container.clock,
            keys=Keys(ports.keys, ports.public_url),
        )
        self.parties = Parties(
            context,
            registry=self.registry,
            admission=admission,
            inviting=Inviting(book=invite_book, admission=admission, clock=container.clock, room_clock=self._clock),
            episodes=ports.episodes,
            channels=ports.channels,
            clock=container.clock,
        )
        self._build_voice(ports, node_id)
        self._progress = Progress(ports.progress)
        self._authenticator = ConnectionAuthenticator(ports.authenticate, ports.keys, container.clock)
        self._sockets = PartySockets(self.parties, sink, ports.throttle)
        self._index = index
        self._container = container
        self._tasks = TaskSet("realtime")
        self._register(ports)

    def _build_voice(self, ports: Ports, node_id: str) -> None:
        clock = ports.container.clock
        owners = OnlyNode(node_id) if ports.redis is None else ValkeyOwners(ports.redis, node_id)
        self.rtc = ports.rtc
        self.voice_rooms = VoiceRooms(
            registry=self.registry,
            rtc=VoiceConnections(self.rtc),
            owners=owners,
            clock=clock,
            capacity=ports.voice_capacity,
        )
        errors = {kind.code: kind for kind in (PartyNotFound, OfferNotAcceptable)}
        self._voice_calls = BusCalls(ports.bus, "realtime:voice", node_id, self.voice_rooms.answer, REFUSALS | errors)
        self._voices = Voices(
            member=self.parties.member,
            owners=owners,
            calls=self._voice_calls,
            here=self.voice_rooms.answer,
            node_id=node_id,
            turn=ports.rtc.turn,
            capacity=ports.voice_capacity,
            clock=clock,
        )

    @classmethod
    async def start(cls, ports: Ports, index: SqlParties, users: UserChannel) -> "_Runtime":
        allowed = {*ports.cors_origins, _origin(ports.public_url)}
        server, broadcast = await build_server(
            limiter=ConnectionLimiter(ports.address_connections),
            cors_allowed_origins=lambda origin, environ: _may(origin, environ, allowed),
        )
        running = cls(ports, server, broadcast, index, users)
        await running._clock.start()
        await running._store.start()
        running._chat_commits.start()
        running._invite_commits.start()
        running._progress.start()
        await running.users.start()
        await running._voice_calls.start()
        running._tasks.spawn(running._run_housekeeping(), name="housekeeping")
        running._tasks.spawn(check_for_ever(running.connections, ports.session_roles), name="standing")
        return running

    async def stop(self) -> None:
        self.connections.to_everyone("server:restarting", {"reconnect_in_ms": RECONNECT_IN_MS})
        await self._tasks.close()
        await self._voice_calls.close()
        await self.voice_rooms.close()
        await asyncio.sleep(0.05)  # let the frames reach the sockets before their closing does
        await self.connections.close_all()
        await self._progress.close()
        await self.registry.close()
        await self._chat_commits.close()
        await self._invite_commits.close()
        await self._store.close()
        await self._clock.close()
        await self.users.close()
        await self.server.shutdown()

    async def _run_housekeeping(self) -> None:
        """On every process that serves sockets: doing it twice does nothing twice."""
        invites = SqlInvites(self._container)
        while True:
            await asyncio.sleep(HOUSEKEEPING_INTERVAL_S)
            try:
                await invites.forget_expired()
                await close_abandoned(self.parties, self._index, self._container.clock)
                await forget_closed(self._index, self._container.clock)
            except Exception:
                log.exception("housekeeping failed, and is tried again next time")

    def _register(self, ports: Ports) -> None:
        events = Events(self.server, self.connections, ports.container.clock)
        clock_sockets.register(events, self._clock)
        self._sockets.register(events)
        VoiceSockets(self._voices).register(events)
        ProgressSockets(self._progress, self.connections, self.users).register(events)
        events.register_fallback()
        self.users.handle("close", self._close_user)
        self.users.handle("tell", self._tell_user)
        self.server.on("connect", self._connect, namespace=NAMESPACE)
        self.server.on("disconnect", self._disconnect, namespace=NAMESPACE)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object) -> None:
        request: web.Request = environ["aiohttp.request"]
        identity = await self._identity(auth, request.remote or "")
        self.connections.add(sid, identity)
        if identity.actor is None:
            return
        # Asked again: whoever signed them out while we looked found no connection to close yet.
        try:
            if (await self._identity(auth, request.remote or "")).actor is None:
                raise refusal("unauthenticated", "This session has ended. Please sign in.")
        except ConnectionRefused:
            self.connections.remove(sid)
            raise

    async def _identity(self, auth: object, address: str) -> Identity:
        """Raises ``socketio.ConnectionRefusedError``."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                return await self._authenticator.identify(auth, address)
        except TimeoutError:
            raise refusal("unavailable", "Try again in a moment.") from None
        except ConnectionRefused:
            raise
        except Exception:
            log.exception("connection not identified")
            raise refusal("internal", "Something went wrong.") from None

    async def _disconnect(self, sid: str, _reason: str) -> None:
        connection = self.connections.remove(sid)
        if connection is not None and connection.room is not None:
            try:
                await self.parties.disconnect(connection.room, connection.name)
            except AniError as error:  # whoever holds the party's lease finds the loose end
                log.info("goodbye not stored", party=connection.room, reason=error.code)

    def _close_user(self, message: dict[str, Any]) -> None:
        self.connections.close_of_user(message["user_id"], session_id=message["session_id"])

    def _tell_user(self, message: dict[str, Any]) -> None:
        connections = [found for user_id in message["user_ids"] for found in self.connections.of_user(user_id)]
        if connections:
            text = self.connections.encode(message["event"], message["body"])
            for connection in connections:
                self.connections.to_connection(connection.name, text)


def build(ports: Ports) -> RealtimeGateway:
    """The realtime feature over its ports."""
    return RealtimeGateway(ports)


def declare(gateway: RealtimeGateway) -> Feature:
    """What ``gateway`` serves."""

    async def running(_app: web.Application) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    async def close_sockets(_app: web.Application) -> None:
        await gateway.stop()

    def mount(app: web.Application) -> None:
        gateway.attach(app)
        app.cleanup_ctx.append(running)
        # Already at shutdown, not only at cleanup: aiohttp waits for open websockets in between.
        app.on_shutdown.append(close_sockets)

    return Feature(routers=[gateway.router], mounts=[mount])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _may(origin: str | None, environ: dict[str, Any], allowed: set[str]) -> bool:
    """The site itself, under whatever name the client reached it, and the origins of the settings."""
    host = str(environ.get("HTTP_X_FORWARDED_HOST", environ.get("HTTP_HOST", ""))).split(",")[0].strip()
    return origin in allowed or "*" in allowed or (origin or "").partition("://")[2] == host
