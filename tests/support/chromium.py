"""Chromium for the browser tests and benches."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""The first is the same engine without the windows and menus of a desktop, which nobody sees here and which cost a quarter of the
processor time of a test."""

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
    # A microphone that beeps once a second, given without asking, and a way to a server on this machine.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
]


def chromium_program() -> str | None:
    """The Chromium of the system; CHROMIUM names another one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@contextmanager
def _fonts_alone(fonts: Path | None) -> Iterator[dict[str, str | float | bool]]:
    """The environment of a program that knows the fonts of one folder alone; ours where there is no folder."""
    if fonts is None:
        yield {**os.environ}
        return
    with tempfile.TemporaryDirectory(prefix="ani-fonts-") as folder:
        config = Path(folder, "fonts.conf")
        config.write_text(FONTCONFIG.format(fonts=fonts, cache=folder))
        yield {**os.environ, "FONTCONFIG_FILE": str(config)}


@asynccontextmanager
async def launched_chromium(*more_flags: str, fonts: Path | None = None) -> AsyncIterator[Browser]:
    """A headless Chromium as long as the block lasts; with ``fonts`` it knows those of that folder alone."""
    with _fonts_alone(fonts) as environment:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium_program(), args=[*FLAGS, *more_flags], timeout=60_000, env=environment
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
