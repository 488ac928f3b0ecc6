"""A film in HEVC and AV1 beside H.264, with the real encoders."""

import asyncio
import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import m3u8  # type: ignore[import-untyped]  # it ships no types
import pytest

from streaming.ingest.encoding import Encoding
from streaming.ingest.engine import Engine, Finished
from streaming.ingest.picture.codecs import VideoCodec
from streaming.keys.model import Protection
from tests.integration.streaming.clients import STRICT, WEB, node, run
from tests.integration.streaming.ingest.conftest import H264, TOOLS, Film
from tests.integration.streaming.ingest.repackaged import is_encrypted, sealed_and_opened

EVERYTHING = Encoding(codecs=tuple(VideoCodec))
MPD = "{urn:mpeg:dash:schema:mpd:2011}"


@pytest.fixture(scope="module")
def made(films: Film, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Two segments: one more would be missed where key frames are apart."""
    film = films(
        "codecs.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=6"),
        *("-f", "lavfi", "-i", "sine=f=300:r=48000:d=6", *H264, "-c:a", "aac"),
    )
    return asyncio.run(Engine(TOOLS).make(film, tmp_path_factory.mktemp("codecs") / "staging", encoding=EVERYTHING))


async def test_hls_names_each_codec(made: Finished) -> None:
    text = (made.folder / "master.m3u8").read_text()
    variants = {each.uri.partition("/")[0]: each.stream_info for each in m3u8.loads(text).playlists}
    assert list(variants) == ["v90", "v90-hevc", "v90-av1"]
    for name, begins in (("v90", "avc1.64"), ("v90-hevc", "hvc1.1.6.L"), ("v90-av1", "av01.0.00M.08")):
        picture, sound = variants[name].codecs.split(",")
        assert picture.startswith(begins)
        assert (sound, variants[name].audio, variants[name].video_range) == ("mp4a.40.2", "audio", "SDR")
    assert [each.codecs for each in made.published.renditions] == [
        each.codecs.split(",")[0] for each in variants.values()
    ]
    assert [each.height for each in made.published.renditions] == [90] * 3
    if (WEB / "node_modules" / "hls-parser").is_dir():
        seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps({"master.m3u8": text}), cwd=WEB))
        assert seen["master.m3u8"] == {"variants": 3, "iframes": 3, "audio": 1, "subtitles": 0}


def test_all_are_cut_at_the_same_frames(made: Finished) -> None:
    lengths = {
        tuple(segment.duration for segment in m3u8.load(str(path)).segments)
        for path in made.folder.glob("v90*/main.m3u8")
    }
    assert lengths == {(4.0, 2.0)}


def test_the_picture_is_what_its_name_says(made: Finished) -> None:
    assert {name: codec_of(made.folder / name / "main.m3u8") for name in ("v90", "v90-hevc", "v90-av1")} == {
        "v90": "h264",
        "v90-hevc": "hevc",
        "v90-av1": "av1",
    }


def codec_of(playlist: Path) -> str:
    command = [
        TOOLS.ffprobe,
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_streams",
        "-of",
        "json",
        "-i",
        str(playlist),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return str(json.loads(done.stdout)["streams"][0]["codec_name"])


def test_dash_has_a_set_for_each_codec(made: Finished) -> None:
    sets = [
        [each.get("codecs", "")[:4] for each in group.iter(f"{MPD}Representation")]
        for group in ET.parse(made.folder / "manifest.mpd").iter(f"{MPD}AdaptationSet")
        if group.get("contentType") == "video"
    ]
    assert sorted(sets) == [["av01"], ["avc1"], ["hvc1"]]


@pytest.mark.parametrize("mode", [Protection.CBCS, Protection.CENC])
def test_all_are_encrypted_and_decrypted(made: Finished, tmp_path: Path, mode: Protection) -> None:
    sealed, opened = sealed_and_opened(made, mode, tmp_path)
    for name, codec in (("v90", "h264"), ("v90-hevc", "hevc"), ("v90-av1", "av1")):
        assert is_encrypted(sealed.folder / name / "main.m3u8"), name
        assert codec_of(opened.folder / name / "main.m3u8") == codec
    assert opened.published.renditions == made.published.renditions


def test_a_codec_that_nothing_here_encodes_is_told(films: Film, tmp_path: Path) -> None:
    engine = Engine(TOOLS)
    engine._encoders = frozenset({"libx264"})
    film = films("one-second.mp4", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=1", *H264)
    made = asyncio.run(
        engine.make(film, tmp_path / "staging", encoding=Encoding(codecs=(VideoCodec.H264, VideoCodec.AV1)))
    )
    assert made.published.warnings == ("There are no AV1 renditions: this ffmpeg has no encoder for it (libsvtav1).",)
    assert [each.name for each in made.published.renditions] == ["v64"]
