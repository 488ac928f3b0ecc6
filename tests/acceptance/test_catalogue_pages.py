"""The pages of the catalogue in a browser: how viewers find a title, and what editors and administrators decide."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from kernel.access import Role
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer, audience
from tests.conftest import StartServer
from tests.support.imports import work
from tests.support.live_server import LiveServer
from tests.support.people import PASSWORD, Person

# Of `expect`: two cores may be full of other tests.
SOON = PATIENCE_S * 1000

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


@pytest.fixture
async def sit(browser: Browser) -> AsyncIterator[Sit]:
    async with audience(browser) as seats:
        yield seats


class Api:
    """The API as an administrator, who may do everything."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with self._session.request(method, path.lstrip("/"), headers=headers, **sent) as answer:
            text = await answer.text()
            assert answer.status < 300, text
            return json.loads(text) if text else None

    async def publish(self, alias: str, title: str, **facts: Any) -> str:
        draft = {"alias": alias, "type": "TV", "name": {"main": title}, **facts}
        release = await self("POST", "/releases", draft)
        await self("POST", f"/releases/{release['id']}/publish", {})
        return str(release["id"])


@pytest.fixture
async def admin(live_server: StartServer) -> AsyncIterator[tuple[LiveServer, Person, Api]]:
    server = await live_server()
    person = await server.make_user(Role.ADMIN, "Olga")
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", headers=person.headers) as session:
        yield server, person, Api(session)


async def log_in(viewer: Viewer, server: LiveServer, person: Person, path: str) -> None:
    await viewer.page.goto(f"{server.url}/login?next={path}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}{path}")


async def test_a_viewer_finds_a_title_in_every_way(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    now = datetime.now(UTC)
    season = ("winter", "spring", "summer", "autumn")[(now.month - 1) // 3]
    bebop = await api.publish("bebop", "Cowboy Bebop", year=1998, genres=["Space"])
    lain = await api.publish("lain", "Serial Lain", year=now.year, season=season, genres=["Mystery"], is_ongoing=True)
    # Each day at noon: whatever day it is while this runs, something airs on it.
    airs = (now - timedelta(days=7)).replace(hour=12, minute=0, second=0, microsecond=0)
    slot = {"recurrence": f"R/{airs:%Y-%m-%dT%H:%M:%SZ}/P1D"}
    await api("PUT", f"/releases/{lain}/schedule", {"slots": [slot]}, **{"If-Match": "*"})
    await api("PUT", f"/library/collections/{bebop}", {"type": "PLANNED"})
    await api("PUT", f"/releases/{bebop}/vote", {"score": 9})

    ann = await sit()
    await log_in(ann, server, olga, "/")
    # Home has a row of each: what this season began, what is wanted, what airs.
    await expect(ann.see("season").get_by_test_id("release-card")).to_contain_text(["Serial Lain"], timeout=SOON)
    await expect(ann.see("trending").get_by_test_id("release-card")).to_contain_text(["Cowboy Bebop"])
    await expect(ann.see("airing-today")).to_contain_text("Serial Lain")

    # By the keyboard alone, once the index has heard of the title.
    async with asyncio.timeout(PATIENCE_S):
        while not (await api("GET", "/search/suggestions?query=cowboy"))["titles"]:
            await asyncio.sleep(0.05)
    await ann.see("search").focus()
    await ann.page.keyboard.type("cowboy")
    await expect(ann.see("suggestions").get_by_role("option", name=re.compile("Cowboy Bebop"))).to_be_visible()
    await ann.page.keyboard.press("ArrowDown")
    await ann.page.keyboard.press("Enter")
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("Cowboy Bebop", timeout=SOON)
    assert ann.page.url.endswith(f"/releases/{bebop}")

    # A filter stands in the address, and the way back takes it away.
    await ann.page.goto(f"{server.url}/catalogue")
    cards = ann.see("catalogue").get_by_test_id("release-card")
    await expect(cards).to_have_count(2, timeout=SOON)
    await ann.see("filter-genre-space").click()
    await expect(cards).to_contain_text(["Cowboy Bebop"])
    await expect(ann.page).to_have_url(re.compile(r"genre=space"))
    await ann.see("score_from").select_option("10")
    await expect(ann.page).to_have_url(re.compile(r"score_from=10"))
    await expect(ann.page.get_by_text("Nothing fits these filters")).to_be_visible()
    await ann.page.go_back()
    await expect(cards).to_contain_text(["Cowboy Bebop"])
    await ann.page.go_back()
    await expect(cards).to_have_count(2)
    assert ann.page.url.endswith("/catalogue")

    await ann.page.goto(f"{server.url}/schedule")
    await expect(ann.see("week")).to_contain_text("Serial Lain", timeout=SOON)


async def test_what_editors_and_administrators_decide(admin: tuple[LiveServer, Person, Api], sit: Sit) -> None:
    server, olga, api = admin
    release_id = await api.publish("moon", "Moon Road", year=2001)
    editor = await sit()
    await log_in(editor, server, olga, f"/studio/releases/{release_id}")
    await expect(editor.see("release-name")).to_have_value("Moon Road", timeout=SOON)

    # Somebody else is quicker: both versions are shown, and the choice is saved.
    theirs = {"alias": "moon", "type": "TV", "name": {"main": "Moon Street"}, "year": 2002}
    await api("PUT", f"/releases/{release_id}", theirs)
    await editor.see("release-name").fill("Moon Lane")
    await editor.see("save-release").click()
    await expect(editor.see("stale")).to_contain_text("Moon Street", timeout=SOON)
    await editor.see("keep-mine").click()
    await editor.see("save-merged").click()
    await expect(editor.see("stale")).to_have_count(0)
    await expect(editor.page.get_by_text("Saved", exact=True)).to_be_visible()
    assert (await api("GET", f"/releases/{release_id}"))["name"]["main"] == "Moon Lane"

    # A lock against imports says whose it is.
    await editor.see("lock-name").click()
    await expect(editor.see("lock-name")).to_have_text("Olga")
    assert [lock["field"] for lock in (await api("GET", f"/releases/{release_id}/locks"))["items"]] == ["name"]

    # A tag is made, and becomes one with another.
    for name in ("Moon", "The Moon"):
        await editor.page.goto(f"{server.url}/studio/lists/tags/new")
        await editor.see("entry-name").fill(name)
        await editor.see("save-entry").click()
        await expect(editor.page.get_by_role("heading", level=1)).to_have_text(name, timeout=SOON)
    await editor.see("merge-entry").click()
    await editor.see("pick-tags").fill("moon")
    await editor.page.get_by_role("option", name="Moon", exact=True).click()
    await editor.see("confirm-merge").click()
    await expect(editor.page.get_by_role("heading", level=1)).to_have_text("Moon")
    assert [tag["name"] for tag in (await api("GET", "/tags"))["items"]] == ["Moon"]

    # An imported record that may be a release of ours is decided, and one is kept out for good.
    source = await api("POST", "/imports/sources", {"slug": "bgm", "title": "Bangumi", "kind": "bangumi-data"})
    ours = await api.publish("ours", "作品 0001 号")
    data = json.dumps({"items": [work(1)]}).encode()
    path = f"/imports/sources/{source['id']}"
    await api("POST", f"{path}/file?name=data.json", data, **{"Content-Type": "application/json"})
    run = await api("POST", f"{path}/runs", {})
    async with asyncio.timeout(PATIENCE_S):
        while (await api("GET", f"/imports/runs/{run['id']}"))["state"] in {"queued", "running"}:
            await asyncio.sleep(0.05)
    await editor.page.goto(f"{server.url}/admin/imports?part=conflicts")
    conflict = editor.see("conflict")
    await expect(conflict).to_have_count(1, timeout=SOON)
    await conflict.get_by_role("button", name="It is this one").click()
    await expect(editor.page.get_by_text("Nothing to decide")).to_be_visible()
    assert (await api("GET", f"/releases/{ours}"))["external_ids"]["mal"] == "2"
    await editor.see("never-tab").click()
    await editor.see("blacklist-value").fill("Nobody's title")
    await editor.see("blacklist-add").click()
    await expect(editor.see("blacklist")).to_contain_text("Nobody's title")
