"""Parties over HTTP, on the real application."""

from collections.abc import Awaitable, Callable

from kernel.access import Role
from kernel.ids import new_id
from tests.conftest import AppClient
from tests.support.people import Person

MakeUser = Callable[..., Awaitable[Person]]


async def test_open_look_list_invite_end(app_client: AppClient, make_user: MakeUser) -> None:
    ann, bob = await make_user(), await make_user()
    made = await app_client.post("/api/v1/parties", json={"title": "Open", "access": "public"}, headers=ann.headers)
    assert made.status == 201, await made.text()
    party = await made.json()
    assert made.headers["Location"] == f"/api/v1/parties/{party['party_id']}"
    assert f"/party/{party['party_id']}?invite=" in party["invite_url"]

    seen = await (await app_client.get(f"/api/v1/parties/{party['party_id']}")).json()
    assert seen["title"] == "Open"
    assert seen["needs_password"] is False
    assert seen["members_count"] == 0

    await app_client.post("/api/v1/parties", json={"title": "Hidden"}, headers=ann.headers)
    page = await (await app_client.get("/api/v1/parties")).json()
    assert [line["title"] for line in page["items"]] == ["Open"]
    assert page["total"] == 1

    path = f"/api/v1/parties/{party['party_id']}"
    invite = await app_client.post(f"{path}/invites", json={"role": "cohost", "max_uses": 2}, headers=ann.headers)
    assert invite.status == 201
    assert "invite=" in (await invite.json())["invite_url"]
    stranger = await app_client.post(f"{path}/invites", json={}, headers=bob.headers)
    assert stranger.status == 403
    assert (await stranger.json())["code"] == "not_in_party"

    assert (await app_client.delete(path, headers=bob.headers)).status == 403
    moderator = await make_user(Role.MODERATOR)
    assert (await app_client.delete(path, headers=moderator.headers)).status == 204
    assert (await (await app_client.get(path)).json())["closed"] == "moderation"
    assert (await app_client.delete(path, headers=moderator.headers)).status == 410
    assert (await (await app_client.get("/api/v1/parties")).json())["items"] == []


async def test_refusals(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    assert (await app_client.post("/api/v1/parties", json={})).status == 401
    assert (await app_client.get(f"/api/v1/parties/{new_id()}")).status == 404
    assert (await app_client.get("/api/v1/parties/nonsense")).status == 404
    for body in ({"capacity": 0}, {"access": "secret"}, {"title": "x" * 121}, {"media": {"episode_id": "1"}}):
        answer = await app_client.post("/api/v1/parties", json=body, headers=ann.headers)
        assert answer.status == 422, body
    no_password = await app_client.post("/api/v1/parties", json={"access": "password"}, headers=ann.headers)
    assert (await no_password.json())["code"] == "settings_not_acceptable"
    unknown = {"media": {"episode_id": new_id()}}
    answer = await app_client.post("/api/v1/parties", json=unknown, headers=ann.headers)
    assert (await answer.json())["code"] == "episode_not_playable"
