"""The live party in this process, written through to the database: the embedded :class:`~realtime.party.ports.PartyStore`."""

from collections import deque
from collections.abc import Awaitable, Sequence

from typing_extensions import override

from kernel.concurrency.group_commit import GroupCommit
from realtime.party.domain.model import Party
from realtime.party.ports import LOG_LENGTH, Change, LogEntry, Lost, PartyStore, Receive
from realtime.party.stores.repository import SqlParties


class EmbeddedStore(PartyStore):
    """Memory decides, SQL remembers: a change is accepted here at once and shown to nobody before its commit."""

    def __init__(self, parties: SqlParties) -> None:
        self._sql = parties
        self._writes: GroupCommit[Change, None] = GroupCommit(parties.write, name="party")
        self._parties: dict[str, Party] = {}
        self._logs: dict[str, deque[LogEntry]] = {}

    async def start(self) -> None:
        """Begin to write."""
        self._writes.start()

    async def close(self) -> None:
        """Write what is waiting, then stop."""
        await self._writes.close()

    @override
    async def create(self, party: Party) -> None:
        await self._sql.create(party)

    @override
    async def load(self, party_id: str) -> Party | None:
        known = self._parties.get(party_id)
        return known if known is not None else await self._sql.load(party_id)

    @override
    async def save(self, change: Change) -> Awaitable[None] | None:
        party_id = change.party.party_id
        known = self._parties.get(party_id) or await self._open(party_id)
        if known is None or known.revision != change.expected_revision:
            return None
        durable = self._writes.begin(change)
        self._parties[party_id] = change.party
        self._logs[party_id].extend(change.entries)
        return self._kept(party_id, durable)

    async def _kept(self, party_id: str, durable: Awaitable[None]) -> None:
        try:
            await durable
        except Exception:
            # Memory is ahead of what the database took: forget it, and let the next use start from the truth.
            self._forget(party_id)
            raise

    async def _open(self, party_id: str) -> Party | None:
        party = await self._sql.load(party_id)
        if party is None:
            return None
        entries = await self._sql.log_since(party_id, party.version - LOG_LENGTH)
        if party_id not in self._parties:  # nobody was faster while we waited
            self._parties[party_id] = party
            self._logs[party_id] = deque(entries, maxlen=LOG_LENGTH)
        return self._parties[party_id]

    @override
    async def log_since(self, party_id: str, version: int) -> Sequence[LogEntry] | None:
        if party_id not in self._parties and await self._open(party_id) is None:
            return None
        log, newest = self._logs[party_id], self._parties[party_id].version
        return entries_after(list(log), version, newest)

    async def publish(self, party_id: str, message: bytes) -> None:
        """There are no other nodes."""

    async def follow(self, party_id: str, receive: Receive, lost: Lost) -> None:  # noqa: ARG002 - nobody else sends
        """Keep the party in memory; there is nobody else to hear of."""
        await self._open(party_id)

    async def unfollow(self, party_id: str) -> None:
        """Forget the party."""
        self._forget(party_id)

    async def lease(self, party_id: str) -> bool:  # noqa: ARG002 - the only node holds every lease
        """Always."""
        return True

    async def dead_nodes(self, node_ids: Sequence[str]) -> Sequence[str]:
        """Whatever other process is named in a document, it was our predecessor."""
        return node_ids

    def _forget(self, party_id: str) -> None:
        self._parties.pop(party_id, None)
        self._logs.pop(party_id, None)


def entries_after(log: Sequence[LogEntry], version: int, newest: int) -> list[LogEntry] | None:
    """What of ``log`` (oldest first) came after ``version``; ``None`` where it does not reach back without a hole."""
    if version > newest:
        return None
    later = [entry for entry in log if entry.version > version]
    return later if len(later) == newest - version else None
