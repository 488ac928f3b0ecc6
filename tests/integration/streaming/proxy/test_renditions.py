"""Renditions of one stream, asked for in any order: sound has no cues of its own, and loses the same ads as the picture."""

from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.strip import AdPolicy
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode
from tests.integration.streaming.proxy.sources import play, publish
from tests.support.people import Person

_MASTER = (
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One",DEFAULT=YES,URI="sound.m3u8"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=160x90,AUDIO="a"{codecs}\npicture.m3u8\n'
)


@dataclass
class Stream:
    """``plan``: p programme, a ad; sound says nothing of it."""

    plan: str
    is_live: bool
    codecs: str = ""
    edge: int = 0
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.asked.append(name)
        if name == "master.m3u8":
            return web.Response(text=_MASTER.format(codecs=self.codecs))
        if not name.endswith(".m3u8"):
            return web.Response(status=404)
        first, end = (max(0, self.edge - 6), self.edge) if self.is_live else (0, len(self.plan))
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for index in range(first, end):
            kind, before = self.plan[index], self.plan[index - 1] if index else "p"
            if name == "picture.m3u8" and kind != before:
                lines.append(f"#EXT-X-CUE-OUT:{2 * self.plan.count('a')}" if kind == "a" else "#EXT-X-CUE-IN")
            lines += ["#EXTINF:2.0,", f"{name[0]}-{kind}{index}.ts"]
        return web.Response(text="\n".join([*lines, *([] if self.is_live else ["#EXT-X-ENDLIST"]), ""]))


@pytest.mark.parametrize("is_live", [False, True], ids=["complete", "live"])
@pytest.mark.parametrize("mode", [AdPolicy.REPLACE, AdPolicy.DELETE])
async def test_sound_that_is_asked_for_first_loses_the_same_ads(
    app_client: AppClient,
    services: Services,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    mode: AdPolicy,
    *,
    is_live: bool,
) -> None:
    stream = Stream("ppppppaaapppppp", is_live, edge=6)
    proxy, now_s = services.components.streaming.proxy, 1000.0
    proxy.fetcher.clock = lambda: now_s
    app = web.Application()
    app.router.add_get("/{name}", stream.answer)
    async with TestServer(app) as server:
        url, episode_id = str(server.make_url("/master.m3u8")), await empty_episode()
        body = {"name": "Two", "url": url, "episode_id": episode_id, "policy": mode.value}
        registered = await (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).json()
        await publish(services, episode_id)
        hls_url = await play(app_client, episode_id)
        base = hls_url.rpartition("/")[0]
        master = await (await app_client.get(hls_url)).text()
        sound = f"{base}/{master.partition('URI=')[2].split(chr(34))[1]}"
        picture = f"{base}/{master.rstrip().rpartition(chr(10))[2]}"
        shown: dict[str, set[str]] = {sound: set(), picture: set()}
        for edge in range(6, 16 if is_live else 7):
            stream.edge, now_s = edge, now_s + 2
            for rendition in (sound, picture):
                playlist = Playlist.parse(await (await app_client.get(rendition)).read())
                for segment in playlist.segments:
                    if not segment.gap:
                        address, _ = proxy.sealer.open_url(registered["id"], segment.uri.partition(".")[0])
                        shown[rendition].add(address.rpartition("-")[2])
        programme = {f"p{i}.ts" for i, kind in enumerate(stream.plan) if kind == "p"}
        assert shown == {sound: programme, picture: programme}
        # Looking there first costs the source nothing: both are asked for as often as somebody wants them.
        assert stream.asked.count("picture.m3u8") <= stream.asked.count("sound.m3u8") + 1
