"""What happens by itself in a series: openings are skipped, and the next episode begins after a countdown."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from catalog.releases.episodes.model import Span
from tests.acceptance.viewers import Sit, Viewer
from tests.conftest import AddEpisode, StartServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

OPENING = Span(2_000, 6_000)
RECAP = Span(6_000, 7_900)
"""Of a film of eight seconds."""
FORMER = {"ani.quality": "480", "ani.audio": "ru", "ani.subtitles": "off"}


async def shot(viewer: Viewer, name: str) -> None:
    """A picture for whoever wants to look (SHOTS names a folder)."""
    if folder := os.environ.get("SHOTS"):
        await viewer.page.screenshot(path=Path(folder, f"{name}.png"))


async def at_s(viewer: Viewer, low: float, high: float) -> None:
    await viewer.until(f"(t => {low} <= t && t < {high})(document.querySelector('video').currentTime)")


async def test_openings_are_skipped_and_the_next_episode_begins(
    live_server: StartServer, ingested_episode: AddEpisode, sit: Sit
) -> None:
    server = await live_server()
    first = await ingested_episode(server, opening=OPENING, recap=RECAP)
    second = await ingested_episode(server, after=first, opening=OPENING)
    viewer = await sit()
    page = viewer.page
    await page.goto(f"{server.url}/settings/player")
    await page.evaluate(
        "old => Object.entries(old).forEach(([name, value]) => localStorage.setItem(name, value))", FORMER
    )
    await viewer.see("skip-openings").check()
    await expect(viewer.see("autoplay")).to_be_checked()

    await page.goto(f"{server.url}/watch/{first.episode_id}")
    kept = await page.evaluate("names => names.map(name => localStorage.getItem(name))", [*FORMER])
    assert kept == [None] * len(FORMER)
    await viewer.see("opening-skipped").wait_for()
    await at_s(viewer, 5.9, 9)
    await shot(viewer, "opening-skipped")

    # Whoever wants to see it goes back; it is not skipped once more, but by hand.
    await viewer.see("watch-opening").click()
    await at_s(viewer, 3, 5)
    await expect(viewer.see("opening-skipped")).to_have_count(0)
    await page.evaluate("document.querySelector('video').playbackRate = 0.25")  # two seconds are little for a mouse
    await viewer.see("skip-opening").click()
    # The recap is skipped by hand alone.
    await viewer.see("skip-recap").wait_for()
    await shot(viewer, "skip-recap")
    await viewer.see("skip-recap").click()
    await at_s(viewer, 7.8, 9)

    # Its end; somebody says no, and stays.
    await viewer.see("next-up").wait_for()
    await expect(page.locator("button.big")).to_have_count(0)  # it would lie below the two that there are
    await shot(viewer, "next-up")
    await viewer.see("next-stay").click()
    await expect(viewer.see("next-up")).to_have_count(0)
    await page.locator("button.big").wait_for()
    await page.evaluate("document.querySelector('video').currentTime = 7")
    await viewer.press("k")

    # The next time nobody does, and the seconds run down to the other episode, which plays.
    await expect(viewer.see("next-up")).to_contain_text(re.compile(r"in [1-6] second"))
    assert page.url.endswith(first.episode_id)
    await page.wait_for_url(f"**/watch/{second.episode_id}")
    await viewer.playing()
    await viewer.see("opening-skipped").wait_for()  # of this one, too
    await at_s(viewer, 5.9, 9)
    await viewer.until("document.querySelector('video').ended")
    await expect(viewer.see("next-up")).to_have_count(0)  # nothing follows
