"""The chat of one party as this process sees it: the newest lines, told to the members here once and in order."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from kernel.concurrency.tasks import TaskSet
from realtime.party.domain.model import MemberId
from realtime.party.ports import ChatLine, Json
from realtime.party.replica.context import PartyContext
from realtime.party.replica.node_messages import ChatMessage, EphemeralMessage, Message, ToParty
from realtime.party.replica.reorder_buffer import ReorderBuffer
from realtime.party.serializers import chat_json

CHAT_KEPT = 1_000
"""Chat lines in memory, for those who join or come back: as many as the log of commands holds."""


class ChatReplica:
    """Lines go in by :meth:`post`, those of all nodes by :meth:`receive`; both come out in order of their number."""

    def __init__(
        self,
        party_id: str,
        lines: Sequence[ChatLine],
        context: PartyContext,
        *,
        tasks: TaskSet,
        publish: Callable[[Message], Coroutine[Any, Any, None]],
        gap: Callable[[], None],
    ) -> None:
        """``lines``: the last :data:`CHAT_KEPT`; ``publish`` tells the other nodes, ``gap`` is called when a line is missing."""
        self._party_id = party_id
        self._context = context
        self._tasks = tasks
        self._publish = publish
        self._lines: deque[Json] = deque(map(chat_json, lines), maxlen=CHAT_KEPT)
        self._delivered = ReorderBuffer[ChatMessage](lines[-1].seq if lines else 0, deliver=self._deliver, gap=gap)

    @property
    def last_seq(self) -> int:
        """The newest number told."""
        return self._delivered.last

    @property
    def has_gap(self) -> bool:
        """Whether later lines wait for a missing one."""
        return self._delivered.has_gap

    def since(self, seq: int, limit: int) -> list[Json]:
        """What was said after number ``seq``, oldest first; of more than ``limit`` lines the newest."""
        return [body for body in self._lines if body["seq"] > seq][-limit:]

    async def post(self, line: ChatLine) -> ChatLine:
        """Keep a chat line and show it to everybody; returns when it is durable."""
        return await asyncio.shield(self._tasks.spawn(self._post(line), name="post"))

    async def _post(self, line: ChatLine) -> ChatLine:
        posted = await self._context.chat.post(line)
        if posted.fresh:
            message = ChatMessage(seq=posted.line.seq, body=chat_json(posted.line))
            self.receive(message)
            self._tasks.spawn(self._publish(message), name="publish")
        return posted.line

    async def delete(self, line: ChatLine, *, by: MemberId) -> None:
        """Take a chat line back; returns when that is durable."""
        await self._context.chat.delete(self._party_id, line.message_id)
        self.forget([line.message_id])
        body = {"id": line.message_id, "seq": line.seq, "member_id": by}
        await self.announce("chat:deleted", body, deleted=[line.message_id])

    async def announce(self, event: str, data: Json, *, skip: str | None = None, deleted: Sequence[str] = ()) -> None:
        """Tell everybody something that may be lost without harm."""
        text = self._context.sink.encode(event, data)
        self._context.sink.to_party(self._party_id, text, skip=skip)
        message = EphemeralMessage(node=self._context.node_id, deliveries=[ToParty(text)], deleted=list(deleted))
        await self._publish(message)

    def receive(self, message: ChatMessage) -> None:
        """A line from any node, our own among them."""
        self._delivered.arrive(message.seq, message)

    def forget(self, message_ids: Sequence[str]) -> None:
        """These lines were taken back: keep that they were, not what they said."""
        for body in self._lines:
            if body["id"] in message_ids:
                body |= {"text": "", "deleted": True}

    async def resync(self) -> None:
        """Fetch what did not come by message.  Raises Unavailable."""
        told = self._delivered
        for line in await self._context.chat.since(self._party_id, told.last, limit=CHAT_KEPT):
            if line.seq > told.last + 1:  # beyond the limit, or a line whose commit failed: nobody can have it
                told.jump(line.seq - 1)
            self.receive(ChatMessage(seq=line.seq, body=chat_json(line)))

    def _deliver(self, message: ChatMessage) -> None:
        self._lines.append(message.body)
        self._context.sink.to_party(self._party_id, self._context.sink.encode("chat:message", message.body))
