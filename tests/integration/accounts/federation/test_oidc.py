"""Signing in at a provider: whose account it opens, linking and unlinking."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

import accounts.federation.usecases
from accounts.federation.model import IdentityLinked, IdentityUnlinked
from accounts.identity.admin import usecases as admin
from accounts.identity.model import User, UserId
from accounts.identity.ports import AccessCache, LoginSessions, Users
from kernel.access import Actor, Role
from kernel.events import Event
from kernel.outbox.outbox import EventTable, Subscriber
from kernel.outbox.relay import Relay
from kernel.scope import Scope
from server.services import Services
from server.settings import Settings
from server.settings.oidc import OidcProvider as ProviderSettings
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.federation.oidc import ANN, OIDC, Visitor
from tests.support.people import PASSWORD, Person
from tests.support.servers.oidc_provider import CLIENT_ID, CLIENT_SECRET, Key, OidcProvider, oidc_provider


@pytest.fixture
async def acme() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


@pytest.fixture
async def trusted() -> AsyncIterator[OidcProvider]:
    """A provider whose addresses the operator believes; its keys are elliptic, and it is a public client there."""
    document = {"token_endpoint_auth_methods_supported": ["none"]}
    person = {**ANN, "sub": "ann-at-trusted"}
    async with oidc_provider(person=person, keys=[Key.ec("one")], client_secret="", document=document) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, acme: OidcProvider, trusted: OidcProvider) -> Settings:
    providers = [
        ProviderSettings(id="acme", name="Acme", issuer=acme.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET),
        ProviderSettings(
            id="trusted", issuer=trusted.issuer, client_id=CLIENT_ID, trust_email=True, assume_email_verified=True
        ),
    ]
    return settings.model_copy(update={"oidc_providers": providers})


@pytest.fixture
def visitor(app_client: AppClient) -> Visitor:
    return Visitor(app_client)


async def user_named(services: Services, login: str) -> User | None:
    async with services.container.scope(write=False) as scope:
        return await scope.port(Users).by_login(login)


async def verify_email(services: Services, person: Person) -> None:
    async with services.container.scope(write=True) as scope:
        user = await scope.port(Users).get(UserId(person.user_id))
        assert user is not None
        user.verify_email(services.clock.now())


async def identities(client: AppClient, headers: dict[str, str]) -> dict[str, Any]:
    async with client.get(f"{OIDC}/identities", headers=headers) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


def bearer(grant: dict[str, Any] | None) -> dict[str, str]:
    assert grant is not None, "nobody is signed in"
    return {"Authorization": f"Bearer {grant['access_token']}"}


async def test_the_login_page_learns_who_there_is(app_client: AppClient) -> None:
    async with app_client.get(OIDC) as answer:
        assert await answer.json() == {"items": [{"id": "acme", "name": "Acme"}, {"id": "trusted", "name": "Trusted"}]}
    async with app_client.get(f"{OIDC}/nobody/login") as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "provider_not_found")


async def test_a_new_person_gets_an_account_and_the_same_one_again(visitor: Visitor, services: Services) -> None:
    assert await visitor.sign_in(next="/watch/7?t=1") == {"next": "/watch/7?t=1"}
    grant = await visitor.grant()
    assert grant is not None
    user = grant["user"]
    assert (user["email"], user["email_verified"], user["nickname"]) == ("ann@example.org", True, "Ann Lee")
    assert user["role"] == "user"
    visitor.forget_everything()
    await visitor.sign_in()
    again = await visitor.grant()
    assert again is not None
    assert again["user"]["id"] == user["id"]


@pytest.mark.both_adapters
async def test_an_address_changes_hands_and_an_account_does_not(
    visitor: Visitor, acme: OidcProvider, services: Services
) -> None:
    await visitor.sign_in()
    acme.person = {**ANN, "email": "ann@new.example"}
    await visitor.sign_in()
    grant = await visitor.grant()
    assert grant is not None
    assert grant["user"]["email"] == "ann@example.org", "ours changes when its owner changes it"
    acme.person = {**ANN, "sub": "somebody else", "preferred_username": "Bob"}
    assert (await visitor.sign_in())["error"] == "email_has_account"


@pytest.mark.parametrize(
    ("claims", "nickname"),
    [
        ({"preferred_username": "taken", "nickname": "Free"}, "Free"),
        ({"preferred_username": "no@names", "name": "Ann von Lee"}, "Ann von Lee"),
        ({"preferred_username": None, "name": 7}, "ann"),
    ],
)
async def test_what_they_are_called(
    visitor: Visitor, acme: OidcProvider, make_user: MakeUser, claims: dict[str, Any], nickname: str
) -> None:
    await make_user(nickname="taken")
    acme.person = {**ANN, **claims}
    assert await visitor.sign_in() == {"next": "/"}
    grant = await visitor.grant()
    assert grant is not None
    assert grant["user"]["nickname"] == nickname


async def test_a_taken_name_gets_digits(visitor: Visitor, acme: OidcProvider, make_user: MakeUser) -> None:
    await make_user(nickname="taken")
    acme.person = {"sub": "1", "email": "taken@elsewhere.example", "email_verified": True}
    await visitor.sign_in()
    grant = await visitor.grant()
    assert grant is not None
    name = grant["user"]["nickname"]
    assert name.startswith("taken")
    assert name[5:].isdigit()


async def test_an_address_nobody_vouches_for_makes_no_account(
    visitor: Visitor, acme: OidcProvider, services: Services
) -> None:
    for told in (
        {"email_verified": False},
        {"email_verified": "yes"},
        {"email_verified": None},
        {"email": "no address"},
    ):
        acme.person = {**ANN, **told}
        assert (await visitor.sign_in())["error"] == "provider_email_unverified", told
    acme.person = {"sub": "ann-1"}
    assert (await visitor.sign_in())["error"] == "provider_email_unverified"
    assert await visitor.grant() is None
    assert await user_named(services, "ann@example.org") is None


async def test_an_operator_may_vouch_for_a_provider_that_never_says(
    visitor: Visitor, acme: OidcProvider, trusted: OidcProvider
) -> None:
    silent = {name: value for name, value in ANN.items() if name != "email_verified"}
    acme.person = trusted.person = silent
    assert (await visitor.sign_in())["error"] == "provider_email_unverified", "not vouched for"
    assert await visitor.sign_in("trusted") == {"next": "/"}
    grant = await visitor.grant()
    assert grant is not None
    assert grant["user"]["email_verified"]
    trusted.person = {**silent, "sub": "bob-1", "email": "bob@example.org", "email_verified": False}
    assert (await visitor.sign_in("trusted"))["error"] == "provider_email_unverified", "a no stays a no"


async def test_some_tell_elsewhere_whether_an_address_is_verified(visitor: Visitor, acme: OidcProvider) -> None:
    acme.in_userinfo = ("email_verified",)
    assert await visitor.sign_in() == {"next": "/"}


async def test_an_account_opens_by_address_only_where_both_sides_are_sure(
    visitor: Visitor, services: Services, make_user: MakeUser
) -> None:
    ann = await make_user(nickname="ann")  # ann@example.org, not verified: anybody may have signed up with it
    assert (await visitor.sign_in("trusted"))["error"] == "email_has_account"
    await verify_email(services, ann)
    assert (await visitor.sign_in("acme"))["error"] == "email_has_account", (
        "the operator does not trust these addresses"
    )
    assert await visitor.grant() is None
    assert await visitor.sign_in("trusted") == {"next": "/"}
    grant = await visitor.grant()
    assert grant is not None
    assert grant["user"]["id"] == ann.user_id


async def test_some_tell_the_address_elsewhere(visitor: Visitor, acme: OidcProvider) -> None:
    acme.in_userinfo = ("email", "email_verified", "preferred_username")
    assert await visitor.sign_in() == {"next": "/"}
    assert "/userinfo" in acme.asked
    acme.userinfo_person = {**ANN, "sub": "bob-1"}
    assert (await visitor.sign_in())["error"] == "provider_answer_invalid", "of somebody else"


@pytest.mark.both_adapters
async def test_linking_and_unlinking(
    visitor: Visitor, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    told: list[Event] = []

    async def hear(_scope: Scope, event: Event) -> None:
        told.append(event)

    services.container.wire(
        services.container.bindings,
        EventTable({IdentityLinked: [Subscriber("hear", hear)], IdentityUnlinked: [Subscriber("hear", hear)]}),
    )
    ann = await make_user(nickname="ann")
    for wrong in ("not the password", "", None):
        assert (await visitor.link(ann.headers, wrong))[1]["code"] == "wrong_password"
    status, begun = await visitor.link(ann.headers, PASSWORD)
    assert status == 200
    landed = await visitor.arrive(await visitor.sign_in_there(begun["authorization_url"]))
    assert landed == {"linked": "acme", "next": "/account"}

    found = await identities(app_client, ann.headers)
    assert found["has_password"] is True
    [linked] = found["items"]
    assert (linked["provider"], linked["email"]) == ({"id": "acme", "name": "Acme"}, "ann@example.org")
    await visitor.sign_in()
    grant = await visitor.grant()
    assert grant is not None
    assert grant["user"]["id"] == ann.user_id
    async with app_client.get("/api/v1/me/data", headers=ann.headers) as answer:
        assert [account["id"] for account in (await answer.json())["linked_accounts"]] == [linked["id"]]

    bob = await make_user()
    async with app_client.delete(f"{OIDC}/identities/{linked['id']}", headers=bob.headers) as answer:
        assert answer.status == 404
    async with app_client.delete(f"{OIDC}/identities/{linked['id']}", headers=ann.headers) as answer:
        assert answer.status == 204
    assert (await identities(app_client, ann.headers))["items"] == []
    assert (await visitor.sign_in())["error"] == "email_has_account"
    await Relay(services.container).drain()
    assert [type(event) for event in told] == [IdentityLinked, IdentityUnlinked]


async def test_one_account_there_is_one_account_here(visitor: Visitor, make_user: MakeUser) -> None:
    await visitor.sign_in()
    bob = await make_user()
    _, begun = await visitor.link(bob.headers, PASSWORD)
    landed = await visitor.arrive(await visitor.sign_in_there(begun["authorization_url"]))
    assert landed["error"] == "identity_taken"


async def test_links_have_an_end(visitor: Visitor, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts.federation.usecases, "MAX_IDENTITIES", 1)
    bob = await make_user()
    outcomes = []
    for provider in ("acme", "trusted", "acme"):
        _, begun = await visitor.link(bob.headers, PASSWORD, provider)
        outcomes.append(await visitor.arrive(await visitor.sign_in_there(begun["authorization_url"])))
    assert [outcome.get("error") for outcome in outcomes] == [None, "too_many_linked", None], "again is not one more"


async def test_a_link_ends_with_the_session_that_asked_for_it(
    visitor: Visitor, app_client: AppClient, make_user: MakeUser
) -> None:
    ann = await make_user()
    _, begun = await visitor.link(ann.headers, PASSWORD)
    async with app_client.post("/api/v1/auth/logout/everywhere", headers=ann.headers) as answer:
        assert answer.status == 204
    landed = await visitor.arrive(await visitor.sign_in_there(begun["authorization_url"]))
    assert landed["error"] == "sign_in_expired"


async def test_who_has_no_password(visitor: Visitor, app_client: AppClient, services: Services) -> None:
    await visitor.sign_in()
    headers = bearer(await visitor.grant())
    found = await identities(app_client, headers)
    assert found["has_password"] is False
    # Nothing typed is the password they do not have, least of all what the hasher compares with for nobody.
    for password in ("", "nobody has this password", PASSWORD):
        login = {"login": "ann@example.org", "password": password}
        async with app_client.post("/api/v1/auth/login", json=login) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, "invalid_credentials")
    own = f"{OIDC}/identities/{found['items'][0]['id']}"
    async with app_client.delete(own, headers=headers) as answer:
        assert (await answer.json())["code"] == "last_way_in"

    # However fresh the sign-in: many providers let an open browser through, which is not its owner.
    assert (await visitor.link(headers, None, "trusted"))[1]["code"] == "confirmation_needed"


async def test_the_banned_stay_out(visitor: Visitor, services: Services) -> None:
    await visitor.sign_in()
    user = await user_named(services, "ann@example.org")
    assert user is not None
    async with services.container.scope(write=True) as scope:
        await admin.ban(
            scope.port(Users),
            scope.port(LoginSessions),
            scope.port(AccessCache),
            Actor("x", "x", Role.ADMIN, "x"),
            user_id=user.id,
            reason="spam",
            now=services.clock.now(),
        )
    assert (await visitor.sign_in())["error"] == "account_banned"


async def test_the_cookie_is_for_one_place_and_pages_alone(app_client: AppClient) -> None:
    async with app_client.get(f"{OIDC}/acme/login", allow_redirects=False) as answer:
        cookie = answer.cookies["ani_oidc"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (OIDC, "Lax", True)
    assert cookie["max-age"] == "600"
