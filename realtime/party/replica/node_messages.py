"""What the nodes tell each other about a party, as bytes.

A *change* carries the new document (with only the members it touched) and the events ready-encoded for every client.  *Chat* is
numbered on its own.  *Loose* events (typing, reactions) and *figures* may be lost without harm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from realtime.party.codec import from_json, member_from_json, member_to_json, to_json
from realtime.party.domain.command import Command
from realtime.party.domain.events import (
    Closed,
    MemberRemoved,
    MembersChanged,
    Noticed,
    PartyEvent,
    StateChanged,
    TelemetryReported,
    WaitingChanged,
)
from realtime.party.domain.model import Member, MemberId, Party
from realtime.party.domain.requests import Request
from realtime.party.ports import ClientSink, Json, LogEntry
from realtime.party.serializers import state_json

Delivery = tuple[str, str, str]
"""(where, whom, text): ``party`` with the state key or "", ``to`` one connection, ``drop`` one connection."""

TELEMETRY = ("position_ms", "drift_ms", "rtt_ms", "buffer_ms", "reported_at_ms")
"""The fields of a member that move without making a revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMessage:
    revision: int
    version: int
    member_list: bool
    """Whether members came, went or changed."""
    gone: list[str]
    deliveries: list[Delivery]
    closed: bool
    core: Json = field(default_factory=dict)
    members: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    seq: int
    body: Json
    """As ``chat:message`` tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemeralMessage:
    node: str
    deliveries: list[Delivery] = field(default_factory=list)
    figures: dict[str, list[Any]] = field(default_factory=dict)
    """Member id → values of :data:`TELEMETRY`."""
    deleted: list[str] = field(default_factory=list)
    """Chat messages that are gone."""


Message = ChangeMessage | ChatMessage | EphemeralMessage
_KINDS: dict[str, Any] = {"change": ChangeMessage, "chat": ChatMessage, "loose": EphemeralMessage}


def pack(message: Message) -> bytes:
    kind = next(kind for kind, shape in _KINDS.items() if isinstance(message, shape))
    return orjson.dumps([kind, message])


def unpack(data: bytes) -> Message:
    """Raises ``ValueError``, ``KeyError`` or ``TypeError`` on bytes of another make."""
    kind, values = orjson.loads(data)
    message: Message = _KINDS[kind](**values)
    return message


def touched(
    after: Party, request: Request, events: Iterable[PartyEvent]
) -> tuple[tuple[MemberId, ...], tuple[MemberId, ...]]:
    """The members that ``request`` made new or changed, and those that are gone.

    By what the rules said of it: a comparison of the members would look at 2,500 of them for each one that joins.
    """
    named: dict[MemberId, None] = {}
    for event in events:
        if isinstance(event, MembersChanged):
            named |= dict.fromkeys(event.member_ids)
        elif isinstance(event, TelemetryReported):
            named[event.member_id] = None
    if isinstance(request, Command):  # its sender remembers it
        named[request.member_id] = None
    changed = tuple(key for key in named if key in after.members)
    return changed, tuple(key for key in named if key not in after.members)


def is_write_through(before: Party, after: Party, changed: Iterable[MemberId]) -> bool:
    """Whether more changed than where the room stands and who is there."""
    if (before.settings, before.queue, before.bans, before.standings, before.closed, before.founder_id) != (
        after.settings,
        after.queue,
        after.bans,
        after.standings,
        after.closed,
        after.founder_id,
    ):
        return True
    return any(
        after.members[key].role is not known.role for key in changed if (known := before.members.get(key)) is not None
    )


def change_message(
    after: Party, events: Iterable[PartyEvent], gone: Sequence[MemberId], deliveries: list[Delivery]
) -> ChangeMessage:
    """A change as its own room takes it: without the document, which that room has."""
    return ChangeMessage(
        revision=after.revision,
        version=after.version,
        member_list=any(
            isinstance(event, MembersChanged) for event in events
        ),  # not where somebody's command is remembered
        gone=list(gone),
        deliveries=deliveries,
        closed=after.closed is not None,
    )


def pack_change(message: ChangeMessage, after: Party, changed: Sequence[MemberId]) -> bytes:
    """The same for the other nodes, with everything that is new in the document."""
    members = {str(key): member_to_json(after.members[key]) for key in changed}
    return pack(replace(message, core=to_json(after, members=False), members=members))


def applied(party: Party, message: ChangeMessage) -> Party:
    """``party`` one revision later, as the message says."""
    members = dict(party.members)
    for key in message.gone:
        members.pop(MemberId(key), None)
    members.update({MemberId(key): member_from_json(value) for key, value in message.members.items()})
    return replace(from_json(message.core, {}), members=members)


def log_entries(events: Iterable[PartyEvent]) -> tuple[LogEntry, ...]:
    return tuple(
        LogEntry(version=event.version, body=state_json(event)) for event in events if isinstance(event, StateChanged)
    )


def telemetry_of(member: Member) -> list[Any]:
    return [getattr(member, name) for name in TELEMETRY]


def with_telemetry(party: Party, figures: dict[str, list[Any]]) -> Party:
    """The same party with newer figures of some members, where it knows them."""
    members = dict(party.members)
    for key, values in figures.items():
        known = members.get(MemberId(key))
        if known is not None and (known.reported_at_ms or 0) < (values[-1] or 0):
            members[MemberId(key)] = replace(known, **dict(zip(TELEMETRY, values, strict=True)))
    return replace(party, members=members)


def deliveries_of(events: Iterable[PartyEvent], sink: ClientSink) -> list[Delivery]:
    return [delivery for event in events for delivery in _deliveries(event, sink)]


def _deliveries(event: PartyEvent, sink: ClientSink) -> list[Delivery]:
    match event:
        case StateChanged():
            return [("party", "party:state", sink.encode("party:state", state_json(event)).decode())]
        case WaitingChanged():
            body: Json = {"on": list(event.on), "deadline_ms": event.deadline_ms} if event.on else {}
            return [("party", "party:waiting", sink.encode("party:waiting", body).decode())]
        case Noticed():
            notice = {"code": event.code, "text": event.text, "member_id": event.member_id}
            return [("party", "", sink.encode("party:notice", notice).decode())]
        case MemberRemoved():
            text = sink.encode("party:kicked", {"reason": event.reason}).decode()
            return [
                delivery
                for connection in event.connections
                for delivery in (("to", connection, text), ("drop", connection, ""))
            ]
        case Closed():
            return [("party", "", sink.encode("party:closed", {"reason": event.reason}).decode())]
    return []
