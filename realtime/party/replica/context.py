"""What the use cases and the replicas of one process share."""

from dataclasses import dataclass

from realtime.party.ports import ChatLog, ClientSink, PartyStore
from realtime.sync.room_clock import RoomClock


@dataclass(frozen=True, slots=True)
class PartyContext:
    """What every party of this process works with: its ports, and room time."""

    store: PartyStore
    chat: ChatLog
    sink: ClientSink
    clock: RoomClock
    node_id: str
