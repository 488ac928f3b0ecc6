"""An upstream on loopback whose programme is green and whose ads are red, and an episode to attach it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from server.settings import Settings
from tests.conftest import MakeUser
from tests.support.media.hls_colours import SEGMENT_S, render_colour
from tests.support.people import Person

KEY = bytes(range(16))
FIRST_MSN = 7


class Upstream:
    """Segments of one colour each, encrypted with AES-128 and the sequence number as IV; ``plan``: p programme, a ad."""

    def __init__(self, folder: Path, plan: str) -> None:
        self.plan = plan
        self.green, self.red = render_colour(folder, "green"), render_colour(folder, "red")
        self.asked: list[str] = []
        self.base = ""
        self.status = 200
        self.more: dict[str, str] = {}  # playlists by name

    def playlist(self) -> str:
        lines = [
            *(
                "#EXTM3U",
                "#EXT-X-VERSION:3",
                f"#EXT-X-TARGETDURATION:{SEGMENT_S}",
                f"#EXT-X-MEDIA-SEQUENCE:{FIRST_MSN}",
            ),
            *("#EXT-X-PLAYLIST-TYPE:VOD", '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"'),
        ]
        for index, kind in enumerate(self.plan):
            before = self.plan[index - 1] if index else "p"
            if kind != before:
                lines += ["#EXT-X-DISCONTINUITY", f"#EXT-X-CUE-OUT:{99}" if kind == "a" else "#EXT-X-CUE-IN"]
            lines += [f"#EXTINF:{SEGMENT_S},", f"{kind}{index}.ts"]
        return "\n".join([*lines, "#EXT-X-ENDLIST", ""])

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        if self.status != 200:
            return web.Response(status=self.status)
        if name in self.more:
            return web.Response(text=self.more[name], content_type="application/vnd.apple.mpegurl")
        if name == "master.m3u8":
            text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=160x90,CODECS="avc1.42c00b"\nmedia.m3u8\n'
            return web.Response(text=text, content_type="application/vnd.apple.mpegurl")
        if name == "media.m3u8":
            return web.Response(text=self.playlist(), content_type="application/vnd.apple.mpegurl")
        if name == "key.bin":
            return web.Response(body=KEY)
        index = int(name[1:-3])
        programme = self.plan[:index].count("p")
        clear = (self.green[programme] if name[0] == "p" else self.red[index % len(self.red)]).read_bytes()
        return web.Response(body=_encrypted(clear, FIRST_MSN + index), content_type="video/mp2t")


def _encrypted(clear: bytes, msn: int) -> bytes:
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(msn.to_bytes(16, "big"))).encryptor()
    return encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Sources may be on loopback."""
    return settings.model_copy(update={"proxy_networks": ["127.0.0.0/8"]})


StartUpstream = Callable[[str], Awaitable[Upstream]]
AddEmptyEpisode = Callable[[], Awaitable[str]]


@pytest.fixture
async def start_upstream(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StartUpstream]:
    """Start an upstream with a plan like ``ppaapp``."""
    servers: list[TestServer] = []

    async def start(plan: str) -> Upstream:
        folder = tmp_path_factory.getbasetemp() / "colours"
        upstream = await asyncio.to_thread(Upstream, folder, plan)
        app = web.Application()
        app.router.add_get("/{name}", upstream.answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        upstream.base = str(server.make_url("/"))
        return upstream

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
async def admin(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


@pytest.fixture
def empty_episode(services: Services) -> AddEmptyEpisode:
    """Add an episode of a published release, without media of its own."""

    async def add() -> str:
        async with services.container.scope(write=True) as scope:
            context = context_of(scope)
            draft = ReleaseDraft(f"show-{new_id()}", ReleaseType.WEB, Names("Show"), episodes_total=1)
            release = await catalog.releases.usecases.create_release(context, draft, ())
            episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=1))
            await catalog.releases.usecases.publish_release(context, release.id)
        return str(episode.id)

    return add
