"""nginx with the shipped template in front of the real application, each a process of its own."""

import asyncio
import gzip
import json
import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from kernel.access import Role
from kernel.ids import new_id
from server.boot import open_services
from streaming.origin.access.token import Keyring, StreamToken, sign
from streaming.origin.ports import StreamSessions
from tests.conftest import AddEpisode, Edge, StartServer
from tests.support.media.episodes import IngestedEpisode
from tests.support.servers.live_server import LiveServer

SECRET = "known to nginx and the application alone"


class Site:
    """The edge, what is behind it, and a stream through it."""

    def __init__(self, server: LiveServer, url: str, session: aiohttp.ClientSession, episode: IngestedEpisode) -> None:
        self.server = server
        self.url = url
        self.session = session
        self.episode = episode

    def take(self, playback: dict[str, Any]) -> None:
        """Go on with this stream."""
        self.playback = playback
        _, _, self.token, self.asset_id, _ = playback["hls_url"].split("/")
        self.folder = self.server.settings().media_dir / self.asset_id
        self.segment = next(path.relative_to(self.folder).as_posix() for path in sorted(self.folder.glob("v*/*.m4s")))

    def path(self, file: str, *, token: str | None = None, asset_id: str | None = None) -> str:
        return f"/hls/{token or self.token}/{asset_id or self.asset_id}/{file}"

    async def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        headers = {"Accept-Encoding": "identity", **headers}
        async with self.session.request(method, self.url + path, headers=headers) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()

    async def raw(self, target: str) -> bytes:
        """The answer to a target as it stands, which a client library would tidy up."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {target} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n".encode())
        try:
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@pytest.fixture
async def site(live_server: StartServer, edge: Edge, ingested_episode: AddEpisode, source: Path) -> AsyncIterator[Site]:
    server = await live_server(ANI_TRUSTED_PROXIES="1", ANI_EDGE_SECRET=SECRET)
    episode = await ingested_episode(server, source)
    url = edge(server)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20), auto_decompress=False) as session:
        site = Site(server, url, session, episode)
        site.take(await play(session, url, episode))
        yield site


async def play(
    session: aiohttp.ClientSession, url: str, episode: IngestedEpisode, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    async with session.post(
        f"{url}/api/v1/episodes/{episode.episode_id}/playback",
        json={},
        headers={"Accept-Encoding": "identity", **(headers or {})},
    ) as answer:
        assert answer.status == 200, await answer.text()
        playback: dict[str, Any] = await answer.json()
        return playback


def from_disk(headers: dict[str, str]) -> bool:
    """Whether nginx served it itself: the application sends no ``Last-Modified``."""
    return "last-modified" in headers


async def test_everything_a_player_asks_for_comes_through(site: Site) -> None:
    status, headers, master = await site.get(site.playback["hls_url"])
    assert (status, headers["cache-control"]) == (200, "private, no-store")

    seen = 0
    for uri in re.findall(r'^[^#\n].*|(?<=URI=")[^"]+', master.decode(), re.MULTILINE):
        status, headers, media = await site.get(site.path(uri))
        assert (status, from_disk(headers)) == (200, True), uri
        assert headers["content-type"] == "application/vnd.apple.mpegurl"
        for segment in re.findall(r'^[^#\n].*|(?<=URI=")[^"]+', media.decode(), re.MULTILINE):
            path = f"{uri.rpartition('/')[0]}/{segment}"
            status, headers, body = await site.get(site.path(path))
            assert (status, from_disk(headers)) == (200, True), path
            assert body == (site.folder / path).read_bytes()
            seen += 1
    assert seen > 10


async def test_the_edge_and_the_application_agree(site: Site) -> None:
    """Status, bytes and the headers that matter, so that a client may change from one to the other."""
    ours = ["content-type", "cache-control", "etag", "content-range", "content-length", "content-encoding", "vary"]
    ours += ["access-control-allow-origin", "access-control-expose-headers", "cross-origin-resource-policy"]
    ours += ["timing-allow-origin", "x-content-type-options"]
    etag = (await site.get(site.path(site.segment)))[1]["etag"]
    through = site.url
    for file in (site.segment, "s-en/subtitles.vtt", "poster.jpg", "manifest.mpd", "v720/main.m3u8"):
        if not (site.folder / file).exists():
            continue
        for method in ("GET", "HEAD"):
            for asked in (
                {},
                {"Range": "bytes=3-9"},
                {"Range": "bytes=-5"},
                {"Range": "bytes=0-1,4-5"},
                {"Range": "bytes=999999999-"},
                {"If-None-Match": etag},
                {"If-None-Match": "*"} if file != site.segment else {},
                {"Range": "bytes=0-3", "If-Range": '"other"'},
            ):
                if method == "HEAD" and "Range" in asked:
                    continue  # nginx answers 206 to it, which RFC 9110 §14.2 leaves undefined
                site.url = through
                edge = await site.get(site.path(file), method, **asked)
                site.url = site.server.url
                app = await site.get(site.path(file), method, **asked)
                assert edge[0] == app[0], (file, method, asked)
                if edge[0] < 300:
                    assert edge[2] == app[2], (file, method, asked)
                    left_out = {"vary"}  # nginx adds it to what it would compress, we to what we do
                    for name in set(ours) - left_out:
                        assert edge[1].get(name) == app[1].get(name), (file, method, asked, name)
    site.url = through


async def test_text_is_compressed(site: Site) -> None:
    for file in ("s-en/subtitles.vtt", "master.m3u8"):
        status, headers, body = await site.get(site.path(file), **{"Accept-Encoding": "gzip"})
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert b"EXTM3U" in gzip.decompress(body) or b"WEBVTT" in gzip.decompress(body)


async def test_preflight(site: Site) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    for file in ("master.m3u8", site.segment):
        status, headers, _ = await site.get(site.path(file), "OPTIONS", **asked)
        assert (status, headers["access-control-allow-origin"]) == (204, "*")
        assert "cmcd-request" in headers["access-control-allow-headers"].lower()


async def test_wrong_tokens_are_refused(site: Site) -> None:
    forged = site.token[:-1] + ("A" if site.token[-1] != "A" else "B")
    for path in (
        site.path(site.segment, token=forged),
        site.path(site.segment, token="short"),
        site.path(site.segment, asset_id="0" * 8 + site.asset_id[8:]),
        site.path("master.m3u8", token=forged),
    ):
        for _ in range(2):
            status, headers, body = await site.get(path)
            assert (status, headers["content-type"]) == (403, "application/problem+json"), path
            assert headers["access-control-allow-origin"] == "*"
            assert b'"status":403' in body


async def test_dots_cannot_lead_to_another_asset(site: Site, ingested_episode: AddEpisode, source: Path) -> None:
    """nginx resolves dots before it looks for the file; the question it asks must be about that very file."""
    other = await ingested_episode(site.server, source)
    await site.get(site.path(site.segment))
    for way in (
        f"/hls/{site.token}/{site.asset_id}/../{other.asset_id}/{site.segment}",
        f"/hls/{site.token}/{site.asset_id}/%2e%2e/{other.asset_id}/{site.segment}",
        f"/hls/{site.token}/{site.asset_id}/..%2f{other.asset_id}/{site.segment}",
        f"/hls/x/../{site.token}/{other.asset_id}/{site.segment}",
        f"/hls/{site.token}/{other.asset_id}/{site.segment}?x=/hls/{site.token}/{site.asset_id}/{site.segment}",
    ):
        answer = await site.raw(way)
        assert answer.split(b" ", 2)[1] in (b"403", b"404"), (way, answer[:300])


async def test_there_is_no_way_out_of_the_media(site: Site) -> None:
    (site.folder.parent / "secret.vtt").write_text("the secret")
    for path in ("../secret.vtt", "%2e%2e/secret.vtt", "..%2fsecret.vtt", "..%5csecret.vtt", "/secret.vtt", "%00.vtt"):
        answer = await site.raw(site.path(path))
        assert answer.split(b" ", 2)[1] in (b"400", b"403", b"404"), (path, answer[:300])
        assert b"the secret" not in answer


async def test_what_is_internal_stays_so(site: Site) -> None:
    uri = site.path(site.segment)
    for path in ("/internal/verify", "/internal/verify/", "/internal/anything", "/metrics", "//internal/verify"):
        status, _, _ = await site.get(path, **{"X-Original-URI": uri, "X-Ani-Edge": SECRET})
        assert status == 404, path
    # Nor does the application answer anybody who does not know the secret, neighbours included.
    async with site.session.get(f"{site.server.url}/internal/verify", headers={"X-Original-URI": uri}) as answer:
        assert answer.status == 404


async def test_the_application_is_asked_once_for_a_token(site: Site) -> None:
    before = await asked(site)
    await asyncio.gather(*(site.get(site.path(site.segment)) for _ in range(50)))
    assert await asked(site) - before == 1


async def asked(site: Site) -> float:
    """How often the edge was told that a token is good."""
    async with site.session.get(f"{site.server.url}/metrics") as answer:
        text = (await answer.read()).decode()
    return sum(map(float, re.findall(r'ani_edge_verdicts_total\{status="204"\} ([\d.]+)', text)))


async def test_viewers_go_on_while_the_application_restarts(site: Site) -> None:
    await site.get(site.path(site.segment))
    await site.server.stop()

    for _ in range(3):
        status, headers, _ = await site.get(site.path(site.segment))
        assert (status, from_disk(headers)) == (200, True)
    assert (await site.get("/api/v1/releases"))[0] == 502

    await site.server.start()
    assert (await site.get(site.playback["hls_url"]))[0] == 200


async def served_by_the_edge(site: Site, file: str | None = None) -> int:
    status, headers, _ = await site.get(site.path(file or site.segment))
    assert from_disk(headers) == (status == 200)
    return status


async def until_refused(site: Site) -> None:
    """The edge looks again after 20 s at the latest; what it has open until then it goes on serving."""
    async with asyncio.timeout(40):
        while await served_by_the_edge(site) == 200:
            await asyncio.sleep(1)
    assert await served_by_the_edge(site) == 403


async def granted(site: Site) -> Path:
    """The grant of the stream, after its first segment."""
    assert await served_by_the_edge(site) == 200
    grants = site.server.settings().grants_dir
    assert os.listdir(grants) == [site.token]  # noqa: PTH208 - of names
    grant: Path = grants / site.token
    return grant


async def test_a_good_token_is_granted_and_asked_about_no_more(site: Site) -> None:
    before = await asked(site)
    grant = await granted(site)
    files = [path.relative_to(site.folder).as_posix() for path in sorted(site.folder.glob("v*/*.m4s"))]

    for file in files:
        assert await served_by_the_edge(site, file) == 200
    assert await asked(site) - before == 1

    # Without the application's word from before: the link alone is what lets them through.
    await site.server.kill9()
    (grant / site.asset_id).unlink()
    (grant / site.asset_id).symlink_to(site.folder)
    assert await served_by_the_edge(site, files[-1]) == 200


async def test_a_grant_is_good_for_media_alone(site: Site) -> None:
    """What is made for a session, what is asked for each time, and what is no media: none of it comes from the folder."""
    await granted(site)
    (site.folder / "keys").mkdir()
    for file in ("keys/1.m4s", "p/1.m4s", ".hidden.m4s", "notes.txt", "v720/.m4s"):
        (site.folder / file).parent.mkdir(exist_ok=True)
        (site.folder / file).write_text("not for viewers")
    (site.folder.parent / "beside.m4s").write_text("not for viewers")

    for path in (
        *(site.path(file) for file in ("keys/1.m4s", "p/1.m4s", ".hidden.m4s", "notes.txt", "v720/.m4s", "..")),
        f"/hls/{site.token}/beside.m4s",
        f"/hls/{site.token}/{site.asset_id}/../../beside.m4s",
        f"/asked{site.path(site.segment, token='A' * 76)}",
        f"/asked{site.path('keys/1.m4s')}",
    ):
        answer = await site.raw(path)
        assert answer.split(b" ", 2)[1] in (b"403", b"404"), (path, answer[:300])
        assert b"not for viewers" not in answer
    status, headers, _ = await site.get(site.path("master.m3u8"))
    assert (status, from_disk(headers), headers["cache-control"]) == (200, False, "private, no-store")


async def test_a_stream_that_was_ended_ends_at_the_edge(site: Site) -> None:
    watcher = await site.server.make_user()
    site.take(await play(site.session, site.url, site.episode, watcher.headers))
    grant = await granted(site)

    url = f"{site.url}/api/v1/playback/{site.playback['session_id']}"
    async with site.session.delete(url, headers=watcher.headers) as answer:
        assert answer.status == 204

    async with asyncio.timeout(20):
        while grant.exists():
            await asyncio.sleep(0.05)
    await until_refused(site)


async def test_breaks_are_each_viewers_own(site: Site, ingested_episode: AddEpisode, source: Path) -> None:
    """Playlists with breaks come from the application, the ad's media from disk under a token of its own, which ends with the stream."""
    tea = await ingested_episode(site.server, source, title="Tea")
    admin, ann, bob = (
        await site.server.make_user(Role.ADMIN),
        await site.server.make_user(),
        await site.server.make_user(),
    )
    ad = {
        "title": "Tea",
        "creative_episode_id": tea.episode_id,
        "placement": "pre_roll",
        "starts_at": "2026-01-01T00:00:00Z",
    }
    async with aiohttp.ClientSession(site.url, headers=admin.headers) as api:
        async with api.post("/api/v1/linear-ads", json=ad) as answer:
            ad_id = (await answer.json())["id"]
        async with api.post(f"/api/v1/linear-ads/{ad_id}/start") as answer:
            assert answer.status == 200
        async with api.put(f"/api/v1/promo-exemptions/{bob.user_id}", json={}) as answer:
            assert answer.status < 300

    ads = []
    for viewer in (ann, bob, None):
        site.take(await play(site.session, site.url, site.episode, viewer.headers if viewer else None))
        folder, _, master = site.playback["hls_url"].rpartition("/")
        assert master == ("master.m3u8" if viewer is bob else "breaks-0-master.m3u8")
        status, headers, text = await site.get(f"{folder}/{master}")
        assert (status, from_disk(headers), headers["cache-control"]) == (200, False, "private, no-store")
        media = next(line for line in text.decode().splitlines() if line.endswith(".m3u8") and line[0] != "#")
        status, headers, text = await site.get(site.path(media))
        assert (status, from_disk(headers)) == (200, viewer is bob)
        assert text.count(b"#EXT-X-DATERANGE") == (viewer is not bob)
        assert site.token.encode() not in text, "the same for everybody who has these breaks"
        assert (await site.get(site.path(media, token="A" * 76)))[0] == 403
        status, headers, text = await site.get(f"{folder}/identity-master.m3u8")
        assert (status, from_disk(headers), headers["cache-control"]) == (200, False, "private, no-store")
        media = next(line for line in text.decode().splitlines() if line.endswith(".m3u8") and line[0] != "#")
        assert media.endswith("/identity-main.m3u8")
        status, headers, _ = await site.get(site.path(media))
        assert (status, from_disk(headers)) == (200, False), "the edge has no such file, and asks"
        assert (await site.get(site.path("keys/clearkey/0f8fad5b-d9cb-469f-a165-70867728950e")))[0] == 404
        status, headers, text = await site.get(site.path("breaks/0.json"))
        assert (status, from_disk(headers), headers["cache-control"]) == (200, False, "private, no-store")
        assets = json.loads(text)["ASSETS"]
        assert len(assets) == (viewer is not bob), "an exempt account has none by guessing either"
        ads += [asset["URI"] for asset in assets]
        assert await served_by_the_edge(site) == 200
        if viewer is ann:
            anns = site.playback, site.token
    assert (await site.get(site.path("breaks/0.json", token="A" * 76)))[0] == 403

    grants = site.server.settings().grants_dir
    tokens = [uri.split("/")[2] for uri in ads]
    assert len({*tokens, anns[1], site.token}) == 4
    of_ad = ads[0].split("/")[3]
    assert (await site.get(ads[0]))[0] == 200
    segment = site.path(site.segment, token=tokens[0], asset_id=of_ad)
    status, headers, _ = await site.get(segment)
    assert (status, from_disk(headers)) == (200, True)
    assert (await site.get(site.path(site.segment, token=tokens[0])))[0] == 403, "the ad's token opens no film"

    async with site.session.delete(
        f"{site.url}/api/v1/playback/{anns[0]['session_id']}", headers=ann.headers
    ) as answer:
        assert answer.status == 204
    async with asyncio.timeout(20):
        while (grants / tokens[0]).exists() or (grants / anns[1]).exists():
            await asyncio.sleep(0.05)
    assert (await site.get(ads[0]))[0] == 403
    assert await served_by_the_edge(site) == 200, "others go on"


async def test_expired_grants_are_swept(site: Site) -> None:
    """As the application finds them when it starts again after it was away."""
    await granted(site)
    settings = site.server.settings()
    keyring = Keyring.of(settings.derive_keys("stream-token"))
    expired = sign(StreamToken(new_id(), site.asset_id, int(time.time()) - 1), keyring)
    (settings.grants_dir / expired).mkdir()
    (settings.grants_dir / expired / site.asset_id).symlink_to(site.folder)

    await site.server.restart()

    async with asyncio.timeout(30):
        while (settings.grants_dir / expired).exists():
            await asyncio.sleep(0.1)
    assert await served_by_the_edge(site) == 200, "a restart takes nothing from who has the right"
    assert (settings.grants_dir / site.token / site.asset_id).is_symlink()


async def test_an_edge_that_sees_no_grants_asks_again(site: Site, edge: Edge) -> None:
    site.url = edge(site.server, ANI_GRANTS_DIR="/none")
    before = await asked(site)
    for _ in range(3):
        assert await served_by_the_edge(site) == 200
    assert await asked(site) - before == 1
    assert (await site.get(site.path(site.segment, token="A" * 76)))[0] == 403


async def test_players_reports_reach_the_application(site: Site) -> None:
    """They come with the first request of every 30 s; hls.js sends them as headers or in the address."""
    await site.get(site.path(site.segment) + "?CMCD=mtp%3D77000%2Cbl%3D4000")
    async with asyncio.timeout(15):
        while await _throughput_bps(site) != 77_000_000:
            await asyncio.sleep(0.5)


async def test_players_without_event_mode_have_a_row_of_figures(site: Site) -> None:
    """Out of the one request that the edge asks about, with what it says of itself in the address (version 2) or in headers (version 1)."""
    admin = await site.server.make_user(Role.ADMIN)
    by_query = site.playback["session_id"]
    await site.get(site.path(site.segment) + "?CMCD=" + quote('v=2,sta="p",ot=v,br=(1500),msd=700,bsa=(2),dfa=3'))
    site.take(await play(site.session, site.url, site.episode))
    by_headers = site.playback["session_id"]
    await site.get(site.path(site.segment), **{"CMCD-Object": "br=900,ot=v,d=4000", "CMCD-Request": "bl=8000,mtp=5000"})
    rows: dict[str, Any] = {}
    async with asyncio.timeout(30):
        while set(rows) != {by_query, by_headers}:
            await asyncio.sleep(0.2)
            status, _, body = await site.get("/api/v1/admin/playback/quality/sessions", **admin.headers)
            assert status == 200
            rows = {row["session_id"]: row for row in json.loads(body)["items"]}
    assert {row["estimated"] for row in rows.values()} == {True}
    assert {row["outcome"] for row in rows.values()} == {"played"}
    assert (rows[by_query]["startup_ms"], rows[by_query]["rebuffers"], rows[by_query]["dropped_frames"]) == (700, 2, 3)
    assert rows[by_headers]["dropped_frames"] is None


async def _throughput_bps(site: Site) -> float | None:
    async with open_services(site.server.settings()) as services, services.container.scope(write=False) as scope:
        session = await scope.port(StreamSessions).get(site.playback["session_id"])
        assert session is not None
        return session.throughput_bps


async def test_the_rest_is_passed_on(site: Site) -> None:
    status, headers, _ = await site.get("/api/v1/releases")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (await site.get("/healthz"))[0] == 200
    assert (await site.get("/"))[1]["content-type"].startswith("text/html")
    assert (await site.get(f"/posters/{site.asset_id}.jpg"))[0] == 200
    too_large = {"Content-Type": "application/json"}
    async with site.session.post(f"{site.url}/api/v1/auth/login", data=b" " * 2_000_000, headers=too_large) as answer:
        assert answer.status == 413


async def test_sockets_are_upgraded(site: Site) -> None:
    url = site.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    async with site.session.ws_connect(url) as socket:
        opening = await socket.receive_str(timeout=10)
    assert opening.startswith("0{")
