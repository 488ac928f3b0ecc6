"""Somebody at the studio page, whose camera others watch."""

import asyncio
import os
from pathlib import Path

from playwright.async_api import expect

from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.support.people import PASSWORD, Person
from tests.support.servers.live_server import LiveServer

MOVES = """
async () => {
  const video = document.querySelector('[data-testid=live-video]');
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = () => { context.drawImage(video, 0, 0, 64, 36); return context.getImageData(0, 0, 64, 36).data; };
  if (!video?.videoWidth) return false;  // nothing there yet
  const before = look().slice();
  await new Promise((resolve) => setTimeout(resolve, 700));
  return look().some((value, index) => Math.abs(value - before[index]) > 24);
}
"""


SMALL_CAMERA = """
const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  asked(wanted.video ? { ...wanted, video: { width: 320, height: 180, frameRate: 15 } } : wanted);
"""
"""What the page asks for, 720p, is encoded once and decoded three times, and then takes more than two cores."""


async def enter(sit: Sit, server: LiveServer, who: Person) -> Viewer:
    """Somebody at the page, signed in."""
    viewer = await sit()
    await viewer.page.goto(f"{server.url}/login")
    await viewer.see("login").fill(who.email)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("password").press("Enter")
    await viewer.page.wait_for_url(f"{server.url}/")
    return viewer


async def go_live(sit: Sit, server: LiveServer, owner: Person, title: str) -> Viewer:
    """A channel of this person's, and frames of their camera that arrive."""
    studio = await enter(sit, server, owner)
    await studio.page.add_init_script(SMALL_CAMERA)
    await studio.page.goto(f"{server.url}/studio/live")
    await studio.page.get_by_test_id("live-title").fill(title)
    await studio.page.get_by_test_id("live-save").click()
    await studio.page.get_by_test_id("live-key-kept").click()
    await studio.page.get_by_test_id("studio-camera").click()
    await studio.page.get_by_test_id("studio-start").click()
    await expect(studio.page.get_by_test_id("live-frames")).not_to_have_text("0", timeout=PATIENCE_S * 1000)
    return studio


async def shot(viewer: Viewer, name: str) -> None:
    """A picture for whoever looks at this by eye: SHOTS names the folder."""
    if folder := os.environ.get("SHOTS"):
        await viewer.page.screenshot(path=Path(folder, f"{name}.png"))


async def moves(viewer: Viewer) -> None:
    """Wait until the picture does."""
    async with asyncio.timeout(PATIENCE_S):
        while not await viewer.page.evaluate(MOVES):
            await asyncio.sleep(0.3)
