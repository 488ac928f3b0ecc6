"""Two nodes of one installation serve one live channel: whoever a viewer is sent to, a number stands for the same segment."""

import asyncio
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from kernel.cache import MemoryCache
from server.boot import open_services
from server.http.app import create_app
from server.services import Services
from server.settings import Settings
from streaming.proxy.adapters.activity import ActivityStore
from streaming.proxy.adapters.state_store import StateStore
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.state_codec import StateUnreadable, dump, load
from streaming.proxy.strip.strip import AdPolicy, StreamState, StripOptions, StripResult, strip
from streaming.proxy.upstream.adapters.fetch import Fetcher
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode
from tests.integration.streaming.proxy.sources import play, publish
from tests.support.media.live_channel import Channel, Viewer
from tests.support.people import Person

PLAN = "p" * 12 + "a" * 6 + "p" * 10 + "a" * 9 + "p" * 14


@pytest.mark.parametrize("adapters", [pytest.param("cluster", marks=pytest.mark.cluster)], indirect=True)
@pytest.mark.parametrize("policy", ["delete", "replace"])
async def test_two_nodes_number_alike(
    app_client: AppClient,
    services: Services,
    settings: Settings,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    policy: str,
) -> None:
    channel = Channel(PLAN, continuations=False, encrypted=True, window=8, target=2)
    edge = 5

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=channel.playlist(edge))

    app = web.Application()
    app.router.add_get("/live.m3u8", answer)
    async with (
        TestServer(app) as server,
        open_services(settings) as second,
        TestClient(TestServer(create_app(second))) as other_client,
    ):
        now_s = 1000.0
        for node in (services, second):
            node.components.streaming.proxy.fetcher.clock = lambda: now_s
        episode_id = await empty_episode()
        body = {"name": "Live", "url": str(server.make_url("/live.m3u8")), "episode_id": episode_id, "policy": policy}
        registered = await (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).json()
        await publish(services, episode_id)
        hls_url = await play(app_client, episode_id)
        master = await (await app_client.get(hls_url)).text()
        variant = next(line for line in master.splitlines() if line and not line.startswith("#"))
        url = f"{hls_url.rpartition('/')[0]}/{variant}"
        sealer, base = services.components.streaming.proxy.sealer, str(server.make_url("/"))

        def opened(text: str) -> Playlist:
            def address(match: re.Match[str]) -> str:
                found, _ = sealer.open_url(registered["id"], match.group(1))
                return found.removeprefix(base)

            return Playlist.parse(re.sub(r"([A-Za-z0-9_-]{40,})\.(?:ts|key)", address, text))

        one_viewer, viewers = Viewer(), {id(app_client): Viewer(), id(other_client): Viewer()}
        for edge in range(5, len(PLAN)):
            now_s += 2
            # The second node joins in the middle of the first break, whose beginning it never saw, and misses a few windows later.
            nodes = [app_client] if edge < 20 or edge in (28, 29, 30) else [app_client, other_client]
            for client in nodes if edge % 2 else reversed(nodes):
                response = await client.get(url)
                assert response.status == 200, await response.text()
                output = opened(await response.text())
                viewers[id(client)].reads(output)
                one_viewer.reads(output)  # one who is sent to and fro sees no difference
        shown = [name for _, name in sorted(one_viewer.numbers.items()) if name != "stand-in"]
        assert shown == [f"p{i}.ts" for i, kind in enumerate(PLAN) if kind == "p"]


@pytest.mark.parametrize("adapters", [pytest.param("cluster", marks=pytest.mark.cluster)], indirect=True)
async def test_what_a_source_did_is_told_of_all_nodes(
    app_client: AppClient,
    services: Services,
    settings: Settings,
    admin: Person,
    empty_episode: AddEmptyEpisode,
) -> None:
    """A viewer at each node; the operator asks either, and either says what both did, each ad of the channel once."""
    channel, edge = Channel(PLAN, window=8, target=2), 16

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=channel.playlist(edge))

    app = web.Application()
    app.router.add_get("/live.m3u8", answer)
    async with (
        TestServer(app) as server,
        open_services(settings) as second,
        TestClient(TestServer(create_app(second))) as other_client,
    ):
        clients = [app_client, other_client]
        nodes = [services, second]
        episode_id = await empty_episode()
        body = {"name": "Live", "url": str(server.make_url("/live.m3u8")), "episode_id": episode_id}
        registered = await (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).json()
        path = f"/api/v1/sources/{registered['id']}"
        assert registered["activity"]["since"] is None
        await publish(services, episode_id)
        hls_url = await play(app_client, episode_id)
        master = await (await app_client.get(hls_url)).text()
        url = f"{hls_url.rpartition('/')[0]}/{master.rstrip().rpartition(chr(10))[2]}"
        for client in clients:
            assert (await client.get(url)).status == 200
        counts = [node.components.streaming.proxy.fetcher.meter(registered["id"]).counts for node in nodes]
        assert all(one.playlists == 1 for one in counts)
        told = []
        for node in nodes:
            await node.components.streaming.proxy.activities.share([registered["id"]])  # as every few seconds
            await node.components.streaming.proxy.activities.share([registered["id"]])  # and nothing is told twice
        for client in clients:
            shown = await (await client.get(path, headers=admin.headers)).json()
            listed = await (await client.get("/api/v1/sources", headers=admin.headers)).json()
            told += [shown["activity"], listed["items"][0]["activity"]]
        assert all(one == told[0] for one in told)
        assert told[0]["since"] is not None
        assert told[0]["playlists"] == 2
        assert told[0]["requests"] == sum(one.requests for one in counts)
        assert (told[0]["ads_cut"], told[0]["ad_seconds_cut"]) == (5, 10.0)
        assert sum(one.ads_cut for one in counts) == 5


@pytest.mark.both_adapters
async def test_two_who_count_at_once_lose_nothing(services: Services) -> None:
    fetchers = [Fetcher() for _ in range(4)]
    nodes = [ActivityStore(services.cache, fetcher) for fetcher in fetchers]
    for _ in range(5):
        for fetcher in fetchers:
            fetcher.meter("counted").passed(10)
        await asyncio.gather(*(node.of("counted") for node in nodes for _ in range(2)))
    for node in nodes:
        await node.share(["counted"])
    assert (await nodes[0].of("counted")).counts.bytes_passed == 4 * 5 * 10
    await nodes[0].forget("counted")
    assert (await nodes[1].of("counted")).counts.bytes_passed == 0


async def test_without_the_cache_a_node_tells_what_it_knows() -> None:
    class Away(MemoryCache):
        async def get(self, key: str) -> bytes | None:
            raise ConnectionError

    fetcher = Fetcher()
    fetcher.meter("alone").passed(10)
    fetcher.meter("alone").failed("timeout")
    told = await ActivityStore(Away(), fetcher).of("alone")
    assert (told.counts.bytes_passed, told.last_error, told.since) == (10, "timeout", None)


@pytest.mark.both_adapters
async def test_the_faster_node_is_believed(services: Services) -> None:
    """Both decide on the same old state; the slower one finds out, and decides again on what the faster one wrote."""
    channel = Channel("p" * 6 + "a" * 4 + "p" * 6)
    states = StateStore(services.cache)
    steps: list[StreamState] = []

    async def step(shared: StreamState) -> tuple[StreamState, StripResult]:
        steps.append(shared)
        result = strip(Playlist.parse(channel.playlist(10)), StripOptions(AdPolicy.DELETE), shared)
        if len(steps) == 1:  # meanwhile, elsewhere
            await states.change("s", StreamState(), other)
        return result.shared, result

    async def other(shared: StreamState) -> tuple[StreamState, StripResult]:
        result = strip(Playlist.parse(channel.playlist(9)), StripOptions(AdPolicy.DELETE), shared)
        return result.shared, result

    after, _ = await states.change("s", StreamState(), step)
    assert len(steps) == 2
    assert steps[1].timeline.decisions
    kept = await services.cache.get("proxy:s")
    assert kept is not None
    assert load(kept) == after


def test_a_state_survives_the_way_to_the_cache_and_back() -> None:
    channel, shared = Channel("p" * 6 + "a" * 4 + "p" * 6, dates=True), StreamState()
    for edge in range(5, 14):
        shared = strip(Playlist.parse(channel.playlist(edge)), StripOptions(AdPolicy.DELETE), shared).shared
        assert load(dump(shared)) == shared
        assert dump(load(dump(shared))) == dump(shared)
    assert len(dump(shared)) < 10_000
    for broken in (b"", b"{}", b"[]", b'{"format":99}', dump(shared)[:-5]):
        with pytest.raises(StateUnreadable):
            load(broken)
