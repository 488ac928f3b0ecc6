"""An administrator at work in a browser: the overview, users, the audit log; and that others are not let in."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from kernel.access import Role
from tests.conftest import StartServer
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
    await page.get_by_role("link", name="Users").click()

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
    await page.get_by_test_id("confirm").click()
    await expect(row.get_by_test_id("role")).to_have_value("moderator")
    # What cannot be done is said, and changes nothing.
    await page.get_by_test_id("filter-role").select_option("user")
    await expect(page.get_by_test_id("user-Bob")).to_have_count(0)

    await page.goto(f"{server.url}/admin/audit?subject_id={bob.user_id}")
    audit = page.get_by_test_id("audit")
    changed = audit.locator("li", has_text="Role changed").first
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
