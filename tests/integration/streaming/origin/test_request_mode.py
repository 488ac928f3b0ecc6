"""CMCD in request mode of players that nobody here wrote: a row of figures for each, and none counted twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from kernel.access import Role
from server.services import Services
from tests.acceptance.viewers import PATIENCE_S
from tests.conftest import AddEpisode, AppClient, MakeUser

MODULES = Path(__file__).parents[4] / "web" / "node_modules"
HLS_JS = MODULES / "hls.js" / "dist" / "hls.min.js"
SHAKA = MODULES / "shaka-player" / "dist" / "shaka-player.compiled.js"

WATCH = """
async ({ player, url, session, version, useHeaders, events }) => {
  const video = document.body.appendChild(document.createElement("video"));
  Object.assign(video, { muted: true });
  // Far enough for requests of a player that plays: those of the first seconds are made before it does.
  const seen = new Promise((resolve) => { video.addEventListener("timeupdate", () => { if (video.currentTime > 14) resolve(true); }); });
  const targets = events ? [{ url: `/api/v1/playback/${session}/cmcd`, events: ["ps", "t"], interval: 5 }] : [];
  if (player === "hls.js") {
    const hls = new Hls({ maxBufferLength: 6, maxMaxBufferLength: 6, cmcd: { sessionId: session, useHeaders, version, ...(events ? { eventTargets: targets } : {}) } });
    hls.loadSource(url);
    hls.attachMedia(video);
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  } else {
    const shown = new shaka.Player();
    await shown.attach(video);
    shown.configure({ streaming: { bufferingGoal: 6 }, cmcd: { enabled: true, sessionId: session, useHeaders, version } });
    await shown.load(new URL(url, location.href).href).then(() => video.play()).catch((error) => { throw new Error(`${error.code} ${error.data}`); });
  }
  return await seen;
}
"""


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.skipif(not SHAKA.exists(), reason="the packages of the web client are not installed (make web)")
async def test_players_of_others(
    app_client: AppClient,
    services: Services,
    ingested_episode: AddEpisode,
    clip: Callable[..., Path],
    make_user: MakeUser,
    browser: Browser,
) -> None:
    episode = await ingested_episode(services, clip(seconds=30))
    admin = await make_user(Role.ADMIN)
    page = await (await browser.new_context(bypass_csp=True)).new_page()
    await page.goto(str(app_client.make_url("/healthz")))
    await page.add_script_tag(path=HLS_JS)
    await page.add_script_tag(path=SHAKA)
    cases: dict[str, dict[str, Any]] = {
        "shaka 1": {"player": "shaka", "kind": "hls", "version": 1, "useHeaders": False},
        "shaka 2": {"player": "shaka", "kind": "dash", "version": 2, "useHeaders": True},
        "hls.js 1": {"player": "hls.js", "kind": "hls", "version": 1, "useHeaders": True},
        "hls.js 2": {"player": "hls.js", "kind": "hls", "version": 2, "useHeaders": False},
        "both": {"player": "hls.js", "kind": "hls", "version": 2, "useHeaders": True, "events": True},
    }
    played: dict[str, str] = {}

    async def watch(name: str, case: dict[str, Any]) -> None:
        async with app_client.post(f"/api/v1/episodes/{episode.episode_id}/playback", json={}) as opened:
            playback = await opened.json()
        played[playback["session_id"]] = name
        url = playback[f"{case['kind']}_url"]
        assert await page.evaluate(WATCH, {**case, "url": url, "session": playback["session_id"]}), name

    async with asyncio.timeout(5 * PATIENCE_S):
        await asyncio.gather(*(watch(name, case) for name, case in cases.items()))
    await services.components.streaming.origin.flush()
    async with app_client.get("/api/v1/admin/playback/quality/sessions", headers=admin.headers) as answer:
        listed = {played[item["session_id"]]: item for item in (await answer.json())["items"]}

    assert set(listed) == set(cases), "one row each"
    for name, item in listed.items():
        assert item["outcome"] == "played", (name, item)
        assert item["estimated"] is (name != "both"), name
        assert item["played_ms"] > 0, f"{name}: {item}"
        assert item["startup_ms"] > 0, f"{name}: {item}"
        if name != "both":
            assert item["mean_bitrate_bps"] > 100_000, (name, item)
