"""What can be asked of a party.  ``rules.apply`` answers.

Two families: *commands* proper, which members send by ``party:command`` and which make a version each, and *happenings*
(joins, goodbyes, reports, moderation, the passing of time), which change the roster and make a version only when the
room itself then acts.
"""

from dataclasses import dataclass
from typing import ClassVar

from realtime.party.domain.model import Access, ControlMode, MemberId, PlayerState, Role, Wait
from realtime.sync.playback import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Anything :func:`realtime.party.domain.rules.apply` understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request):
    """Sent by a member as ``party:command``.

    ``id`` is made by the client: the same id of the same member is applied once.  With ``if_version`` the command is
    refused unless the party is still at that version.
    """

    kind: ClassVar[str]

    member_id: MemberId
    id: str
    if_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(Command):
    """Start, from ``position_ms`` if given.  While the room waits for somebody: go on without them."""

    kind: ClassVar[str] = "play"
    position_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Stop where the room is; at ``position_ms`` where the sender's picture stands, if that is in step with the room."""

    kind: ClassVar[str] = "pause"
    position_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seek(Command):
    """Go to ``position_ms``, or ``by_ms`` on from where the room is, within the media; plays on if it was playing."""

    kind: ClassVar[str] = "seek"
    position_ms: int | None = None
    by_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRate(Command):
    """Watch at ``rate`` (0.25 to 4)."""

    kind: ClassVar[str] = "rate"
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMedia(Command):
    """Put something else on (looked up in the catalogue by the caller), paused or playing as before."""

    kind: ClassVar[str] = "media"
    media: Media
    position_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings(Command):
    """Change what is given, keep what is ``None``.  ``password_hash`` is made by the caller (argon2id)."""

    kind: ClassVar[str] = "settings"
    title: str | None = None
    control: ControlMode | None = None
    access: Access | None = None
    password_hash: str | None = None
    capacity: int | None = None
    wait: Wait | None = None
    autoplay: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTracks(Command):
    """Choose sound and subtitles for everybody (see :class:`realtime.party.domain.model.Tracks`); keeps what is ``None``."""

    kind: ClassVar[str] = "tracks"
    audio: str | None = None
    subtitles: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAdd(Command):
    """Add to the end of the queue.  The item's id is the command's, so that a retry cannot add it twice."""

    kind: ClassVar[str] = "queue.add"
    media: Media


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRemove(Command):
    """Take something out of the queue (one's own, or anything with the permission)."""

    kind: ClassVar[str] = "queue.remove"
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMove(Command):
    """Move an item to ``index`` (0 is next; clamped to the queue)."""

    kind: ClassVar[str] = "queue.move"
    item_id: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueVote(Command):
    """Vote for an item, or take the vote back.  In the mode ``vote`` the most wanted item is next."""

    kind: ClassVar[str] = "queue.vote"
    item_id: str
    wanted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Command):
    """Put on the next in the queue: ``item_id``, which the sender saw there, if given.

    What somebody else put on at the same moment is on already, and nothing more happens.
    """

    kind: ClassVar[str] = "next"
    item_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip(Command):
    """Vote to go on to the next in the queue; happens when more than half of those connected want it.

    ``item_id`` as in :class:`Next`: a vote that comes when it is on already is not one against it.
    """

    kind: ClassVar[str] = "skip"
    item_id: str | None = None


# Happenings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Request):
    """Somebody opens a connection to the party: new, back again, or on one more device.

    The caller has verified who they are: ``role`` is what their invite says, or member for the signed in and guest for
    others; ``invited`` and ``password_ok`` say what they have shown.
    """

    member_id: MemberId
    connection_id: str
    name: str
    user_id: str | None = None
    role: Role = Role.GUEST
    invited: bool = False
    password_ok: bool = False
    address: str = ""
    """Of guests and members alike; what counts as one place, see ``kernel.limits.address_key``."""
    invite_id: str = ""
    """Of the invite shown, now or when their pass was made."""
    invite_by: MemberId | None = None
    """Who made the invite shown now."""
    invite_made_at_ms: int = 0
    """When, in room time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect(Request):
    """These connections are gone (a socket closed, a node died); ``None``: all of them (the only node restarted)."""

    connection_ids: frozenset[str] | None
    member_ids: frozenset[MemberId] | None = None
    """Whose they were, where that is known: nobody else is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Request):
    """A member says goodbye, on all devices."""

    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Request):
    """What a member's player is doing, as of ``at_ms`` (room time by the member's estimate).

    ``version`` is the last version the client has applied, where it says so.
    """

    member_id: MemberId
    at_ms: float
    state: PlayerState
    position_ms: float
    drift_ms: float = 0
    rtt_ms: float | None = None
    buffer_ms: float = 0
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderate(Request):
    """One member acts on another."""

    by: MemberId
    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRole(Moderate):
    """Make a member cohost, member or guest; the founder, giving ``host``, hands the room over."""

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Moderate):
    """No chat and no steering for this member; ``muted=False`` gives both back."""

    muted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kick(Moderate):
    """Out, until somebody who may moderate invites them anew or pardons them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BanMember(Moderate):
    """Out for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pardon(Moderate):
    """Whoever was kicked or banned may come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Request):
    """End the party: by its founder, or by the server (``by=None``)."""

    by: MemberId | None = None
    reason: str = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Request):
    """Time has passed: whatever is due by now happens (see :func:`realtime.party.domain.rules.next_due_ms`)."""
