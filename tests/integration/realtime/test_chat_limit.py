"""Nobody floods a chat, over however many devices."""

import asyncio

import pytest

from kernel.ids import new_id
from realtime.party.sockets import CHAT
from tests.support.realtime.party import Node, Player


@pytest.mark.both_adapters
async def test_one_person_has_one_allowance_over_all_their_devices(node: Node) -> None:
    ann_id = new_id()
    async with (
        Player(node, "ann", user_id=ann_id) as phone,
        Player(node, "ann", user_id=ann_id) as laptop,
        Player(node, "bob") as bob,
    ):
        party_id, _ = await phone.create()
        for player in (phone, laptop, bob):
            await player.join(party_id)
        # Two windows may meet in here; twice the allowance is over it all the same.
        answers = []
        for number in range(CHAT.attempts + 1):
            answers += await asyncio.gather(
                *(p.ask("chat:send", {"id": f"{p.auth}{number}"[-40:], "text": "!"}) for p in (phone, laptop))
            )
            if not answers[-1]["ok"]:
                break
            await asyncio.sleep(0.03)  # under what one connection may send
        refused = [answer["error"] for answer in answers if not answer["ok"]]
        assert refused
        assert {error["code"] for error in refused} == {"too_many_requests"}
        assert all(0 < error["retry_after_s"] <= CHAT.window_s for error in refused)
        assert sum(answer["ok"] for answer in answers) >= CHAT.attempts // 2
        await bob.ok("chat:send", {"id": "b", "text": "somebody else may go on"})
