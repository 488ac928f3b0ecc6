"""Signing up, in, on and out over HTTP, on both kinds of services."""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
import socketio
from aiohttp import ClientResponse
from sqlalchemy import select, update

from accounts.identity import usecases
from accounts.identity.admin import usecases as admin
from accounts.identity.errors import LastAdmin
from accounts.identity.events import SessionRevoked, UserLoggedIn, UserRegistered
from accounts.identity.jobs import forget_expired
from accounts.identity.limits import REGISTER_MAILBOX
from accounts.identity.model import REFRESH_LEEWAY, UserId
from accounts.identity.names import Email, Nickname
from accounts.identity.passwords.adapters.argon2_hasher import MAX_WAITING, MEMORY_KIB, PASSES, Argon2Hasher
from accounts.identity.ports import AccessCache, LoginSessions, PasswordHasher, Users
from accounts.identity.registration.usecases import Registration, register
from accounts.identity.repository import refresh_tokens
from kernel.access import Role
from kernel.errors import Unavailable
from kernel.events import Event
from kernel.outbox.outbox import EventTable, Subscriber
from kernel.outbox.relay import Relay
from kernel.scope import Container, Scope
from server.boot import open_services
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient

ANN = {"email": "Ann@example.org", "nickname": "Ann Lee", "password": "seven moons over the hill"}


@pytest.fixture
def client(app_client: AppClient) -> AppClient:
    # The client's own cookie jar would send what a test did not mean to send.
    app_client.session.cookie_jar.clear()
    return app_client


async def post(client: AppClient, path: str, body: Any = None, **options: Any) -> tuple[int, Any, ClientResponse]:
    async with client.post(f"/api/v1/auth/{path}", json={} if body is None else body, **options) as answer:
        return answer.status, await answer.json() if answer.status != 204 else None, answer


async def registered(client: AppClient) -> dict[str, Any]:
    status, grant, _ = await post(client, "register", ANN)
    assert status == 201, grant
    return dict(grant)


async def me(client: AppClient, access_token: str) -> tuple[int, Any]:
    async with client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {access_token}"}) as answer:
        return answer.status, await answer.json()


async def test_from_signing_up_to_logging_out(client: AppClient) -> None:
    grant = await registered(client)
    assert set(grant) == {"access_token", "token_type", "expires_in_s", "refresh_token", "user"}
    assert (grant["token_type"], grant["expires_in_s"]) == ("Bearer", 900)
    assert grant["user"] | {"id": "", "created_at": ""} == {
        "id": "",
        "email": "Ann@example.org",
        "has_password": True,
        "choose_password": False,
        "email_verified": False,
        "nickname": "Ann Lee",
        "role": "user",
        "avatar_url": None,
        "created_at": "",
    }
    assert await me(client, grant["access_token"]) == (200, grant["user"])

    status, again, answer = await post(client, "login", {"login": "ann_LEE", "password": ANN["password"]})
    assert (status, again["user"]) == (200, grant["user"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert again["access_token"] != grant["access_token"]
    assert (await post(client, "login", {"login": " aNN@EXAMPLE.org", "password": ANN["password"]}))[0] == 200

    bearer = {"Authorization": f"Bearer {again['access_token']}"}
    assert (await post(client, "logout", headers=bearer))[0] == 204
    assert (await me(client, again["access_token"]))[0] == 401
    assert (await post(client, "refresh", {"refresh_token": again["refresh_token"]}))[0] == 401
    assert (await me(client, grant["access_token"]))[0] == 200, "the other session goes on"


async def test_refresh_tokens_rotate(client: AppClient) -> None:
    first = await registered(client)
    status, second, answer = await post(client, "refresh", {"refresh_token": first["refresh_token"]})
    assert (status, second["user"], answer.headers["Cache-Control"]) == (200, first["user"], "no-store")
    assert second["refresh_token"] != first["refresh_token"]
    assert (await me(client, second["access_token"]))[0] == 200
    assert (await post(client, "refresh", {"refresh_token": "never given out"}))[1]["code"] == "refresh_token_invalid"


async def test_a_stolen_refresh_token_ends_the_session_it_was_stolen_from(
    client: AppClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await registered(client)
    _, second, _ = await post(client, "refresh", {"refresh_token": first["refresh_token"]})
    soon = services.clock.now
    monkeypatch.setattr(services.clock, "now", lambda: soon() + REFRESH_LEEWAY + timedelta(seconds=1))
    assert (await post(client, "refresh", {"refresh_token": first["refresh_token"]}))[0] == 401
    assert (await me(client, second["access_token"]))[0] == 401, "the thief's and the owner's alike"
    assert (await post(client, "refresh", {"refresh_token": second["refresh_token"]}))[0] == 401


@pytest.mark.both_adapters
async def test_two_tabs_refresh_at_once(client: AppClient) -> None:
    grant = await registered(client)
    answers = await asyncio.gather(
        *(post(client, "refresh", {"refresh_token": grant["refresh_token"]}) for _ in range(4))
    )
    assert [status for status, _, _ in answers] == [200] * 4
    tokens = {body["refresh_token"] for _, body, _ in answers}
    assert len(tokens) == 1, "a spent token has one successor, or one session would become four"
    status, successor, _ = await post(client, "refresh", {"refresh_token": tokens.pop()})
    assert status == 200
    assert successor["refresh_token"] != answers[0][1]["refresh_token"]


@pytest.mark.both_adapters
async def test_what_a_token_was_traded_for_is_not_in_the_database(client: AppClient, container: Container) -> None:
    grant = await registered(client)
    _, second, _ = await post(client, "refresh", {"refresh_token": grant["refresh_token"]})

    async def successors() -> list[str | None]:
        async with container.scope(write=False) as scope:
            rows = await scope.uow.session.execute(
                select(refresh_tokens.c.successor).order_by(refresh_tokens.c.issued_at)
            )
            return list(rows.scalars())

    sealed, unspent = await successors()
    assert unspent is None
    assert sealed is not None
    assert second["refresh_token"] not in sealed
    assert second["refresh_token"].encode() not in base64.b64decode(sealed)

    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(
            update(refresh_tokens).values(spent_at=container.clock.now() - timedelta(hours=1))
        )
    await forget_expired(container)
    assert await successors() == [None, None], "nor is the seal kept longer than anybody may ask for it"


async def test_the_web_client_gets_a_cookie_scripts_cannot_read(client: AppClient) -> None:
    status, grant, answer = await post(client, "register", {**ANN, "delivery": "cookie"})
    assert status == 201
    assert "refresh_token" not in grant
    cookie = answer.cookies["ani_refresh"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/api/v1/auth", "Strict", True)
    assert not cookie["secure"], "the tests' server is plain http"

    sent = {"Cookie": f"ani_refresh={cookie.value}"}
    for hostile in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        status, problem, _ = await post(client, "refresh", headers={**sent, **hostile})
        assert (status, problem["code"]) == (403, "cross_site_request")
    own = {**sent, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{client.host}:{client.port}"}
    status, grant, answer = await post(client, "refresh", headers=own)
    assert (status, "refresh_token" in grant) == (200, False)
    assert answer.cookies["ani_refresh"].value != cookie.value

    sent = {"Cookie": f"ani_refresh={answer.cookies['ani_refresh'].value}"}
    status, _, answer = await post(client, "logout", headers=sent)
    assert (status, answer.cookies["ani_refresh"].value) == (204, "")
    assert (await post(client, "refresh", headers=sent))[0] == 401


async def test_an_unknown_login_is_answered_like_a_wrong_password(client: AppClient) -> None:
    await registered(client)
    answers = [
        await post(client, "login", {"login": login, "password": "wrong, quite wrong"})
        for login in ("Ann Lee", "nobody", "nobody@example.org", "", "'; DROP TABLE users; --", "\U0001f642" * 100)
    ]
    for status, problem, _ in answers:
        problem.pop("request_id")
        assert (status, problem) == (401, answers[0][1])


async def test_an_unknown_login_costs_a_hash_too(
    client: AppClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, checked = services.components.accounts.identity.hasher, []
    verify = hasher.verify

    async def watched(password_hash: str | None, password: str) -> bool:
        checked.append(password_hash)
        return await verify(password_hash, password)

    monkeypatch.setattr(hasher, "verify", watched)
    await post(client, "login", {"login": "nobody", "password": "wrong, quite wrong"})
    assert checked == [None]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"email": "not an address"}, 400, "email_invalid"),
        ({"nickname": "x"}, 400, "nickname_invalid"),
        ({"nickname": "аdmin"}, 400, "nickname_invalid"),  # with a Cyrillic first letter
        ({"password": "short"}, 400, "password_too_short"),
        ({"password": "x7#" * 100}, 400, "password_too_long"),
        ({"password": "password123"}, 400, "password_too_common"),
        ({"password": "ann lee 1"}, 400, "password_too_common"),
        ({"password": None}, 422, "payload"),
        ({"password": 12345678}, 422, "payload"),
        ({"password": "seven\x00moons over"}, 422, "payload"),
        ({"password": "x" * 5000}, 422, "payload"),
        ({"role": "admin"}, 422, "payload"),
        ({"delivery": "pigeon"}, 422, "payload"),
    ],
)
async def test_what_cannot_be_registered(client: AppClient, changed: dict[str, Any], status: int, code: str) -> None:
    answer = await post(client, "register", {**ANN, **changed})
    assert answer[0] == status
    if code != "payload":
        assert answer[1]["code"] == code


@pytest.mark.both_adapters
async def test_names_are_taken_once_however_spelt(client: AppClient) -> None:
    await registered(client)
    other = {"email": "bob@example.org", "nickname": "Bob", "password": ANN["password"]}
    for changed, code in (
        ({"email": "ANN@Example.ORG"}, "email_taken"),
        ({"nickname": "ann-lee"}, "nickname_taken"),
    ):
        status, problem, _ = await post(client, "register", {**other, **changed})
        assert (status, problem["code"]) == (409, code)
    answers = await asyncio.gather(*(post(client, "register", other) for _ in range(4)))
    assert sorted(status for status, _, _ in answers) == [201, 409, 409, 409]


@pytest.mark.both_adapters
async def test_guessing_is_stopped_and_the_owner_is_not(client: AppClient) -> None:
    await registered(client)
    wrong = {"login": "Ann Lee", "password": "wrong, quite wrong"}
    answers = await asyncio.gather(*(post(client, "login", wrong) for _ in range(14)))
    assert sorted(status for status, _, _ in answers) == [401] * 10 + [429] * 4
    refused = next(answer for status, _, answer in answers if status == 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert (await post(client, "login", {**wrong, "login": "somebody else"}))[0] == 401
    # The right password does not help the one who guessed; it still signs in from a session's refresh token elsewhere.
    assert (await post(client, "login", {"login": "ann_lee", "password": ANN["password"]}))[0] == 429


async def test_a_count_does_not_tell_who_has_an_account_or_whose_address_it_is(client: AppClient) -> None:
    """Were it one count for the account, a nickname used up would show which address belongs to the same person."""
    await registered(client)
    for login in ("Ann Lee", "Bob Lee"):
        answers = [await post(client, "login", {"login": login, "password": "wrong, quite wrong"}) for _ in range(11)]
        assert [status for status, _, _ in answers] == [401] * 10 + [429]
    for login, status in (
        ("ann@example.org", 401), ("bob@example.org", 401),  # counts of their own
        ("ANN-LEE", 429), ("BOB-LEE", 429),  # another spelling is none, whether there is such a person or not
    ):  # fmt: skip
        assert (await post(client, "login", {"login": login, "password": "wrong, quite wrong"}))[0] == status, login


async def test_nobody_fills_a_mailbox_with_letters_to_its_tags(client: AppClient) -> None:
    def somebody(number: int) -> dict[str, str]:
        return {**ANN, "email": f"ann+{number}@example.org", "nickname": f"ann {number}"}

    answers = [(await post(client, "register", somebody(number)))[0] for number in range(REGISTER_MAILBOX.attempts + 1)]
    assert answers == [201] * REGISTER_MAILBOX.attempts + [429]
    assert (await post(client, "register", {**ANN, "email": "bob@example.org"}))[0] == 201


async def test_mistyping_now_and_then_is_forgiven(client: AppClient) -> None:
    await registered(client)
    for _ in range(3):
        for _ in range(6):
            assert (await post(client, "login", {"login": "Ann Lee", "password": "wrong, quite wrong"}))[0] == 401
        assert (await post(client, "login", {"login": "Ann Lee", "password": ANN["password"]}))[0] == 200


async def test_a_bad_token_is_an_error_and_none_is_not(client: AppClient) -> None:
    async with client.get("/api/v1/auth/me") as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, "unauthenticated")
    for token in ("x", "a.b.c", "", "\u00ff" * 40):
        assert (await me(client, token))[0] == 401


async def test_a_role_change_bites_on_the_next_request(client: AppClient, services: Services) -> None:
    grant = await registered(client)
    assert (await me(client, grant["access_token"]))[0] == 200
    await change_role(services, grant["user"]["id"], Role.EDITOR)
    assert (await me(client, grant["access_token"]))[0] == 401
    _, fresh, _ = await post(client, "refresh", {"refresh_token": grant["refresh_token"]})
    assert (await me(client, fresh["access_token"]))[1]["role"] == "editor"


@pytest.mark.both_adapters
async def test_the_last_admin_stays_even_when_two_go_at_once(services: Services) -> None:
    async with services.container.scope(write=True) as scope:
        password = await admin.create_first_admin(
            scope.port(Users), scope.port(PasswordHasher), now=services.clock.now()
        )
        assert password is not None
        first = (await admin.find(scope.port(Users), "admin")).id
    async with services.container.scope(write=True) as scope:
        assert (
            await admin.create_first_admin(scope.port(Users), scope.port(PasswordHasher), now=services.clock.now())
            is None
        )
    with pytest.raises(LastAdmin):
        await change_role(services, first, Role.USER)

    second = await make_admin(services)
    outcomes = await asyncio.gather(
        change_role(services, first, Role.USER), change_role(services, second, Role.USER), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [LastAdmin]
    async with services.container.scope(write=False) as scope:
        assert (await admin.list_users(scope.port(Users), role=Role.ADMIN))[1] == 1


async def test_an_operator_sets_a_password_and_the_sessions_end(client: AppClient, services: Services) -> None:
    grant = await registered(client)
    password_hash = await admin.hash_new_password(services.components.accounts.identity.hasher, "another seven moons")
    async with services.container.scope(write=True) as scope:
        await admin.set_password(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(AccessCache),
            login="ann@example.org",
            password_hash=password_hash,
            now=services.clock.now(),
        )
    assert (await me(client, grant["access_token"]))[0] == 401
    assert (await post(client, "login", {"login": "Ann Lee", "password": ANN["password"]}))[0] == 401
    assert (await post(client, "login", {"login": "Ann Lee", "password": "another seven moons"}))[0] == 200


@pytest.mark.both_adapters
async def test_users_are_found_by_any_part_of_their_name(client: AppClient, services: Services) -> None:
    await registered(client)
    for search, found in (
        ("ann", 1),
        ("LEE", 1),
        ("n_l", 1),
        ("example.org", 1),
        ("%", 0),
        ("_", 0),
        ("bob", 0),
        ("", 1),
    ):
        async with services.container.scope(write=False) as scope:
            users, total = await admin.list_users(scope.port(Users), search=search)
        assert (len(users), total) == (found, found), search


async def test_what_happened_is_told(client: AppClient, services: Services) -> None:
    told: list[Event] = []

    async def hear(_scope: Scope, event: Event) -> None:
        told.append(event)

    services.container.wire(services.container.bindings, EventTable({Event: [Subscriber("hear", hear)]}))
    grant = await registered(client)
    await post(client, "logout", headers={"Authorization": f"Bearer {grant['access_token']}"})
    await Relay(services.container).drain()
    assert [type(event) for event in told] == [UserRegistered, UserLoggedIn, SessionRevoked]


async def change_role(services: Services, user_id: str, role: Role) -> None:
    async with services.container.scope(write=True) as scope:
        await admin.set_role(
            scope.port(Users),
            scope.port(AccessCache),
            user_id=UserId(user_id),
            role=role,
            now=services.clock.now(),
        )


async def make_admin(services: Services) -> str:
    async with services.container.scope(write=True) as scope:
        made = await register(
            scope.port(Users),
            Registration(Email.parse("second@example.org"), Nickname.parse("second"), "x"),
            now=services.clock.now(),
            role=Role.ADMIN,
        )
    return made.id


async def test_who_cannot_count_lets_nobody_in(
    client: AppClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await registered(client)

    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("the cache is away")

    for verb in ("get", "incr"):
        monkeypatch.setattr(services.cache, verb, away)
    for path, body in (("login", {"login": "Ann Lee", "password": ANN["password"]}), ("register", ANN)):
        status, _, answer = await post(client, path, body)
        assert (status, int(answer.headers["Retry-After"]) > 0) == (503, True)


@pytest.mark.both_adapters
async def test_too_many_at_the_hasher_are_sent_away(services: Services) -> None:
    hasher = services.components.accounts.identity.hasher
    outcomes = await asyncio.gather(*(hasher.hash("seven moons") for _ in range(80)), return_exceptions=True)
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 80 - MAX_WAITING
    assert await hasher.verify(str(outcomes[0]), "seven moons"), "afterwards it works as before"


async def test_a_hash_of_the_past_is_made_anew_at_the_next_login(client: AppClient, services: Services) -> None:
    grant = await registered(client)
    user_id = UserId(grant["user"]["id"])
    old = Argon2Hasher(memory_kib=8 * 1024, passes=1)
    async with services.container.scope(write=True) as scope:
        user = await usecases.require_user(scope.port(Users), user_id)
        user.password_hash = weak = await old.hash(ANN["password"])
    for _ in range(2):
        assert (await post(client, "login", {"login": "Ann Lee", "password": ANN["password"]}))[0] == 200
    async with services.container.scope(write=False) as scope:
        user = await usecases.require_user(scope.port(Users), user_id)
    assert user.password_hash != weak
    assert not services.components.accounts.identity.hasher.is_outdated(user.password_hash)
    assert (await me(client, grant["access_token"]))[0] == 200, "no session ends for it"


async def test_passwords_cost_what_owasp_recommends(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"memory_kib": MEMORY_KIB, "passes": PASSES}  # tests have quicker ones
    monkeypatch.setattr(Argon2Hasher.__init__, "__kwdefaults__", usual)
    async with open_services(settings) as services:
        hashed = await services.components.accounts.identity.hasher.hash("seven moons")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_damaged_hash_is_nobodys_password() -> None:
    assert not await Argon2Hasher().verify("not a hash", "seven moons")


def _forgeries(good: str) -> dict[str, str]:
    """What a thief of nothing can make of a good token."""
    header, payload, signature = good.split(".")

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    known = json.loads(base64.urlsafe_b64decode(header + "=="))
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forever = {**claims, "exp": claims["exp"] + 10**6}
    evil = b"e" * 32
    return {
        "no algorithm": f"{part({**known, 'alg': 'none'})}.{payload}.",
        "no signature": f"{header}.{payload}.",
        "longer life": f"{header}.{part(forever)}.{signature}",
        "own key": jwt.encode(claims, evil, "HS256", {"typ": known["typ"], "kid": known["kid"]}),
        "key from a file": jwt.encode(claims, b"\0", "HS256", {"typ": known["typ"], "kid": "../../dev/null"}),
        "key brought along": jwt.encode(
            claims, evil, "HS256", {**known, "jwk": {"kty": "oct", "k": base64.urlsafe_b64encode(evil).decode()}}
        ),
        "key somewhere else": jwt.encode(claims, evil, "HS256", {**known, "jku": "http://127.0.0.1:9/keys"}),
        "another kind": jwt.encode(claims, evil, "HS256", {**known, "typ": "JWT"}),
        "very long": good + "A" * 4_000,
        "refresh token": "r" * 43,
    }


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_forged_tokens_open_nothing(client: AppClient) -> None:
    """Over HTTP and at the socket; ``unit/test_tokens.py`` tries more of them, one by one."""
    grant = await registered(client)
    for what, token in _forgeries(grant["access_token"]).items():
        assert (await me(client, token))[0] == 401, what
        socket = socketio.AsyncClient(reconnection=False)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await socket.connect(
                str(client.make_url("/")), auth={"token": token}, namespaces=["/party"], transports=["websocket"]
            )
        await socket.disconnect()
    assert (await me(client, grant["access_token"]))[0] == 200
