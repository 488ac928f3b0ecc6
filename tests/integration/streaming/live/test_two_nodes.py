"""A channel that is published to at one process, and watched at another one: two processes over one Valkey."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from yarl import URL

from kernel.access import Role
from tests.conftest import StartServer
from tests.integration.streaming.live.conftest import API
from tests.support.people import Person
from tests.support.realtime.live import FfmpegPublisher, LiveClient

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
PATIENCE_S = 60


async def hls_url(session: aiohttp.ClientSession, path: str) -> str:
    """Once there is something to watch."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with session.get(path) as answer:
                shown: dict[str, Any] = await answer.json()
            if shown["hls_url"]:
                async with session.get(shown["hls_url"]) as answer:
                    if answer.status == 200:
                        return str(shown["hls_url"])
            await asyncio.sleep(0.2)


async def fetched(session: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """As it is on the wire."""
    headers = {"Accept-Encoding": "identity", **headers}
    async with session.get(URL(url, encoded=True), headers=headers) as answer:
        return answer.status, await answer.read(), dict(answer.headers)


async def test_a_viewer_at_another_process(live_server: StartServer, tmp_path: Path) -> None:
    first = await live_server(adapters="cluster")
    first.environment["ANI_NODE_URL"] = first.url  # its port is known by now
    await first.restart()
    second = await live_server(share=first, ANI_NODE_URL="")
    owner, admin = await first.make_user(Role.EDITOR), await first.make_user(Role.ADMIN)
    async with (
        aiohttp.ClientSession(first.url, headers=owner.headers) as at_first,
        aiohttp.ClientSession(second.url, auto_decompress=False) as at_second,
        at_first.post(f"{API}/channels", json={"title": "Evenings"}) as made,
    ):
        channel = await made.json()
        path = f"{API}/channels/{channel['id']}"
        async with FfmpegPublisher(f"{first.url}{API}/whip", channel["stream_key"], tmp_path):
            url = await hls_url(at_second, path)
            await _plays(at_first, at_second, url)
            await _is_verified_for_the_edge(at_second, url)
            await _is_watched_by_whep(at_second, path, admin)
            held = asyncio.ensure_future(fetched(at_second, await _next_of(at_second, url)))
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):  # whoever asks goes away
                    await fetched(at_second, await _next_of(at_second, url))
            await first.kill9()
            assert (await fetched(at_second, url))[0] in (404, 503)
            with suppress(aiohttp.ClientError):
                assert (await held)[0] in (200, 404, 503)
        async with asyncio.timeout(PATIENCE_S):
            while (await fetched(at_second, url))[0] != 404:  # nobody says where it is any more
                await asyncio.sleep(0.5)
        shown = orjson.loads((await fetched(at_second, path))[1])
        assert shown["hls_url"] is None
        assert "Traceback" not in second.log()


async def _next_of(session: aiohttp.ClientSession, url: str) -> str:
    """A playlist with the part that comes next."""
    playlist = f"{url.rpartition('/')[0]}/video.m3u8"
    status, text, _ = await fetched(session, playlist)
    assert status == 200
    [hint] = [line for line in text.decode().splitlines() if line.startswith("#EXT-X-PRELOAD-HINT")]
    msn, _, part = hint.partition('URI="video/')[2].partition(".m4s")[0].partition(".")
    return f"{playlist}?_HLS_msn={msn}&_HLS_part={part}"


async def _plays(at_first: aiohttp.ClientSession, at_second: aiohttp.ClientSession, url: str) -> None:
    base = url.rpartition("/")[0]
    held = await _next_of(at_second, url)
    msn, part = URL(held).query["_HLS_msn"], URL(held).query["_HLS_part"]
    status, text, headers = await fetched(at_second, held)  # held there, and answered with the part in it
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert f'URI="video/{msn}.{part}.m4s"' in text.decode()
    status, zipped, headers = await fetched(at_second, f"{base}/video.m3u8", **{"Accept-Encoding": "gzip"})
    assert (status, headers.get("Content-Encoding"), zipped[:2]) == (200, "gzip", b"\x1f\x8b")
    piece = f"{base}/video/{msn}.{part}.m4s"
    assert (await fetched(at_second, piece))[:2] == (200, (await fetched(at_first, piece))[1])
    async with at_second.head(piece) as answer:
        assert (answer.status, await answer.read()) == (200, b"")
    for wrong, expected in (
        (f"{base}/video/%2e%2e/%2e%2e/%2e%2e/%2e%2e/healthz", 404),
        (f"{base}/video/1.m4s", 404),
        (f"{base}/nothing.m3u8", 404),
        (f"{base}/video.m3u8?_HLS_part=1", 400),
        (url.replace("/llhls/", "/llhls/A", 1), 403),
    ):
        assert (await fetched(at_second, wrong))[0] == expected, wrong
    assert (await fetched(at_second, url, **{"X-Ani-Forwarded": "1"}))[0] == 404, "and is asked on by nobody"


async def _is_verified_for_the_edge(session: aiohttp.ClientSession, url: str) -> None:
    """nginx asks any node before it takes a part out of its cache."""
    _, _, token, channel, _ = url.split("/")
    for one, expected in ((token, 204), (token[::-1], 403)):
        headers = {"X-Original-URI": f"/llhls/{one}/{channel}/video/1.m4s"}
        assert (await fetched(session, "/internal/verify-live", **headers))[0] == expected


async def _is_watched_by_whep(session: aiohttp.ClientSession, path: str, admin: Person) -> None:
    viewer, late = LiveClient(direction="recvonly"), LiveClient(direction="recvonly")
    try:
        assert await viewer.post(session, f"{path}/whep") == 201
        await viewer.until(lambda: len(viewer.received) > 20, PATIENCE_S)

        async def told() -> str:
            async with asyncio.timeout(PATIENCE_S), session.get(f"{viewer.session}/delivery?now=webrtc") as answer:
                return str(orjson.loads(await answer.read())["delivery"])

        telling = asyncio.ensure_future(told())
        async with session.put(f"{API}/places", json={"viewers": 0}, headers=admin.headers) as answer:
            assert answer.status == 200, await answer.text()
        assert await telling == "hls", "by the node that has the session, which is another one"
        kind = {"Content-Type": "application/sdp"}
        async with session.post(f"{path}/whep", data=late.offer, headers=kind) as answer:
            refusal = orjson.loads(await answer.read())
        assert (refusal["code"], bool(refusal["session"])) == ("viewers_full", True), "they may wait for a place"
        async with session.delete(viewer.session) as answer:
            assert answer.status == 200
    finally:
        await viewer.close()
        late.socket.close()
