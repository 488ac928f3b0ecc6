"""The texts of a page come with the page, in the language of whoever reads it."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def test_a_page_waits_for_its_texts_and_speaks_another_language_whole(server: LiveServer, sit: Sit) -> None:
    reader = await sit()
    main, heading = reader.page.locator("main"), reader.page.locator("main h1")
    asked, there = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await asyncio.wait_for(there.wait(), PATIENCE_S)
        await route.continue_()

    await reader.page.route("**/assets/teams-*.js", hold)
    async with reader.page.expect_request("**/assets/Teams-*.js"):
        await reader.page.goto(f"{server.url}/teams", wait_until="commit")
    await asyncio.wait_for(asked.wait(), PATIENCE_S)  # beside the page, which nobody held
    await reader.see("nav-login").wait_for()
    await expect(main).to_be_empty()
    there.set()
    await expect(heading).to_have_text("Teams")

    asked.clear()
    there.clear()
    await reader.page.locator("header select").select_option("ru")
    await asyncio.wait_for(asked.wait(), PATIENCE_S)
    await reader.see("nav-login").click()  # opened before the language has all its texts
    await expect(heading).to_have_text("Log in")
    there.set()
    await expect(heading).to_have_text("Вход")
    await reader.page.go_back()
    await expect(heading).to_have_text("Команды")


async def test_a_page_without_its_texts_says_what_to_do(server: LiveServer, sit: Sit) -> None:
    reader = await sit()
    await reader.page.route("**/assets/teams-*.js", lambda route: route.abort())
    await reader.page.goto(f"{server.url}/teams")
    await expect(reader.page.get_by_role("alert")).to_contain_text("Ani may have been updated")
    await reader.page.unroute("**/assets/teams-*.js")
    await reader.page.get_by_role("button", name="Reload").click()
    await expect(reader.page.locator("main h1")).to_have_text("Teams")
