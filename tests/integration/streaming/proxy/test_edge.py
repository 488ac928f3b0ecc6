"""A sourced episode played through nginx with the shipped template, which must leave to the application what is not on its disk."""

import asyncio
from typing import Any

import aiohttp

from kernel.access import Role
from streaming.proxy.playlist.playlist import Playlist
from tests.conftest import Edge, StartServer
from tests.integration.streaming.proxy.conftest import StartUpstream
from tests.integration.streaming.proxy.sources import sourced_episode
from tests.support.media.hls_colours import FPS, SEGMENT_S, colours_played


async def test_a_source_is_played_through_the_edge(
    live_server: StartServer, edge: Edge, start_upstream: StartUpstream
) -> None:
    upstream = await start_upstream("ppaapp")
    server = await live_server(
        ANI_TRUSTED_PROXIES="1", ANI_EDGE_SECRET="known to both", ANI_PROXY_NETWORKS="127.0.0.0/8"
    )
    episode_id, admin, url = await sourced_episode(server), await server.make_user(Role.ADMIN), edge(server)
    api = f"{url}/api/v1"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
        # A signed address as long as those of the big CDNs: no file may be called so, and nginx must not try.
        long = upstream.base + "master.m3u8?signature=" + "s" * 400
        body: dict[str, Any] = {"name": "Channel", "url": long, "episode_id": episode_id, "policy": "replace"}
        async with session.post(f"{api}/sources", json=body, headers=admin.headers) as answer:
            assert answer.status == 201, await answer.text()
        async with asyncio.timeout(20):  # the catalogue hears of the media by the outbox
            while True:
                async with session.post(f"{api}/episodes/{episode_id}/release", headers=admin.headers) as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.2)
        async with session.post(f"{api}/episodes/{episode_id}/playback", json={}) as answer:
            hls_url = url + (await answer.json())["hls_url"]
        async with session.get(hls_url) as answer:
            variant = next(line for line in (await answer.text()).splitlines() if line and not line.startswith("#"))
        media_url = f"{hls_url.rpartition('/')[0]}/{variant}"
        async with session.get(media_url) as answer:
            assert answer.status == 200
            playlist = Playlist.parse(await answer.text())
        segment_url = f"{media_url.rpartition('/')[0]}/{playlist.segments[0].uri}"
        async with session.get(segment_url, headers={"Range": "bytes=0-9"}) as answer:
            assert answer.status in (200, 206)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        async with session.get(segment_url.replace("/hls/", "/hls/A")) as answer:
            assert answer.status in (403, 404)
    colours = await colours_played(hls_url)
    each = 2 * SEGMENT_S * FPS
    assert colours == ["green"] * each + ["other"] * each + ["green"] * each
