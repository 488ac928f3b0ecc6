"""Ads in breaks, played by the web player: the film waits, comes back at its place, and everything is counted once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser, expect

import streaming.ingest.jobs
from kernel.access import Role
from kernel.outbox.relay import Relay
from server.boot import open_services
from streaming.keys.model import Protection
from tests.acceptance.administration.test_promo_pages import looked_at
from tests.conftest import AddEpisode, StartServer
from tests.support.media.episodes import RememberingEngine

WAIT_MS = 60_000


@pytest.mark.slow
async def test_an_ad_plays_before_an_encrypted_film_and_one_within_it_is_skipped(
    live_server: StartServer,
    ingested_episode: AddEpisode,
    browser: Browser,
    clip: Callable[..., Path],
    engine: RememberingEngine,
) -> None:
    """What hls.js needs for keys and for breaks is in the built client, and the two do not come between each other."""
    server = await live_server()
    film = await ingested_episode(server)
    async with open_services(server.settings()) as services:
        await streaming.ingest.jobs.ingest(
            services.container, clip(seconds=8), film.episode_id, protection=Protection.CBCS, engine=engine
        )
        await Relay(services.container).drain()
    tea = await ingested_episode(server, title="Tea")
    admin = await server.make_user(Role.ADMIN)

    async with ClientSession(server.url, headers=admin.headers) as api:

        async def start(**fields: object) -> str:
            body = {
                "title": "Tea",
                "advertiser": "Tea & Co",
                "creative_episode_id": tea.episode_id,
                "starts_at": "2026-01-01T00:00:00Z",
                "click_url": "/schedule",
                **fields,
            }
            async with api.post("/api/v1/linear-ads", json=body) as answer:
                assert answer.status == 201, await answer.text()
                ad_id: str = (await answer.json())["id"]
            async with api.post(f"/api/v1/linear-ads/{ad_id}/start") as answer:
                assert answer.status == 200
            return ad_id

        async def counted(ad_id: str) -> dict[str, int]:
            async with api.get(f"/api/v1/linear-ads/{ad_id}") as answer:
                events: dict[str, int] = (await answer.json())["events"]
            return {name: number for name, number in events.items() if number}

        before = await start(placement="pre_roll", skip_after_ms=0)
        within = await start(placement="mid_roll", offset_ms=4_000, skip_after_ms=1_000)
        page = await (await browser.new_context(locale="en")).new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{server.url}/watch/{film.episode_id}")
        ad = page.get_by_test_id("ad")
        await expect(ad).to_contain_text("Tea & Co", timeout=WAIT_MS)
        await expect(page.get_by_test_id("ad-skip")).to_have_count(0)
        await expect(ad).to_have_count(0, timeout=WAIT_MS)  # it ended, and the film began
        skip = page.get_by_test_id("ad-skip")
        await expect(skip).to_be_enabled(timeout=WAIT_MS)  # the film came to its break, and a second of the ad is over
        await skip.click()
        await expect(ad).to_have_count(0, timeout=WAIT_MS)
        position_s = await page.get_by_test_id("video").evaluate("video => video.currentTime")
        assert 3.5 < position_s < 8.5, "the film goes on where it was left"
        marks = page.get_by_test_id("break-mark")
        await expect(marks).to_have_count(1)  # that of the break within; the one before it has no place on the bar
        assert await marks.get_attribute("style") == "left: 50%;"
        await looked_at(page, "break-mark")
        while not await page.get_by_test_id("video").evaluate("video => video.ended"):
            await asyncio.sleep(0.2)
        assert await counted(before) == dict.fromkeys(
            ("impression", "start", "firstQuartile", "midpoint", "thirdQuartile", "complete"), 1
        )
        seen = await counted(within)
        assert (seen["impression"], seen["start"], seen["skip"]) == (1, 1, 1)
        assert "complete" not in seen
        assert not problems
