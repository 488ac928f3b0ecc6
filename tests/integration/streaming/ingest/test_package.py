"""What is published: CMAF segments with HLS and DASH over them, and everything a player's menus need."""

import array
import asyncio
import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import m3u8  # type: ignore[import-untyped]  # it ships no types
import pytest
from PIL import Image, ImageStat

from streaming.ingest.engine import Engine, Finished
from tests.integration.streaming.ingest.conftest import TOOLS


@pytest.fixture(scope="module")
def asset(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("asset") / "staging"
    return asyncio.run(Engine(TOOLS).make(rich, folder))


def test_the_master_lists_everything(asset: Finished) -> None:
    master = m3u8.load(str(asset.folder / "master.m3u8"))
    variants = [
        (each.uri, each.stream_info.resolution, each.stream_info.frame_rate, each.stream_info.audio)
        for each in master.playlists
    ]
    assert variants == [
        ("v562/main.m3u8", (1000, 562), 23.976, "audio"),
        ("v360/main.m3u8", (640, 360), 23.976, "audio"),
        ("v240/main.m3u8", (428, 240), 23.976, "audio"),
    ]
    for each in master.playlists:
        assert each.stream_info.bandwidth >= each.stream_info.average_bandwidth > 100_000
        assert each.stream_info.codecs.startswith("avc1.64")
        assert each.stream_info.codecs.endswith(",mp4a.40.2")
        assert each.stream_info.subtitles == "subtitles"
    assert {(each.type, each.language, each.name, each.default, each.uri) for each in master.media} == {
        ("AUDIO", "ru", "Русский", "YES", "a-ru/main.m3u8"),
        ("AUDIO", "en", "Dub best", "NO", "a-en/main.m3u8"),
        ("SUBTITLES", "ja", "日本語", "NO", "s-ja/main.m3u8"),
        ("SUBTITLES", "ru", "Русский", "NO", "s-ru/main.m3u8"),
    }
    assert [each.uri for each in master.iframe_playlists] == [
        "v562/iframes.m3u8",
        "v360/iframes.m3u8",
        "v240/iframes.m3u8",
    ]


def test_the_record_says_the_same(asset: Finished) -> None:
    published = asset.published
    assert (published.width, published.height, published.frame_rate) == (1000, 562, 23.976)
    assert published.duration_ms == pytest.approx(9009, abs=50)
    assert [(track.name, track.language, track.label, track.is_default) for track in published.audio] == [
        ("a-ru", "ru", "Русский", True),
        ("a-en", "en", "Dub best", False),
    ]
    assert {(track.name, track.language, track.path) for track in published.subtitles} == {
        ("s-ru", "ru", "s-ru/subtitles.vtt"),
        ("s-ja", "ja", "s-ja/subtitles.vtt"),
    }
    assert json.loads((asset.folder / "asset.json").read_text())["duration_ms"] == published.duration_ms
    on_disk = [path for path in asset.folder.rglob("*") if path.is_file() and path.name != "asset.json"]
    assert published.size_bytes == sum(path.stat().st_size for path in on_disk)


def test_no_intermediate_file_is_published(asset: Finished) -> None:
    assert sorted(path.name for path in asset.folder.iterdir()) == [
        *("a-en", "a-ru", "asset.json", "manifest.mpd", "master.m3u8", "poster.jpg", "s-ja", "s-ru"),
        *("storyboard-001.jpg", "storyboard.vtt", "v240", "v360", "v562"),
    ]


def test_renditions_are_cut_at_the_same_frames(asset: Finished) -> None:
    lengths = []
    for rendition in ("v562", "v360"):
        playlist = m3u8.load(str(asset.folder / rendition / "main.m3u8"))
        assert playlist.is_endlist
        assert playlist.playlist_type == "vod"
        assert playlist.segment_map[0].uri == "init.mp4"
        assert all(segment.duration <= playlist.target_duration for segment in playlist.segments)
        lengths.append([segment.duration for segment in playlist.segments])
    # 96 frames at 23.976 a second.
    assert lengths[0] == lengths[1]
    assert lengths[0][:2] == [4.004, 4.004]


@pytest.mark.parametrize("rendition", ["v562", "v360"])
def test_every_segment_begins_with_its_only_keyframe(asset: Finished, rendition: str) -> None:
    command = [TOOLS.ffprobe, "-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0"]
    done = subprocess.run(
        [*command, str(asset.folder / rendition / "main.m3u8")], capture_output=True, text=True, timeout=60, check=True
    )
    keyframes = [float(line.split(",")[0]) for line in done.stdout.splitlines() if ",K" in line]
    assert keyframes == pytest.approx([0, 4.004, 8.008], abs=0.001)


def test_the_iframe_playlist_points_at_whole_pictures(asset: Finished) -> None:
    playlist = m3u8.load(str(asset.folder / "v360" / "iframes.m3u8"))
    assert playlist.is_i_frames_only
    assert len(playlist.segments) == 3
    init = (asset.folder / "v360" / "init.mp4").read_bytes()
    for segment in playlist.segments:
        length, _, offset = segment.byterange.partition("@")
        data = (asset.folder / "v360" / segment.uri).read_bytes()[int(offset) : int(offset) + int(length)]
        decode = [TOOLS.ffmpeg, "-v", "error", "-i", "pipe:0", "-frames:v", "1", "-f", "null", "-"]
        done = subprocess.run(decode, input=init + data, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr


def test_sound_and_picture_are_still_together(asset: Finished) -> None:
    """The click and the flash at 5 s, found again in what a player decodes."""
    sound = subprocess.run(
        [TOOLS.ffmpeg, "-v", "error", "-i", str(asset.folder / "a-ru/main.m3u8"), "-f", "s16le", "-ac", "1", "-"],
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout
    samples = array.array("h", sound)
    click_s = next(index for index, sample in enumerate(samples) if abs(sample) > 3000) / 48000
    picture = subprocess.run(
        [
            *(TOOLS.ffmpeg, "-v", "error", "-i", str(asset.folder / "v360/main.m3u8")),
            *("-vf", "scale=1:1,format=gray", "-f", "rawvideo", "-"),
        ],
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout
    flash_s = next(index for index, grey in enumerate(picture) if grey > 220) * 1001 / 24000
    assert click_s == pytest.approx(5, abs=0.003)
    assert flash_s == pytest.approx(5, abs=0.042)


def test_dash_is_made_of_the_same_segments(asset: Finished) -> None:
    names = {"mpd": "urn:mpeg:dash:schema:mpd:2011"}
    manifest = ET.parse(asset.folder / "manifest.mpd").getroot()
    assert manifest.get("type") == "static"
    templates = [each.get("media") for each in manifest.iterfind(".//mpd:SegmentTemplate", names)]
    assert set(templates) >= {"v562/$Number%05d$.m4s", "v360/$Number%05d$.m4s", "a-ru/$Number%05d$.m4s"}
    sets = manifest.findall(".//mpd:AdaptationSet", names)
    assert {(each.get("contentType"), each.get("lang")) for each in sets} == {
        *(("video", None), ("audio", "ru"), ("audio", "en"), ("text", "ru"), ("text", "ja"))
    }


def test_subtitles(asset: Finished) -> None:
    assert (asset.folder / "s-ru/subtitles.vtt").read_text("utf-8") == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.500\nПривет, <i>мир</i>\n"
    )
    # It went on for a minute, and the film does not.
    assert "00:00:05.000 --> 00:00:09.009\nこんにちは\n" in (asset.folder / "s-ja/subtitles.vtt").read_text("utf-8")
    segments = m3u8.load(str(asset.folder / "s-ru/main.m3u8")).segments
    texts = [(asset.folder / "s-ru" / segment.uri).read_text("utf-8") for segment in segments]
    assert all(text.startswith("WEBVTT") for text in texts)
    assert sum("Привет" in text for text in texts) == 2


def test_poster_and_storyboard(asset: Finished) -> None:
    with Image.open(asset.folder / "poster.jpg") as poster:
        assert poster.size == (1000, 562)
        assert max(ImageStat.Stat(poster).stddev) > 20, "a picture, not a black frame"
    cues = (asset.folder / "storyboard.vtt").read_text().split("\n\n")[1:]
    with Image.open(asset.folder / "storyboard-001.jpg") as sprite:
        assert len(cues) == 10
        for cue in cues:
            x, y, width, height = (int(part) for part in cue.strip().rpartition("=")[2].split(","))
            assert x + width <= sprite.width
            assert y + height <= sprite.height
            tile = sprite.crop((x, y, x + width, y + height))
            assert max(ImageStat.Stat(tile).stddev) > 20
