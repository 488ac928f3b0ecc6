"""What the server asks of a party for its members: joins, goodbyes, reports, moderation, the passing of time.

They change the members and make a version only when the party itself then acts; what members send as ``party:command`` makes a
version each and is in ``realtime.party.domain.commands``.
"""

from dataclasses import dataclass

from realtime.party.domain.model import MemberId, PlayerState, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Anything :func:`realtime.party.domain.rules.apply` understands."""


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
    """No chat, no voice and no steering for this member; ``muted=False`` gives all of it back."""

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
