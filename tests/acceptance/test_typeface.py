"""The typeface comes with the page: the same layout on every machine, whatever fonts it has, and none that jumps."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Response, Route, expect

from tests.acceptance.viewers import PATIENCE_S
from tests.conftest import StartServer
from tests.support.chromium import launched_chromium
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

FONTS = Path(__file__).parents[1] / "fixtures" / "fonts"
DEJAVU, NOTHING = FONTS / "dejavu", FONTS / "nothing"
"""What a fresh Debian has, which is wide, and a font without letters: Chromium does not start where there is none at all."""

SOON = PATIENCE_S * 1000
WIDTHS = (320, 390)
FINGER_PX = 44

LARGER_TEXT = "130%"
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# What of the header sticks out of the page, is cut off, or too small for a finger.
MISFITS = f"""(() => {{
  const wide = document.documentElement.clientWidth;
  const nav = document.querySelector('header nav').getBoundingClientRect();
  return [
    ...(document.documentElement.scrollWidth > wide ? ['the page is ' + document.documentElement.scrollWidth] : []),
    ...[...document.querySelectorAll('header a, header button, header select')]
      .filter((each) => each.checkVisibility() && each.getClientRects().length)
      .filter((each) => {{
        const box = each.getBoundingClientRect();
        const right = each.closest('nav') ? nav.right : wide;
        return box.left < 0 || box.right > right + 0.5 || box.height < {FINGER_PX} - 0.5 || box.width < {FINGER_PX} - 0.5;
      }})
      .map((each) => each.outerHTML.slice(0, 120)),
  ];
}})()"""

SHIFTS = """(() => {
  window.shifts = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifts += each.value; })
    .observe({ type: 'layout-shift', buffered: true });
})()"""


async def header_misfits(page: Page) -> dict[str, list[str]]:
    found = {}
    for text in ("100%", LARGER_TEXT):
        await page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 640})
            await page.evaluate(TWO_FRAMES)
            if misfits := await page.evaluate(MISFITS):
                found[f"{width} px, text of {text}"] = misfits
    return found


async def refused(route: Route) -> None:
    await route.abort()


async def phone(browser: Browser, locale: str) -> BrowserContext:
    return await browser.new_context(
        viewport={"width": WIDTHS[0], "height": 640}, is_mobile=True, has_touch=True, locale=locale
    )


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def test_the_header_fits_a_phone(server: LiveServer) -> None:
    person = await server.make_user(nickname="Konstantin")
    for fonts, with_ours in ((None, True), (DEJAVU, True), (DEJAVU, False), (NOTHING, True)):
        async with launched_chromium(fonts=fonts) as browser:
            for locale in ("en-US", "ru-RU"):
                seen_on = f"{locale}, with {fonts}, ours too: {with_ours}"
                context = await phone(browser, locale)
                page = await context.new_page()
                if not with_ours:
                    await page.route("**/*.woff2", refused)
                await page.goto(f"{server.url}/login?next=%2F")
                await page.get_by_test_id("nav-login").wait_for()
                loaded = "document.fonts.ready.then((fonts) => [...fonts].some((font) => font.status === 'loaded'"
                loaded += " && font.family.includes('Manrope')))"
                assert await page.evaluate(loaded) == with_ours
                assert await header_misfits(page) == {}, f"not signed in, {seen_on}"

                await page.get_by_test_id("login").fill(person.nickname)
                await page.get_by_test_id("password").fill(person.password)
                await page.get_by_test_id("submit").tap()
                await expect(page.get_by_test_id("account-menu")).to_be_visible(timeout=SOON)
                assert await header_misfits(page) == {}, f"signed in, {seen_on}"
                await context.close()


async def test_nothing_moves_when_the_typeface_comes(server: LiveServer) -> None:
    async with launched_chromium(fonts=DEJAVU) as browser:
        for locale in ("en-US", "ru-RU"):
            await nothing_moves(browser, server.url, locale)


async def nothing_moves(browser: Browser, url: str, locale: str) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
    page = await context.new_page()
    await page.add_init_script(SHIFTS)
    held: list[Route] = []
    await page.route("**/*.woff2", lambda route: held.append(route))
    await page.goto(f"{url}/register", wait_until="commit")
    await page.get_by_test_id("submit").wait_for()
    heading = page.get_by_role("heading", level=1)
    before, height = await heading.bounding_box(), await page.evaluate("document.documentElement.scrollHeight")
    shifted = await page.evaluate("window.shifts")
    assert held, "no typeface was asked for"
    # Latin comes with every page; Cyrillic with Russian texts alone.
    assert any("cyrillic" in route.request.url for route in held) == (locale == "ru-RU")
    while held:
        await held.pop().continue_()
    await page.evaluate("document.fonts.ready")
    await page.evaluate(TWO_FRAMES)
    after = await heading.bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"], after["y"], after["height"]) == pytest.approx(
        (before["x"], before["y"], before["height"]), abs=1
    )
    assert after["width"] == pytest.approx(before["width"], rel=0.06)
    assert await page.evaluate("document.documentElement.scrollHeight") == height
    # 0.1 and less is called good (web.dev/cls); a font alone has to do far better.
    assert await page.evaluate("window.shifts") - shifted < 0.02


async def test_what_a_first_visit_gets(server: LiveServer) -> None:
    """The first page asks for one file in English, two in Russian: 45 kB at most, for ever in the cache."""
    async with launched_chromium("--blink-settings=defaultFontSize=21") as browser:
        got: list[Response] = []
        for locale, files in (("en-US", 1), ("ru-RU", 2)):
            got.clear()
            context = await browser.new_context(locale=locale)
            page = await context.new_page()
            page.on("response", lambda response: got.append(response))
            await page.goto(f"{server.url}/login")
            await page.get_by_test_id("submit").wait_for()
            await page.evaluate("document.fonts.ready")
            # As large as the reader has set text in their browser.
            assert await page.evaluate("getComputedStyle(document.body).fontSize") == "21px"
            fonts = [answer.headers for answer in got if answer.url.endswith(".woff2")]
            assert len(fonts) == files
            assert sum(int(headers["content-length"]) for headers in fonts) <= 45_000
            assert {headers["content-type"] for headers in fonts} == {"font/woff2"}
            assert all("immutable" in headers["cache-control"] for headers in fonts)
            await context.close()
        context = await browser.new_context()
        texts = await context.request.get(f"{server.url}/licenses.txt")
        assert "SIL OPEN FONT LICENSE Version 1.1" in await texts.text()
