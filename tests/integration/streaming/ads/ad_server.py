"""An ad server as they are: tags, wrappers, videos, trackers, and some that are none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.unit.streaming.ads.vast import documents


class AdServer:
    """Answers ``/tag/{name}`` with :attr:`tags`, serves one video, and notes everything else it is told."""

    def __init__(self, video: Path) -> None:
        self.tags: dict[str, bytes] = {}
        self.tags_asked: list[web.Request] = []
        self.told: list[str] = []
        self.base = ""
        self.is_repaired = False
        """Whether ``/text.mp4`` is a video."""
        self._video = video
        self._heard = asyncio.Event()

    def document(self, name: str, *ads: str, **options: str) -> str:
        """Answer with these ads, whose addresses are on this server; where."""
        body = documents.vast(*ads, **options).replace(documents.BASE.encode(), self.base.encode())  # type: ignore[arg-type]
        self.tags[name] = body
        return f"{self.base}/tag/{name}"

    async def hears(self, count: int) -> list[str]:
        """What it was told, once that are so many things."""
        async with asyncio.timeout(20):
            while len(self.told) < count:
                self._heard.clear()
                await self._heard.wait()
        return sorted(self.told)

    async def _tag(self, request: web.Request) -> web.StreamResponse:
        self.tags_asked.append(request)
        name = request.match_info["name"]
        if name == "circle":
            raise web.HTTPFound(request.path)
        if name == "inward":
            raise web.HTTPFound("http://169.254.169.254/latest/meta-data")
        if name == "huge":
            return web.Response(body=b'<VAST version="4.2">' + b" " * (10 * 1024 * 1024) + b"</VAST>")
        if name == "slow":
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b" ")
                await asyncio.sleep(0.05)
        if name not in self.tags:
            raise web.HTTPNotFound
        return web.Response(body=self.tags[name], content_type="application/xml")

    async def _media(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/text.mp4" and not self.is_repaired:
            return web.Response(text="no video")
        return web.FileResponse(self._video)

    async def _anything(self, request: web.Request) -> web.StreamResponse:
        self.told.append(str(request.rel_url))
        self._heard.set()
        return web.Response(status=204)


@asynccontextmanager
async def ad_server(video: Path) -> AsyncIterator[AdServer]:
    """One that runs on this machine."""
    server = AdServer(video)
    app = web.Application()
    app.router.add_get("/tag/{name}", server._tag)
    app.router.add_get("/tea.mp4", server._media)
    app.router.add_get("/text.mp4", server._media)
    app.router.add_get("/{rest:.*}", server._anything)
    async with TestServer(app) as running:
        server.base = str(running.make_url("")).rstrip("/")
        yield server
