"""What moderators and administrators may do with accounts, and to whom."""

import asyncio
from typing import Any

import pytest

from accounts.identity.admin import usecases as admin
from accounts.identity.errors import OutOfReach
from accounts.identity.model import UserId
from accounts.identity.ports import AccessCache, LoginSessions, Users
from kernel.access import Role
from kernel.ids import new_id
from kernel.scope import Container
from server.cli import accounts
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person


async def call(client: AppClient, method: str, path: str, who: Person | None, body: Any = None) -> tuple[int, Any]:
    headers = who.headers if who else {}
    async with client.request(method, f"/api/v1/admin/users{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def auth(client: AppClient, path: str, body: Any) -> tuple[int, Any]:
    async with client.post(f"/api/v1/auth/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def is_in(client: AppClient, person: Person) -> bool:
    async with client.get("/api/v1/auth/me", headers=person.headers) as answer:
        return answer.status == 200


async def test_users_are_found(app_client: AppClient, make_user: MakeUser) -> None:
    admin, _editor = await make_user(Role.ADMIN, "Olga"), await make_user(Role.EDITOR, "Oleg")
    people = [await make_user(nickname=f"Person-{name}") for name in ("one", "two", "three")]
    status, body = await call(app_client, "GET", "?search=person&page_size=2", admin)
    assert (status, body["total"], body["page"], body["page_size"]) == (200, 3, 1, 2)
    assert [item["id"] for item in body["items"]] == [people[2].user_id, people[1].user_id]
    assert set(body["items"][0]) == {
        "id", "email", "email_verified", "nickname", "role", "avatar_url", "created_at", "banned_at", "ban_reason",
    }  # fmt: skip
    assert [item["nickname"] for item in (await call(app_client, "GET", "?role=editor", admin))[1]["items"]] == ["Oleg"]
    assert (await call(app_client, "GET", "?banned=true", admin))[1]["total"] == 0
    assert (await call(app_client, "GET", f"/{people[0].user_id}", admin))[1]["nickname"] == "Person-one"
    assert (await call(app_client, "GET", f"/{new_id()}", admin))[0] == 404


@pytest.mark.both_adapters
async def test_a_ban_bites_at_once_and_can_be_lifted(app_client: AppClient, make_user: MakeUser) -> None:
    moderator, ann = await make_user(Role.MODERATOR), await make_user()
    assert await is_in(app_client, ann)
    status, body = await call(app_client, "POST", f"/{ann.user_id}/ban", moderator, {"reason": "spam"})
    assert (status, body["ban_reason"], body["banned_at"] is not None) == (200, "spam", True)
    assert not await is_in(app_client, ann)
    login = {"login": ann.email, "password": PASSWORD}
    status, problem = await auth(app_client, "login", login)
    assert (status, problem["code"]) == (403, "account_banned")
    assert (await auth(app_client, "login", {**login, "password": "wrong, quite wrong"}))[0] == 401
    assert (await auth(app_client, "refresh", {"refresh_token": ann.refresh_token}))[0] == 401
    assert (await call(app_client, "GET", "?banned=true", moderator))[1]["total"] == 1
    status, body = await call(app_client, "DELETE", f"/{ann.user_id}/ban", moderator)
    assert (status, body["ban_reason"], body["banned_at"]) == (200, None, None)
    assert (await auth(app_client, "login", login))[0] == 200
    assert not await is_in(app_client, ann), "the sessions from before stay over"


async def test_a_promotion_and_a_demotion_hold_from_the_next_request(
    app_client: AppClient, make_user: MakeUser
) -> None:
    admin, ann = await make_user(Role.ADMIN), await make_user()
    assert (await call(app_client, "PUT", f"/{ann.user_id}/role", admin, {"role": "moderator"}))[1][
        "role"
    ] == "moderator"
    _, fresh = await auth(app_client, "refresh", {"refresh_token": ann.refresh_token})
    moderating = {"Authorization": f"Bearer {fresh['access_token']}"}
    async with app_client.get("/api/v1/admin/users", headers=moderating) as answer:
        assert answer.status == 200
    await call(app_client, "PUT", f"/{ann.user_id}/role", admin, {"role": "user"})
    async with app_client.get("/api/v1/admin/users", headers=moderating) as answer:
        assert answer.status == 401


async def test_the_last_admin_cannot_resign(app_client: AppClient, make_user: MakeUser) -> None:
    admin = await make_user(Role.ADMIN)
    status, problem = await call(app_client, "PUT", f"/{admin.user_id}/role", admin, {"role": "user"})
    assert (status, problem["code"]) == (409, "last_admin")


async def test_who_may_do_what_to_whom(app_client: AppClient, make_user: MakeUser) -> None:
    people: dict[Role | None, Person | None] = {None: None, **{role: await make_user(role) for role in Role}}
    targets = {role: await make_user(role) for role in Role}
    for role, who in people.items():
        refused = 401 if who is None else 403
        reads = 200 if role in {Role.MODERATOR, Role.ADMIN} else refused
        for path in ("", f"/{targets[Role.USER].user_id}"):
            assert (await call(app_client, "GET", path, who))[0] == reads, (role, path)
        for target_role, target in targets.items():
            may_ban = reads == 200 and role is not None and not target_role.at_least(role)
            expected = 200 if may_ban else (403 if who else 401)
            for method, body in (("POST", {"reason": "test"}), ("DELETE", None)):
                found = await call(app_client, method, f"/{target.user_id}/ban", who, body)
                assert found[0] == expected, (role, method, target_role)
            same = {"role": target_role.value}
            expected = 200 if role is Role.ADMIN else refused
            assert (await call(app_client, "PUT", f"/{target.user_id}/role", who, same))[0] == expected
    moderator = people[Role.MODERATOR]
    assert moderator is not None
    assert (await call(app_client, "POST", f"/{moderator.user_id}/ban", moderator, {"reason": "me"}))[0] == 403


async def test_hostile_input(app_client: AppClient, make_user: MakeUser) -> None:
    admin, ann = await make_user(Role.ADMIN), await make_user()
    for query in ("?page=0", "?page_size=101", "?role=god", "?search=" + "x" * 600, "?page=99999999999999999999"):
        assert (await call(app_client, "GET", query, admin))[0] == 422
    assert (await call(app_client, "GET", "?search=%00", admin))[0] == 422
    bodies: list[Any] = [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "a\x00"}, {"reason": 1}, []]
    for body in bodies:
        assert (await call(app_client, "POST", f"/{ann.user_id}/ban", admin, body))[0] == 422
    assert (await call(app_client, "PUT", f"/{ann.user_id}/role", admin, {"role": "ADMIN "}))[0] == 422
    assert (await call(app_client, "GET", "/not-an-id", admin))[0] == 404


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)  # in SQLite there is only ever one who writes
async def test_who_is_promoted_at_this_moment_is_out_of_reach(container: Container, make_user: MakeUser) -> None:
    ann, moderator = await make_user(), await make_user(Role.MODERATOR)

    async def ban() -> None:
        async with container.scope(write=True) as scope:
            await admin.ban(
                scope.port(Users),
                scope.port(LoginSessions),
                scope.port(AccessCache),
                moderator.actor,
                user_id=UserId(ann.user_id),
                reason="a quarrel",
                now=scope.clock.now(),
            )

    async with container.scope(write=True) as scope:
        users, cache, now = scope.port(Users), scope.port(AccessCache), scope.clock.now()
        await admin.set_role(users, cache, user_id=UserId(ann.user_id), role=Role.ADMIN, now=now)
        await scope.uow.session.flush()
        banning = asyncio.create_task(ban())
        await asyncio.wait([banning], timeout=0.3)
    with pytest.raises(OutOfReach):
        await banning


@pytest.mark.both_adapters
async def test_the_first_password_is_good_once(app_client: AppClient, services: Services) -> None:
    password = await accounts.first_admin(services)
    assert password is not None
    login = {"login": "admin", "password": password}
    # Two at once are not both the first.
    answers = await asyncio.gather(*(auth(app_client, "login", login) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [200, 401, 401]
    assert {body["code"] for status, body in answers if status == 401} == {"one_time_password_spent"}
    grant = next(body for status, body in answers if status == 200)
    assert grant["user"]["choose_password"] is True
    assert (await auth(app_client, "login", {**login, "password": "wrong, quite wrong"}))[1][
        "code"
    ] == "invalid_credentials"

    # Whoever signed in with it chooses another one, which stays.
    headers = {"Authorization": f"Bearer {grant['access_token']}"}
    chosen = {"current_password": password, "new_password": PASSWORD}
    async with app_client.post("/api/v1/auth/password", json=chosen, headers=headers) as answer:
        assert answer.status == 204, await answer.text()
    for _ in range(2):
        status, body = await auth(app_client, "login", {"login": "admin", "password": PASSWORD})
        assert (status, body["user"]["choose_password"]) == (200, False)
