"""What the nodes tell each other about a party, as bytes.

A *change* carries the new document (with only the members it touched) and the events ready-encoded for every client.  *Chat* is
numbered on its own.  *Ephemeral* events (typing, reactions) and *telemetry* may be lost without harm.

A message is one line of JSON and behind it the encoded events, one after another: what a client is sent is never decoded on the
way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import orjson

from realtime.party.codec import from_json, member_from_json, member_to_json, to_json
from realtime.party.domain.model import Member, MemberId, Party
from realtime.party.ports import Json


@dataclass(frozen=True, slots=True)
class ToParty:
    """An encoded event for everybody in the party; of those with one ``state_key`` the newest matters."""

    text: bytes
    state_key: str = ""


@dataclass(frozen=True, slots=True)
class ToConnection:
    """An encoded event for one connection."""

    connection: str
    text: bytes


@dataclass(frozen=True, slots=True)
class ToConnections:
    """An encoded event for several connections."""

    connections: tuple[str, ...]
    text: bytes


@dataclass(frozen=True, slots=True)
class Drop:
    """This connection is in the party no more."""

    connection: str


Delivery = ToParty | ToConnection | ToConnections | Drop

TELEMETRY = ("position_ms", "drift_ms", "rtt_ms", "buffer_ms", "reported_at_ms")
"""The fields of a member that move without making a revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMessage:
    """One revision."""

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
    """One line of the chat."""

    seq: int
    body: Json
    """As ``chat:message`` tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EphemeralMessage:
    """What may be lost."""

    node: str
    deliveries: list[Delivery] = field(default_factory=list)
    telemetry: dict[str, list[Any]] = field(default_factory=dict)
    """Member id → values of :data:`TELEMETRY`."""
    deleted: list[str] = field(default_factory=list)
    """Chat messages that are gone."""


Message = ChangeMessage | ChatMessage | EphemeralMessage
_KINDS: dict[str, type[Message]] = {"change": ChangeMessage, "chat": ChatMessage, "ephemeral": EphemeralMessage}


def pack(message: Message) -> bytes:
    """The message as bytes."""
    kind = next(kind for kind, shape in _KINDS.items() if isinstance(message, shape))
    values = {item.name: getattr(message, item.name) for item in fields(message) if item.name != "deliveries"}
    deliveries = [] if isinstance(message, ChatMessage) else message.deliveries
    marks, texts = [], []
    for delivery in deliveries:
        match delivery:
            case ToParty(text, state_key):
                marks.append(["party", state_key, len(text)])
                texts.append(text)
            case ToConnection(connection, text):
                marks.append(["to", connection, len(text)])
                texts.append(text)
            case ToConnections(connections, text):
                marks.append(["each", connections, len(text)])
                texts.append(text)
            case Drop(connection):
                marks.append(["drop", connection, 0])
    return b"%b\n%b" % (orjson.dumps([kind, values, marks]), b"".join(texts))


def unpack(data: bytes) -> Message:
    """Raises ``ValueError``, ``KeyError`` or ``TypeError`` on bytes of another make."""
    head, _, texts = data.partition(b"\n")
    kind, values, marks = orjson.loads(head)
    if _KINDS[kind] is not ChatMessage:
        values["deliveries"] = _deliveries(marks, texts)
    message: Message = _KINDS[kind](**values)
    return message


def _deliveries(marks: list[Any], texts: bytes) -> list[Delivery]:
    deliveries: list[Delivery] = []
    at = 0
    for where, whom, length in marks:
        text = texts[at : at + length]
        at += length
        match where:
            case "party":
                deliveries.append(ToParty(text, whom))
            case "to":
                deliveries.append(ToConnection(whom, text))
            case "each":
                deliveries.append(ToConnections(tuple(whom), text))
            case "drop":
                deliveries.append(Drop(whom))
            case _:
                raise ValueError(f"a delivery to {where!r}")
    if at != len(texts):
        raise ValueError("not as long as it says")
    return deliveries


def pack_change(message: ChangeMessage, after: Party, changed: Sequence[MemberId]) -> bytes:
    """A change for the other nodes, with everything that is new in the document."""
    members = {str(key): member_to_json(after.members[key]) for key in changed}
    return pack(replace(message, core=to_json(after, members=False), members=members))


def applied(party: Party, message: ChangeMessage) -> Party:
    """``party`` one revision later, as the message says."""
    members = dict(party.members)
    for key in message.gone:
        members.pop(MemberId(key), None)
    members.update({MemberId(key): member_from_json(value) for key, value in message.members.items()})
    return replace(from_json(message.core, {}), members=members)


def telemetry_of(member: Member) -> list[Any]:
    """The values of :data:`TELEMETRY`."""
    return [getattr(member, name) for name in TELEMETRY]


def with_telemetry(party: Party, telemetry: dict[str, list[Any]]) -> Party:
    """The same party with newer telemetry of some members, where it knows them."""
    members = dict(party.members)
    for key, values in telemetry.items():
        known = members.get(MemberId(key))
        if known is not None and (known.reported_at_ms or 0) < (values[-1] or 0):
            members[MemberId(key)] = replace(known, **dict(zip(TELEMETRY, values, strict=True)))
    return replace(party, members=members)
