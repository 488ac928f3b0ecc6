"""A room is opened once, kept for a while when it is empty, and opened again."""

import asyncio

import pytest

from realtime.party.replica import registry
from tests.support.realtime.party import Node, Player

pytestmark = pytest.mark.both_adapters


async def test_many_at_the_same_moment_open_one_replica(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        running = node.gateway._running
        assert running is not None
        opened = await asyncio.gather(*(running.registry.open(party_id) for _ in range(20)))
        assert len({id(room) for room in opened}) == 1


async def test_an_empty_room_is_let_go_and_comes_back_as_it_was(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LINGER_S", 0.1)
    running = node.gateway._running
    assert running is not None
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create()
        for visit in range(1, 4):
            await ann.join(party_id)
            assert await ann.command("seek", position_ms=visit) == visit
            await ann.ok("chat:send", {"id": f"m{visit}", "text": str(visit)})
            await ann.ok("party:leave")
            async with asyncio.timeout(15):
                while running.registry.known(party_id) is not None:
                    await asyncio.sleep(0.02)
        back = await bob.join(party_id, since=1, chat_since=1)
        assert [entry["version"] for entry in back["log"]] == [2, 3]
        assert [line["text"] for line in back["chat"]] == ["2", "3"]
        await bob.command("seek", position_ms=9)
        await bob.hears("party:state", version=4)
        assert running.registry.known(party_id) is not None
