"""Chromium for the browser tests and benches."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

FLAGS = [
    "--no-sandbox",  # the tests may run as root, where Chromium's sandbox refuses to
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    # Two pages are looked at side by side: the one behind must not be slowed down.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]


def chromium_program() -> str | None:
    """The Chromium of the system; CHROMIUM names another one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@asynccontextmanager
async def launched_chromium(*more_flags: str) -> AsyncIterator[Browser]:
    """A headless Chromium as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_program(), args=[*FLAGS, *more_flags], timeout=60_000
        )
        try:
            yield browser
        finally:
            await browser.close()


async def until(page: Page, expression: str, *, timeout_s: float = 30) -> None:
    """Wait until a JavaScript expression is truthy in the page.

    Playwright's own `wait_for_function` evaluates the text inside the page, which our Content Security Policy forbids.
    """
    async with asyncio.timeout(timeout_s):
        while not await page.evaluate(f"Boolean({expression})"):
            await asyncio.sleep(0.05)
