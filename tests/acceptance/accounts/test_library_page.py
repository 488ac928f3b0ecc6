"""The library in real browsers: one's devices agree without a reload, lists are ordered by keys, files are brought along."""

import json
from typing import Any

import aiohttp
import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.viewers import Sit, Viewer
from tests.conftest import StartServer
from tests.support.people import PASSWORD, Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def add_releases(server: LiveServer, editor: Person, *titles: str) -> list[str]:
    ids = []
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", headers=editor.headers, raise_for_status=True) as api:
        for number, title in enumerate(titles, 1):
            draft = {"alias": f"r{number}", "type": "TV", "name": {"main": title}, "external_ids": {"mal": str(number)}}
            async with api.post("releases", json=draft) as answer:
                release: dict[str, Any] = await answer.json()
            await api.post(f"releases/{release['id']}/publish", json={})
            ids.append(str(release["id"]))
    return ids


async def log_in(viewer: Viewer, server: LiveServer, person: Person, path: str) -> None:
    await viewer.page.goto(f"{server.url}/login?next={path}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}{path}")


async def test_a_library_on_two_devices(server: LiveServer, sit: Sit) -> None:
    ann, editor = await server.make_user(nickname="Anna"), await server.make_user(Role.EDITOR)
    bebop, naruto, lain = await add_releases(server, editor, "Cowboy Bebop", "Naruto", "Lain")
    laptop, phone = await sit(), await sit(width=390)
    await log_in(laptop, server, ann, "/library")
    await expect(laptop.see("count-collections")).to_have_text("0")
    await log_in(phone, server, ann, f"/releases/{bebop}")

    # A favourite and a shelf on the one show on the other, which nobody touches.
    await laptop.see("tab-favorites").click()
    await expect(laptop.page.get_by_text("No favorites yet")).to_be_visible()
    await phone.see("favorite").click()
    await expect(laptop.see("library-grid").locator("li")).to_have_count(1)
    await expect(laptop.see("count-favorites")).to_have_text("1")
    await phone.see("shelf-select").select_option("PLANNED")
    await expect(laptop.see("count-collections")).to_have_text("1")

    # And back: what is removed on the laptop, and brought back, shows on the phone.
    await laptop.see("remove").click()
    await expect(phone.see("favorite")).to_have_attribute("aria-pressed", "false")
    await laptop.see("undo").click()
    await expect(phone.see("favorite")).to_have_attribute("aria-pressed", "true")
    await laptop.see("tab-collections").click()
    await laptop.see("shelf-PLANNED").click()
    await laptop.see("shelf-select").select_option("WATCHED")
    await expect(phone.see("shelf-select")).to_have_value("WATCHED")

    # A list made on the phone, ordered on the laptop with the keyboard alone.
    for release in (bebop, naruto, lain):
        await phone.page.goto(f"{server.url}/releases/{release}")
        await phone.see("add-to-list").click()
        if release == bebop:
            await phone.see("new-list-name").fill("Rainy days")
            await phone.see("new-list-add").click()
        else:
            await phone.see("in-list").check()
        await expect(phone.see("add-to-list")).to_contain_text("In 1 list")
    await laptop.see("tab-lists").click()
    await laptop.page.get_by_text("Rainy days").click()
    entries = laptop.see("list-items").locator("strong")
    await expect(entries).to_have_text(["Cowboy Bebop", "Naruto", "Lain"])
    await laptop.see("up").nth(2).focus()
    await laptop.page.keyboard.press("Enter")
    await expect(entries).to_have_text(["Cowboy Bebop", "Lain", "Naruto"])
    await laptop.page.keyboard.press("Enter")  # the same button, which moved along
    await expect(entries).to_have_text(["Lain", "Cowboy Bebop", "Naruto"])
    await laptop.see("note").first.fill("Present day, present time")
    await laptop.see("note").first.press("Enter")

    # By its link anybody sees it, signed in or not; until there is another link.
    await laptop.see("edit-list").click()
    await laptop.see("visibility-unlisted").check()
    await laptop.see("save-list").click()
    link = str(await laptop.see("share-link").inner_text())
    visitor = await sit(width=390)
    await visitor.page.goto(link)
    await expect(visitor.see("release-card").get_by_role("heading")).to_have_text(["Lain", "Cowboy Bebop", "Naruto"])
    await expect(visitor.page.get_by_text("Present day, present time")).to_be_visible()
    await expect(visitor.page.get_by_text("by Anna")).to_be_visible()
    await laptop.see("renew-link").click()
    await expect(laptop.see("share-link")).not_to_have_text(link)
    await visitor.page.reload()
    await expect(visitor.page.get_by_role("heading", name="There is no such list")).to_be_visible()


async def test_bringing_a_list_along(server: LiveServer, sit: Sit) -> None:
    ann, editor = await server.make_user(), await server.make_user(Role.EDITOR)
    await add_releases(server, editor, "Cowboy Bebop", "Naruto")
    page = await sit()
    await log_in(page, server, ann, "/library/import")
    await page.see("file").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b'[{"status":]'}
    )
    await expect(page.see("import-refused")).to_contain_text("line 1, column")
    rates = [
        {"target_id": 1, "target_type": "Anime", "status": "completed", "target_title": "Bebop", "episodes": 0},
        {"target_id": 99, "target_type": "Anime", "status": "planned", "target_title": "Unheard Of", "episodes": 0},
    ]
    file = {"name": "list.json", "mimeType": "application/json", "buffer": json.dumps(rates).encode()}
    await page.see("file").set_input_files(file)
    rows = page.see("import-rows").locator("tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("to “Watched”")
    await expect(rows.last).to_contain_text("Not in this catalogue")
    await page.see("rows-matched").click()
    await expect(rows).to_have_count(1)
    await page.see("apply").click()
    await expect(page.see("import-done")).to_contain_text("On shelves: 1")
    await page.page.get_by_text("To the library").click()
    await page.see("shelf-WATCHED").click()
    await expect(page.see("library-grid").locator("li")).to_have_count(1)
    async with page.page.expect_download() as downloading:
        await page.see("export").click()
    exported = json.loads((await (await downloading.value).path()).read_bytes())
    assert [row["collection"]["type"] for row in exported["releases"]] == ["WATCHED"]
