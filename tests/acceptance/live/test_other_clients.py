"""WHIP and WHEP clients that nobody here wrote, in a page of another site: each publishes, and each shows what is published."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from kernel.access import Role
from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import StartServer
from tests.integration.streaming.clients import WEB, node, run
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

MODULES = WEB / "node_modules"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.page,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not (MODULES / "whip-whep").exists(), reason="the packages of the web client are not installed (make web)"
    ),
]

HTML = Path(__file__).with_name("other_clients.html")
ENTRY = f"""
export {{ WHIPClient }} from '{MODULES}/whip-whep/whip.js';
export {{ WHEPClient }} from '{MODULES}/whip-whep/whep.js';
export {{ WHIPClient as EyevinnPublisher }} from '{MODULES}/@eyevinn/whip-web-client/dist/whip-client.m.js';
export {{ WebRTCPlayer }} from '{MODULES}/@eyevinn/webrtc-player/dist/main.js';
"""

API = "/api/v1/live"
PLAYERS = ("whip-whep", "eyevinn")


@asynccontextmanager
async def on_air(server: LiveServer, owner: Person) -> AsyncIterator["Channel"]:
    """A channel of this person's."""
    async with (
        aiohttp.ClientSession(server.url, headers=owner.headers) as session,
        session.post(f"{API}/channels", json={"title": "Evenings"}) as answer,
    ):
        assert answer.status == 201, await answer.text()
        yield Channel(session, await answer.json())


class Channel:
    """A channel, as its owner sees it."""

    def __init__(self, session: aiohttp.ClientSession, found: dict[str, str]) -> None:
        self._session = session
        self.path = f"{API}/channels/{found['id']}"
        self.key = found["stream_key"]

    async def until(self, **wanted: object) -> dict[str, Any]:
        """Wait until its health is that."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with self._session.get(f"{self.path}/health") as answer:
                    health: dict[str, Any] = await answer.json()
                if wanted.items() <= health.items():
                    return health
                await asyncio.sleep(0.1)


@asynccontextmanager
async def another_site(folder: Path) -> AsyncIterator[str]:
    """The address of a page of somebody else's, with these clients in it."""
    entry, bundle = folder / "entry.js", folder / "clients.js"
    entry.write_text(ENTRY)
    rolldown = str(MODULES / "rolldown" / "bin" / "cli.mjs")
    await run(node(), rolldown, str(entry), "--format=iife", "--name=clients", "--platform=browser", f"--file={bundle}")

    async def serve(request: web.Request) -> web.FileResponse:
        return web.FileResponse(HTML if request.path == "/" else bundle)

    app = web.Application()
    app.router.add_get("/{name:(clients.js)?}", serve)
    async with TestServer(app) as site:
        yield str(site.make_url("/"))


async def shows(page: Page, colour: str) -> None:
    """Wait until both players show it, and go on."""
    for player in PLAYERS:
        async with asyncio.timeout(PATIENCE_S):
            while await page.evaluate("colour", player) != colour:
                await asyncio.sleep(0.1)
            before = await page.evaluate("shown", player)
            while await page.evaluate("shown", player) < before + 5:
                await asyncio.sleep(0.1)


async def test_they_publish_and_watch(live_server: StartServer, sit: Sit, tmp_path: Path) -> None:
    # Of several addresses whip-whep makes no description when it restarts ICE: it puts commas between the candidates.
    server = await live_server(ANI_RTC_PUBLIC_ADDRESS="127.0.0.1")
    page = (await sit()).page
    owner = await server.make_user(Role.EDITOR)
    async with another_site(tmp_path) as site, on_air(server, owner) as channel:
        await page.goto(site)
        whip, whep = f"{server.url}{API}/whip", f"{server.url}{channel.path}/whep"
        offline = await page.evaluate("url => watch('whip-whep', url).catch(String)", whep)
        refused = await page.evaluate("url => publish('whip-whep', url, 'anis_wrong', 'red').catch(String)", whip)
        assert ("409" in offline, "403" in refused) == (True, True), "a page of another site is told why"

        await page.evaluate("words => publish('whip-whep', ...words)", [whip, channel.key, "red"])
        await page.evaluate("url => Promise.all(Object.keys(viewers).map((name) => watch(name, url)))", whep)
        await shows(page, "red")
        await page.evaluate("publisher.restart()")
        await shows(page, "red")
        await page.evaluate("publisher.stop()")
        assert (await channel.until(live=False))["last_end"] == "left", "and not after a time without a packet"

        await page.evaluate("words => publish('eyevinn', ...words)", [whip, channel.key, "green"])
        await shows(page, "green")  # those who watch stay from one publisher to the next
        await page.evaluate("publisher.stop()")
        assert (await channel.until(live=False))["last_end"] == "left"
        await page.evaluate("Promise.all(Object.values(watching).map((stop) => stop()))")
        await channel.until(viewers=0)
