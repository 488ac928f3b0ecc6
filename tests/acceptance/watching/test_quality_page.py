"""How playback goes, on the administrator's page: nothing yet, numbers and hours, failures, on a phone, in Russian."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from kernel.access import Role
from kernel.db import Database
from kernel.scope import Container
from streaming.origin.model import StreamSession, StreamSessionId
from streaming.origin.qoe.events import PlaybackEvent, PlayerState
from streaming.origin.qoe.model import PlaybackQuality
from streaming.origin.qoe.repository import SqlQualityRecords
from tests.acceptance.administration.test_admin_pages import sign_in
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

AT_MS = 1_764_500_000_000


async def watched(server: LiveServer, streams: int) -> None:
    """So many streams in the last day, every seventh of which failed."""
    database = Database(server.settings().database)
    now = datetime.now(UTC)
    async with Container(database).scope(write=True) as scope:
        records = SqlQualityRecords(scope.uow)
        for number in range(streams):
            started_at = now - timedelta(minutes=number * number * 60 * 20 / (streams * streams))
            session = StreamSession(
                id=StreamSessionId(f"01a22d08-bf61-706f-9fd1-{number:012}"),
                episode_id="01a22d08-bf61-706f-9fd1-6bdcac5d86fc",
                asset_id="",
                started_at=started_at,
                expires_at=started_at,
                leased_until=started_at,
                title=f"Moon Road – {number}",
                browser="Firefox",
                platform="Android",
            )
            quality, start_ms = PlaybackQuality.of(session, now), 400 + 53 * number % 1_700
            quality.observe(
                [
                    PlaybackEvent(AT_MS, 0, PlayerState.STARTING),
                    PlaybackEvent(AT_MS + start_ms, 1, PlayerState.PLAYING, 3_000_000 + 90_000 * number),
                    PlaybackEvent(AT_MS + start_ms + 80_000, 2, PlayerState.REBUFFERING, dropped_frames=number % 5),
                    PlaybackEvent(AT_MS + start_ms + 80_000 + 70 * number, 3, PlayerState.PLAYING),
                    *(
                        [PlaybackEvent(AT_MS + start_ms + 90_000, 4, PlayerState.FATAL_ERROR, error="network")]
                        if number % 7 == 0
                        else []
                    ),
                ],
                now,
            )
            records.add(quality)
    await database.close()


async def test_how_playback_goes(live_server: StartServer, browser: Browser) -> None:
    server = await live_server()
    admin = await server.make_user(Role.ADMIN, "Olga")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en", color_scheme="dark")
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))

    async def shot(name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            await page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)

    await sign_in(page, server.url, admin, "/admin")
    await page.get_by_role("link", name="Playback quality").click()
    await expect(page.get_by_text("No streams in this time")).to_be_visible()
    await shot("quality-empty")

    await watched(server, 42)
    await page.reload()
    await expect(page.get_by_test_id("quality-sessions")).to_have_text("42")
    await expect(page.get_by_test_id("quality-failures")).to_have_text("14.29%")
    await expect(page.get_by_test_id("charts").locator("figure")).to_have_count(4)
    await expect(page.get_by_test_id("charts").locator("figure").first.locator(".slot")).to_have_count(24)
    await expect(page.get_by_test_id("stream-quality")).to_have_count(20)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"
    await shot("quality-phone")

    await page.get_by_test_id("next-page").click()
    await expect(page.get_by_test_id("stream-quality").first).to_contain_text("Moon Road – 20")
    await page.get_by_test_id("only-failed").click()
    await expect(page.get_by_test_id("stream-quality")).to_have_count(6)
    await expect(page.get_by_test_id("stream-quality").first).to_contain_text("Failed: network")
    await page.get_by_role("link", name="Last 3 days").click()
    await expect(page.get_by_test_id("charts").locator("figure").first.locator(".slot")).to_have_count(72)
    await expect(page.get_by_test_id("stream-quality")).to_have_count(6)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.emulate_media(color_scheme="light")
    await shot("quality-wide")
    assert not problems
