"""People in front of browsers: what acceptance tests see and press."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from playwright.async_api import Browser, Page, expect

from tests.support.servers.live_server import LiveServer

PATIENCE_S = 45
"""How long anything may take before a test fails: two cores may decode three videos and run the server at once."""


expect.set_options(timeout=PATIENCE_S * 1000)


@dataclass
class Viewer:
    """One page in a browser context of its own."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Script errors; there must be none."""

    @classmethod
    async def sit_down(cls, browser: Browser, *, width: int = 1280, height: int = 800) -> Self:
        context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
        viewer = cls(await context.new_page())
        viewer.page.set_default_timeout(PATIENCE_S * 1000)
        viewer.page.on("pageerror", lambda error: viewer.complaints.append(str(error)))
        return viewer

    def see(self, name: str) -> Any:
        return self.page.get_by_test_id(name)

    async def join(self, link: str, name: str) -> None:
        """Open an invite link, say one's name, and wait until the player is there and the clock is locked."""
        await self.page.goto(link)
        await self.see("guest-name").fill(name)
        await self.see("join").click()
        await self.see("party").wait_for()
        await self.until("__ani?.locked() && document.querySelector('video').readyState >= 2")

    async def video(self, expression: str) -> Any:
        """A property of the video element."""
        return await self.page.evaluate(f"document.querySelector('video').{expression}")

    async def position_ms(self) -> float:
        return float(await self.video("currentTime")) * 1000

    async def hook(self, expression: str) -> Any:
        """What the page tells of itself; see ``web/src/player/debug.svelte.ts``."""
        return await self.page.evaluate(f"__ani.{expression}")

    async def until(self, condition: str) -> None:
        """Wait for a condition in the page; asked from here, because the page's policy lets nobody evaluate text in it."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await self.page.evaluate(condition):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never came true: {condition}\n{await self.state()}") from None

    async def state(self) -> str:
        """Where its player is, for the message of a test that fails."""
        hook = "window.__ani && JSON.stringify({drift: __ani.drift_ms(), version: __ani.version(), locked: __ani.locked()})"
        video = "(v => v && [v.currentTime, v.paused, v.readyState, v.playbackRate])(document.querySelector('video'))"
        return f"{self.page.url} {await self.page.evaluate(hook)} {await self.page.evaluate(video)}"

    async def in_step(self, within_ms: float = 50) -> None:
        """Wait until the player is where the room is."""
        await self.until(f"__ani.drift_ms() !== null && Math.abs(__ani.drift_ms()) <= {within_ms}")

    async def playing(self) -> None:
        await self.until("(v => v && !v.paused && v.readyState >= 3)(document.querySelector('video'))")

    async def paused(self) -> None:
        await self.until("document.querySelector('video')?.paused")

    async def press(self, key: str) -> None:
        """A keyboard shortcut of the player."""
        await self.page.locator("body").press(key)

    async def say(self, text: str) -> None:
        await self.see("chat-input").fill(text)
        await self.see("chat-send").click()

    async def reads(self, text: str) -> None:
        """Wait until a chat message is exactly this text."""
        await expect(self.see("chat-text").filter(has_text=text).last).to_be_visible(timeout=PATIENCE_S * 1000)


async def skew_ms(one: Viewer, other: Viewer) -> float:
    """How far apart two pictures are, by one clock (both pages run on this machine)."""
    probe = "document.querySelector('video').currentTime * 1000 - (performance.timeOrigin + performance.now())"
    first, second = await asyncio.gather(one.page.evaluate(probe), other.page.evaluate(probe))
    return float(first) - float(second)


@dataclass
class Party:
    """A party on a server, and how to get into it."""

    server: LiveServer
    party_id: str
    headers: dict[str, str]

    @classmethod
    async def open(cls, server: LiveServer, episode_id: str, **settings: str) -> Self:
        host = await server.make_user()
        body = {"title": "Friday", "media": {"episode_id": episode_id}, "control": "everyone", **settings}
        async with (
            aiohttp.ClientSession(server.url, headers=host.headers) as session,
            session.post("/api/v1/parties", json=body) as answer,
        ):
            assert answer.status == 201, await answer.text()
            return cls(server, (await answer.json())["party_id"], host.headers)

    async def link(self, role: str = "member") -> str:
        """An invite link to this server, whatever its public address."""
        async with (
            aiohttp.ClientSession(self.server.url, headers=self.headers) as session,
            session.post(f"/api/v1/parties/{self.party_id}/invites", json={"role": role}) as answer,
        ):
            assert answer.status == 201, await answer.text()
            url: str = (await answer.json())["invite_url"]
            return url


Sit = Callable[..., Awaitable[Viewer]]


@asynccontextmanager
async def audience(browser: Browser) -> AsyncIterator[Sit]:
    """Seats for viewers; when they get up, no page may have complained."""
    seated: list[Viewer] = []

    async def sit(**size: int) -> Viewer:
        seated.append(await Viewer.sit_down(browser, **size))
        return seated[-1]

    yield sit
    complaints = [complaint for viewer in seated for complaint in viewer.complaints]
    assert not complaints, complaints
