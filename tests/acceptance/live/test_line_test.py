"""Somebody tests their line at the studio page before they go live."""

import os

import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.live.going_live import SMALL_CAMERA, enter, shot
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(400)]


async def shots(studio: Viewer, name: str) -> None:
    """On a desk and on a phone, in the light and in the dark."""
    if not os.environ.get("SHOTS"):
        return
    for size, width, height in (("desk", 1280, 900), ("phone", 390, 844)):
        for scheme in ("light", "dark"):
            await studio.page.set_viewport_size({"width": width, "height": height})
            await studio.page.emulate_media(color_scheme=scheme)
            await studio.see("line-test").scroll_into_view_if_needed()
            await shot(studio, f"{name}-{size}-{scheme}")
    await studio.page.set_viewport_size({"width": 1280, "height": 800})


async def test_a_line_is_tested(live_server: StartServer, sit: Sit) -> None:
    server = await live_server(ANI_LIVE_VIEWERS="1")
    studio = await enter(sit, server, await server.make_user(Role.EDITOR))
    await studio.page.add_init_script(SMALL_CAMERA)
    await studio.page.goto(f"{server.url}/studio/live")
    await studio.see("live-title").fill("Evenings")
    await studio.see("live-save").click()
    await studio.see("live-key-kept").click()
    await expect(studio.see("line-test-start")).to_be_disabled()
    await studio.see("studio-camera").click()
    await studio.see("line-test-start").click()
    await expect(studio.see("line-test-stop")).to_be_visible()
    await shots(studio, "line-testing")
    shown = await studio.page.request.get(f"{server.url}/api/v1/live/channels/{studio.page.url.rpartition('/')[2]}")
    channel = await shown.json()
    assert (channel["is_live"], channel["is_away"], channel["hls_url"]) == (False, False, None)
    report = studio.see("line-report")
    await expect(report).to_be_visible(timeout=PATIENCE_S * 1000)
    await expect(studio.see("line-path")).to_have_text("direct")
    await expect(studio.see("line-size")).to_contain_text("320 × 180")
    await expect(studio.see("line-quality")).to_contain_text("240p")
    await expect(studio.see("line-round-trip")).not_to_have_text("unknown")  # Chromium answers (RFC 3611)
    await shots(studio, "line-report")
    await studio.page.reload()
    await expect(report).to_be_visible()  # for an hour
    await studio.see("studio-camera").click()
    await studio.see("studio-start").click()
    await expect(studio.see("live-frames")).not_to_have_text("0", timeout=PATIENCE_S * 1000)
    await expect(studio.see("line-test")).to_be_hidden()
