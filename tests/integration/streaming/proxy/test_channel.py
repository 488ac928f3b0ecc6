"""A live channel in fast motion: eleven minutes of it through the real proxy, with everything that goes wrong upstream."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.validate import effective_keys
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode
from tests.integration.streaming.proxy.sources import play, publish
from tests.support.media.live_channel import Channel, Viewer
from tests.support.people import Person

TARGET_S = 2
#: 330 segments of 2 s: a usual break, one longer than the window, one straight after a short piece of programme, one at the end.
PLAN = "p" * 40 + "a" * 15 + "p" * 50 + "a" * 30 + "p" * 5 + "a" * 8 + "p" * 100 + "a" * 12 + "p" * 70
#: What the upstream does instead of answering, by the newest segment at that time.
FAULTS = {
    60: "error",
    61: "error",
    62: "cut",
    110: "page",
    120: "back",
    150: "error",
    200: "cut",
    201: "page",
    250: "error",
}


class LiveUpstream:
    """Serves the window of ``channel`` that ends at ``edge``."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.edge = 5
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        rendition = request.match_info["rendition"]
        if rendition == "master":
            text = (
                '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One",LANGUAGE="en",URI="audio.m3u8"\n'
                '#EXT-X-STREAM-INF:BANDWIDTH=800000,AUDIO="a"\nv.m3u8\n'
            )
            return web.Response(text=text)
        body = self.channel.playlist(self.edge, rendition)
        match FAULTS.get(self.edge):
            case "error":
                return web.Response(status=503)
            case "page":
                return web.Response(text="<html>Down for maintenance</html>", content_type="text/html")
            case "back":  # an edge node that lags
                return web.Response(body=self.channel.playlist(self.edge - 3, rendition))
            case "cut":
                response = web.StreamResponse(headers={"Content-Length": str(len(body))})
                await response.prepare(request)
                await response.write(body[: len(body) // 2])
                assert request.transport is not None
                request.transport.close()
                return response
        return web.Response(body=body)


@pytest.fixture
async def live_upstream(request: pytest.FixtureRequest) -> AsyncIterator[LiveUpstream]:
    upstream = LiveUpstream(
        Channel(
            PLAN,
            continuations=request.param,
            ends=request.param,
            encrypted=True,
            dates=True,
            target=TARGET_S,
            window=10,
        )
    )
    app = web.Application()
    app.router.add_get("/{rendition}.m3u8", upstream.answer)
    async with TestServer(app) as server:
        upstream.base = str(server.make_url("/"))
        yield upstream


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["replace", "delete"])
@pytest.mark.parametrize("live_upstream", [True, False], indirect=True, ids=["all cues", "only cue-outs"])
async def test_eleven_minutes_of_a_channel(
    app_client: AppClient,
    services: Services,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    live_upstream: LiveUpstream,
    policy: str,
) -> None:
    proxy, episode_id = services.components.streaming.proxy, await empty_episode()
    now_s = 1000.0
    proxy.fetcher.clock = lambda: now_s
    body = {"name": "Live", "url": live_upstream.base + "master.m3u8", "episode_id": episode_id, "policy": policy}
    registered = await (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).json()
    assert registered["findings"]["is_live"]
    await publish(services, episode_id)
    hls_url = await play(app_client, episode_id)
    master = await (await app_client.get(hls_url)).text()
    folder = hls_url.rpartition("/")[0]
    audio = next(iter(re.findall(r'URI="([^"]+)"', master)))
    urls = {
        "v": f"{folder}/{next(line for line in master.splitlines() if line and not line.startswith('#'))}",
        "audio": f"{folder}/{audio}",
    }
    viewers = {"v": Viewer(), "audio": Viewer()}

    def opened(text: str) -> Playlist:
        def address(match: re.Match[str]) -> str:
            url, _ = proxy.sealer.open_url(registered["id"], match.group(1))
            return url.removeprefix(live_upstream.base)

        return Playlist.parse(re.sub(r"([A-Za-z0-9_-]{40,})\.(?:ts|key)", address, text))

    for edge in range(5, len(PLAN)):
        live_upstream.edge = edge
        now_s += TARGET_S
        for name in ("v", "audio") if edge % 3 else ("audio", "v"):
            answer = await app_client.get(urls[name])
            assert answer.status == 200, (edge, await answer.text())
            output = opened(await answer.text())
            viewers[name].reads(output)
            assert output.target_duration_s == TARGET_S
            assert output.segments
            upstream = {
                s.uri: s for s in Playlist.parse(live_upstream.channel.playlist(edge, name, window=20)).segments
            }
            for segment in output.segments:
                assert segment.gap or effective_keys(segment) == effective_keys(upstream[segment.uri])
    shown = [viewers["v"].numbers[number] for number in sorted(viewers["v"].numbers)]
    assert [name for name in shown if name != "stand-in"] == [f"p{i}.ts" for i, kind in enumerate(PLAN) if kind == "p"]
    assert all(
        viewers["audio"].numbers[n] == viewers["v"].numbers[n]
        for n in viewers["audio"].numbers.keys() & viewers["v"].numbers.keys()
    )
    if policy == "replace":
        assert shown.count("stand-in") == PLAN.count("a")
