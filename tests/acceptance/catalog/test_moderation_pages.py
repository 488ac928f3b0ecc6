"""A suggestion from one browser to another: proposed, taken, accepted, and shown."""

import aiohttp
import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.viewers import Sit, Viewer
from tests.conftest import StartServer
from tests.integration.catalog.moderation.moderating import RELEASE
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


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

    await mira.page.goto(anna.page.url)
    await mira.see("take").click()
    await mira.see("reason").fill("It says 2001 on the poster.")
    await mira.see("reject").click()
    await expect(mira.see("proposal-state")).to_have_attribute("data-state", "rejected")
    await anna.page.reload()
    await anna.see("again").click()
    await expect(anna.see("field-year")).to_have_value("2002")
    await anna.see("field-year").fill("2001")
    await anna.see("send-proposal").click()
    await expect(anna.see("proposal-state")).to_have_attribute("data-state", "pending")
    await expect(anna.see("changes")).to_contain_text("2001")


async def team_of(server: LiveServer, owner: Person, member: Person, moderator: Person) -> str:
    """A team that moderators trust, with somebody in it who may propose."""
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", raise_for_status=True) as client:
        body = {"name": "Sub Marine", "slug": "sub-marine", "visibility": "public"}
        async with client.post("teams", json=body, headers=owner.headers) as answer:
            team_id: str = (await answer.json())["id"]
        await client.put(f"teams/{team_id}/trust", json={"trusted": True}, headers=moderator.headers)
        async with client.get(f"teams/{team_id}/roles", headers=owner.headers) as answer:
            roles = {role["title"]: role["id"] for role in (await answer.json())["items"]}
        invitation = {"kind": "link", "role_id": roles["Member"]}
        async with client.post(f"teams/{team_id}/invitations", json=invitation, headers=owner.headers) as answer:
            token = (await answer.json())["url"].partition("#")[2]
        await client.post("teams/invitations/accept", json={"token": token}, headers=member.headers)
    return team_id


async def test_an_opening_is_marked(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    editor = await server.make_user(Role.EDITOR)
    release_id = await published(server, editor)
    async with aiohttp.ClientSession(server.url, headers=editor.headers, raise_for_status=True) as client:
        body = {"release_id": release_id, "ordinal": 1, "opening": {"start_ms": 90_500, "stop_ms": 180_000}}
        async with client.post("/api/v1/episodes", json=body) as answer:
            episode_id = (await answer.json())["id"]
    emma = await sit(width=390)
    await log_in(emma, server, editor)
    await emma.page.goto(f"{server.url}/releases/{release_id}/propose?about={episode_id}&at=1320500")
    await expect(emma.see("field-opening-start")).to_have_value("1:30.5")
    await emma.see("field-ending-start-here").click()
    await expect(emma.see("field-ending-start")).to_have_value("22:00.5")
    await emma.see("field-ending-stop").fill("21:00")
    await emma.see("send-proposal").click()  # which the browser refuses
    await expect(emma.page.get_by_text("The end must come after the beginning.")).to_be_visible()
    await emma.see("field-ending-stop").fill("23:30")
    await emma.see("send-proposal").click()
    await expect(emma.see("proposal-state")).to_have_attribute("data-state", "accepted")
    await expect(emma.see("changes").locator("[data-field]")).to_have_count(1)
    await expect(emma.see("changes")).to_contain_text("22:00.5 – 23:30")


async def test_a_team_decides_on_what_is_suggested_in_its_name(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    release_id = await published(server, await server.make_user(Role.EDITOR))
    owner, member = await server.make_user(nickname="Olga"), await server.make_user(nickname="Maks")
    team_id = await team_of(server, owner, member, await server.make_user(Role.MODERATOR))
    maks, olga = await sit(width=390), await sit()
    await log_in(maks, server, member)
    await log_in(olga, server, owner)

    await maks.page.goto(f"{server.url}/releases/{release_id}/propose")
    await expect(maks.see("team")).to_have_value("")
    await maks.see("team").select_option("Sub Marine")
    await maks.see("field-year").fill("2001")
    await maks.see("send-proposal").click()
    await expect(maks.see("proposal-state")).to_have_attribute("data-state", "pending")
    await maks.page.goto(f"{server.url}/releases/{release_id}/propose")
    await expect(maks.see("team")).to_have_value(team_id)
    await maks.see("account-menu").click()
    await expect(maks.see("menu-proposals")).to_be_visible()
    await expect(maks.see("menu-moderation")).to_have_count(0)

    await olga.see("account-menu").click()
    await expect(olga.see("menu-waiting")).to_have_text("1")
    await olga.see("menu-moderation").click()
    await expect(olga.see("box-pending")).to_contain_text("1")
    await expect(olga.see("box-reports")).to_have_count(0)
    await olga.see("proposal-row").click()
    await olga.see("take").click()
    await olga.see("accept").click()
    await expect(olga.see("proposal-state")).to_have_attribute("data-state", "accepted")

    await maks.page.goto(f"{server.url}/releases/{release_id}")
    await expect(maks.see("suggest")).to_be_visible()
    await maks.page.keyboard.press("End")  # what is at the end is asked for by those who come there
    await maks.see("credits").get_by_role("link", name="Sub Marine").click()
    await maks.see("tab-releases").click()
    await expect(maks.see("team-releases")).to_contain_text("Big Buck Bunny")
    await maks.see("report-team").click()
    await maks.see("reason-spam").check()
    await maks.see("report-send").click()
    await maks.see("report-sent").wait_for()
