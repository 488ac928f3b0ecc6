"""The parties that have members on this process."""

import asyncio

import structlog

from kernel.errors import NotFound
from kernel.tasks import TaskSet
from realtime.party.domain.commands import Tick
from realtime.party.domain.model import Party
from realtime.party.replica.replica import CHAT_KEPT, Room, RoomParts

log = structlog.get_logger()

LINGER_S = 60.0
"""How long a room without members here is kept: a reload finds it warm, and an empty room's pause (30 s) still happens."""


class PartyNotFound(NotFound):
    """There is no such party."""


class Rooms:
    """Opens a room with its first member and lets go of it some time after the last."""

    def __init__(self, parts: RoomParts) -> None:
        self._parts = parts
        self._rooms: dict[str, Room] = {}
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._lingering: dict[str, asyncio.TimerHandle] = {}
        self._tasks = TaskSet("rooms")

    def known(self, party_id: str) -> Room | None:
        return self._rooms.get(party_id)

    async def open(self, party_id: str) -> Room:
        """The room, followed before anybody is let in.  Raises PartyNotFound."""
        if (timer := self._lingering.pop(party_id, None)) is not None:
            timer.cancel()
        if (room := self._rooms.get(party_id)) is not None:
            return room
        opening = self._opening.get(party_id)
        if opening is None:
            opening = self._opening[party_id] = asyncio.create_task(self._open(party_id), name=f"open-{party_id}")
            opening.add_done_callback(lambda _: self._opening.pop(party_id, None))
        return await asyncio.shield(opening)  # whoever asked first may lose patience without taking the others along

    async def _open(self, party_id: str) -> Room:
        early: list[bytes] = []  # what comes between the subscription and the document
        waiting_room: list[Room] = []

        def receive(data: bytes) -> None:
            if waiting_room:
                waiting_room[0].receive(data)
            else:
                early.append(data)

        def lost() -> None:
            if waiting_room:
                waiting_room[0].lost()

        await self._load(party_id)  # nobody follows what does not exist
        await self._parts.store.follow(party_id, receive, lost)
        try:
            chat = await self._parts.chat.since(party_id, 0, limit=CHAT_KEPT)
            room = Room(await self._load(party_id), chat, self._parts)
            waiting_room.append(room)
            for data in early:
                room.receive(data)
            if room.party.closed is None:
                await room.reap()
                await room.request(Tick())
        except BaseException:
            await self._parts.store.unfollow(party_id)
            raise
        room.start()
        self._rooms[party_id] = room
        return room

    async def _load(self, party_id: str) -> Party:
        party = await self._parts.store.load(party_id)
        if party is None:
            raise PartyNotFound
        return party

    def release(self, room: Room) -> None:
        """Somebody left: let go of the room if it stays empty."""
        if room.connections or room.party_id in self._lingering or self._rooms.get(room.party_id) is not room:
            return
        loop = asyncio.get_running_loop()
        self._lingering[room.party_id] = loop.call_later(LINGER_S, self._let_go, room)

    def _let_go(self, room: Room) -> None:
        self._lingering.pop(room.party_id, None)
        if not room.connections and self._rooms.get(room.party_id) is room:
            del self._rooms[room.party_id]
            self._tasks.spawn(self._close(room), name="close")

    async def _close(self, room: Room) -> None:
        await room.close()
        if room.party_id not in self._rooms and room.party_id not in self._opening:
            await self._parts.store.unfollow(room.party_id)

    async def close(self) -> None:
        """Let go of everything: the process ends."""
        for timer in self._lingering.values():
            timer.cancel()
        await asyncio.gather(*(room.close() for room in self._rooms.values()))
        self._rooms.clear()
        await self._tasks.close()
