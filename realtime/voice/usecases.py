"""The verbs of voice, on the node a member is connected to; what they ask is answered by the node that carries the voice."""

import hashlib
from collections.abc import Callable
from typing import Final

from kernel.clock import Clock
from kernel.nodes.calls import Answer, Json, NodeCalls
from kernel.rtc.turn import TurnSettings, ice_servers
from realtime.party.domain.model import Member
from realtime.voice.model import NotInVoice, VoiceOff
from realtime.voice.ports import VoiceOwners

PUSH_TO_TALK_ABOVE: Final = 4
"""People in voice beyond whom a client should wait for a key: of five open microphones one always makes a noise."""

FindMember = Callable[[str, str], Member]
"""(party id, connection) → who that is in the party.  Raises NotInParty."""


class Voices:
    """One method each for what people do with voice."""

    def __init__(
        self,
        *,
        member: FindMember,
        owners: VoiceOwners,
        calls: NodeCalls,
        here: Answer,
        node_id: str,
        turn: TurnSettings,
        capacity: int,
        clock: Clock,
    ) -> None:
        """``here`` answers for the voices this node carries, ``calls`` asks the others; ``capacity`` 0: there is no voice."""
        self._member = member
        self._owners = owners
        self._calls = calls
        self._here = here
        self._node_id = node_id
        self._turn = turn
        self._capacity = capacity
        self._clock = clock

    async def look(self, party_id: str, connection: str) -> Json:
        """Who is in voice, and how many this server can take: 0 where it has none.  Raises NotInParty, Unavailable."""
        owner = await self._owners.owner(party_id) if self._capacity else None
        answer = {"members": []} if owner is None else await self._ask(owner, party_id, connection, "look")
        self._member(party_id, connection)
        return {**answer, "capacity": self._capacity, "push_to_talk_above": PUSH_TO_TALK_ABOVE}

    async def join(self, party_id: str, connection: str, *, resume: str | None) -> Json:
        """Come into voice, muted; ``resume`` names the session of an earlier connection.

        Raises NotInParty, VoiceOff, VoiceFull, VoiceUnavailable, Unavailable.
        """
        if not self._capacity:
            raise VoiceOff
        member = self._member(party_id, connection)
        owner = await self._owners.claim(party_id)
        answer = await self._ask(owner, party_id, connection, "join", resume=resume)
        # The relay's log names nobody.
        user = hashlib.sha256(member.member_id.encode()).hexdigest()[:16]
        return {**answer, "ice_servers": ice_servers(self._turn, user, self._clock.now_ms() / 1000)}

    async def offer(self, party_id: str, connection: str, *, session_id: str, sdp: str) -> Json:
        """The answer to a browser's offer.  Raises NotInParty, NotInVoice, OfferNotAcceptable, Unavailable."""
        return await self._ask(
            await self._carrier(party_id), party_id, connection, "offer", session_id=session_id, sdp=sdp
        )

    async def mute(self, party_id: str, connection: str, *, muted: bool) -> None:
        """Raises NotInParty, NotInVoice, Unavailable."""
        await self._ask(await self._carrier(party_id), party_id, connection, "mute", muted=muted)

    async def leave(self, party_id: str, connection: str) -> None:
        """Raises NotInParty, Unavailable; nothing happens where they are not in voice."""
        if (owner := await self._owners.owner(party_id)) is not None:
            await self._ask(owner, party_id, connection, "leave")

    async def _carrier(self, party_id: str) -> str:
        owner = await self._owners.owner(party_id)
        if owner is None:
            raise NotInVoice
        return owner

    async def _ask(self, node_id: str, party_id: str, connection: str, kind: str, **more: object) -> Json:
        member_id = self._member(party_id, connection).member_id
        question = {"kind": kind, "party_id": party_id, "member_id": member_id, "connection": connection, **more}
        if node_id == self._node_id:
            return await self._here(question)
        return await self._calls.ask(node_id, question)
