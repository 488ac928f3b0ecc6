"""One stream at a time: refused with who holds the place, taken over, stopped from the list, told to the player."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import AddEpisode, StartServer
from tests.support.people import PASSWORD, Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SOON = PATIENCE_S * 1000


async def log_in(viewer: Viewer, server: LiveServer, person: Person, path: str) -> None:
    await viewer.page.goto(f"{server.url}/login?next={path}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}{path}")


async def shot(viewer: Viewer, name: str) -> None:
    """A picture for whoever wants to look (SHOTS names a folder)."""
    if folder := os.environ.get("SHOTS"):
        await viewer.page.screenshot(path=Path(folder, f"{name}.png"))


async def test_one_stream_at_a_time(live_server: StartServer, ingested_episode: AddEpisode, sit: Sit) -> None:
    server = await live_server(ANI_STREAM_LIMIT="1")
    path = f"/watch/{(await ingested_episode(server)).episode_id}"
    ann = await server.make_user()
    laptop, phone = await sit(), await sit(width=390, height=844)
    await log_in(laptop, server, ann, path)
    await laptop.playing()
    await laptop.page.reload()
    await laptop.playing()  # a reload takes its own place again

    # Refused on the phone, which takes it over; the laptop is told, and takes it back.
    await log_in(phone, server, ann, path)
    await expect(phone.see("holders").locator("li")).to_have_count(1)
    await expect(phone.see("holders")).to_contain_text("Show")
    await shot(phone, "limit-phone")
    await phone.see("take-over").click()
    await phone.playing()
    await phone.page.mouse.move(200, 200)  # the controls hide by themselves
    await phone.see("settings").click()
    await phone.see("stats-menu").click()
    await expect(phone.see("stats-picture")).to_contain_text("×")
    await shot(phone, "stats-phone")
    await phone.see("stats-close").click()
    await expect(laptop.see("held-elsewhere")).to_contain_text("another device", timeout=SOON)
    await shot(laptop, "stopped")
    await laptop.see("watch-here").click()
    await expect(laptop.see("holders").locator("li")).to_have_count(1)
    await shot(laptop, "limit")
    await laptop.see("take-over").click()
    await laptop.playing()

    # From the list it is stopped; the player says so.
    await phone.page.goto(f"{server.url}/watching")
    await expect(phone.see("watched-stream")).to_have_count(1)
    await shot(phone, "watching-phone")
    await phone.see("stop-stream").click()
    await expect(phone.see("watched-stream")).to_have_count(0)
    await expect(laptop.see("held-elsewhere")).to_be_visible(timeout=SOON)

    # Whoever leaves gives the place back, and it shows on the page at once.
    await laptop.see("watch-here").click()
    await laptop.playing()
    await expect(phone.see("watched-stream")).to_have_count(1, timeout=SOON)
    await laptop.page.get_by_role("link", name="Ani").first.click()
    await expect(phone.see("watched-stream")).to_have_count(0, timeout=SOON)


async def test_moderators_see_and_stop_streams(
    live_server: StartServer, ingested_episode: AddEpisode, sit: Sit
) -> None:
    server = await live_server()
    path = f"/watch/{(await ingested_episode(server)).episode_id}"
    ann, moderator = await server.make_user(nickname="Ann"), await server.make_user(role=Role.MODERATOR)
    admin = await server.make_user(role=Role.ADMIN)
    viewer, desk = await sit(), await sit()
    reports: list[int] = []
    viewer.page.on("response", lambda answer: reports.append(answer.status) if answer.url.endswith("/cmcd") else None)
    await log_in(viewer, server, ann, path)
    await viewer.playing()
    async with asyncio.timeout(PATIENCE_S):
        while not reports:  # the player tells by itself how it goes (CMCD, event mode)
            await asyncio.sleep(0.05)
    assert set(reports) == {200}
    await viewer.page.keyboard.press("i")
    for row in ("bitrate", "buffer", "throughput", "dropped", "startup"):
        await expect(viewer.see(f"stats-{row}")).to_contain_text(re.compile(r"\d"))
    await expect(viewer.see("stats").locator("polyline.buffer")).to_have_attribute("points", re.compile(r" "))
    await shot(viewer, "stats")
    await viewer.page.keyboard.press("i")
    await expect(viewer.see("stats")).to_have_count(0)
    await log_in(desk, server, moderator, "/admin/watching")
    await expect(desk.see("watched-stream")).to_contain_text("Ann")
    await shot(desk, "admin-watching")
    await desk.see("stop-stream").click()
    await expect(desk.see("watched-stream")).to_have_count(0)
    await expect(viewer.see("held-elsewhere")).to_contain_text("moderator", timeout=SOON)

    # What its player told of it stays.
    figures: dict[str, Any] = {"mean_bitrate_bps": None}
    url = f"{server.url}/api/v1/admin/playback/quality/sessions"
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not figures["mean_bitrate_bps"]:  # known a moment after the first picture
                await asyncio.sleep(0.5)
                listed = await (await viewer.page.request.get(url, headers=admin.headers)).json()
                figures = next(iter(listed["items"]), figures)  # written down within 5 s
    except TimeoutError:
        pytest.fail(f"nothing was played: {figures}")
    assert figures["outcome"] == "played"
    assert 0 < figures["startup_ms"] < 60_000
    assert figures["played_ms"] > 0
    assert figures["dropped_frames"] is not None
