"""Several edges: two of nginx in front of the real application, of which one dies, and Chromium that plays through them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from defusedxml.ElementTree import fromstring
from playwright.async_api import Browser, Response, Route

from kernel.access import Role
from server.local_stack import Nginx
from server.local_stack.service import free_port
from tests.acceptance.viewers import PATIENCE_S, Viewer
from tests.conftest import AddEpisode, StartServer
from tests.integration.streaming.clients import STRICT, WEB, node, run
from tests.support.media.episodes import IngestedEpisode
from tests.support.servers.edges import nginx_before
from tests.support.servers.live_server import LiveServer

MPD = "{urn:mpeg:dash:schema:mpd:2011}"
SECRET = "known to nginx and the application alone"


@dataclass
class Edges:
    """A server with two edges, of which "near" goes first."""

    server: LiveServer
    running: dict[str, Nginx]
    session: aiohttp.ClientSession

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.running[name].port}"

    async def play(self, episode: IngestedEpisode) -> dict[str, Any]:
        url = f"{self.server.url}/api/v1/episodes/{episode.episode_id}/playback"
        async with self.session.post(url, json={"device": {"width_px": 1920, "height_px": 1080}}) as answer:
            assert answer.status == 200, await answer.text()
            playback: dict[str, Any] = await answer.json()
            return playback

    async def get(self, url: str) -> tuple[int, str]:
        async with self.session.get(url if "://" in url else self.server.url + url) as answer:
            return answer.status, (await answer.read()).decode(errors="replace")

    async def steering(self, uri: str, **said: str) -> dict[str, Any]:
        status, text = await self.get(uri + "".join(f"&_HLS_{name}={value}" for name, value in said.items()))
        assert status == 200, text
        manifest: dict[str, Any] = json.loads(text)
        return manifest


@pytest.fixture
def running() -> Iterator[dict[str, Nginx]]:
    started: dict[str, Nginx] = {}
    yield started
    for each in started.values():
        each.stop()


@pytest.fixture
async def edges(live_server: StartServer, running: dict[str, Nginx]) -> AsyncIterator[Edges]:
    """The second one shares no disk with the application: it asks about each token every 30 s."""
    ports = {name: free_port() for name in ("near", "far")}
    told = [
        {"name": name, "url": f"http://127.0.0.1:{port}", "priority": number}
        for number, (name, port) in enumerate(ports.items())
    ]
    server = await live_server(ANI_TRUSTED_PROXIES="1", ANI_EDGE_SECRET=SECRET, ANI_EDGES=json.dumps(told))
    running["near"] = nginx_before(server, port=ports["near"]).start()
    running["far"] = nginx_before(server, port=ports["far"], ANI_GRANTS_DIR="/none").start()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        yield Edges(server, running, session)


def uris(playlist: str) -> list[str]:
    return re.findall(r'^[^#\n].*|(?<=,URI=")[^"]+', playlist, re.MULTILINE)


async def test_everything_is_on_both_edges(edges: Edges, ingested_episode: AddEpisode, source: Path) -> None:
    playback = await edges.play(await ingested_episode(edges.server, source))
    assert playback["pathways"] == ["near", "far"]
    master = (await edges.get(playback["hls_url"]))[1]
    steered = re.search(r'EXT-X-CONTENT-STEERING:SERVER-URI="([^"]+)",PATHWAY-ID="near"', master)
    assert steered is not None, master

    playlists = {"master.m3u8": master}
    for uri in uris(master):
        status, playlists[uri] = await edges.get(uri)
        assert status == 200, uri
        status, _ = await edges.get(f"{uri.rpartition('/')[0]}/{uris(playlists[uri])[0]}")
        assert status == 200, uri
    assert {uri.split("/hls/")[0] for uri in list(playlists)[1:]} == {edges.url("near"), edges.url("far")}
    seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps(playlists), cwd=WEB))
    assert seen["master.m3u8"]["variants"] == 2 * seen["master.m3u8"]["iframes"] / 2 >= 4

    manifest = await edges.steering(steered[1], pathway="near", throughput="5000000")
    assert (manifest["VERSION"], manifest["TTL"]) == (1, 30)
    assert manifest["PATHWAY-PRIORITY"] == ["near", "far"]
    assert manifest["PATHWAY-CLONES"] == []
    assert (await edges.steering(manifest["RELOAD-URI"]))["PATHWAY-PRIORITY"] == ["near", "far"]

    # A playlist of before the second edge was there: it comes as a clone, whose addresses lead to the same.
    (clone,) = (await edges.steering(steered[1].replace("near,far", "near")))["PATHWAY-CLONES"]
    addresses = {**clone["URI-REPLACEMENT"]["PER-VARIANT-URIS"], **clone["URI-REPLACEMENT"]["PER-RENDITION-URIS"]}
    stable = set(re.findall(r'STABLE-(?:VARIANT|RENDITION)-ID="([^"]+)"(?!.*I-FRAME)', master))
    assert (clone["ID"], clone["BASE-ID"]) == ("far", "near")
    assert set(addresses) <= stable
    assert {(await edges.get(address))[0] for address in addresses.values()} == {200}


async def test_the_same_for_dash(edges: Edges, ingested_episode: AddEpisode, source: Path) -> None:
    """ETSI TS 103 998."""
    playback = await edges.play(await ingested_episode(edges.server, source))
    folder, _, name = playback["dash_url"].rpartition("/")
    assert name == "stream-manifest.mpd"
    for server in (edges.server.url, edges.url("far")):  # an edge passes it on, as all that is no file
        async with edges.session.get(server + playback["dash_url"]) as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (200, "application/dash+xml")
            assert answer.headers["Cache-Control"] == "private, no-store"
            manifest = fromstring(await answer.text())
    bases = {each.get("serviceLocation"): each.text or "" for each in manifest.findall(f"{MPD}BaseURL")}
    assert bases == {name: f"{edges.url(name)}{folder}/" for name in ("near", "far")}
    files = [each.get("initialization", "") for each in manifest.iter(f"{MPD}SegmentTemplate")]
    files += [each.text or "" for each in manifest.iter(f"{MPD}BaseURL") if each.get("serviceLocation") is None]
    assert len(files) >= 4
    for base in bases.values():
        for file in files:
            identifier = re.sub(r"[$]RepresentationID[$]", "0", file)
            assert (await edges.get(base + identifier))[0] == 200, file

    uri = manifest.findtext(f"{MPD}ContentSteering") or ""
    told = json.loads((await edges.get(f"{uri}&_DASH_pathway=%22near%22&_DASH_throughput=5140000"))[1])
    assert (told["VERSION"], told["PATHWAY-PRIORITY"], told["PATHWAY-CLONES"]) == (1, ["near", "far"], [])
    # Elsewhere than it was sent: something failed there.
    told = json.loads((await edges.get(edges.server.url + told["RELOAD-URI"] + "&_DASH_pathway=%22far%22"))[1])
    assert told["PATHWAY-PRIORITY"] == ["far", "near"]
    fresh = fromstring((await edges.get(playback["dash_url"]))[1]).find(f"{MPD}ContentSteering")
    assert fresh is not None
    assert fresh.get("defaultServiceLocation") == "far"


async def test_who_may_ask_and_when_it_ends(edges: Edges, ingested_episode: AddEpisode, source: Path) -> None:
    episode = await ingested_episode(edges.server, source)
    mine, other = await edges.play(episode), await edges.play(episode)
    uri = re.findall(r'SERVER-URI="([^"]+)"', (await edges.get(mine["hls_url"]))[1])[0]
    assert (await edges.get(uri.replace(mine["session_id"], other["session_id"])))[0] == 403
    assert (await edges.get(re.sub("token=.{76}", "token=" + "A" * 76, uri)))[0] == 403
    assert (await edges.get(re.sub("token=[^&]*", "token=short", uri)))[0] == 422
    assert (await edges.get(re.sub("known=[^&]*", "known=%22", uri)))[0] == 422
    # What players say of themselves is left out where it is nonsense.
    assert (await edges.steering(uri, pathway="x", throughput="a lot"))["PATHWAY-PRIORITY"] == ["near", "far"]

    # What its player reports of an edge counts at the next question.
    lines = 'cdn="near",e=e,ec=("fragLoadError"),sn=1,ts=1764500000000,v=2'
    url = f"{edges.server.url}/api/v1/playback/{mine['session_id']}/cmcd"
    async with edges.session.post(url, data=lines, headers={"Content-Type": "application/cmcd"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"taken": 1, "faults": []})
    assert (await edges.steering(uri, pathway="near"))["PATHWAY-PRIORITY"] == ["far", "near"]
    theirs = re.findall(r'SERVER-URI="([^"]+)"', (await edges.get(other["hls_url"]))[1])[0]
    assert (await edges.steering(theirs, pathway="near"))["PATHWAY-PRIORITY"] == ["near", "far"]

    moderator = await edges.server.make_user(Role.MODERATOR)
    ended = f"{edges.server.url}/api/v1/playback/{mine['session_id']}"
    async with edges.session.delete(ended, headers=moderator.headers) as answer:
        assert answer.status == 204
    assert (await edges.get(uri))[0] == 410, "players ask no more"


async def test_a_dead_edge_goes_last_and_the_player_goes_on(
    edges: Edges, browser: Browser, ingested_episode: AddEpisode, clip: Callable[..., Path]
) -> None:
    episode = await ingested_episode(edges.server, clip(seconds=30))
    viewer = await Viewer.sit_down(browser)
    fetched: list[str] = []
    steered: list[dict[str, Any]] = []
    preflights: list[str] = []
    dead = asyncio.Event()

    async def heard(answer: Response) -> None:
        if "/hls/" in answer.url and answer.url.endswith(".m4s") and answer.status == 200:
            fetched.append(answer.url.split("/hls/")[0])
        elif "/steering?" in answer.url:
            steered.append(await answer.json())

    async def held(route: Route) -> None:
        """All but the first segments wait until the edge is dead: on this machine a film is loaded in a moment."""
        if len(fetched) >= 4 and not dead.is_set():
            await dead.wait()
        await route.continue_()

    viewer.page.on("response", heard)
    viewer.page.on("request", lambda request: preflights.append(request.url) if request.method == "OPTIONS" else None)
    await viewer.page.route("**/*.m4s", held)
    await viewer.page.goto(f"{edges.server.url}/watch/{episode.episode_id}")
    await viewer.playing()
    async with asyncio.timeout(PATIENCE_S):
        while not steered or len(fetched) < 4:
            await asyncio.sleep(0.05)
    assert set(fetched) == {edges.url("near")}
    assert steered[0]["PATHWAY-PRIORITY"] == ["near", "far"]
    await viewer.page.keyboard.press("i")
    assert await viewer.see("stats-edge").text_content() == "near"

    edges.running["near"].stop()
    dead.set()
    await viewer.until("document.querySelector('video').currentTime > 24")
    assert edges.url("far") in fetched
    await viewer.until("document.querySelector('[data-testid=stats-edge]').textContent === 'far'")
    assert not preflights
    assert not viewer.complaints

    # And the server knows, of the player that told it and by asking itself.
    uri = steered[-1]["RELOAD-URI"]
    assert (await edges.steering(uri))["PATHWAY-PRIORITY"] == ["far", "near"]
    other = re.findall(r'PATHWAY-ID="([^"]+)"', (await edges.get((await edges.play(episode))["hls_url"]))[1])
    async with asyncio.timeout(PATIENCE_S):
        while other[0] != "far":
            await asyncio.sleep(0.5)
            other = re.findall(r'PATHWAY-ID="([^"]+)"', (await edges.get((await edges.play(episode))["hls_url"]))[1])
