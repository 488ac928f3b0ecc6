"""Letters in a real browser: confirming an address, and getting back in after forgetting the password."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer
from tests.support.servers.mailbox import Mailbox, link_in, opened_mailbox

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

OLD, NEW = "seven moons over the hill", "eleven quiet herons"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with opened_mailbox() as box:
        yield box


@pytest.fixture
async def server(live_server: StartServer, mailbox: Mailbox) -> LiveServer:
    return await live_server(ANI_SMTP_URL=mailbox.url, ANI_MAIL_FROM="Ani <ani@example.org>")


async def letter(mailbox: Mailbox, number: int) -> Any:
    """The ``number``-th letter, once it is there."""
    async with asyncio.timeout(PATIENCE_S):
        while len(mailbox.mails) < number:
            await asyncio.sleep(0.1)
    return mailbox.mails[number - 1]


async def test_sign_up_confirm_forget_and_return(server: LiveServer, sit: Sit, mailbox: Mailbox) -> None:
    anna = await sit()
    await anna.page.goto(f"{server.url}/register")
    await anna.see("email").fill("anna@example.org")
    await anna.see("nickname").fill("Anna")
    await anna.see("password").fill(OLD)
    await anna.see("submit").click()
    await anna.page.wait_for_url(f"{server.url}/")

    link = link_in(await letter(mailbox, 1))
    assert link.startswith(f"{server.url}/verify#")
    await anna.page.goto(link)
    await anna.see("verified").wait_for()

    boris = await sit()  # Anna, at another computer, without her password
    await boris.page.goto(f"{server.url}/login")
    await boris.see("forgot").click()
    await boris.see("email").fill("anna@example.org")
    await boris.see("submit").click()
    await boris.see("reset-done").wait_for()
    link = link_in(await letter(mailbox, 2))
    await boris.page.goto(link)
    await boris.see("password").fill(NEW)
    await boris.see("submit").click()
    await boris.see("reset-done").wait_for()

    await boris.page.goto(f"{server.url}/login")
    for password in (OLD, NEW):
        await boris.see("login").fill("anna@example.org")
        await boris.see("password").fill(password)
        await boris.see("submit").click()
        if password == OLD:
            await expect(boris.see("form-error")).not_to_be_empty()
    await boris.page.wait_for_url(f"{server.url}/")

    await boris.page.goto(link)
    await boris.see("password").fill("twelve quiet herons")
    await boris.see("submit").click()
    await expect(boris.page.get_by_role("alert")).to_contain_text("too old")

    vera = await sit()  # Anna, at a computer where she types no password
    await vera.page.goto(f"{server.url}/login")
    await vera.see("to-code").click()
    await vera.see("email").fill("anna@example.org")
    await vera.see("submit").click()
    (code,) = re.findall(r"\b\d{6}\b", (await letter(mailbox, 3)).get_content())
    await vera.see("code").fill(code)
    await vera.see("submit").click()
    await vera.page.wait_for_url(f"{server.url}/")
    assert anna.complaints == boris.complaints == vera.complaints == []
