"""Seeing and ending one's sessions, and changing one's password."""

from typing import Any

import pytest

from accounts.identity.model import LoginSession, RefreshToken, UserId
from accounts.identity.ports import LoginSessions, Users
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def call(client: AppClient, method: str, path: str, who: dict[str, str] | None = None, body: Any = None) -> Any:
    """The status and the JSON of an answer."""
    async with client.request(method, f"/api/v1/auth/{path}", json=body, headers=who or {}) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def login(client: AppClient, person: Person, password: str = PASSWORD, user_agent: str = FIREFOX) -> Any:
    return await call(
        client, "POST", "login", {"User-Agent": user_agent}, {"login": person.email, "password": password}
    )


def bearer(grant: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {grant['access_token']}"}


async def test_one_sees_where_one_is_signed_in(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    _, grant = await login(app_client, ann)
    status, body = await call(app_client, "GET", "sessions", bearer(grant))
    assert status == 200
    newest, oldest = body["items"]
    assert (newest["browser"], newest["device"], newest["current"]) == ("Firefox", "Linux", True)
    assert newest["address"] == "127.0.0.1"
    assert (oldest["id"], oldest["browser"], oldest["current"]) == (ann.session_id, None, False)


async def test_one_ends_one_session_and_never_anothers(app_client: AppClient, make_user: MakeUser) -> None:
    ann, bob = await make_user(), await make_user()
    _, grant = await login(app_client, ann)
    assert (await call(app_client, "DELETE", f"sessions/{ann.session_id}", bob.headers))[0] == 404
    assert (await call(app_client, "GET", "me", ann.headers))[0] == 200
    assert (await call(app_client, "DELETE", f"sessions/{ann.session_id}", bearer(grant)))[0] == 204
    assert (await call(app_client, "GET", "me", ann.headers))[0] == 401
    assert (await call(app_client, "POST", "refresh", None, {"refresh_token": ann.refresh_token}))[0] == 401
    assert len((await call(app_client, "GET", "sessions", bearer(grant)))[1]["items"]) == 1


async def test_everywhere_else_and_everywhere(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    grants = [(await login(app_client, ann))[1] for _ in range(2)]
    assert (await call(app_client, "DELETE", "sessions", bearer(grants[0])))[0] == 204
    assert (await call(app_client, "GET", "me", bearer(grants[0])))[0] == 200
    for other in (ann.headers, bearer(grants[1])):
        assert (await call(app_client, "GET", "me", other))[0] == 401
    assert (await call(app_client, "POST", "logout/everywhere", bearer(grants[0])))[0] == 204
    assert (await call(app_client, "GET", "me", bearer(grants[0])))[0] == 401


async def test_a_password_change_needs_the_old_one_and_ends_the_other_sessions(
    app_client: AppClient, make_user: MakeUser
) -> None:
    ann = await make_user()
    _, grant = await login(app_client, ann)
    new = "eleven quiet herons"
    wrong = {"current_password": "not the password", "new_password": new}
    status, problem = await call(app_client, "POST", "password", bearer(grant), wrong)
    assert (status, problem["code"]) == (403, "wrong_password")
    weak = {"current_password": PASSWORD, "new_password": "password1"}
    assert (await call(app_client, "POST", "password", bearer(grant), weak))[0] == 400
    right = {"current_password": PASSWORD, "new_password": new}
    assert (await call(app_client, "POST", "password", None, right))[0] == 401
    assert (await call(app_client, "POST", "password", bearer(grant), right))[0] == 204
    assert (await call(app_client, "GET", "me", bearer(grant)))[0] == 200
    assert (await call(app_client, "GET", "me", ann.headers))[0] == 401
    assert (await login(app_client, ann))[0] == 401
    assert (await login(app_client, ann, new))[0] == 200


async def test_a_stolen_access_token_cannot_guess_the_password(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    guess = {"current_password": "not the password", "new_password": "eleven quiet herons"}
    answers = [(await call(app_client, "POST", "password", ann.headers, guess))[0] for _ in range(11)]
    assert answers == [403] * 10 + [429]


async def test_header_bytes_that_are_no_text(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    _, grant = await login(app_client, ann, user_agent="caf\u00e9 \udcff\u202e Firefox/140.0")
    assert (await call(app_client, "GET", "sessions", bearer(grant)))[1]["items"][0]["browser"] == "Firefox"


@pytest.mark.both_adapters
async def test_where_somebody_has_been_before(services: Services, make_user: MakeUser) -> None:
    """There the guesses of others do not keep them out."""
    ann = await make_user()
    async with services.container.scope(write=True) as scope:
        user = await scope.port(Users).get(UserId(ann.user_id))
        assert user is not None
        for place in ("203.0.113.9", "2001:db8:0:1::1"):
            session = LoginSession.start(user, address=place, user_agent="", now=scope.clock.now())
            await scope.port(LoginSessions).add(session, RefreshToken.issue(session, scope.clock.now())[1])
    another_day = "2001:db8:0:1:ffff::2"  # the same subscriber
    async with services.container.scope(write=False) as scope:
        sessions = scope.port(LoginSessions)
        for address in ("203.0.113.9", "2001:db8:0:1::1", another_day):
            assert await sessions.knows_address(UserId(ann.user_id), address), address
            assert not await sessions.knows_address(UserId(new_id()), address), address
        for address in ("203.0.113.10", "2001:db8:0:2::1", "", "no address: at all"):
            assert not await sessions.knows_address(UserId(ann.user_id), address), address
