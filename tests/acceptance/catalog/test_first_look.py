"""What every page owes to whoever opens it: their theme, a title, a way on when something is missing, room for fingers."""

import pytest
from playwright.async_api import Browser, expect

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from server.boot import open_services
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.people import PASSWORD
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

SOON = PATIENCE_S * 1000
FINGER_PX = 44
NARROW = 320

TOO_SMALL = f"""[...document.querySelectorAll('a, button, select')]
  .filter((each) => !each.matches('.skip, .visually-hidden, p a') && each.checkVisibility())
  .filter((each) => each.getBoundingClientRect().height < {FINGER_PX} - 0.5)
  .map((each) => each.outerHTML.slice(0, 120))"""


async def theme(viewer: Viewer) -> str:
    return str(await viewer.page.evaluate("document.documentElement.dataset.theme"))


async def series(server: LiveServer, length: int) -> str:
    """A published series whose episodes count as playable."""
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft("moon-road", ReleaseType.TV, Names("Moon Road"), episodes_total=length)
        release = await catalog.releases.usecases.create_release(context, draft, ())
        await catalog.releases.usecases.publish_release(context, release.id)
        for ordinal in range(1, length + 1):
            added = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal))
            await scope.uow.session.flush()
            await catalog.releases.episodes.usecases.media_ready(
                context, added.id, duration_ms=1_440_000, thumbnail_url=None
            )
            await catalog.releases.episodes.usecases.publish_episode(context, added.id)
        return release.id


async def test_a_newcomer(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    ann = await sit()

    # The theme is the system's, also when that changes, until somebody chooses one.
    await ann.page.emulate_media(color_scheme="light")
    await ann.page.goto(f"{server.url}/releases/00000000-0000-7000-8000-000000000000")
    await expect(ann.page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    await expect(ann.page).to_have_title("There is nothing at this address · Ani")
    assert await theme(ann) == "light"
    await ann.page.emulate_media(color_scheme="dark")
    await ann.until("document.documentElement.dataset.theme === 'dark'")
    await ann.see("theme").click()
    await ann.page.emulate_media(color_scheme="light")
    await ann.page.emulate_media(color_scheme="dark")
    assert await theme(ann) == "light"

    await ann.page.goto(f"{server.url}/register?next=%2Flibrary")
    assert await theme(ann) == "light"
    await ann.see("email").fill("ann@example.org")
    await ann.see("nickname").fill("Ann")
    await ann.see("password").fill(PASSWORD)
    await ann.page.get_by_role("button", name="Show the password").click()
    await expect(ann.see("password")).to_have_attribute("type", "text")
    await ann.see("submit").click()
    await expect(ann.see("welcome")).to_contain_text("ann@example.org")
    await ann.see("welcome").get_by_role("button", name="Close").click()
    await expect(ann.see("welcome")).to_have_text("")

    # A link that was used leads on to another letter.
    await ann.page.goto(f"{server.url}/reset#used-long-ago")
    await ann.see("password").fill(PASSWORD)
    await ann.see("submit").click()
    await ann.see("reset-anew").click()
    await expect(ann.see("email")).to_be_visible()


async def test_episodes_marked_on_one_device_show_on_the_other(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    ann, release = await server.make_user(nickname="Anna"), await series(server, 3)
    laptop, phone = await sit(), await sit(width=390)
    for device in (laptop, phone):
        await device.page.goto(f"{server.url}/login?next=%2Freleases%2F{release}")
        await device.see("login").fill(ann.nickname)
        await device.see("password").fill(PASSWORD)
        await device.see("submit").click()
        await expect(device.see("mark-watched")).to_have_count(3)
    first = await laptop.see("play-release").get_attribute("href")
    await laptop.see("mark-watched").first.click()
    await expect(laptop.see("play-release")).not_to_have_attribute("href", first or "")
    await expect(phone.see("mark-watched").first).to_have_attribute("aria-pressed", "true", timeout=SOON)
    await phone.see("mark-watched").first.click()
    await expect(laptop.see("play-release")).to_have_attribute("href", first or "", timeout=SOON)

    # The server goes away and comes back: nobody is sent to log in, and the page opens by itself.
    await server.kill9()
    await laptop.page.get_by_role("link", name="Library", exact=True).click()
    await expect(laptop.page.get_by_role("heading", level=1)).to_have_text("The server cannot be reached")
    await server.start()
    await expect(laptop.page.get_by_role("heading", level=1)).to_have_text("Library", timeout=SOON)


async def test_the_smallest_phone(live_server: StartServer, browser: Browser) -> None:
    server = await live_server(
        ANI_OIDC_PROVIDERS='[{"id": "acme", "name": "The Acme Corporation of North and South",'
        ' "issuer": "https://acme.example", "client_id": "ani", "client_secret": "secret"}]'
    )
    context = await browser.new_context(
        viewport={"width": NARROW, "height": 640}, is_mobile=True, has_touch=True, locale="ru-RU"
    )
    page = await context.new_page()
    for path in ("/", "/login", "/login?device", "/nowhere"):
        await page.goto(server.url + path)
        await page.get_by_role("heading", level=1).first.wait_for()
        await expect(page.get_by_test_id("nav-login")).to_be_visible()
        if path == "/login":
            await page.get_by_test_id("providers").wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
        assert await page.evaluate(TOO_SMALL) == [], path

    # Signed in there is more in the header; from the width of common phones on also the library, in long Russian words.
    await page.goto(f"{server.url}/register?next=%2Fdevice")
    await page.get_by_test_id("email").fill("ann@example.org")
    await page.get_by_test_id("nickname").fill("Ann")
    await page.get_by_test_id("password").fill(PASSWORD)
    await page.get_by_test_id("submit").tap()
    await page.get_by_test_id("device-input").wait_for()
    for width in (NARROW, 375, 390, 412):
        await page.set_viewport_size({"width": width, "height": 640})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_test_id("account-menu").tap()
        await expect(page.get_by_test_id("menu-library")).to_be_visible()
        await page.get_by_test_id("account-menu").tap()
    await context.close()
