"""Progress is durable before it is acknowledged."""

import asyncio

from tests.support.realtime.party import EPISODE_ID, Node, Player


def mark(position_ms: float, at_ms: int = 1_000) -> dict[str, object]:
    return {"episode_id": EPISODE_ID, "position_ms": position_ms, "duration_ms": 1_440_000, "at_ms": at_ms}


async def test_acknowledged_after_it_is_durable(node: Node) -> None:
    node.progress.delay_s = 0.3
    async with Player(node, "ann") as ann:
        asking = asyncio.ensure_future(ann.ok("progress", mark(5_000.7)))
        await asyncio.sleep(0.25)
        assert not asking.done()
        await asking
        assert [(kept.user_id, kept.position_ms) for kept in node.progress.durable] == [(ann.user_id, 5_001)]


async def test_many_marks_are_few_writes_and_the_newest_counts(node: Node) -> None:
    async with Player(node, "ann") as ann:
        await asyncio.gather(*(ann.ok("progress", mark(at, at)) for at in range(20)))
        assert node.progress.batches <= 5
        assert node.progress.durable[-1].position_ms == 19


async def test_other_devices_of_the_user_hear_of_it(node: Node) -> None:
    async with (
        Player(node, "ann") as tv,
        Player(node, "ann", user_id=tv.user_id) as phone,
        Player(node, "bob") as bob,
    ):
        await tv.ok("progress", mark(60_000))
        assert (await phone.hears("progress:updated"))["position_ms"] == 60_000
        await asyncio.sleep(0.1)
        assert not tv.all("progress:updated")
        assert not bob.all("progress:updated")


async def test_guests_are_told_to_sign_in(node: Node) -> None:
    async with Player(node, "ann") as ann:
        party_id, invite = await ann.create()
        async with Player(node, invite=invite, name="G") as guest:
            await guest.join(party_id)
            assert await guest.refused("progress", mark(1)) == "guests_keep_nothing"


async def test_sockets_of_a_revoked_session_are_closed(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        await node.gateway.close_user(ann.user_id, session_id="another")
        await asyncio.sleep(0.1)
        assert ann.connected
        await node.gateway.close_user(ann.user_id)
        async with asyncio.timeout(15):
            while ann.connected:
                await asyncio.sleep(0.02)
        assert bob.connected
