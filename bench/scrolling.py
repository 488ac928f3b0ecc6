"""Scrolling through all 8,483 titles of the catalogue in Chromium: `python -m bench.scrolling [--json]`.

The page is moved a bit with each frame, as a wheel or a finger does: once through the whole list, 140 cards a
second, and then for a while at the pace of somebody who looks. Noted are the time from one frame to the next, tasks that held
the page up, and layout shifts (https://web.dev/articles/cls). Headless Chromium draws by the processor, which it shares with the
server and this script, so a page of the same length with nothing on it is scrolled alike in the same run.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize

from bench.catalogue import fill, idle, listed
from bench.figures import figure, show
from server.boot import open_services
from tests.support.chromium import launched_chromium
from tests.support.servers.live_server import LiveServer

COUNT = 8_483
SCREEN: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
WHOLE_S = 60.0
LOOKING_S, LOOKING_PX_PER_S = 10.0, 600.0
FRAME_TARGET_MS = 33.4
"""Thirty pictures a second: below, motion is seen to jerk."""
LONG_TASK_TARGET_MS = 100.0
"""What takes longer is felt as a delay (https://web.dev/articles/rail)."""
SHIFT_TARGET = 0.1
"""A good page's, over all of its life (https://web.dev/articles/cls)."""
EMPTY = (
    "<!doctype html><body style='margin:0'><div style='height:{height}px;background:linear-gradient(#fff,#888)'></div>"
)

WATCH = """() => {
  window.tasks = []; window.shifted = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.tasks.push(entry.duration); })
    .observe({ type: 'longtask', buffered: false });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
    .observe({ type: 'layout-shift', buffered: false });
}"""
SCROLL = """async ([seconds, perS]) => {
  const whole = document.documentElement.scrollHeight - innerHeight;
  const speed = perS ?? whole / seconds;
  window.tasks.length = 0;
  const frames = []; let waiting = 0, drawn = 0;
  const began = performance.now();
  let last = began;
  scrollTo(0, 0);
  for (let now = began; now - began < seconds * 1000;) {
    now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    scrollTo(0, Math.min(whole, speed * (now - began) / 1000));
    for (const card of document.querySelectorAll('[data-testid=catalogue] > li')) {
      const { top, bottom } = card.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) continue;
      drawn += 1;
      waiting += card.querySelector('.skeleton') ? 1 : 0;
    }
  }
  return { frames: frames.slice(2), tasks: window.tasks, shifted: window.shifted, waiting: drawn ? waiting / drawn : 0, end: scrollY / whole };
}"""


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


async def scrolled(page: Page, seconds: float, px_per_s: float | None) -> dict[str, Any]:
    """What was seen meanwhile; without a speed, the whole page in that time."""
    found: dict[str, Any] = await page.evaluate(SCROLL, [seconds, px_per_s])
    return found


async def on(page: Page, url: str, name: str) -> list[dict[str, Any]]:
    await page.goto(f"{url}/catalogue")
    await page.locator("[data-testid=catalogue] > li").nth(3).wait_for()
    await page.evaluate(WATCH)
    await asyncio.sleep(3)
    whole = await scrolled(page, WHOLE_S, None)
    looking = await scrolled(page, LOOKING_S, LOOKING_PX_PER_S)
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.goto("about:blank")
    await page.set_content(EMPTY.format(height=height))
    await page.evaluate(WATCH)
    empty = await scrolled(page, LOOKING_S, None)
    assert whole["end"] > 0.99, "the end of the list was reached"
    return [
        figure(f"{name}: frame to frame, looking, p95", p95(looking["frames"]), "ms", FRAME_TARGET_MS),
        figure(f"{name}: frame to frame, all of it in a minute, p95", p95(whole["frames"]), "ms", FRAME_TARGET_MS),
        figure(f"{name}: the same of an empty page", p95(empty["frames"]), "ms"),
        figure(f"{name}: longest task, looking", max(looking["tasks"], default=0.0), "ms", LONG_TASK_TARGET_MS),
        figure(f"{name}: longest task, all of it", max(whole["tasks"], default=0.0), "ms"),
        figure(f"{name}: cards still empty, looking", looking["waiting"], "of those in sight"),
        figure(f"{name}: cards still empty, all of it", whole["waiting"], "of those in sight"),
        figure(f"{name}: layout shifts in all", looking["shifted"], "CLS", SHIFT_TARGET),
    ]


async def measure(folder: Path) -> list[dict[str, Any]]:
    """All figures."""
    server = LiveServer(folder, {})
    await server.start()
    try:
        async with open_services(server.settings()) as services:
            await fill(services.database, COUNT)
    finally:
        await server.stop()
    await server.start()
    found = []
    try:
        await listed(server)
        await idle(server.pid)
        async with launched_chromium() as browser:
            for name, viewport in (("screen", SCREEN), ("phone", PHONE)):
                context = await browser.new_context(viewport=viewport)
                found += await on(await context.new_page(), server.url, name)
                await context.close()
    finally:
        await server.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures as one line of JSON")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        show(asyncio.run(measure(Path(folder))), as_json=as_json)


if __name__ == "__main__":
    main()
