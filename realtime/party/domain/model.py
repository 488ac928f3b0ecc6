"""The party: one versioned document.

Everything here is an immutable value.  The rules (:func:`realtime.party.domain.rules.apply`) take a party and a command and
return the next party and what happened; they never wait, read a clock or touch the outside.

Two counters run in a party:

``version``
    the place in the log members follow.  Every accepted command adds one, makes one log entry and one ``party:state``.
``revision``
    counts every change worth storing, joins and leaves included, and is what a store compares before it replaces the
    document.  A report that only moves a member's figures (position, drift, RTT, buffer) leaves it alone, so that
    2,500 members reporting every 2 s do not rewrite the document 1,250 times a second.

**Room time**: every ``…_ms`` moment is in milliseconds of the one clock all nodes of a cluster share and every client
estimates (``realtime.sync``).  Durations and media positions are milliseconds too.  The document holds whole
milliseconds: half a millisecond of rounding is far below what a player can be steered to, and the same for everyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from realtime.party.domain.accepted import Accepted
from realtime.sync.playback import Media, Playback

PartyId = NewType("PartyId", str)
MemberId = NewType("MemberId", str)

MAX_MEMBERS = 2_500
"""Per party: what one node is measured to serve within the join budget."""
MAX_QUEUE_ITEMS = 200
"""A season is 12 to 26 episodes; 200 keeps a queue change under 64 KiB on the wire."""
MAX_NAME_CHARACTERS = 40
MAX_TITLE_CHARACTERS = 120
MAX_BANS = 500
"""The oldest ban is forgotten beyond this, so that banning cannot grow the document without end."""
MAX_STANDINGS = 500
"""The same for who was muted, lowered or sent out."""
MAX_INVITES_OF_ONE = 8
"""Invites remembered with a decision about somebody: each one shown was made for them by somebody."""
MAX_CONNECTIONS_PER_MEMBER = 8
"""Phone, television and a few tabs of one person; the oldest is forgotten beyond this."""


class Role(StrEnum):
    """What a member is in the room, highest first."""

    HOST = "host"
    COHOST = "cohost"
    MEMBER = "member"
    GUEST = "guest"
    MUTED = "muted"


class ControlMode(StrEnum):
    """Who steers: the host may always switch it, live."""

    EVERYONE = "everyone"
    HOST = "host"
    COHOSTS = "cohosts"
    VOTE = "vote"


class Access(StrEnum):
    """Who may come in: listed for all, anyone with the link, invited only, or with the password."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    PASSWORD = "password"  # noqa: S105 - the name of a kind of access


class Wait(StrEnum):
    """When the room waits for its members: never; before it starts; before it starts and when somebody stalls."""

    OFF = "off"
    READY = "ready"
    STALL = "stall"


class PlayerState(StrEnum):
    """What a member's player says it is doing.  ``ready``: paused, with enough buffered to start at once."""

    PLAYING = "playing"
    PAUSED = "paused"
    STALLED = "stalled"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the room behaves."""

    title: str = ""
    control: ControlMode = ControlMode.EVERYONE
    access: Access = Access.UNLISTED
    password_hash: str = field(default="", repr=False)
    """argon2id; empty unless access is by password.  Never sent to a member."""
    capacity: int = MAX_MEMBERS
    wait: Wait = Wait.OFF
    autoplay: bool = True
    """Whether the next in the queue starts when an episode ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Sound and subtitles the room has agreed on, as BCP 47 tags; empty: each as they like.

    A player that has no such track keeps what it plays.
    """

    audio: str = ""
    subtitles: str = ""
    """``off`` for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in the room, or just gone and expected back."""

    member_id: MemberId
    user_id: str | None = None
    name: str
    role: Role
    joined_at_ms: int
    connections: tuple[str, ...] = ()
    """Ids of their open sockets, oldest first; a late goodbye of a replaced socket cannot mark them absent."""
    left_at_ms: int | None = None
    """When the last connection went; ``None`` while connected."""
    address: str = ""
    """Network address of a guest, kept only for sanctions; empty for signed-in members and when unknown."""
    invite_id: str = ""
    """The invite they came by, kept only for sanctions; empty without one."""
    unmuted_role: Role | None = None
    """What a muted member becomes again."""
    role_before_host: Role | None = None
    """What somebody standing in for the first host becomes again when that one returns."""
    accepted: Accepted = field(default_factory=Accepted)

    excused: bool = True
    """Whether the room goes on without them: true for a late joiner until caught up, and after a missed deadline."""
    stalled_since_ms: int | None = None
    stall_pauses_ms: tuple[int, ...] = ()
    """When this member last made the room wait for a stall, oldest first."""

    state: PlayerState = PlayerState.PAUSED
    position_ms: int = 0
    drift_ms: int = 0
    rtt_ms: int | None = None
    buffer_ms: int = 0
    reported_at_ms: int | None = None

    @property
    def connected(self) -> bool:
        """Whether they have an open connection."""
        return bool(self.connections)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """Something to watch next."""

    item_id: str
    media: Media
    added_by: MemberId
    votes: frozenset[MemberId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNext:
    """What was last taken off the queue and put on, and is on still."""

    item_id: str
    by: MemberId | None
    """Whose wish it was; ``None``: the room went on by itself."""
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Who may not come back: the member, their account, and guests from their address or by their invite."""

    member_id: MemberId
    user_id: str | None = None
    address: str = ""
    name: str = ""
    invite_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was decided about somebody.  It outlives their leaving; ``realtime.party.domain.members.sanctions`` says whom it binds."""

    member_id: MemberId
    user_id: str | None = None
    address: str = ""
    invite_ids: tuple[str, ...] = ()
    """The invites they came by, the last few."""
    name: str = ""
    muted: bool = False
    ceiling: Role | None = None
    """The role they were lowered to: no invite gives more, until somebody raises them."""
    kicked_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The room rests until these members are ready, or their deadlines pass."""

    deadlines_ms: Mapping[MemberId, int]
    since_ms: int
    version: int
    """The version that began the wait: a report made before it says nothing about readiness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The document.  ``members`` and other mappings are replaced, never changed in place."""

    party_id: PartyId
    created_at_ms: int
    founder_id: MemberId
    """The first host, or whoever that one gave the place to: reclaims the room on return."""
    founder_name: str = ""
    """What nobody else may be called, even while the founder is away."""
    version: int = 0
    revision: int = 0
    playback: Playback = field(default_factory=Playback)
    settings: Settings = field(default_factory=Settings)
    tracks: Tracks = field(default_factory=Tracks)
    members: Mapping[MemberId, Member] = field(default_factory=dict)
    queue: tuple[QueueItem, ...] = ()
    skip_votes: frozenset[MemberId] = frozenset()
    last_next: "LastNext | None" = None
    bans: tuple[Ban, ...] = ()
    standings: tuple[Standing, ...] = ()
    """At most one a member, oldest first."""
    waiting: Waiting | None = None
    hostless_since_ms: int | None = None
    """Since when no connected member is host."""
    empty_since_ms: int | None = None
    """Since when nobody is connected."""
    closed: str | None = None
    """Why the party is over, or ``None``."""

    @property
    def host(self) -> Member | None:
        """Who is host, ``None`` with nobody."""
        founder = self.members.get(self.founder_id)
        if founder is not None and founder.role is Role.HOST:  # as a rule; nobody else has to be looked at
            return founder
        return next((member for member in self.members.values() if member.role is Role.HOST), None)

    @property
    def connected_count(self) -> int:
        """Asked at each change, of rooms of 2,500: hence the list, which is twice as fast as a sum."""
        return len([None for member in self.members.values() if member.connections])

    @property
    def connected(self) -> list[Member]:
        """Members with an open connection, longest present first."""
        return sorted(
            (member for member in self.members.values() if member.connected), key=lambda member: member.joined_at_ms
        )
