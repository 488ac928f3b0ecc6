"""A promo from the administrator's form to the home page of somebody who follows it."""

import asyncio
import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, expect

from kernel.access import Role
from tests.acceptance.administration.test_admin_pages import sign_in
from tests.conftest import StartServer

SHIFTS = """
window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    shifted.push(...entry.sources.map((source) => source.node?.className ?? ''), entry.value);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


def picture() -> bytes:
    image = Image.new("RGB", (1600, 500), "#27436b")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        draw.ellipse((number * 150 - 60, 120, number * 150 + 200, 380), outline="#e8b04b", width=14)
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


async def looked_at(page: Page, name: str) -> None:
    """Kept where a person asked to see it."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.slow
@pytest.mark.page
async def test_a_promo_is_made_shown_without_a_jump_and_followed(live_server: StartServer, browser: Browser) -> None:
    server = await live_server()
    admin = await server.make_user(Role.ADMIN)
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await sign_in(page, server.url, admin, "/admin/promos")
    await expect(page.get_by_text("No promos yet")).to_be_visible()
    await page.get_by_test_id("new-promo").click()
    await page.get_by_test_id("promo-name").fill("Autumn, home page")
    await page.get_by_test_id("promo-title").fill("Rings of autumn")
    await page.get_by_test_id("promo-link").fill("//elsewhere.example")
    await page.get_by_test_id("audience-roles").select_option("guest")
    await page.get_by_test_id("promo-save").click()
    await expect(page.get_by_test_id("promo-outcome")).to_contain_text("page of this site")
    await page.get_by_test_id("promo-link").fill("/schedule")
    await page.get_by_test_id("promo-save").click()
    await expect(page.get_by_test_id("promo-state")).to_have_text("Stopped")
    await expect(page.get_by_label("Remove Not signed in")).to_be_visible()
    await page.get_by_test_id("promo-file").set_input_files(
        {"name": "rings.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    await page.get_by_test_id("promo-send").click()
    await expect(page.get_by_test_id("picture-outcome")).to_have_text("The picture is saved.", timeout=30_000)
    await page.get_by_test_id("promo-switch").click()
    await expect(page.get_by_test_id("promo-state")).to_have_text("Running")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"
    await looked_at(page, "promo-editor-phone")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await looked_at(page, "promo-editor")

    for width, height, scheme in ((1280, 800, "dark"), (390, 844, "light")):
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale="en",
            color_scheme="light" if scheme == "light" else "dark",
        )
        await context.add_init_script(SHIFTS)
        guest = await context.new_page()
        guest.on("pageerror", lambda error: problems.append(str(error)))
        # The first time nobody knows that there is one, and a slow answer shows nothing; then its room is kept.
        await guest.goto(server.url)
        while await guest.evaluate("localStorage.getItem('ani.promos-home_hero')") != "some":
            await asyncio.sleep(0.1)
        async with guest.expect_response("**/promos/events", timeout=60_000):  # half of it in view for a second
            await guest.goto(server.url)
        promo = guest.get_by_test_id("promos-home_hero").get_by_test_id("promo")
        await expect(promo).to_contain_text("Rings of autumn", timeout=30_000)
        await expect(guest.get_by_test_id("catalogue").or_(guest.get_by_text("Nothing here yet"))).to_be_visible()
        moved = await guest.evaluate("shifted.filter((one) => typeof one === 'number').reduce((a, b) => a + b, 0)")
        assert moved < 0.02, await guest.evaluate("shifted")
        await looked_at(guest, f"promo-home-{scheme}")
        await promo.click()
        await expect(guest).to_have_url(f"{server.url}/schedule")

    await page.reload()
    await expect(page.get_by_test_id("report-impressions")).to_have_text(re.compile("[2-9]"))
    await expect(page.get_by_test_id("report-clicks")).to_have_text("2")
    await page.goto(server.url)
    await expect(page.get_by_test_id("catalogue").or_(page.get_by_text("Nothing here yet"))).to_be_visible()
    await expect(page.get_by_test_id("promo")).to_have_count(0)  # it is for guests
    await page.goto(f"{server.url}/admin/promos")
    await expect(page.get_by_test_id("promo-row")).to_contain_text("2 clicks")
    await looked_at(page, "promo-list")
    assert not problems
