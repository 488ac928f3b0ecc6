"""Registered sources, from registration to the last frame: our API, our tokens, our URLs, and not one ad."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import catalog.usecases
from catalog.usecases import Episodes
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from streaming.proxy.lines import Playlist
from streaming.proxy.repository import video_sources
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream, Upstream
from tests.support.hls_colours import FPS, SEGMENT_S, colours_played
from tests.support.people import Person
from tests.unit.streaming.proxy.test_live import LOW_LATENCY

Json = dict[str, Any]


async def register(client: AppClient, admin: Person, upstream: Upstream, episode_id: str, **more: Any) -> Json:
    body = {"name": "Channel", "url": upstream.base + "master.m3u8", "episode_id": episode_id, **more}
    answer = await client.post("/api/v1/sources", json=body, headers=admin.headers)
    assert answer.status == 201, await answer.text()
    registered: Json = await answer.json()
    return registered


async def publish(services: Services, episode_id: str) -> None:
    await services.container.relay.drain()
    async with services.container.scope(write=True) as scope:
        await catalog.usecases.publish_episode(scope.port(Episodes), episode_id, scope.clock.now())


async def play(client: AppClient, episode_id: str) -> str:
    answer = await client.post(f"/api/v1/episodes/{episode_id}/playback", json={})
    assert answer.status == 200, await answer.text()
    return str((await answer.json())["hls_url"])


async def _media_playlist(client: AppClient, hls_url: str) -> tuple[str, str]:
    master = await (await client.get(hls_url)).text()
    variant = next(line for line in master.splitlines() if line and not line.startswith("#"))
    url = hls_url.rpartition("/")[0] + "/" + variant
    answer = await client.get(url)
    assert answer.status == 200, await answer.text()
    return url, await answer.text()


async def test_registration_shows_what_it_found(
    app_client: AppClient,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    services: Services,
) -> None:
    upstream = await start_upstream("ppaapp")
    secret = "Bearer of-the-source"
    registered = await register(app_client, admin, upstream, await empty_episode(), headers={"Authorization": secret})
    assert registered["findings"] == {
        "is_live": False,
        "variants": 1,
        "height_px": 90,
        "duration_ms": 12_000,
        "codecs": ["avc1.42c00b"],
        "encryption": ["AES-128 (identity)"],
        "ad_signals": ["cue-in", "cue-out"],
        "ads": 2,
    }
    assert "headers" not in registered
    async with services.container.scope(write=False) as scope:
        row = (await scope.uow.session.execute(video_sources.select())).one()
    assert secret not in str(row)


_SEGMENT = SEGMENT_S * FPS


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("delete", ["green"] * 4 * _SEGMENT),
        # In their time our slate is seen, which has ten frames a second as well.
        ("replace", ["green"] * 2 * _SEGMENT + ["other"] * 2 * _SEGMENT + ["green"] * 2 * _SEGMENT),
    ],
)
@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
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


@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
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
    url, text = await _media_playlist(app_client, hls_url)
    assert upstream.base not in text
    assert "CUE" not in text
    playlist = Playlist.parse(text)
    assert len(playlist.segments) == 4
    first = url.rpartition("/")[0] + "/" + playlist.segments[0].uri
    answer = await app_client.get(first, headers={"Range": "bytes=0-9"})
    assert answer.headers["Content-Type"] == "video/mp2t"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = await _media_playlist(app_client, await play(app_client, episode_id))
    assert again[1] == text  # the same for every viewer


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
    url, _ = await _media_playlist(app_client, await play(app_client, episode_id))
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


async def test_an_operator_sees_and_corrects_what_is_cut(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    registered = await register(app_client, admin, upstream, episode_id)
    path = f"/api/v1/sources/{registered['id']}"
    explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
    assert [segment["fate"] for segment in explained["segments"]] == ["keep", "keep", "gap", "gap", "keep", "keep"]
    assert explained["segments"][2]["reasons"] == ["cue-out", "cue-in"]
    assert explained["segments"][2]["start_s"] == 4
    change = {"name": "Channel", "url": upstream.base + "master.m3u8", "programme_addresses": ["*a3.ts"]}
    stale = await app_client.put(path, json=change, headers={**admin.headers, "If-Match": '"v7"'})
    assert stale.status == 412
    answer = await app_client.put(path, json=change, headers={**admin.headers, "If-Match": '"v1"'})
    assert (answer.status, (await answer.json())["version"]) == (200, 2)
    explained = await (await app_client.get(f"{path}/explain", headers=admin.headers)).json()
    assert [segment["fate"] for segment in explained["segments"]] == ["keep", "keep", "gap", "keep", "keep", "keep"]
    listed = await (await app_client.get("/api/v1/sources", headers=admin.headers)).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, registered["id"])
    assert (await app_client.delete(path, headers=admin.headers)).status == 204
    assert (await app_client.get(path, headers=admin.headers)).status == 404


async def test_only_operators_register(
    app_client: AppClient, make_user: MakeUser, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    upstream, episode_id = await start_upstream("pp"), await empty_episode()
    body = {"name": "x", "url": upstream.base + "master.m3u8", "episode_id": episode_id}
    assert (await app_client.post("/api/v1/sources", json=body)).status == 401
    for role in (Role.USER, Role.EDITOR, Role.MODERATOR):
        person = await make_user(role)
        assert (await app_client.post("/api/v1/sources", json=body, headers=person.headers)).status == 403
    assert upstream.asked == []


@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
async def test_what_cannot_be_registered(
    app_client: AppClient, admin: Person, start_upstream: StartUpstream, empty_episode: AddEmptyEpisode
) -> None:
    upstream, episode_id = await start_upstream("pp"), await empty_episode()

    async def status(**change: Any) -> int:
        body = {"name": "x", "url": upstream.base + "master.m3u8", "episode_id": episode_id, **change}
        return (await app_client.post("/api/v1/sources", json=body, headers=admin.headers)).status

    for url in (
        "http://169.254.169.254/latest/",
        "http://10.0.0.1/a.m3u8",
        "file:///etc/passwd",
        "http://localhost/a.m3u8",
        "gopher://x.example.com/",
    ):
        assert await status(url=url) == 403, url
    assert await status(headers={"X": "a\r\nHost: b"}) == 403
    assert await status(url=upstream.base + "key.bin") == 404  # no playlist
    assert await status(episode_id=new_id()) == 404
    assert await status() == 201
    assert await status() == 409


@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
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
    url, text = await _media_playlist(app_client, await play(app_client, episode_id))
    segment = url.rpartition("/")[0] + "/" + Playlist.parse(text).segments[-1].uri
    for theirs, ours in ((404, 404), (410, 410), (403, 502), (500, 502)):
        upstream.status = theirs
        assert (await app_client.get(segment)).status == ours
    upstream.status = 200
    assert (await app_client.get(segment)).status == 200
    metrics = await (await app_client.get("/metrics")).text()
    assert 'ani_proxy_requests_total{outcome="streamed"' in metrics


@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
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
        url, text = await _media_playlist(app_client, await play(app_client, episode_id))
        assert "CAN-BLOCK-RELOAD=YES" in text
        assert text.count("GAP=YES") == 3
        asked.clear()
        for query in ("_HLS_msn=305&_HLS_part=1", "_HLS_msn=9999", "_HLS_msn=305&_HLS_skip=YES", "_HLS_msn=x"):
            assert (await app_client.get(f"{url}?{query}")).status == 200
        assert asked[0] == "_HLS_msn=305&_HLS_part=1"
        assert set(asked[1:]) <= {"", "_HLS_msn=305"}
