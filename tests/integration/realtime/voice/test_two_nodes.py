"""Members of one party at two nodes: one of them carries the voice."""

import asyncio

import pytest

from kernel.scope import Container
from server.services import Services
from tests.support.realtime.party import Player, running_node
from tests.support.realtime.voices import Talker

pytestmark = pytest.mark.cluster

LOW_HZ, HIGH_HZ = 440.0, 1_000.0


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_they_hear_each_other_and_go_on_when_the_node_goes(container: Container, services: Services) -> None:
    url = services.settings.redis_url
    async with running_node(container, url) as second, Player(second, "bob") as bob:
        async with running_node(container, url) as first:
            ann = await Player(first, "ann").connect()
            party_id, _ = await ann.create(media=None)
            ann_id = (await ann.join(party_id))["you"]["member_id"]
            bob_id = (await bob.join(party_id))["you"]["member_id"]
            async with Talker(ann, LOW_HZ) as at_first, Talker(bob, HIGH_HZ) as at_second:
                await asyncio.gather(at_first.waits_to_hear(HIGH_HZ), at_second.waits_to_hear(LOW_HZ))
                assert {voice["member_id"] for voice in (await bob.ok("voice:look"))["members"]} == {ann_id, bob_id}
                assert second.gateway._running is not None
                assert second.gateway._running.rtc.port_number is None, "sound goes to one of them alone"
                # What a moderator decides at the one holds at the other.
                await ann.ok("member:mute", {"member_id": bob_id})
                await at_first.waits_for_silence(HIGH_HZ)
                assert await bob.refused("voice:offer", {"session_id": bob_id, "sdp": "v=0"}) == "not_in_voice"
                await bob.vanish()
                await _alone(ann, ann_id)
                await bob.connect()
                await bob.join(party_id)
        await ann.__aexit__()
        async with Player(second, "ann", user_id=ann.user_id) as again:
            await again.join(party_id)
            async with Talker(again, LOW_HZ), Talker(bob, HIGH_HZ) as at_second:
                await at_second.waits_to_hear(LOW_HZ)


async def _alone(player: Player, member_id: str) -> None:
    async with asyncio.timeout(15):
        while [voice["member_id"] for voice in (await player.ok("voice:look"))["members"]] != [member_id]:
            await asyncio.sleep(0.2)
