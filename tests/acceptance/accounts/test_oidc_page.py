"""Logging in with an account somewhere else, in a real browser, and linking one."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import expect

from tests.acceptance.conftest import shared_fixture
from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import StartServer
from tests.support.people import PASSWORD
from tests.support.servers.mailbox import Mailbox, opened_mailbox
from tests.support.servers.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

ANN = {"sub": "ann-1", "email": "ann@example.org", "email_verified": True, "preferred_username": "Ann Lee"}


@shared_fixture
async def acme() -> AsyncIterator[OidcProvider]:
    async with oidc_provider(person=dict(ANN)) as provider:
        yield provider


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


async def test_there_and_back(live_server: StartServer, acme: OidcProvider, sit: Sit, mailbox: Mailbox) -> None:
    provider = {
        "id": "acme",
        "name": "Acme Corporation",
        "issuer": acme.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    server = await live_server(
        ANI_OIDC_PROVIDERS=json.dumps([provider]), ANI_SMTP_URL=mailbox.url, ANI_MAIL_FROM="Ani <ani@example.org>"
    )
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

    # She has no password, and deletes her account with a code from a letter.
    await ann.page.goto(f"{server.url}/account")
    await expect(ann.page.get_by_text("You have no password here yet.")).to_be_visible()
    await ann.see("delete").click()
    await ann.see("delete-password").fill("000000")
    await ann.see("delete-confirm").click()
    await expect(ann.see("data-outcome")).to_contain_text("code is wrong")
    await ann.see("delete-password-letter").click()
    await expect(ann.see("delete-password-outcome")).to_contain_text("on its way to ann@example.org")
    async with asyncio.timeout(PATIENCE_S):
        while not mailbox.mails:
            await asyncio.sleep(0.1)
    (code,) = re.findall(r"\b\d{6}\b", mailbox.mails[0].get_content())
    await ann.see("delete-password").fill(f"{code[:3]} {code[3:]}")
    await ann.see("delete-confirm").click()
    await ann.page.wait_for_url(f"{server.url}/")
    await expect(ann.see("account-menu")).to_be_hidden()

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
