"""The events of voice in the namespace ``/party``."""

from realtime.gateway.adapters.events import Ack, Empty, Events
from realtime.gateway.connections import Connection, Identity
from realtime.party.domain.errors import NotInParty
from realtime.voice.schemas import JoinVoiceIn, MuteVoiceIn, OfferIn
from realtime.voice.usecases import Voices


class VoiceSockets:
    """One method for each event; what it returns is the ack."""

    def __init__(self, voices: Voices) -> None:
        self._voices = voices

    def register(self, events: Events) -> None:
        """The costs are in cheap events; see ``gateway.connections``."""
        events.on("voice:look", Empty, self.look, cost=3)
        events.on("voice:join", JoinVoiceIn, self.join, cost=10)
        events.on("voice:offer", OfferIn, self.offer, cost=10)  # a handshake follows: a few milliseconds of a core
        events.on("voice:mute", MuteVoiceIn, self.mute, cost=2)
        events.on("voice:leave", Empty, self.leave, cost=3)

    async def look(self, connection: Connection[Identity], _nothing: Empty) -> Ack:
        """``voice:look``.  Raises NotInParty."""
        return await self._voices.look(_party_of(connection), connection.name)

    async def join(self, connection: Connection[Identity], wanted: JoinVoiceIn) -> Ack:
        """``voice:join``.  Raises NotInParty, VoiceOff, VoiceFull, VoiceUnavailable."""
        return await self._voices.join(_party_of(connection), connection.name, resume=wanted.resume)

    async def offer(self, connection: Connection[Identity], given: OfferIn) -> Ack:
        """``voice:offer``.  Raises NotInParty, NotInVoice, OfferNotAcceptable."""
        return await self._voices.offer(
            _party_of(connection), connection.name, session_id=given.session_id, sdp=given.sdp
        )

    async def mute(self, connection: Connection[Identity], given: MuteVoiceIn) -> None:
        """``voice:mute``.  Raises NotInParty, NotInVoice."""
        await self._voices.mute(_party_of(connection), connection.name, muted=given.muted)

    async def leave(self, connection: Connection[Identity], _nothing: Empty) -> None:
        """``voice:leave``.  Raises NotInParty."""
        await self._voices.leave(_party_of(connection), connection.name)


def _party_of(connection: Connection[Identity]) -> str:
    if connection.room is None:
        raise NotInParty
    return connection.room
