"""What happened in a party: the events its rules produce, and the two the rest of the program hears of."""

from dataclasses import dataclass

from kernel.events import Event
from realtime.party.domain.model import MemberId, QueueItem, Settings, Tracks
from realtime.sync.playback import Playback


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a version was made.  ``member_id`` and ``command_id`` are ``None`` where the room itself acted."""

    kind: str
    member_id: MemberId | None = None
    command_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEvent:
    """Something members are to hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(PartyEvent):
    """One entry of the log → ``party:state``.  What is ``None`` this version did not change."""

    version: int
    playback: Playback
    cause: Cause
    settings: Settings | None = None
    queue: tuple[QueueItem, ...] | None = None
    tracks: Tracks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersChanged(PartyEvent):
    """These members came, went, or changed role, name, player state or excuse → ``party:members``."""

    member_ids: tuple[MemberId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryReported(PartyEvent):
    """Only this member's figures moved: for the next ``party:members``, not for the store."""

    member_id: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChanged(PartyEvent):
    """Whom the room waits for → ``party:waiting``; nobody: it goes on."""

    on: tuple[MemberId, ...] = ()
    deadline_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(PartyEvent):
    """A moderation or system notice → ``party:notice``; ``code`` is for translation, ``text`` for reading."""

    code: str
    text: str
    member_id: MemberId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(PartyEvent):
    """Close these connections of a member who is out (``kicked`` or ``banned``) → ``party:kicked``."""

    member_id: MemberId
    reason: str
    connections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(PartyEvent):
    """The party is over → ``party:closed``."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class PartyCreated(Event):
    """A party was opened."""

    party_id: str
    host_user_id: str | None


@dataclass(frozen=True, kw_only=True)
class PartyClosed(Event):
    """A party is over."""

    party_id: str
    reason: str
