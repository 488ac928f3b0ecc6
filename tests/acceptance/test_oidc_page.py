"""Logging in with an account somewhere else, in a real browser, and linking one."""

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.viewers import Sit, audience
from tests.conftest import StartServer
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

ANN = {"sub": "ann-1", "email": "ann@example.org", "email_verified": True, "preferred_username": "Ann Lee"}


@pytest.fixture
async def sit(browser: Browser) -> AsyncIterator[Sit]:
    async with audience(browser) as seats:
        yield seats


@pytest.fixture
async def acme() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


async def test_there_and_back(live_server: StartServer, acme: OidcProvider, sit: Sit) -> None:
    provider = {
        "id": "acme",
        "name": "Acme Corporation",
        "issuer": acme.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    server = await live_server(ANI_OIDC_PROVIDERS=json.dumps([provider]))
    ann = await sit(width=390)
    await ann.page.goto(f"{server.url}/login?next=%2Fparties")
    button = ann.page.get_by_role("link", name="Continue with Acme Corporation")
    acme.refusal = "access_denied"
    await button.click()
    await expect(ann.see("oidc-error")).to_contain_text("did not let you in")
    await ann.page.get_by_role("link", name="Back to the log-in page").click()
    acme.refusal = ""
    await button.click()
    await expect(ann.see("account-menu")).to_be_visible()
    assert ann.page.url == f"{server.url}/parties"

    # Somebody who signed up here before links the account there, and is let in by it afterwards.
    acme.person = {**ANN, "sub": "bob-1", "email": "bob@elsewhere.example", "preferred_username": "Bob"}
    bob = await server.make_user(nickname="Robert")
    robert = await sit(width=1280)
    await robert.page.goto(f"{server.url}/login?next=%2Faccount")
    await robert.see("login").fill(bob.email)
    await robert.see("password").fill(PASSWORD)
    await robert.see("submit").click()
    await robert.see("link-acme").click()
    await robert.see("link-password").fill("not the password")
    await robert.see("link-submit").click()
    await expect(robert.see("linked-outcome")).to_contain_text("password is wrong")
    await robert.see("link-password").fill(PASSWORD)
    await robert.see("link-submit").click()
    await expect(robert.see("linked-accounts")).to_contain_text("bob@elsewhere.example")
    await robert.see("unlink").click()
    await expect(robert.see("link-acme")).to_be_visible()
