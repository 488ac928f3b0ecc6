"""The members' sockets as the party sees them: audiences become rooms of the gateway, kinds of events become lanes."""

from typing_extensions import override

from realtime.broadcast.adapters.queue import Lane
from realtime.gateway.adapters.server import NAMESPACE
from realtime.gateway.connections import Connections
from realtime.party.admission.admission import Identity
from realtime.party.ports import Audience, ClientSink, Json

_LANES = {
    Audience.LISTS: Lane.WHOLE_PRESENCE,
    Audience.TELEMETRY: Lane.WHOLE_PRESENCE,
    Audience.NEWS: Lane.PRESENCE,
}

_CHAT = b'42%b,["chat:' % NAMESPACE.encode()
"""How the events begin that a command may overtake on the way to a slow client."""


class SocketSink(ClientSink):
    """A :class:`~realtime.party.ports.ClientSink` over the sockets of this process."""

    def __init__(self, connections: Connections[Identity]) -> None:
        self._connections = connections

    @override
    def encode(self, event: str, data: Json) -> bytes:
        return self._connections.encode(event, data)

    @override
    def to_party(
        self,
        party_id: str,
        text: bytes,
        *,
        to: Audience = Audience.EVERYONE,
        state_key: str | None = None,
        skip: str | None = None,
    ) -> None:
        lane = _LANES.get(to) or (Lane.TALK if text.startswith(_CHAT) else Lane.MAIN)
        self._connections.to_room(_room(party_id, to), text, lane=lane, state_key=state_key, skip=skip)

    @override
    def to_connection(self, connection: str, text: bytes) -> None:
        self._connections.to_connection(connection, text)

    @override
    def enter(self, connection: str, party_id: str) -> bool:
        known = self._connections.named(connection)
        if known is not None:
            known.room = party_id
        return self._connections.enter(connection, party_id)

    @override
    def listen(self, connection: str, party_id: str, to: Audience) -> None:
        self._connections.enter(connection, _room(party_id, to))

    @override
    def ignore(self, connection: str, party_id: str, to: Audience) -> None:
        self._connections.leave(connection, _room(party_id, to))

    @override
    def drop(self, connection: str) -> None:
        known = self._connections.named(connection)
        if known is not None and known.room is not None:
            for audience in Audience:
                self._connections.leave(connection, _room(known.room, audience))
            known.room = None


def _room(party_id: str, audience: Audience) -> str:
    return party_id if audience is Audience.EVERYONE else f"{party_id} {audience}"
