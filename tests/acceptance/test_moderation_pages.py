"""A suggestion from one browser to another: proposed, taken, accepted, and shown."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from kernel.access import Role
from tests.acceptance.viewers import Sit, Viewer, audience
from tests.conftest import StartServer
from tests.integration.catalog.moderating import RELEASE
from tests.support.live_server import LiveServer
from tests.support.people import Person

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


@pytest.fixture
async def sit(browser: Browser) -> AsyncIterator[Sit]:
    async with audience(browser) as seats:
        yield seats


async def published(server: LiveServer, editor: Person) -> str:
    async with aiohttp.ClientSession(server.url, headers=editor.headers, raise_for_status=True) as client:
        async with client.post("/api/v1/releases", json=RELEASE) as answer:
            release_id: str = (await answer.json())["id"]
        await client.post(f"/api/v1/releases/{release_id}/publish")
    return release_id


async def log_in(viewer: Viewer, server: LiveServer, person: Person) -> None:
    await viewer.page.goto(f"{server.url}/login")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(person.password)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}/")


async def test_suggested_by_one_accepted_by_another(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    release_id = await published(server, await server.make_user(Role.EDITOR))
    anna, mira = await sit(width=390), await sit()
    await log_in(anna, server, await server.make_user(nickname="Anna"))
    await log_in(mira, server, await server.make_user(Role.MODERATOR, "Mira"))

    await anna.page.goto(f"{server.url}/releases/{release_id}")
    await anna.see("suggest").click()
    await anna.see("subject").select_option("translation")
    await anna.see("field-language").select_option("en")
    await anna.see("field-name").fill("Big Rabbit")
    await expect(anna.see("changes").locator("[data-field]")).to_have_count(2)
    await anna.see("note").fill("As in English.")
    await anna.see("send-proposal").click()
    await expect(anna.see("proposal-state")).to_have_attribute("data-state", "pending")

    await mira.page.goto(f"{server.url}/moderation")
    await expect(mira.see("box-pending")).to_contain_text("1")
    await mira.see("proposal-row").click()
    await mira.see("take").click()
    await mira.see("comment-text").fill("Thank you.")
    await mira.see("comment-send").click()
    await expect(mira.see("comments")).to_contain_text("Thank you.")
    await mira.see("accept").click()
    await expect(mira.see("proposal-state")).to_have_attribute("data-state", "accepted")

    await anna.page.goto(f"{server.url}/proposals")
    await expect(anna.see("proposal-state")).to_have_attribute("data-state", "accepted")
    await anna.page.goto(f"{server.url}/releases/{release_id}")
    await expect(anna.page.get_by_role("heading", level=1)).to_have_text("Big Rabbit")
    await anna.see("report-release").click()
    await anna.see("reason-broken").check()
    await anna.see("report-send").click()
    await anna.see("report-sent").wait_for()
    await mira.page.goto(f"{server.url}/moderation?box=reports")
    await mira.see("outcome").fill("It plays again.")
    await mira.see("resolve").click()
    await expect(mira.see("report")).to_have_count(0)

    await anna.page.goto(f"{server.url}/releases/{release_id}/propose")
    await anna.see("field-year").fill("2001")
    await anna.see("keep-draft").click()
    await expect(anna.see("proposal-state")).to_have_attribute("data-state", "draft")
    await anna.see("edit-draft").click()
    await expect(anna.see("field-year")).to_have_value("2001")
    await anna.see("field-year").fill("2002")
    await anna.see("send-proposal").click()
    await expect(anna.see("proposal-state")).to_have_attribute("data-state", "pending")
    await expect(anna.see("changes")).to_contain_text("2002")
