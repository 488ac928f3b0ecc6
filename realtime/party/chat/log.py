"""Chat as the use cases see it: reads straight from the database, writes through a group commit."""

from collections.abc import Sequence

from kernel.group_commit import GroupCommit
from realtime.party.chat.repository import SqlChat
from realtime.party.ports import ChatLine, Posted


class GroupedChat:
    """A :class:`~realtime.party.ports.ChatLog`."""

    def __init__(self, table: SqlChat, commits: GroupCommit[ChatLine, Posted]) -> None:
        self._table = table
        self._commits = commits

    async def post(self, line: ChatLine) -> Posted:
        """See :class:`~realtime.party.ports.ChatLog`."""
        return await self._commits.submit(line)

    async def since(self, party_id: str, seq: int, *, limit: int) -> Sequence[ChatLine]:
        """See :class:`~realtime.party.ports.ChatLog`."""
        return await self._table.since(party_id, seq, limit=limit)

    async def find(self, party_id: str, message_id: str) -> ChatLine | None:
        """See :class:`~realtime.party.ports.ChatLog`."""
        return await self._table.find(party_id, message_id)

    async def delete(self, party_id: str, message_id: str) -> None:
        """See :class:`~realtime.party.ports.ChatLog`."""
        await self._table.delete(party_id, message_id)
