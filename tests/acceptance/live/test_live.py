"""Somebody goes live in one browser, and others watch in theirs."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.live.going_live import enter, go_live, moves, shot
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(400)]

BY_HLS = "(({ srcObject, src }) => srcObject === null && src.startsWith('blob:'))(document.querySelector('[data-testid=live-video]'))"
"""Media Source Extensions, and no stream of a peer connection."""


async def become_an_episode(studio: Viewer, server: LiveServer, owner: Person) -> None:
    """Have an episode made of the only recording, of a release that is a draft still."""
    draft = {"alias": "evenings", "type": "WEB", "name": {"main": "Evenings"}}
    made = await studio.page.request.post(f"{server.url}/api/v1/releases", data=draft, headers=owner.headers)
    assert made.ok, await made.text()
    async with asyncio.timeout(PATIENCE_S):  # the list is asked for once, when somebody has typed
        while (
            "Evenings"
            not in await (
                await studio.page.request.get(f"{server.url}/api/v1/releases?search=Even", headers=owner.headers)
            ).text()
        ):
            await asyncio.sleep(0.2)
    await studio.see("make-episode").click()
    await studio.see("recording-release").fill("Even")
    await studio.page.locator("#recording-release-list button").first.click()
    await expect(studio.see("recording-release-chosen")).to_have_text("Evenings")
    await shot(studio, "live-make-episode")
    await studio.see("make-episode-now").click()
    making, made_already = studio.see("recording").locator("progress"), studio.see("recording-episode")
    await expect(making.or_(made_already)).to_be_visible(timeout=PATIENCE_S * 1000)  # to its end: test_recording.py
    await shot(studio, "live-episode")


STATES = """
() => {
  window.__states = [];
  const frame = document.querySelector('[data-testid=live-frame]');
  new MutationObserver(() => window.__states.push(frame.dataset.state)).observe(frame, { attributeFilter: ['data-state'] });
}
"""
"""What the frame says from now on."""


async def watches(viewer: Viewer, *, by_hls: bool) -> None:
    """Wait until it does so, and moves."""
    async with asyncio.timeout(PATIENCE_S):
        while await viewer.page.evaluate(BY_HLS) is not by_hls:
            await asyncio.sleep(0.2)
    await moves(viewer)


async def go_back(viewer: Viewer) -> None:
    """Seek back as far as it goes, from a player without a delay."""
    rewind = viewer.see("live-rewind")
    await expect(rewind).to_be_visible(timeout=PATIENCE_S * 1000)  # there is no past worth it at first
    assert not await viewer.page.evaluate(BY_HLS)
    await viewer.see("live-seek").press("Home")
    await expect(rewind).to_have_attribute("data-now", "false", timeout=PATIENCE_S * 1000)
    await moves(viewer)
    assert await viewer.page.evaluate(BY_HLS)
    behind_s = await viewer.page.evaluate("-document.querySelector('[data-testid=live-seek]').value")
    assert behind_s >= 10, "it plays what was"
    # Seconds, or a minute and more on a busy machine.
    await expect(viewer.see("live-behind")).to_have_text(re.compile(r"^−\d+:\d\d$"))
    await shot(viewer, "live-behind")
    await viewer.page.set_viewport_size({"width": 390, "height": 780})
    await shot(viewer, "live-behind-phone")
    await viewer.page.set_viewport_size({"width": 1280, "height": 720})


async def change_over(viewer: Viewer, late: Viewer, server: LiveServer, admin: Person) -> None:
    """The only place changes hands, as the server says: nobody sees more of it than the picture."""
    for one in (viewer, late):
        await one.page.evaluate(STATES)
    await watches(late, by_hls=False)  # who was first is in the past, without a place
    await viewer.see("live-edge").click()
    await expect(viewer.see("live-rewind")).to_have_attribute("data-now", "true", timeout=PATIENCE_S * 1000)
    await watches(viewer, by_hls=True)
    places = f"{server.url}/api/v1/live/places"
    for wanted in (0, None):
        answer = await viewer.page.request.put(places, data={"viewers": wanted}, headers=admin.headers)
        assert answer.ok, await answer.text()
        if wanted == 0:
            await watches(late, by_hls=True)
    await watches(viewer, by_hls=False)  # who was sent over stays there for a while
    for one in (viewer, late):
        seen = await one.page.evaluate("window.__states")
        assert not {"refused", "blocked", "connecting", "waiting"} & set(seen), seen


async def test_live_from_one_page_to_another(live_server: StartServer, sit: Sit) -> None:
    server = await live_server(ANI_LIVE_VIEWERS="1")
    owner, moderator = await server.make_user(Role.EDITOR), await server.make_user(Role.ADMIN)
    studio = await go_live(sit, server, owner, "Evenings")
    await shot(studio, "live-studio")

    await studio.page.get_by_test_id("record").click()
    await expect(studio.page.get_by_test_id("recording")).to_be_visible(timeout=PATIENCE_S * 1000)

    channel_url = studio.page.url.replace("/studio", "")
    viewer = await sit()
    await viewer.page.goto(f"{server.url}/")
    await expect(viewer.page.get_by_test_id("live-now")).to_contain_text("Evenings", timeout=PATIENCE_S * 1000)
    await shot(viewer, "live-home")
    await viewer.page.goto(channel_url)
    await moves(viewer)
    await shot(viewer, "live-channel")
    late = await sit(width=640, height=480)
    await late.page.goto(channel_url)  # where WHEP has no room left
    await moves(late)
    assert await late.page.evaluate(BY_HLS)
    await shot(late, "live-hls")
    await go_back(viewer)
    await change_over(viewer, late, server, moderator)

    await studio.page.get_by_test_id("studio-stop").click()
    frame = viewer.page.get_by_test_id("live-frame")
    await expect(frame).to_have_attribute("data-state", "away", timeout=PATIENCE_S * 1000)
    await shot(viewer, "live-away")
    by_hls = late.page.get_by_test_id("live-frame")
    await expect(by_hls).to_have_attribute("data-state", "away", timeout=PATIENCE_S * 1000)
    await shot(late, "live-hls-away")
    shown = await (
        await late.page.request.get(f"{server.url}/api/v1/live/channels/{channel_url.rpartition('/')[2]}")
    ).json()
    assert (shown["is_live"], shown["is_away"]) == (False, True)
    assert (await late.page.request.get(server.url + shown["hls_url"])).ok, "the slate, for who comes now"
    await studio.page.get_by_test_id("studio-start").click()
    await expect(frame).to_have_attribute("data-state", "playing", timeout=PATIENCE_S * 1000)
    await moves(viewer)
    await expect(by_hls).to_have_attribute("data-state", "playing", timeout=PATIENCE_S * 1000)
    await moves(late)

    await studio.page.get_by_test_id("record").click()
    recording = studio.page.get_by_test_id("recording")
    await expect(recording).to_have_attribute("data-state", "ended", timeout=PATIENCE_S * 1000)
    await shot(studio, "live-recordings")
    await become_an_episode(studio, server, owner)

    admin = await enter(sit, server, moderator)
    await admin.page.goto(f"{server.url}/admin/live")
    await expect(admin.see("live-places")).to_contain_text("1 of 1")
    await admin.page.get_by_test_id("take-down").click()
    await admin.page.get_by_test_id("take-down-reason").fill("Spam")
    await shot(admin, "live-admin")
    await admin.page.get_by_test_id("take-down-now").click()
    await expect(frame).not_to_have_attribute("data-state", "playing", timeout=PATIENCE_S * 1000)
