"""Chat as the use cases see it: reads straight from the database, writes through a group commit."""

from collections.abc import Sequence

from typing_extensions import override

from kernel.concurrency.group_commit import GroupCommit
from realtime.party.chat.repository import SqlChat
from realtime.party.ports import ChatLine, ChatLog, Posted


class GroupedChat(ChatLog):
    """A :class:`~realtime.party.ports.ChatLog`."""

    def __init__(self, table: SqlChat, commits: GroupCommit[ChatLine, Posted]) -> None:
        self._table = table
        self._commits = commits

    @override
    async def post(self, line: ChatLine) -> Posted:
        return await self._commits.submit(line)

    @override
    async def since(self, party_id: str, seq: int, *, limit: int) -> Sequence[ChatLine]:
        return await self._table.since(party_id, seq, limit=limit)

    @override
    async def find(self, party_id: str, message_id: str) -> ChatLine | None:
        return await self._table.find(party_id, message_id)

    @override
    async def delete(self, party_id: str, message_id: str) -> None:
        await self._table.delete(party_id, message_id)
