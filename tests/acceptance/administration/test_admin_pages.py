"""An administrator at work in a browser: the overview, users, the audit log; and that others are not let in."""

import asyncio
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from kernel.access import Role
from kernel.ids import new_id
from kernel.jobs import Jobs
from kernel.jobs.table import job_table
from server.boot import open_services
from tests.conftest import AddEpisode, StartServer
from tests.support.people import Person


async def sign_in(page: Page, url: str, who: Person, path: str) -> None:
    await page.goto(f"{url}/login?next={path}")
    await page.locator("form input").first.fill(who.email)
    await page.locator("input[type=password]").first.fill(who.password)
    await page.locator("form button[type=submit]").first.click()
    await expect(page).to_have_url(re.compile(re.escape(path) + "$"))


@pytest.mark.slow
@pytest.mark.page
async def test_an_administrator_finds_bans_promotes_and_reads_what_happened(
    live_server: StartServer, browser: Browser
) -> None:
    server = await live_server()
    admin = await server.make_user(Role.ADMIN, "Olga")
    ann, bob = await server.make_user(nickname="Ann"), await server.make_user(nickname="Bob")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    await sign_in(page, server.url, admin, "/admin")
    await expect(page.get_by_test_id("count-users")).to_have_text("4")  # the first administrator is the fourth
    await page.get_by_role("link", name="Users", exact=True).click()

    await page.get_by_test_id("search-users").fill("ann")
    await expect(page.get_by_test_id("users").locator("> li")).to_have_count(1)
    row = page.get_by_test_id("user-Ann")
    await row.get_by_test_id("ban").click()
    await expect(page.get_by_test_id("confirm")).to_be_disabled()
    await page.get_by_test_id("reason").fill("Advertises in chats")
    await page.get_by_test_id("confirm").click()
    await expect(row.get_by_test_id("banned")).to_contain_text("Advertises in chats")
    await page.reload()
    await expect(row.get_by_test_id("banned")).to_be_visible()
    await row.get_by_test_id("unban").click()
    await expect(row.get_by_test_id("banned")).to_have_count(0)

    await page.get_by_test_id("search-users").fill("nobody is called so")
    await page.get_by_role("link", name="Clear the search").click()
    row = page.get_by_test_id("user-Bob")
    await row.get_by_test_id("role").select_option("moderator")
    async with page.expect_response(lambda answer: answer.request.method == "PUT") as changing:
        await page.get_by_test_id("confirm").click()
    assert (await changing.value).ok
    await expect(row.get_by_test_id("role")).to_have_value("moderator")
    # What cannot be done is said, and changes nothing.
    await page.get_by_test_id("filter-role").select_option("user")
    await expect(page.get_by_test_id("user-Bob")).to_have_count(0)

    await page.goto(f"{server.url}/admin/audit?subject_id={bob.user_id}")
    audit = page.get_by_test_id("audit")
    changed = audit.locator("li", has_text="Role changed").first
    await expect(audit.locator("> li").first).to_be_visible()
    while not await changed.count():  # what happened is written down a moment after it did
        await page.reload()
        await expect(audit.locator("> li").first).to_be_visible()
    await expect(changed.locator("del")).to_have_text("user")
    await expect(changed.locator("ins")).to_have_text("moderator")
    await expect(changed).to_contain_text("Olga")
    await page.get_by_test_id("event").fill("UserBanned")
    await page.get_by_test_id("search-audit").click()
    await expect(page.get_by_text("Nothing found")).to_be_visible()
    await page.get_by_test_id("clear").click()
    await expect(audit.locator("> li").first).to_be_visible()

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"
    assert not problems

    stranger = await (await browser.new_context(locale="en")).new_page()
    await sign_in(stranger, server.url, ann, "/admin/audit")
    await expect(stranger.get_by_text("Your role does not open this page.")).to_be_visible()


@pytest.mark.page
async def test_an_administrator_looks_at_the_storage(
    live_server: StartServer, ingested_episode: AddEpisode, browser: Browser
) -> None:
    server = await live_server()
    film = await ingested_episode(server)
    admin = await server.make_user(Role.ADMIN, "Olga")
    left = server.settings().media_dir / new_id()
    left.mkdir()
    (left / "1.m4s").write_bytes(b"left of a video")
    for path in (left / "1.m4s", left):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    page = await (await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en")).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await sign_in(page, server.url, admin, "/admin")
    await page.get_by_role("link", name="Storage").click()
    await expect(page.get_by_test_id("stored-local")).to_contain_text("1 video")
    await expect(page.get_by_test_id("stored-s3")).to_have_count(0)
    await expect(page.get_by_test_id("disk-free")).to_contain_text("free of")
    await expect(page.get_by_test_id("last-check")).to_contain_text("Nothing was checked yet")
    await page.get_by_test_id("look-for-garbage").click()
    await expect(page.get_by_test_id("garbage")).to_contain_text("1 folder")
    await expect(page.get_by_test_id("garbage")).to_contain_text("of a video that is gone")

    (server.settings().media_dir / film.asset_id / "master.m3u8").unlink()
    checked = await asyncio.to_thread(server.ani, "storage", "check")
    assert checked.returncode == 1
    await page.reload()
    await expect(page.get_by_test_id("last-check")).to_contain_text("1 file is damaged or missing")
    await expect(page.get_by_test_id("last-check")).to_contain_text("master.m3u8 is missing")
    await page.get_by_test_id("look-for-garbage").click()
    for width, name in ((1280, "wide"), (390, "phone")):
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if folder := os.environ.get("SHOTS"):
            await page.screenshot(path=Path(folder, f"storage-{name}.png"), full_page=True)
    assert not problems


@pytest.mark.page
async def test_a_job_says_what_it_waits_for(live_server: StartServer, browser: Browser) -> None:
    server = await live_server()
    admin = await server.make_user(Role.ADMIN, "Olga")
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        services.jobs.leave_to_others()
        job_id = await scope.port(Jobs).enqueue("ingest", {"file": "/none", "episode_id": new_id()})
        waits = {"error": {"code": "storage_away", "message": ""}, "not_before": scope.clock.now() + timedelta(hours=1)}
        await scope.uow.session.execute(update(job_table).where(job_table.c.id == job_id).values(**waits))
    page = await (await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en")).new_page()
    await sign_in(page, server.url, admin, "/admin/jobs?state=queued")
    await expect(page.get_by_test_id("job")).to_contain_text("The storage of videos does not answer")
    await expect(page.get_by_test_id("job")).to_contain_text(
        re.compile(r"moment\. It is tried again by itself, next .*\d:\d\d")
    )
    for width, name in ((1280, "wide"), (390, "phone")):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if folder := os.environ.get("SHOTS"):
            await page.screenshot(path=Path(folder, f"job-waits-{name}.png"))
