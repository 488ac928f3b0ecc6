"""The voices that this node carries."""

import asyncio

import structlog

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.errors import Unavailable
from kernel.nodes.calls import Json
from realtime.party.domain.model import MemberId, Party
from realtime.party.replica.registry import PartyRegistry
from realtime.party.replica.replica import PartyReplica, Watcher
from realtime.voice.model import WINDOW_MS, Ended, NotInVoice, VoiceFull
from realtime.voice.ports import AudioPeers, VoiceOwners
from realtime.voice.room import VoiceRoom

log = structlog.get_logger()

RENEW_WINDOWS = 6
"""The lease is renewed every 3 s and good for 10: two renewals may fail."""


class VoiceRooms:
    """Opens the voice of a party with the first who joins it, and closes it after the last."""

    def __init__(
        self, *, registry: PartyRegistry, rtc: AudioPeers, owners: VoiceOwners, clock: Clock, capacity: int
    ) -> None:
        """``capacity``: people in all voices of this node together."""
        self._registry = registry
        self._rtc = rtc
        self._owners = owners
        self._clock = clock
        self._capacity = capacity
        self._rooms: dict[str, VoiceRoom] = {}
        self._opening = asyncio.Lock()
        self._tasks = TaskSet("voice-rooms")

    @property
    def people_count(self) -> int:
        """In all voices of this node."""
        return sum(map(len, self._rooms.values()))

    async def close(self) -> None:
        """End every voice: the node ends."""
        rooms, self._rooms = self._rooms, {}
        await asyncio.gather(*(room.close(Ended.MOVED) for room in rooms.values()))
        await self._tasks.close()
        for party_id in rooms:
            await self._let_go(party_id)

    async def answer(self, question: Json) -> Json:
        """Do what a member asks of the voice of their party.

        Raises PartyNotFound, VoiceFull, NotInVoice, OfferNotAcceptable, VoiceUnavailable.
        """
        party_id, member_id = question["party_id"], MemberId(question["member_id"])
        if question["kind"] == "join":
            room = await self._room(party_id)
            if self.people_count >= self._capacity and not room.has(member_id):
                raise VoiceFull(capacity=self._capacity)
            return room.join(member_id, question["connection"], question["resume"])
        known = self._rooms.get(party_id)
        match question["kind"]:
            case "look":
                return {"members": [] if known is None else known.roster}
            case "leave":
                if known is not None:
                    known.leave(member_id)
                return {}
        if known is None:
            raise NotInVoice
        if question["kind"] == "mute":
            known.mute(member_id, question["muted"])
            return {}
        return {"sdp": known.offered(member_id, question["session_id"], question["sdp"])}

    async def _room(self, party_id: str) -> VoiceRoom:
        async with self._opening:
            if (room := self._rooms.get(party_id)) is None:
                await self._rtc.open()
                room = await self._open(party_id)
            return room

    async def _open(self, party_id: str) -> VoiceRoom:
        opened: list[VoiceRoom] = []

        def watch(party: Party) -> None:
            for room in opened:
                room.reconcile(party)

        replica = await self._registry.watch(party_id, watch)
        room = VoiceRoom(replica.party, self._rtc, self._clock, replica.announce)
        opened.append(room)
        self._rooms[party_id] = room
        self._tasks.spawn(self._run(room, replica, watch), name=f"run-{party_id}")
        return room

    async def _run(self, room: VoiceRoom, replica: PartyReplica, watch: Watcher) -> None:
        party_id = replica.party_id
        windows = 0
        try:
            while True:
                await asyncio.sleep(WINDOW_MS / 1000)
                await room.tick()
                windows += 1
                if not len(room) or (windows % RENEW_WINDOWS == 0 and not await self._still_ours(party_id)):
                    break
        finally:
            if self._rooms.get(party_id) is room:
                del self._rooms[party_id]
            self._registry.unwatch(replica, watch)
            # Whatever ended the watch over rights ends the sound, or somebody who was put out would go on listening.
            await room.close(Ended.MOVED)
        await self._let_go(party_id)

    async def _still_ours(self, party_id: str) -> bool:
        try:
            return await self._owners.renew(party_id)
        except Unavailable:  # sound needs no Valkey; who else could have taken over?
            return True

    async def _let_go(self, party_id: str) -> None:
        if party_id in self._rooms:  # somebody came back already
            return
        try:
            await self._owners.release(party_id)
        except Unavailable:
            log.info("another node can take the voice in a few seconds", party=party_id)
