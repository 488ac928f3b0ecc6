"""A television without a keyboard and a phone that is signed in, in real browsers."""

import io

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.acceptance.viewers import Sit, Viewer
from tests.conftest import StartServer
from tests.support.people import PASSWORD
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def log_in(viewer: Viewer, nickname: str) -> None:
    """On the log-in page the viewer is at."""
    await viewer.see("login").fill(nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()


async def test_a_phone_lets_the_television_in(server: LiveServer, sit: Sit) -> None:
    anna = await server.make_user(nickname="Anna")
    television, phone = await sit(width=1280, height=720), await sit(width=390)
    await television.page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (Web0S; Linux/SmartTV) Chrome/108.0"})
    await television.page.goto(f"{server.url}/login")
    await television.see("to-device").click()
    code = await television.see("tv-code").inner_text()
    # Nobody scrolls a television.
    assert await television.page.evaluate("document.documentElement.scrollHeight <= innerHeight")

    await phone.page.goto(f"{server.url}/device#code={code}")  # what the QR code says
    await log_in(phone, anna.nickname)
    await expect(phone.see("device-code")).to_have_text(code)
    await expect(phone.see("device-name")).to_have_text("LG TV, Chrome")
    await phone.see("approve").click()
    await expect(phone.see("device-outcome")).to_contain_text("Done")
    await phone.page.get_by_role("link", name="Where you are signed in").click()

    await television.page.wait_for_url(f"{server.url}/")
    await television.see("account-menu").wait_for()
    # The page was there first: it hears of the television while it is looked at.
    await expect(phone.see("sessions").locator("li").filter(has_text="LG TV")).to_be_visible(timeout=20_000)

    picture = io.BytesIO()
    Image.new("RGB", (900, 500), "teal").save(picture, "JPEG")
    await phone.see("picture-file").set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    await phone.see("picture-save").click()
    await phone.see("picture-remove").wait_for()
    await phone.see("nickname").fill("Anna Lee")
    await phone.see("nickname-save").click()
    await expect(phone.see("nickname-outcome")).to_contain_text("Anna Lee")
    await phone.page.reload()
    source = await phone.page.locator("main img").first.get_attribute("src")
    assert source is not None
    assert source.startswith("/avatars/")


async def test_who_mistypes_or_refuses(server: LiveServer, sit: Sit) -> None:
    anna = await server.make_user(nickname="Anna")
    television, phone = await sit(width=1280, height=720), await sit(width=390)
    await television.page.goto(f"{server.url}/login?device")
    code = await television.see("tv-code").inner_text()
    await phone.page.goto(f"{server.url}/login")
    await log_in(phone, anna.nickname)
    await phone.page.wait_for_url(f"{server.url}/")
    await phone.page.goto(f"{server.url}/device")
    await phone.see("device-input").fill("BBBB-BBBB")
    await phone.see("device-submit").click()
    await expect(phone.see("device-error")).to_contain_text("No device waits")
    await phone.see("device-input").fill(code.lower().replace("-", " "))
    await phone.see("device-submit").click()
    await phone.see("deny").click()
    await expect(television.see("tv-ended")).to_contain_text("refused")
    await television.see("tv-again").click()
    await expect(television.see("tv-code")).not_to_have_text(code)
