"""Registered sources as players get them, to the last frame: our tokens, our URLs, and not one ad."""

import asyncio
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.pool import QueuePool

from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.integration.streaming.proxy.sources import media_playlist, play, publish, register
from tests.support.media.hls_colours import FPS, SEGMENT_S, colours_played
from tests.support.media.live_channel import LOW_LATENCY
from tests.support.people import Person

_SEGMENT = SEGMENT_S * FPS


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("delete", ["green"] * 4 * _SEGMENT),
        # In their time our slate is seen, which has ten frames a second as well.
        ("replace", ["green"] * 2 * _SEGMENT + ["other"] * 2 * _SEGMENT + ["green"] * 2 * _SEGMENT),
    ],
)
async def test_ffmpeg_plays_to_the_end_without_one_ad_frame(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    policy: str,
    expected: list[str],
) -> None:
    """The stream is AES-128 with the sequence number as IV: were a number or a key wrong, nothing could be deciphered."""
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    await register(app_client, admin, upstream, episode_id, policy=policy)
    await publish(services, episode_id)
    url = str(app_client.make_url(await play(app_client, episode_id)))
    colours = await colours_played(url)
    assert colours == expected
    assert not [name for name in upstream.asked if name.startswith("a")]


async def test_without_stripping_the_ads_are_seen(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    """The test above can tell: with the policy off, red frames come through."""
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    await register(app_client, admin, upstream, episode_id, policy="off")
    await publish(services, episode_id)
    colours = await colours_played(str(app_client.make_url(await play(app_client, episode_id))))
    assert (colours.count("green"), colours.count("red")) == (4 * SEGMENT_S * FPS, 2 * SEGMENT_S * FPS)


async def test_players_see_our_addresses_only(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    await register(app_client, admin, upstream, episode_id, policy="delete")
    await publish(services, episode_id)
    hls_url = await play(app_client, episode_id)
    url, text = await media_playlist(app_client, hls_url)
    assert upstream.base not in text
    assert "CUE" not in text
    playlist = Playlist.parse(text)
    assert len(playlist.segments) == 4
    first = url.rpartition("/")[0] + "/" + playlist.segments[0].uri
    answer = await app_client.get(first, headers={"Range": "bytes=0-9"})
    assert answer.headers["Content-Type"] == "video/mp2t"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = await media_playlist(app_client, await play(app_client, episode_id))
    assert again[1] == text  # the same for every viewer


async def test_no_spelling_leads_viewers_past_us(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    """Whatever an upstream writes before an address, even what once marked our own, a player is not sent there."""
    upstream, episode_id = await start_upstream("pp"), await empty_episode()
    spellings = ("http://evil.example.com/a.ts", "//evil.example.com/a.ts", "\x1aown/http://evil.example.com/a.ts")
    tags = [
        f'#EXT-X-MAP:URI="{spellings[2]}"',
        f'#EXT-X-VENDOR:URI="{spellings[0]}"',
        f"#EXT-X-PREFETCH:{spellings[1]}",
    ]
    media = [line for address in spellings for line in ("#EXTINF:2,", address)]
    upstream.more["media.m3u8"] = "\n".join(["#EXTM3U", "#EXT-X-TARGETDURATION:2", *tags, *media, "#EXT-X-ENDLIST", ""])
    await register(app_client, admin, upstream, episode_id)
    await publish(services, episode_id)
    _, text = await media_playlist(app_client, await play(app_client, episode_id))
    assert "evil" not in text


async def test_what_we_did_not_seal_is_not_fetched(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    other_episode = await empty_episode()
    await register(app_client, admin, upstream, episode_id)
    other = await register(app_client, admin, upstream, other_episode)
    await publish(services, episode_id)
    await publish(services, other_episode)
    url, _ = await media_playlist(app_client, await play(app_client, episode_id))
    folder, _, name = url.rpartition("/")
    other_folder = (await play(app_client, other_episode)).rpartition("/")[0] + "/p"
    upstream.asked.clear()
    for forged in (
        f"{folder}/{name[:20]}{'A' if name[20] != 'A' else 'B'}{name[21:]}",  # one letter changed
        f"{folder}/aHR0cDovLzEyNy4wLjAuMS8.ts",  # an address of one's own, unsealed
        f"{other_folder}/{name}",  # sealed for another source
        f"{folder}/gap.ts",
    ):
        assert (await app_client.get(forged)).status == 404
    assert (await app_client.get(f"/hls/{'A' * 76}/{other['id']}/p/{name}")).status == 403
    assert upstream.asked == []


async def test_what_a_source_did_is_counted_and_shown(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    registered = await register(app_client, admin, upstream, episode_id)
    path = f"/api/v1/sources/{registered['id']}"
    assert registered["activity"]["circuit"] == "closed"
    assert registered["activity"]["upstream_ms"] is None
    await publish(services, episode_id)
    url, text = await media_playlist(app_client, await play(app_client, episode_id))
    assert (await app_client.get(url)).status == 200
    segment = await app_client.get(url.rpartition("/")[0] + "/" + Playlist.parse(text).segments[0].uri)
    size = len(await segment.read())
    upstream.status = 500
    await app_client.get(url.rpartition("/")[0] + "/" + Playlist.parse(text).segments[1].uri)
    activity = (await (await app_client.get(path, headers=admin.headers)).json())["activity"]
    assert activity["ads_cut"] == 2
    assert activity["ad_seconds_cut"] == 2 * SEGMENT_S
    assert activity["bytes_passed"] == size
    assert activity["playlists"] == 2
    assert activity["cached"] >= 1
    assert (activity["failed"], activity["last_error"]) == (1, "status_5xx")
    assert activity["upstream_ms"] > 0
    metrics = await (await app_client.get("/metrics")).text()
    own = [line for line in metrics.splitlines() if f'source="{registered["id"]}"' in line]
    assert f'ani_proxy_ad_seconds_cut_total{{source="{registered["id"]}"}} 4.0' in own
    assert any(line.startswith("ani_proxy_upstream_errors_total") and 'kind="status_5xx"' in line for line in own)
    assert any(line.startswith("ani_proxy_upstream_seconds_bucket") for line in own)
    # Labels are the source, and words from lists of ours: nothing that an upstream or a viewer can make up.
    assert {name for line in own for name in re.findall(r'(\w+)="', line)} <= {
        "source",
        "outcome",
        "kind",
        "what",
        "le",
    }
    assert (await app_client.delete(path, headers=admin.headers)).status == 204
    assert registered["id"] not in await (await app_client.get("/metrics")).text()


@pytest.mark.both_adapters
async def test_a_slow_source_holds_up_nobody(
    app_client: AppClient, services: Services, admin: Person, empty_episode: AddEmptyEpisode
) -> None:
    """While an upstream takes its time, no transaction is open: SQLite has one writer, PostgreSQL a pool of few connections."""
    asked, go_on = asyncio.Event(), asyncio.Event()
    go_on.set()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await go_on.wait()
        return web.Response(text='#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS="avc1.42c00b"\nmedia.m3u8\n')

    async def media(_: web.Request) -> web.Response:
        return web.Response(text="#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\np.ts\n#EXT-X-ENDLIST\n")

    app = web.Application()
    app.router.add_get("/master.m3u8", answer)
    app.router.add_get("/media.m3u8", media)
    async with TestServer(app) as server:
        episode_id = await empty_episode()
        body = {"name": "Slow", "url": str(server.make_url("/master.m3u8")), "episode_id": episode_id}
        registered = await (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).json()
        await publish(services, episode_id)
        services.components.streaming.proxy.forget(registered["id"])
        pool = services.container.database.engine.pool
        assert isinstance(pool, QueuePool)
        idle = pool.checkedout()  # what works in the background has one of its own
        asked.clear()
        go_on.clear()
        playing = asyncio.create_task(play(app_client, episode_id))
        async with asyncio.timeout(10):
            await asked.wait()
            while (
                pool.checkedout() > idle
            ):  # background work comes and goes; a transaction that waits for the source would stay
                await asyncio.sleep(0.02)
            async with services.container.scope(write=True):
                pass  # on SQLite there is but one writer
            go_on.set()
            hls_url = await playing
            # The same for the multivariant playlist of a session.
            services.components.streaming.proxy.forget(registered["id"])
            asked.clear()
            go_on.clear()
            reading = asyncio.create_task(app_client.get(hls_url))
            await asked.wait()
            async with services.container.scope(write=True):
                pass
            go_on.set()
            assert (await reading).status == 200


async def test_a_viewer_who_leaves_ends_the_upstreams_work(
    app_client: AppClient, services: Services, admin: Person, empty_episode: AddEmptyEpisode
) -> None:
    sent, ended = asyncio.Event(), asyncio.Event()

    async def playlist(_: web.Request) -> web.Response:
        return web.Response(text="#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\np.ts\n#EXT-X-ENDLIST\n")

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(64 * 1024))
                sent.set()
                await asyncio.sleep(0.01)
        except (ConnectionError, asyncio.CancelledError):
            ended.set()
            raise

    app = web.Application()
    app.router.add_get("/media.m3u8", playlist)
    app.router.add_get("/p.ts", endless)
    async with TestServer(app) as server:
        episode_id = await empty_episode()
        body = {"name": "Endless", "url": str(server.make_url("/media.m3u8")), "episode_id": episode_id}
        assert (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).status == 201
        await publish(services, episode_id)
        url, text = await media_playlist(app_client, await play(app_client, episode_id))
        async with asyncio.timeout(10):
            viewer = await app_client.get(url.rpartition("/")[0] + "/" + Playlist.parse(text).segments[0].uri)
            await viewer.content.readexactly(1000)
            await sent.wait()
            viewer.close()
            await ended.wait()


async def test_the_upstreams_errors_are_told(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("pppp"), await empty_episode()
    await register(app_client, admin, upstream, episode_id)
    await publish(services, episode_id)
    url, text = await media_playlist(app_client, await play(app_client, episode_id))
    segment = url.rpartition("/")[0] + "/" + Playlist.parse(text).segments[-1].uri
    for theirs, ours in ((404, 404), (410, 410), (403, 502), (500, 502)):
        upstream.status = theirs
        assert (await app_client.get(segment)).status == ours
    upstream.status = 200
    assert (await app_client.get(segment)).status == 200
    metrics = await (await app_client.get("/metrics")).text()
    assert 'ani_proxy_requests_total{outcome="streamed"' in metrics


async def test_variables_lead_to_the_same_places(
    app_client: AppClient, services: Services, admin: Person, empty_episode: AddEmptyEpisode
) -> None:
    """Our multivariant playlist defines nothing, so what a media playlist imports is stated there (rfc8216bis section 4.4.2.3)."""
    texts = {
        "/m.m3u8": '#EXTM3U\n#EXT-X-DEFINE:NAME="folder",VALUE="a"\n#EXT-X-DEFINE:QUERYPARAM="t"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=1\n{$folder}/v.m3u8?t={$t}\n",
        "/a/v.m3u8": '#EXTM3U\n#EXT-X-DEFINE:IMPORT="folder"\n#EXT-X-DEFINE:QUERYPARAM="t"\n#EXT-X-TARGETDURATION:2\n'
        "#EXTINF:2,\n/{$folder}/{$t}.ts\n#EXT-X-ENDLIST\n",
    }

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=texts[request.path]) if request.path in texts else web.Response(body=b"media")

    app = web.Application()
    app.router.add_get("/{path:.+}", answer)
    async with TestServer(app) as server:
        episode_id = await empty_episode()
        url = str(server.make_url("/m.m3u8?t=7"))
        registered = await app_client.post(
            "/api/v1/sources", json={"name": "V", "url": url, "episode_id": episode_id}, headers=admin.headers
        )
        assert registered.status == 201, await registered.text()
        await publish(services, episode_id)
        media_url, text = await media_playlist(app_client, await play(app_client, episode_id))
        assert '#EXT-X-DEFINE:NAME="folder",VALUE="a"\n#EXT-X-DEFINE:NAME="t",VALUE="7"\n' in text
        sealed = Playlist.parse(text).segments[0].uri
        source_id = (await registered.json())["id"]
        assert services.components.streaming.proxy.sealer.open_url(source_id, sealed.partition(".")[0])[0] == str(
            server.make_url("/a/7.ts")
        )
        # The source becomes something else in the middle of it: as good as no answer, until it is itself again.
        before, texts["/a/v.m3u8"] = texts["/a/v.m3u8"], texts["/m.m3u8"]
        services.components.streaming.proxy.fetcher.forget(source_id)
        assert await (await app_client.get(media_url)).text() == text
        services.components.streaming.proxy.forget(source_id)
        assert (await app_client.get(media_url)).status == 404
        texts["/a/v.m3u8"] = before
        services.components.streaming.proxy.fetcher.forget(source_id)
        assert await (await app_client.get(media_url)).text() == text


async def test_low_latency_reloads_are_passed_on_as_far_as_they_make_sense(
    app_client: AppClient, services: Services, admin: Person, empty_episode: AddEmptyEpisode
) -> None:
    """Replacing keeps upstream's sequence numbers, so a blocking reload can be the upstream's (rfc8216bis section 6.2.5.2)."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.query_string)
        return web.Response(body=LOW_LATENCY)

    app = web.Application()
    app.router.add_get("/live.m3u8", answer)
    async with TestServer(app) as server:
        episode_id = await empty_episode()
        body = {"name": "Live", "url": str(server.make_url("/live.m3u8")), "episode_id": episode_id}
        assert (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).status == 201
        await publish(services, episode_id)
        url, text = await media_playlist(app_client, await play(app_client, episode_id))
        assert "CAN-BLOCK-RELOAD=YES" in text
        assert text.count("GAP=YES") == 3
        asked.clear()
        for query in ("_HLS_msn=305&_HLS_part=1", "_HLS_msn=9999", "_HLS_msn=305&_HLS_skip=YES", "_HLS_msn=x"):
            assert (await app_client.get(f"{url}?{query}")).status == 200
        assert asked[0] == "_HLS_msn=305&_HLS_part=1"
        assert set(asked[1:]) <= {"", "_HLS_msn=305"}
        # What is past, or a part that no segment has: each would be another question to the source, and there is no end to them.
        asked.clear()
        for query in ("_HLS_msn=1", "_HLS_msn=304", "_HLS_msn=305&_HLS_part=101", "_HLS_part=1"):
            assert (await app_client.get(f"{url}?{query}")).status == 200
        assert set(asked) <= {""}
