"""Channels: made, described, listed to whom they are for, exported and deleted with their owner."""

from typing import Any

import pytest

from kernel.access import Role
from streaming.live.channels.model import MAX_CHANNELS
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.live.conftest import API, Stage
from tests.support.people import Person

pytestmark = pytest.mark.both_adapters


async def titles(client: AppClient, who: Person | None, query: str = "") -> list[str]:
    response = await client.get(f"{API}/channels{query}", headers=who.headers if who else {})
    assert response.status == 200, await response.text()
    return [item["title"] for item in (await response.json())["items"]]


async def make(client: AppClient, owner: Person, title: str, **more: str) -> dict[str, Any]:
    response = await client.post(f"{API}/channels", json={"title": title, **more}, headers=owner.headers)
    assert response.status == 201, await response.text()
    return dict(await response.json())


async def test_a_channel_from_its_making_to_its_end(stage: Stage, make_user: MakeUser) -> None:
    client, owner = stage.client, stage.owner
    moderator, stranger = await make_user(Role.MODERATOR), await make_user()
    secret = await make(client, owner, "For members", audience="members")
    assert stage.key.startswith("anis_")
    assert "stream_key" not in await (await client.get(stage.path, headers=owner.headers)).json()
    assert await titles(client, None) == ["Evenings"]
    assert await titles(client, stranger) == ["For members", "Evenings"]
    assert await titles(client, stranger, "?mine=true") == []
    assert await titles(client, None, "?live=true") == []

    await stage.publisher()
    assert await titles(client, stranger) == ["Evenings", "For members"], "those that are live first"
    assert await titles(client, None, "?live=true") == ["Evenings"]

    down = f"{API}/channels/{secret['id']}/take-down"
    assert (await client.put(down, json={"reason": "Spam"}, headers=moderator.headers)).status == 200
    assert await titles(client, stranger) == ["Evenings"]
    assert "For members" in await titles(client, moderator, "?everything=true")
    assert "For members" not in await titles(client, stranger, "?everything=true")
    assert await titles(client, owner, "?mine=true") == ["Evenings", "For members"]

    copy = await (await client.get("/api/v1/me/data", headers=owner.headers)).json()
    kept = {one["title"]: one for one in copy["live_channels"]}
    assert kept["For members"]["taken_down_reason"] == "Spam"
    assert stage.key not in str(copy)

    stale = {**owner.headers, "If-Match": '"v99"'}
    assert (await client.put(stage.path, json={"title": "Mornings"}, headers=stale)).status == 412
    assert (await client.put(stage.path, json={"title": "Mornings"}, headers=owner.headers)).status == 200
    assert (await client.put(stage.path, json={"title": " "}, headers=owner.headers)).status == 422
    assert (await client.delete(stage.path, headers=stranger.headers)).status == 403
    assert (await client.delete(stage.path, headers=owner.headers)).status == 204
    assert stage.hub.carried() == {}
    assert (await client.get(stage.path, headers=owner.headers)).status == 404


async def test_an_account_has_so_many(stage: Stage) -> None:
    for number in range(MAX_CHANNELS - 1):
        await make(stage.client, stage.owner, f"Channel {number}")
    response = await stage.client.post(f"{API}/channels", json={"title": "More"}, headers=stage.owner.headers)
    assert (response.status, (await response.json())["code"]) == (409, "too_many_channels")
