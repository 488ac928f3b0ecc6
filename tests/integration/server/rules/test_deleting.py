"""What is deleted takes everything along that was only there for it."""

import pytest
from sqlalchemy import insert, select

from kernel.outbox.relay import Relay
from realtime.party.chat.repository import chat_table
from server.services import Services
from tests.conftest import AppClient, MakeUser


@pytest.mark.both_adapters
async def test_what_somebody_said_goes_with_their_account(
    services: Services, app_client: AppClient, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    async with app_client.post("/api/v1/parties", json={"title": "Ours"}, headers=bob.headers) as answer:
        party_id = (await answer.json())["party_id"]
    line = {
        "party_id": party_id,
        "text": "a secret",
        "position_ms": 0,
        "sent_at": services.clock.now(),
        "deleted": False,
    }
    said = [
        {**line, "seq": seq, "message_id": f"m{seq}", "member_id": who.user_id, "name": who.nickname}
        for seq, who in enumerate((ann, bob))
    ]
    async with services.container.scope(write=True) as scope:
        await scope.uow.session.execute(insert(chat_table), said)
    deletion = await app_client.post("/api/v1/me/delete", json={"password": ann.password}, headers=ann.headers)
    assert deletion.status == 204
    await Relay(services.container).drain()
    async with services.container.scope(write=False) as scope:
        rows = await scope.uow.session.execute(select(chat_table).order_by(chat_table.c.seq))
        assert [(row.name, row.text, row.deleted) for row in rows] == [
            ("", "", True),
            (bob.nickname, "a secret", False),
        ]
