"""The sources' pages in a real browser: register, see why something is cut, and say otherwise."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from kernel.access import Role
from tests.acceptance.viewers import audience
from tests.conftest import StartServer
from tests.integration.streaming.proxy.conftest import StartUpstream
from tests.integration.streaming.proxy.sources import sourced_episode

WEB = Path(__file__).parents[4] / "web" / "dist" / "index.html"


@pytest.mark.browser
@pytest.mark.page
@pytest.mark.skipif(not WEB.exists(), reason="the web client is not built (make web)")
async def test_an_operator_registers_looks_and_corrects(
    live_server: StartServer, start_upstream: StartUpstream, browser: Browser
) -> None:
    upstream = await start_upstream("ppppppaappppppppppaapp")
    server = await live_server(ANI_PROXY_NETWORKS="127.0.0.0/8")
    await sourced_episode(server)
    # A long name must not widen the header of a phone.
    admin = await server.make_user(Role.ADMIN, nickname="WilhelminaWolkensteinWow")
    async with audience(browser) as sit:
        viewer = await sit()
        await viewer.page.goto(f"{server.url}/login?next=/admin/sources")
        await viewer.see("login").fill(admin.email)
        await viewer.see("password").fill(admin.password)
        await viewer.see("submit").click()
        await expect(viewer.page.get_by_role("heading", name="No sources yet")).to_be_visible()

        await viewer.see("new-source").click()
        await viewer.see("release").select_option(label="Sourced")
        await viewer.see("episode").select_option(index=1)
        await viewer.see("url").fill("http://169.254.169.254/latest.m3u8")
        register = viewer.see("register").get_by_role("button", name="Register")
        await register.click()
        await expect(viewer.page.get_by_role("alert")).to_contain_text("not public")
        # Each refusal says what to do, and the next attempt stands for itself.
        for status, words in ((401, "Credentials"), (404, "spelled right"), (500, "play elsewhere")):
            upstream.status = status
            await viewer.see("url").fill(upstream.base + "master.m3u8")
            await register.click()
            await expect(viewer.page.get_by_role("alert")).to_contain_text(words)
        upstream.status = 200
        await viewer.see("url").fill(upstream.base + "key.bin")
        await register.click()
        await expect(viewer.page.get_by_role("alert")).to_contain_text("not an HLS playlist")
        await viewer.see("url").fill(upstream.base + "master.m3u8")
        await register.click()

        # The reasons are there on focus and on tap, in words.
        ads = viewer.see("run-signal")
        await expect(ads).to_have_count(2)
        await ads.first.focus()
        await expect(viewer.page.locator(".says")).to_contain_text("The playlist marks a break here (cue-out).")
        await ads.first.click()
        await expect(viewer.see("run")).to_contain_text("0:12–0:16")
        # One stop for the tab key, and arrows from there.
        await viewer.page.keyboard.press("ArrowRight")
        await expect(viewer.see("run")).to_contain_text("0:16–0:36")
        await viewer.page.keyboard.press("End")
        await expect(viewer.see("run-programme").last).to_be_focused()
        await viewer.page.keyboard.press("ArrowLeft")
        await expect(viewer.see("run")).to_contain_text("0:36–0:40")
        await expect(viewer.see("timeline").locator("[tabindex='0']")).to_have_count(1)
        await ads.first.click()
        await viewer.see("correct").click()
        await expect(ads).to_have_count(1)
        await expect(viewer.see("corrections")).to_contain_text("0:12–0:16: not ads")
        await viewer.page.get_by_role("heading", name="The playlist, line by line").click()
        await expect(viewer.see("preview")).to_contain_text("#EXT-X-DISCONTINUITY")
        await viewer.see("corrections").get_by_role("button", name="Undo").click()
        await expect(ads).to_have_count(2)
        # What she knows of its addresses; and credentials do not follow to another host.
        await viewer.see("source-settings").click()
        await viewer.see("settings-always").fill("*p3.ts")
        await viewer.see("settings").get_by_role("button", name="Save").click()
        await expect(viewer.see("run-rule")).to_have_count(1)
        overflow = "document.documentElement.scrollWidth - innerWidth"
        await viewer.page.set_viewport_size({"width": 390, "height": 800})
        await viewer.until(f"{overflow} <= 0")
        await viewer.page.goto(f"{server.url}/admin/sources")
        await expect(viewer.see("sources")).to_contain_text("Ads are covered by our picture")
        await viewer.until(f"{overflow} <= 0")
