"""What the party asks of the outside, each with its adapters elsewhere (``store``, ``valkey``, ``repository``, ``server.wiring``)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from kernel.access import Actor
from realtime.party.domain.model import MemberId, Party
from realtime.party.domain.tokens import Invite

Json = dict[str, Any]

LOG_LENGTH = 1_000
"""Versions a client can be behind and still be given the log instead of a snapshot: a quarter of an hour of busy hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One version, as ``party:state`` told it."""

    version: int
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One accepted change of a party, ready to be stored."""

    party: Party
    """After the change."""
    expected_revision: int
    """The revision it was made from."""
    changed: tuple[MemberId, ...]
    gone: tuple[MemberId, ...]
    entries: tuple[LogEntry, ...]
    connected_count: int
    """Members with an open connection, after the change."""
    write_through: bool
    """Whether it touches what has to outlive Valkey at once (settings, queue, roles, bans, the end), not just soon."""
    message: Callable[[], bytes]
    """Makes what the rooms of every node are to receive, opaque to the store; where there is one node, it is not made."""


Receive = Callable[[bytes], None]
Lost = Callable[[], None]


class PartyStore(Protocol):
    """The live document of each party, its log, and the way to the other nodes."""

    async def create(self, party: Party) -> None:
        """Store a new party, durably."""
        ...

    async def load(self, party_id: str) -> Party | None:
        """The newest accepted document; ``None`` where there is no such party."""
        ...

    async def save(self, change: Change) -> Awaitable[None] | None:
        """Replace the document if it still is at ``change.expected_revision``; ``None`` when somebody else came first.

        The change may be built upon at once; it may be shown to anybody when the awaitable returned is done.
        """
        ...

    async def log_since(self, party_id: str, version: int) -> Sequence[LogEntry] | None:
        """The entries after ``version``, oldest first; ``None`` when the log does not reach back that far."""
        ...

    async def publish(self, party_id: str, message: bytes) -> None:
        """Give ``message`` to the other nodes that follow this party; best effort."""
        ...

    async def follow(self, party_id: str, receive: Receive, lost: Lost) -> None:
        """From the return of this call on, ``receive`` gets every message about the party, our own among them.

        ``lost`` is called when messages may have been missed: load the document and the log again.
        """
        ...

    async def unfollow(self, party_id: str) -> None:
        """Nobody here is in the party any more; its memory may go."""
        ...

    async def lease(self, party_id: str) -> bool:
        """Whether this node is (still, or from now on) the one that runs the party's timers."""
        ...

    async def dead_nodes(self, node_ids: Sequence[str]) -> Sequence[str]:
        """Which of these nodes are gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One message, as it is kept."""

    party_id: str
    message_id: str
    member_id: str
    name: str
    text: str
    reply_to: str | None
    position_ms: int
    """Where the media stood when it was said."""
    sent_at_ms: int
    """Unix time."""
    seq: int = 0
    """Its place in the party's chat, from 1 without holes; given by the store."""
    deleted: bool = False
    channel_id: str | None = None
    """The live channel that was on."""
    programme_ms: int | None = None
    """The moment of its broadcast that the room stood at, by the clock that the stream is dated with; Unix time."""


@dataclass(frozen=True, slots=True)
class Posted:
    """``fresh`` is false for a message id that was there already: it keeps its place and is not shown again."""

    line: ChatLine
    fresh: bool


class ChatLog(Protocol):
    """Durable chat."""

    async def post(self, line: ChatLine) -> Posted:
        """Durable when it returns."""
        ...

    async def since(self, party_id: str, seq: int, *, limit: int) -> Sequence[ChatLine]:
        """What came after ``seq``, oldest first; with more than ``limit``, the newest of them."""
        ...

    async def find(self, party_id: str, message_id: str) -> ChatLine | None:
        """The line, deleted or not; ``None`` where none of this party has that id."""
        ...

    async def delete(self, party_id: str, message_id: str) -> None:
        """Empty the text and mark the line, which keeps its number; one that is not there is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySummary:
    """One line of a list of parties."""

    party_id: str
    title: str
    access: str
    members_count: int
    created_at_ms: int
    media: Json | None


class PartyIndex(Protocol):
    """Parties as a list."""

    async def public(self, *, limit: int, offset: int) -> tuple[Sequence[PartySummary], int]:
        """Open public parties, the fullest first, and how many there are."""
        ...

    async def abandoned(self, *, before_ms: int, limit: int) -> Sequence[str]:
        """Open parties nobody touched since ``before_ms`` (Unix time)."""
        ...

    async def forget_closed(self, *, before_ms: int, limit: int) -> int:
        """Delete parties that ended before ``before_ms`` (Unix time), with all that was said in them; how many."""
        ...


class InviteUse(StrEnum):
    """What came of showing an invite at the door."""

    COUNTED = "counted"
    USED_UP = "used_up"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInvite:
    """An invite on record."""

    invite: Invite
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteLine:
    """An invite as it is listed to somebody."""

    known: KnownInvite
    by_name: str
    """Empty where whoever made it is not in the party."""
    url: str | None
    """``None`` for those who could not give this role themselves."""


class InviteBook(Protocol):
    """The invites of all parties: which there are, how often each was used, which were withdrawn."""

    async def add(self, invite: Invite) -> None:
        """Durable when it returns."""
        ...

    async def use(self, invite: Invite) -> InviteUse:
        """Count one use, of one that was made before invites were kept, too."""
        ...

    async def is_revoked(self, invite_id: str) -> bool:
        """False for an invite that nobody has heard of: those made before invites were kept are good."""
        ...

    async def of_party(self, party_id: str, *, limit: int) -> Sequence[KnownInvite]:
        """Those that could still let somebody in, newest first."""
        ...

    async def revoke(self, party_id: str, invite_id: str) -> None:
        """From the return of this call on it lets nobody in."""
        ...


class EpisodeInfo(Protocol):
    """What the catalogue and streaming know of an episode."""

    async def __call__(self, episode_id: str) -> "Episode | None":
        """``None`` where there is no such episode, or not for everybody."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What a party has to know of an episode."""

    title: str
    duration_ms: int | None
    playable: bool


class ChannelInfo(Protocol):
    """What streaming knows of a live channel."""

    async def __call__(self, channel_id: str) -> "Channel | None":
        """``None`` where there is no such channel, or it was taken down."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a party has to know of a live channel."""

    title: str
    wall_ms: float
    """Now, by the clock that its stream is dated with."""
    live_for_ms: int
    """0: nobody is live."""
    window_ms: int
    """How far back viewers may seek."""


class Authenticate(Protocol):
    """Who an access token belongs to; ``None`` when it is not valid (any more)."""

    async def __call__(self, token: str) -> Actor | None:
        """Asks whether the session still lasts, too."""
        ...


class Passwords(Protocol):
    """argon2id, off the event loop."""

    async def hash(self, password: str) -> str:
        """With its salt and parameters, in the PHC string format."""
        ...

    async def verify(self, password: str, hashed: str) -> bool:
        """Whether ``hashed`` was made of ``password``; false for what is no hash."""
        ...


class Audience(StrEnum):
    """Which of the connections in a party an event is for."""

    EVERYONE = "everyone"
    LISTS = "lists"
    """Those of clients that take whole lists of members."""
    NEWS = "news"
    """Those of clients that take what changed in it."""
    TELEMETRY = "telemetry"
    """Those that look at the figures of the players."""


class ClientSink(Protocol):
    """The clients connected to this process.  A connection is named ``<node id>.<socket id>``."""

    def encode(self, event: str, data: Json) -> bytes:
        """An event as it goes over the wire, the same for everyone."""
        ...

    def to_party(
        self,
        party_id: str,
        text: bytes,
        *,
        to: Audience = Audience.EVERYONE,
        state_key: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an encoded event to this audience of the party at this process, but not to the connection ``skip``.

        Of those with the same ``state_key`` only the newest matters to a client that does not keep up.
        """
        ...

    def to_connection(self, connection: str, text: bytes) -> None:
        """Send an encoded event to one connection, if it is one of this process."""
        ...

    def enter(self, connection: str, party_id: str) -> bool:
        """From now on this connection of this process gets what is sent to the party; false when it is gone already."""
        ...

    def listen(self, connection: str, party_id: str, to: Audience) -> None:
        """From now on this connection, which is in the party, is also of this audience."""
        ...

    def ignore(self, connection: str, party_id: str, to: Audience) -> None:
        """The opposite."""
        ...

    def drop(self, connection: str) -> None:
        """This connection is in no party any more, if it is one of this process."""
        ...
