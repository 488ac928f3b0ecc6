"""What follows from one application of a request: what is stored, and what is delivered to whom."""

from collections.abc import Iterable
from functools import partial

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
from realtime.party.domain.model import MemberId, Party
from realtime.party.domain.requests import Request
from realtime.party.ports import Change, ClientSink, LogEntry
from realtime.party.replica.node_messages import ChangeMessage, Delivery, Drop, ToConnection, ToParty, pack_change
from realtime.party.serializers import state_json, waiting_changed_json


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


def prepared(
    before: Party, connected_before: int, after: Party, request: Request, events: Iterable[PartyEvent], sink: ClientSink
) -> tuple[Change, ChangeMessage]:
    """The change for the store, and the message of it as the members of this node take it: without the document.

    ``connected_before``: how many members of ``before`` were connected, which nobody is to count at each change.
    """
    changed, gone = touched(after, request, events)
    entries: list[LogEntry] = []
    deliveries: list[Delivery] = []
    for event in events:
        match event:
            case StateChanged():
                body = state_json(event)
                entries.append(LogEntry(version=event.version, body=body))
                deliveries.append(ToParty(sink.encode("party:state", body), "party:state"))
            case WaitingChanged():
                deliveries.append(ToParty(sink.encode("party:waiting", waiting_changed_json(event)), "party:waiting"))
            case Noticed():
                notice = {"code": event.code, "text": event.text, "member_id": event.member_id}
                deliveries.append(ToParty(sink.encode("party:notice", notice)))
            case MemberRemoved():
                text = sink.encode("party:kicked", {"reason": event.reason})
                for connection in event.connections:
                    deliveries += (ToConnection(connection, text), Drop(connection))
            case Closed():
                deliveries.append(ToParty(sink.encode("party:closed", {"reason": event.reason})))
    message = ChangeMessage(
        revision=after.revision,
        version=after.version,
        member_list=any(isinstance(event, MembersChanged) for event in events),  # not where a command is remembered
        gone=list(gone),
        deliveries=deliveries,
        closed=after.closed is not None,
    )
    change = Change(
        party=after,
        expected_revision=before.revision,
        changed=changed,
        gone=gone,
        entries=tuple(entries),
        connected_count=connected_before + _arrived(before, after, (*changed, *gone)),
        write_through=_is_write_through(before, after, changed),
        message=partial(pack_change, message, after, changed),
    )
    return change, message


def _arrived(before: Party, after: Party, touched: Iterable[MemberId]) -> int:
    """How many more of these members are connected than were."""
    return sum(_is_connected(after, key) - _is_connected(before, key) for key in touched)


def _is_connected(party: Party, key: MemberId) -> bool:
    return (member := party.members.get(key)) is not None and bool(member.connections)


def _is_write_through(before: Party, after: Party, changed: Iterable[MemberId]) -> bool:
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
