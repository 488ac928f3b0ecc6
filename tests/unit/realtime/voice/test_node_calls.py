"""Questions between nodes over a bus."""

import pytest

import realtime.voice.node_calls as node_calls
from kernel.bus import MemoryBus
from kernel.errors import Unavailable
from realtime.voice.model import REFUSALS, VoiceFull
from realtime.voice.node_calls import BusCalls


async def answer(question: dict[str, object]) -> dict[str, object]:
    if question["kind"] == "full":
        raise VoiceFull(capacity=3)
    return {"said": question["kind"]}


async def test_an_answer_a_refusal_and_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = MemoryBus()
    here, there = BusCalls(bus, "here", answer, REFUSALS), BusCalls(bus, "there", answer, REFUSALS)
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
