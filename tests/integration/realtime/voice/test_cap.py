"""A server with a limit, and one without voice."""

from kernel.scope import Container
from server.services import Services
from tests.support.realtime.party import Player, running_node


async def test_voice_is_full_and_then_has_a_place(container: Container, services: Services) -> None:
    async with (
        running_node(container, services.settings.redis_url, voice_capacity=1) as node,
        Player(node, "ann") as ann,
        Player(node, "bob") as bob,
    ):
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        await bob.join(party_id)
        await ann.ok("voice:join")
        await ann.ok("voice:join")  # whoever is in already takes no other place
        assert await bob.refused("voice:join") == "voice_full"
        await ann.ok("voice:leave")
        await bob.ok("voice:join")
        for event, payload in (("voice:mute", {"muted": "yes"}), ("voice:offer", {}), ("voice:join", {"resume": "x"})):
            assert await bob.refused(event, payload) == "bad_request"
        answer = await bob.ok("voice:join")
        offer = {"session_id": answer["session_id"], "sdp": "v=0\r\nm=audio nonsense\r\n"}
        assert await bob.refused("voice:offer", offer) == "offer_not_acceptable"
        await ann.ok("party:leave")
        assert await ann.refused("voice:look") == "not_in_party"


async def test_without_voice(container: Container, services: Services) -> None:
    async with (
        running_node(container, services.settings.redis_url, voice_capacity=0) as node,
        Player(node, "ann") as ann,
    ):
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        assert (await ann.ok("voice:look"))["capacity"] == 0
        assert await ann.refused("voice:join") == "voice_off"
