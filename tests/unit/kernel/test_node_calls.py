"""Questions between nodes over a bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import kernel.nodes.calls as node_calls
from kernel.errors import Unavailable
from kernel.nodes.bus import MemoryBus
from kernel.nodes.calls import BusCalls
from realtime.voice.model import REFUSALS, VoiceFull


async def answer(question: dict[str, object]) -> dict[str, object]:
    if question["kind"] == "full":
        raise VoiceFull(capacity=3)
    return {"said": question["kind"]}


async def test_an_answer_a_refusal_and_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = MemoryBus()
    here, there = (
        BusCalls(bus, "realtime:voice", "here", answer, REFUSALS),
        BusCalls(bus, "realtime:voice", "there", answer, REFUSALS),
    )
    await here.start()
    await there.start()
    try:
        assert await here.ask("there", {"kind": "hello"}) == {"said": "hello"}
        with pytest.raises(VoiceFull) as refusal:
            await here.ask("there", {"kind": "full"})
        assert refusal.value.details == {"capacity": 3}
        await bus.publish("realtime:voice:there", b"no JSON")
        await bus.publish("realtime:voice:there", b'{"answer": "nobody asked"}')
        assert await here.ask("there", {"kind": "still here"}) == {"said": "still here"}
        monkeypatch.setattr(node_calls, "ASK_TIMEOUT_S", 0.05)
        with pytest.raises(Unavailable):
            await here.ask("gone", {"kind": "hello"})
        assert here._waiting == {}
    finally:
        await here.close()
        await there.close()


class SlowBus(MemoryBus):
    """Takes its time until somebody can listen."""

    def __init__(self) -> None:
        super().__init__()
        self.there = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        await self.there.wait()
        async with super().subscribe(channel) as messages:
            yield messages


async def test_a_start_that_is_tried_again_listens_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bus, asked = SlowBus(), []

    async def counted(question: dict[str, object]) -> dict[str, object]:
        asked.append(question)
        return {}

    calls = BusCalls(bus, "realtime:voice", "here", counted, {})
    monkeypatch.setattr(node_calls, "START_TIMEOUT_S", 0.01)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await calls.start()
    monkeypatch.undo()
    bus.there.set()
    await calls.start()
    try:
        await calls.ask("here", {"kind": "publish"})
        await calls.ask("here", {"kind": "watch"})
        assert [question["kind"] for question in asked] == ["publish", "watch"]
    finally:
        await calls.close()
