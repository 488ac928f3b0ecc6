"""Voice of a party, from one browser's engine to another's, on both kinds of adapters."""

import asyncio
from typing import Any

from tests.support.realtime.party import Node, Player
from tests.support.realtime.voices import Talker

LOW_HZ, HIGH_HZ = 440.0, 1_000.0


async def test_an_evening_of_two(node: Node) -> None:
    """They hear each other; muting, by oneself and by a moderator, and leaving end that, and leave nothing behind."""
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        bob_id = (await bob.join(party_id))["you"]["member_id"]
        assert (await bob.ok("voice:look"))["members"] == []
        async with Talker(ann, LOW_HZ) as first, Talker(bob, HIGH_HZ) as second:
            await asyncio.gather(first.waits_to_hear(HIGH_HZ), second.waits_to_hear(LOW_HZ))
            assert not first.hears(LOW_HZ), "nobody hears themselves"
            told = await _voice_of(ann, bob_id, speaking=True, heard_by=1)
            assert told["level"] >= 0.05
            assert (await ann.ok("voice:look"))["members"][1]["member_id"] == bob_id

            await bob.ok("voice:mute", {"muted": True})
            await first.waits_for_silence(HIGH_HZ)
            await bob.ok("voice:mute", {"muted": False})
            await first.waits_to_hear(HIGH_HZ)

            await ann.ok("member:mute", {"member_id": bob_id})
            await first.waits_for_silence(HIGH_HZ)
            await _voice_of(ann, bob_id, may_speak=False)
            await second.waits_to_hear(LOW_HZ)  # to listen, nobody needs a right
            await ann.ok("member:mute", {"member_id": bob_id, "muted": False})
            await first.waits_to_hear(HIGH_HZ)

            await ann.ok("member:kick", {"member_id": bob_id})
            assert (await bob.hears("voice:ended"))["reason"] == "out"
            await first.waits_for_silence(HIGH_HZ)
            await second.waits_for_no_more(LOW_HZ)  # who is out, though ann speaks on
            await ann.ok("voice:leave")
        await _nothing_left(node)


async def test_a_lost_socket_is_not_a_lost_voice(node: Node) -> None:
    async with Player(node, "ann") as ann, Player(node, "bob") as bob:
        party_id, _ = await ann.create(media=None)
        await ann.join(party_id)
        await bob.join(party_id)
        async with Talker(ann, LOW_HZ) as first, Talker(bob, HIGH_HZ) as second:
            await second.waits_to_hear(LOW_HZ)
            session_id = first.answer["session_id"]
            await ann.vanish()
            await ann.connect()
            await ann.join(party_id)
            again = await ann.ok("voice:join", {"resume": session_id})
            assert (again["resumed"], again["session_id"]) == (True, session_id)
            second.forget()
            await second.waits_to_hear(LOW_HZ)

            # Credentials of ICE are changed while the sound goes on.
            first.pc.restart_ice()
            await first.negotiate()
            await asyncio.sleep(1)
            second.forget()
            await second.waits_to_hear(LOW_HZ)

            # Whoever comes in anew, on another device, takes the place of the first.
            fresh = await ann.ok("voice:join", {"resume": None})
            assert fresh["resumed"] is False
            assert (await ann.hears("voice:ended"))["reason"] == "elsewhere"
            await second.waits_for_silence(LOW_HZ)
            assert await ann.refused("voice:offer", {"session_id": session_id, "sdp": "v=0"}) == "not_in_voice"


async def _voice_of(player: Player, member_id: str, **expected: object) -> dict[str, Any]:
    """The first time this member was told of with these values, now or soon."""
    async with asyncio.timeout(15):
        while True:
            for event, message in player.heard:
                for voice in message["members"] if event == "voice:members" else ():
                    if voice["member_id"] == member_id and expected.items() <= voice.items():
                        return dict(voice)
            await asyncio.sleep(0.05)


async def _nothing_left(node: Node) -> None:
    """No place, no address and no task of a peer is left, soon."""
    running = node.gateway._running
    assert running is not None
    async with asyncio.timeout(10):
        while (
            running.voice_rooms.people_count
            or running.voice_rooms._rooms
            or (running.rtc._port is not None and (running.rtc._port._by_fragment or running.rtc._port._by_address))
            or any("rtc-peer" in task.get_name() or "voice-party" in task.get_name() for task in asyncio.all_tasks())
        ):
            await asyncio.sleep(0.05)
