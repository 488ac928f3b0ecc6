"""Questions between nodes over the bus: at most once, with an answer or a time-out."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol

import orjson
import structlog
from typing_extensions import override

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable
from kernel.ids import new_id
from kernel.nodes.bus import Bus

log = structlog.get_logger()

ASK_TIMEOUT_S: Final = 6.0
"""Under the patience of the event's handler (15 s), over the first load of aiortc on a busy node."""
START_TIMEOUT_S: Final = 10.0
MAX_ANSWERING: Final = 256
"""Questions of other nodes being worked on: as many people as talk on one node come back at once after a restart."""


Json = dict[str, Any]


class Answer(Protocol):
    """What a node does with a question."""

    async def __call__(self, question: Json) -> Json:
        """The answer, as JSON.  Raises what whoever asked is to be told."""
        ...


class NodeCalls(Protocol):
    """A question to another node, and its answer."""

    async def ask(self, node_id: str, question: Json) -> Json:
        """Raises what the other node raised, and Unavailable where it does not answer."""
        ...


class BusCalls(NodeCalls):
    """A :class:`NodeCalls` over the bus."""

    def __init__(
        self, bus: Bus, subject: str, node_id: str, answer: Answer, errors: Mapping[str, type[AniError]]
    ) -> None:
        """``subject``: what is asked about; ``errors``: those that are raised here as they were there, by code."""
        self._subject = subject
        self._bus = bus
        self._node_id = node_id
        self._answer = answer
        self._errors = errors
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._tasks = TaskSet("node-calls")
        self._listening: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._answering = 0

    async def start(self) -> None:
        """Returns when this node can be asked; may be tried again.  Raises Unavailable where the bus does not answer."""
        if self._listening is None or self._listening.done():  # two that listen would do what is asked for twice
            self._listening = self._tasks.spawn(self._listen(), name="listen")
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await self._ready.wait()
        except TimeoutError as error:
            raise Unavailable(retry_after_s=1) from error

    async def close(self) -> None:
        """Stop listening."""
        await self._tasks.close()

    @override
    async def ask(self, node_id: str, question: Json) -> Json:
        call_id = new_id()
        answer = self._waiting[call_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ASK_TIMEOUT_S):
                await self._send(node_id, {"ask": call_id, "from": self._node_id, "body": question})
                message = await answer
        except TimeoutError as error:
            raise Unavailable(retry_after_s=1) from error
        finally:
            del self._waiting[call_id]
        if (refusal := message.get("error")) is not None:
            kind = self._errors.get(refusal["code"])
            if kind is None:
                raise Unavailable(retry_after_s=1)
            raise kind(refusal["message"], **refusal["details"])
        body: Json = message["body"]
        return body

    async def _listen(self) -> None:
        async with self._bus.subscribe(self._channel(self._node_id)) as messages:
            self._ready.set()
            async for data in messages:
                try:
                    self._take(orjson.loads(data))
                except (ValueError, KeyError, TypeError) as error:  # a node of another version
                    log.warning("unreadable message between nodes", reason=repr(error))

    def _take(self, message: dict[str, Any]) -> None:
        if "ask" in message:
            if self._answering < MAX_ANSWERING:
                self._answering += 1
                self._tasks.spawn(self._reply(message["ask"], message["from"], message["body"]), name="answer")
            return
        waiting = self._waiting.get(message["answer"])
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    async def _reply(self, call_id: str, node_id: str, question: Json) -> None:
        try:
            answer: Json = {"answer": call_id, "body": await self._answer(question)}
        except AniError as error:
            details = {name: value for name, value in error.details.items() if isinstance(value, str | int | float)}
            answer = {"answer": call_id, "error": {"code": error.code, "message": error.message, "details": details}}
        finally:
            self._answering -= 1
        async with asyncio.timeout(ASK_TIMEOUT_S):
            await self._send(node_id, answer)

    async def _send(self, node_id: str, message: Json) -> None:
        await self._bus.publish(self._channel(node_id), orjson.dumps(message))

    def _channel(self, node_id: str) -> str:
        return f"{self._subject}:{node_id}"
