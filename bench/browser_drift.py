"""How far apart two Chromium players of one party are: `python -m bench.browser_drift [--json]`.

Two headless browsers, a host and a guest who came by the link, look at a real server over loopback. Each page notes
`video.currentTime` against `performance.timeOrigin + performance.now()` every 50 ms; both clocks are the machine's, so the
difference of the two curves is the drift, good to about 1 ms. Server, both decoders and this script share the machine.
"""

import argparse
import asyncio
import json
import math
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page

from kernel import log as logs
from kernel.access import Role
from server.boot import open_services
from streaming.ingest.engine import Engine
from tests.support.chromium import launched_chromium, until
from tests.support.media.clips import Clip, make_clip
from tests.support.media.episodes import add_episode
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

CLIP = Clip(seconds=180, width_px=640, height_px=360)
SETTLE_S = 10.0
STEADY_S = 30.0
SEEKS = 8
AFTER_SEEK_S = 6.0
IN_STEP_MS = 40.0  # one frame of film
TARGET_P95_MS = 20.0

Sample = tuple[float, float]
"""When, and the media position then; milliseconds both."""

# Moments in which a player does not play are no drift: it is being waited for, or seeks.
SAMPLES = """async (seconds) => {
  const video = document.querySelector('video');
  const samples = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    if (!video.paused && !video.seeking && video.readyState > 2)
      samples.push([performance.timeOrigin + performance.now(), video.currentTime * 1000]);
    await new Promise((go) => setTimeout(go, 50));
  }
  return samples;
}"""


async def measure(folder: Path) -> list[dict[str, Any]]:
    """All figures."""
    server = LiveServer(folder / "server", {})
    await server.start()
    try:
        async with open_services(server.settings()) as services:
            episode = await add_episode(services, make_clip(folder, CLIP), Engine(), title="Drift")
        host = await server.make_user(Role.USER)
        party, invite_url = await open_party(server, host, episode.episode_id)
        async with launched_chromium() as first, launched_chromium() as second:
            pages = await host_page(first, server, host, party), await guest_page(second, invite_url)
            return await figures(pages)
    finally:
        await server.stop()


async def open_party(server: LiveServer, host: Person, episode_id: str) -> tuple[str, str]:
    """A party of the host, and a link to it."""
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", headers=host.headers, raise_for_status=True) as session:
        async with session.post("parties", json={"title": "Drift", "media": {"episode_id": episode_id}}) as answer:
            party: str = (await answer.json())["party_id"]
        invite = {"role": "member", "expires_in_s": 3600, "max_uses": 5}
        async with session.post(f"parties/{party}/invites", json=invite) as answer:
            invite_url: str = (await answer.json())["invite_url"]
    return party, invite_url


async def host_page(browser: Browser, server: LiveServer, host: Person, party: str) -> Page:
    """The party as its host sees it."""
    page = await browser.new_page()
    await page.goto(f"{server.url}/login")
    await page.get_by_test_id("login").fill(host.email)
    await page.get_by_test_id("password").fill(host.password)
    await page.get_by_test_id("submit").click()
    await page.get_by_test_id("account-name").wait_for()
    await page.goto(f"{server.url}/party/{party}")
    await page.get_by_test_id("party").wait_for()
    return page


async def guest_page(browser: Browser, invite_url: str) -> Page:
    """The party as a friend sees it who came by the link."""
    page = await browser.new_page()
    await page.goto(invite_url)
    await page.get_by_test_id("guest-name").fill("Guest")
    await page.get_by_test_id("join").click()
    await page.get_by_test_id("party").wait_for()
    return page


async def figures(pages: tuple[Page, Page]) -> list[dict[str, Any]]:
    for page in pages:
        await until(page, "window.__ani?.locked() && document.querySelector('video')?.readyState > 2")
    host = pages[0]
    await host.get_by_test_id("play").click()
    await asyncio.sleep(SETTLE_S)
    before = [await corrections(page) for page in pages]
    steady = drifts(*await sampled(pages, STEADY_S))
    after = [await corrections(page) for page in pages]
    settling, after_seeks = [], []
    for _ in range(SEEKS):
        began_ms = await host.evaluate("performance.timeOrigin + performance.now()")
        await host.keyboard.press("ArrowRight")
        drift = drifts(*await sampled(pages, AFTER_SEEK_S))
        in_step_ms = in_step_since(drift)
        settling.append(math.inf if in_step_ms is None else in_step_ms - began_ms)
        after_seeks += [(at_ms, apart_ms) for at_ms, apart_ms in drift if at_ms > began_ms + 1000]
    seeks = sum(now["seeks"] - then["seeks"] for now, then in zip(after, before, strict=True))
    return [
        *percentiles(f"drift, steady, {STEADY_S:.0f} s", steady, TARGET_P95_MS),
        row("seeks asked for by the drift corrector in that time", seeks, "", 0),
        *percentiles(f"drift, from 1 s to {AFTER_SEEK_S:.0f} s after each of {SEEKS} seeks", after_seeks),
        row(f"seek to both in step (≤ {IN_STEP_MS:.0f} ms), median", statistics.median(settling), "ms"),
        row(f"seek to both in step (≤ {IN_STEP_MS:.0f} ms), slowest", max(settling), "ms"),
    ]


async def corrections(page: Page) -> dict[str, int]:
    counts: dict[str, int] = await page.evaluate("window.__ani.corrections()")
    return counts


async def sampled(pages: tuple[Page, Page], seconds: float) -> tuple[list[Sample], list[Sample]]:
    """Both curves over the same time."""
    first, second = await asyncio.gather(*(page.evaluate(SAMPLES, seconds) for page in pages))
    return [(at, position) for at, position in first], [(at, position) for at, position in second]


def drifts(first: Sequence[Sample], second: Sequence[Sample]) -> list[Sample]:
    """First minus second at the moments of the first, where the second has samples close before and after."""
    apart: list[Sample] = []
    index = 0
    for at_ms, position_ms in first:
        while index + 1 < len(second) and second[index + 1][0] < at_ms:
            index += 1
        if index + 1 >= len(second):
            break
        (from_ms, low_ms), (to_ms, high_ms) = second[index], second[index + 1]
        if from_ms <= at_ms and to_ms - from_ms < 200:
            there_ms = low_ms + (high_ms - low_ms) * (at_ms - from_ms) / (to_ms - from_ms)
            apart.append((at_ms, position_ms - there_ms))
    return apart


def in_step_since(drift: Sequence[Sample]) -> float | None:
    """The moment from which on the two stayed in step; None when they are not at the end."""
    since = None
    for at_ms, apart_ms in reversed(drift):
        if abs(apart_ms) > IN_STEP_MS:
            break
        since = at_ms
    return since


def percentiles(name: str, drift: Sequence[Sample], target_p95_ms: float | None = None) -> list[dict[str, Any]]:
    sizes = sorted(abs(apart_ms) for _, apart_ms in drift)
    assert len(sizes) > 100, f"{name}: the players played together for {len(sizes)} samples only"

    def at(share: float) -> float:
        return sizes[min(len(sizes) - 1, math.ceil(share * len(sizes)) - 1)]

    return [
        row(f"{name}: p50", at(0.50), "ms"),
        row(f"{name}: p95", at(0.95), "ms", target_p95_ms),
        row(f"{name}: p99", at(0.99), "ms"),
    ]


def row(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    return {
        "figure": name,
        "value": round(value, 1) if math.isfinite(value) else None,
        "unit": unit,
        "target": "" if target is None else f"≤ {target:g}",
        "ok": None if target is None else value <= target,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how far apart two Chromium players of one party are.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    as_json = parser.parse_args().json
    logs.configure(level="error", json=None)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        rows = asyncio.run(measure(Path(folder)))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for each in rows:
            print(f"{each['figure']}: {each['value']} {each['unit']}")


if __name__ == "__main__":
    main()
