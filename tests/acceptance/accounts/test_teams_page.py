"""The team pages in a real browser: an invitation by link brings a signed-out person into the team."""

from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

PASSWORD = "seven moons over the hill"


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def register(server: LiveServer, nickname: str) -> dict[str, str]:
    """Make an account; returns the headers of its requests."""
    body = {"email": f"{nickname.lower()}@example.org", "nickname": nickname, "password": PASSWORD}
    url = f"{server.url}/api/v1/auth/register"
    async with aiohttp.ClientSession() as client, client.post(url, json=body) as answer:
        assert answer.status == 201, await answer.text()
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


async def post(server: LiveServer, path: str, body: Any, headers: dict[str, str]) -> Any:
    url = f"{server.url}/api/v1/teams{path}"
    async with aiohttp.ClientSession() as client, client.post(url, json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


async def test_an_invitation_by_link_leads_over_the_login_into_the_team(server: LiveServer, sit: Sit) -> None:
    olga = await register(server, "Olga")
    await register(server, "Anna")

    owner = await sit()
    await owner.page.goto(f"{server.url}/login?next=%2Fteams")
    await owner.see("login").fill("Olga")
    await owner.see("password").fill(PASSWORD)
    await owner.see("submit").click()
    await owner.see("team-new").click()
    await owner.see("team-name").fill("Ночные Совы")
    await expect(owner.see("team-slug")).to_have_value("nochnye-sovy")
    await owner.see("team-save").click()
    await owner.see("tab-invitations").click()
    await owner.see("invite-role").select_option(label="Editor")
    await owner.see("invite").click()
    link = await owner.see("invite-link").input_value(timeout=PATIENCE_S * 1000)

    anna = await sit(width=390)
    await anna.page.goto(link)
    await expect(anna.see("invitation")).to_contain_text("Ночные Совы")
    await anna.see("invite-login").click()
    await anna.see("login").fill("Anna")
    await anna.see("password").fill(PASSWORD)
    await anna.see("submit").click()
    await anna.see("accept").click()
    members = anna.see("team-members").locator("li")
    await expect(members).to_have_count(2)
    await expect(members.nth(1)).to_contain_text("Anna")
    await expect(members.nth(1)).to_contain_text("Editor")

    await owner.see("tab-members").click()
    await expect(owner.see("team-members").locator("li")).to_have_count(2)
    await owner.see("edit-member").nth(1).click()
    await owner.page.get_by_role("checkbox", name="Moderator").check()
    await owner.see("roles-save").click()
    await expect(owner.see("team-members")).to_contain_text("Moderator")

    await owner.see("tab-settings").click()
    await expect(owner.see("delete-team")).to_be_disabled()
    await owner.see("heir").select_option(label="Anna")
    await owner.see("give-password").fill(PASSWORD)
    await owner.see("give").click()
    await expect(owner.see("give-outcome")).to_contain_text("Anna")
    await owner.see("leave").click()
    await owner.see("team-new").wait_for()
    await post(server, "", {"name": "Others", "slug": "others"}, olga)
    await owner.see("team-search").fill("othe")
    await expect(owner.see("teams").locator("li")).to_have_count(1)
