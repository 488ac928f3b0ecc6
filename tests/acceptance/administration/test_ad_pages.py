"""An ad in videos, from the administrator's form to a running one, and its report."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from kernel.access import Role
from tests.acceptance.administration.test_admin_pages import sign_in
from tests.acceptance.administration.test_promo_pages import looked_at
from tests.conftest import AddEpisode, StartServer
from tests.integration.streaming.ads.ad_server import ad_server
from tests.unit.streaming.ads.vast import documents as d


@pytest.mark.page
async def test_an_administrator_makes_an_ad(
    live_server: StartServer, ingested_episode: AddEpisode, browser: Browser
) -> None:
    server = await live_server()
    film = await ingested_episode(server)
    admin = await server.make_user(Role.ADMIN)
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await sign_in(page, server.url, admin, "/admin/promos")
    await page.get_by_test_id("ads-tab").click()
    await expect(page.get_by_text("No ads yet")).to_be_visible()
    await page.get_by_test_id("new-ad").click()

    await page.get_by_test_id("ad-title").fill("Tea")
    await expect(page.get_by_test_id("ad-save")).to_be_disabled()
    await page.get_by_test_id("ad-creative").fill("Show")
    await page.get_by_role("option", name=re.compile("Show")).first.click()
    await expect(page.get_by_test_id("ad-episode")).to_have_value(film.episode_id)
    await page.get_by_test_id("ad-placement").select_option("mid_roll")
    await page.get_by_test_id("ad-offset").fill("half past")
    await page.get_by_test_id("ad-save").click()
    assert await page.get_by_test_id("ad-offset").evaluate("field => !field.checkValidity()")
    await page.get_by_test_id("ad-offset").fill("1:30")
    await page.get_by_test_id("ad-link").fill("javascript:alert(1)")
    await page.get_by_test_id("ad-save").click()
    await expect(page.get_by_test_id("ad-outcome")).to_contain_text("https://")
    await page.get_by_test_id("ad-link").fill("https://tea.example/")
    await page.get_by_test_id("ad-save").click()
    await expect(page.get_by_test_id("ad-state")).to_have_text("Stopped")
    await expect(page.get_by_text("Nobody has seen it yet.")).to_be_visible()
    await expect(page.get_by_test_id("ad-creative-chosen")).to_be_visible()
    await expect(page.get_by_test_id("ad-offset")).to_have_value("1:30")
    await page.get_by_test_id("ad-switch").click()
    await expect(page.get_by_test_id("ad-state")).to_have_text("Running")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"
    await looked_at(page, "ad-editor-phone")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await looked_at(page, "ad-editor")

    await page.goto(f"{server.url}/admin/ads")
    row = page.get_by_test_id("ad-row")
    await expect(row).to_contain_text("Within the episode, at 1:30")
    await looked_at(page, "ads")
    await page.get_by_role("button", name="Stopped").click()
    await expect(page.get_by_text("None of these")).to_be_visible()
    await page.get_by_role("button", name="Running").click()
    await row.click()
    await page.get_by_test_id("ad-delete").click()
    await page.get_by_test_id("ad-delete-now").click()
    await expect(page.get_by_text("No ads yet")).to_be_visible()
    assert not problems


@pytest.mark.page
async def test_an_administrator_tries_the_tag_of_an_ad_server(
    live_server: StartServer, clip: Callable[..., Path], browser: Browser
) -> None:
    server = await live_server(ANI_PROXY_NETWORKS="127.0.0.0/8")
    admin = await server.make_user(Role.ADMIN)
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="ru")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    async with ad_server(clip(seconds=2, width_px=320, height_px=180)) as ads:
        ads.document("inner", d.inline(d.linear(attributes='skipoffset="00:00:05"')), version="3.0")
        tag = ads.document("outer", d.wrapper(f"{d.BASE}/tag/inner"))
        await sign_in(page, server.url, admin, "/admin/ads/new")
        await page.get_by_test_id("ad-title").fill("Чай")
        await page.get_by_test_id("ad-source").select_option("tag")
        await expect(page.get_by_test_id("ad-save")).to_be_disabled()
        await page.get_by_test_id("ad-tag").fill(f"{ads.base}/tag/absent")
        await page.get_by_test_id("ad-tag-try").click()
        await expect(page.get_by_test_id("ad-tag-tried")).to_contain_text("VAST 300")
        await page.get_by_test_id("ad-tag").fill(tag)
        await page.get_by_test_id("ad-tag-try").click()
        await expect(page.get_by_test_id("ad-tag-tried")).to_contain_text("Tea – Tea & Co")
        await expect(page.get_by_test_id("ad-tag-tried").get_by_role("listitem")).to_have_count(3)
        await looked_at(page, "ad-tag-phone")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing is wider than the phone"
        )
        await page.get_by_test_id("ad-save").click()
        await expect(page.get_by_test_id("ad-tag-health")).to_be_visible()
        await expect(page.get_by_test_id("ad-tag")).to_have_value(tag)
        await page.set_viewport_size({"width": 1280, "height": 800})
        await looked_at(page, "ad-tag")
    assert not problems
