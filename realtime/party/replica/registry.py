"""The parties that have members on this process."""

import asyncio

import structlog

from kernel.concurrency.tasks import TaskSet
from kernel.errors import NotFound
from realtime.party.domain.model import Party
from realtime.party.domain.requests import Tick
from realtime.party.replica.chat_replica import CHAT_KEPT
from realtime.party.replica.context import PartyContext
from realtime.party.replica.replica import PartyReplica, Watcher

log = structlog.get_logger()

LINGER_S = 60.0
"""How long a room without members here is kept: a reload finds it warm, and an empty room's pause (30 s) still happens."""


class PartyNotFound(NotFound):
    """There is no such party."""


class PartyRegistry:
    """Opens a room with its first member and lets go of it some time after the last."""

    def __init__(self, context: PartyContext) -> None:
        self._context = context
        self._replicas: dict[str, PartyReplica] = {}
        self._opening: dict[str, asyncio.Task[PartyReplica]] = {}
        self._lingering: dict[str, asyncio.TimerHandle] = {}
        self._tasks = TaskSet("rooms")

    def known(self, party_id: str) -> PartyReplica | None:
        """The replica, if this process has one."""
        return self._replicas.get(party_id)

    async def open(self, party_id: str) -> PartyReplica:
        """The replica, followed before anybody is let in.  Raises PartyNotFound."""
        if (timer := self._lingering.pop(party_id, None)) is not None:
            timer.cancel()
        if (replica := self._replicas.get(party_id)) is not None:
            return replica
        opening = self._opening.get(party_id)
        if opening is None:
            opening = self._opening[party_id] = asyncio.create_task(self._open(party_id), name=f"open-{party_id}")
            opening.add_done_callback(lambda _: self._opening.pop(party_id, None))
        return await asyncio.shield(opening)  # whoever asked first may lose patience without taking the others along

    async def _open(self, party_id: str) -> PartyReplica:
        early: list[bytes] = []  # what comes between the subscription and the document
        opened: list[PartyReplica] = []

        def receive(data: bytes) -> None:
            if opened:
                opened[0].receive(data)
            else:
                early.append(data)

        def lost() -> None:
            if opened:
                opened[0].lost()

        await self._load(party_id)  # nobody follows what does not exist
        await self._context.store.follow(party_id, receive, lost)
        try:
            chat = await self._context.chat.since(party_id, 0, limit=CHAT_KEPT)
            replica = PartyReplica(await self._load(party_id), chat, self._context)
            opened.append(replica)
            for data in early:
                replica.receive(data)
            if replica.party.closed is None:
                await replica.reap()
                await replica.request(Tick())
        except BaseException:
            await self._context.store.unfollow(party_id)
            raise
        replica.start()
        self._replicas[party_id] = replica
        return replica

    async def _load(self, party_id: str) -> Party:
        party = await self._context.store.load(party_id)
        if party is None:
            raise PartyNotFound
        return party

    async def watch(self, party_id: str, watcher: Watcher) -> PartyReplica:
        """The replica, kept until :meth:`unwatch`; ``watcher`` is told of its changes.  Raises PartyNotFound."""
        replica = await self.open(party_id)
        replica.watchers.add(watcher)
        return replica

    def unwatch(self, replica: PartyReplica, watcher: Watcher) -> None:
        """The opposite."""
        replica.watchers.discard(watcher)
        self.release(replica)

    def release(self, replica: PartyReplica) -> None:
        """Somebody left: let go of the replica if it stays empty."""
        if (
            replica.is_held
            or replica.party_id in self._lingering
            or self._replicas.get(replica.party_id) is not replica
        ):
            return
        loop = asyncio.get_running_loop()
        self._lingering[replica.party_id] = loop.call_later(LINGER_S, self._let_go, replica)

    def _let_go(self, replica: PartyReplica) -> None:
        self._lingering.pop(replica.party_id, None)
        if not replica.is_held and self._replicas.get(replica.party_id) is replica:
            del self._replicas[replica.party_id]
            self._tasks.spawn(self._close(replica), name="close")

    async def _close(self, replica: PartyReplica) -> None:
        await replica.close()
        if replica.party_id not in self._replicas and replica.party_id not in self._opening:
            await self._context.store.unfollow(replica.party_id)

    async def close(self) -> None:
        """Let go of everything: the process ends."""
        for timer in self._lingering.values():
            timer.cancel()
        await asyncio.gather(*(replica.close() for replica in self._replicas.values()))
        self._replicas.clear()
        await self._tasks.close()
