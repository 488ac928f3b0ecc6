"""A film with 5.1 sound: stereo for everything, and all channels beside it."""

import asyncio
import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import m3u8  # type: ignore[import-untyped]  # it ships no types
import pytest

from streaming.ingest.encoding import Encoding
from streaming.ingest.engine import Engine, Finished
from streaming.ingest.surround import Surround
from streaming.keys.model import Protection
from tests.integration.streaming.clients import STRICT, WEB, node, run
from tests.integration.streaming.ingest.conftest import H264, TOOLS, Film
from tests.integration.streaming.ingest.repackaged import is_encrypted, sealed_and_opened

MPD = "{urn:mpeg:dash:schema:mpd:2011}"
VOICE = "sine=f=440:r=48000:d=4,pan=5.1|FC=c0"
"""What is said comes from the front centre, and nothing from anywhere else."""


@pytest.fixture(scope="module")
def film(films: Film) -> Path:
    """Dolby Digital Plus in English, something else with six channels in Japanese, and stereo in Russian."""
    return films(
        "surround.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=4"),
        *("-f", "lavfi", "-i", VOICE, "-f", "lavfi", "-i", "sine=f=300:r=48000:d=4"),
        *("-map", "0", "-map", "1", "-map", "1", "-map", "2", *H264),
        *("-c:a:0", "eac3", "-c:a:1", "flac", "-c:a:2", "aac", "-ac:a:2", "2"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=jpn", "-metadata:s:a:2", "language=rus"),
    )


@pytest.fixture(scope="module")
def made(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return asyncio.run(Engine(TOOLS).make(film, tmp_path_factory.mktemp("surround") / "staging"))


def sounds(folder: Path) -> dict[str, tuple[str, int]]:
    """Codec and channels of every rendition, by folder, as ffprobe sees them."""
    found = {}
    for playlist in sorted(folder.glob("*/main.m3u8")):
        command = [TOOLS.ffprobe, "-v", "error", "-show_streams", "-of", "json", "-i", str(playlist)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        for stream in json.loads(done.stdout)["streams"]:
            if stream["codec_type"] == "audio":
                found[playlist.parent.name] = (stream["codec_name"], stream["channels"])
    return found


def loudness(playlist: Path) -> float:
    """Mean volume, dB below full scale."""
    command = [TOOLS.ffmpeg, "-nostdin", "-i", str(playlist), "-af", "volumedetect", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return float(done.stderr.partition("mean_volume:")[2].split()[0])


def test_six_channels_beside_two(made: Finished) -> None:
    assert sounds(made.folder) == {
        "a-en": ("aac", 2),
        "a-ja": ("aac", 2),
        "a-ru": ("aac", 2),
        "surround-en": ("eac3", 6),
        "surround-ja": ("aac", 6),
    }
    assert [
        (each.name, each.surround and (each.surround.codecs, each.surround.channels)) for each in made.published.audio
    ] == [
        ("a-en", ("ec-3", 6)),
        ("a-ja", ("mp4a.40.2", 6)),
        ("a-ru", None),
    ]


def test_what_is_said_is_heard_in_stereo(made: Finished) -> None:
    """The centre goes to both sides at -3 dB (ITU-R BS.775): spread over two of two channels instead of one of six, about 5 dB more."""
    difference = loudness(made.folder / "a-ja" / "main.m3u8") - loudness(made.folder / "surround-ja" / "main.m3u8")
    assert difference == pytest.approx(4.8, abs=1)


async def test_hls_lists_a_group_for_each_codec(made: Finished) -> None:
    text = (made.folder / "master.m3u8").read_text()
    master = m3u8.loads(text)
    assert [(each.group_id, each.language, each.channels, each.uri.partition("/")[0]) for each in master.media] == [
        ("audio", "en", "2", "a-en"),
        ("audio", "ja", "2", "a-ja"),
        ("audio", "ru", "2", "a-ru"),
        ("surround-ec-3", "en", "6", "surround-en"),
        ("surround-ec-3", "ja", "2", "a-ja"),
        ("surround-ec-3", "ru", "2", "a-ru"),
        ("surround-mp4a", "en", "2", "a-en"),
        ("surround-mp4a", "ja", "6", "surround-ja"),
        ("surround-mp4a", "ru", "2", "a-ru"),
    ]  # fmt: skip
    codecs = {each.stream_info.audio: each.stream_info.codecs.split(",")[1:] for each in master.playlists}
    assert codecs == {"audio": ["mp4a.40.2"], "surround-ec-3": ["ec-3", "mp4a.40.2"], "surround-mp4a": ["mp4a.40.2"]}
    if (WEB / "node_modules" / "hls-parser").is_dir():
        seen = json.loads(await run(node(), "-e", STRICT, stdin=json.dumps({"master.m3u8": text}), cwd=WEB))
        assert seen["master.m3u8"] == {"variants": 3, "iframes": 1, "audio": 3, "subtitles": 0}


def test_dash_has_sets_of_one_number_of_channels(made: Finished) -> None:
    assert adaptation_sets(made.folder) == [
        ("en", ["2"]), ("en", ["6"]), ("ja", ["2"]), ("ja", ["6"]), ("ru", ["2"]),
    ]  # fmt: skip


def adaptation_sets(folder: Path) -> list[tuple[str | None, list[str | None]]]:
    found = []
    for each in ET.parse(folder / "manifest.mpd").iter(f"{MPD}AdaptationSet"):
        channels = [told.get("value") for told in each.iter(f"{MPD}AudioChannelConfiguration")]
        if channels:
            found.append((each.get("lang"), channels))
    return sorted(found)


def test_stereo_alone_where_an_operator_says_so(film: Path, tmp_path: Path) -> None:
    made = asyncio.run(Engine(TOOLS).make(film, tmp_path / "staging", encoding=Encoding(Surround.OFF)))
    assert set(sounds(made.folder)) == {"a-en", "a-ja", "a-ru"}
    assert {each.group_id for each in m3u8.load(str(made.folder / "master.m3u8")).media} == {"audio"}


@pytest.mark.parametrize("mode", [Protection.CBCS, Protection.CENC, Protection.AES_128])
def test_it_is_encrypted_and_decrypted_as_all_sound(made: Finished, tmp_path: Path, mode: Protection) -> None:
    sealed, opened = sealed_and_opened(made, mode, tmp_path)
    assert all(is_encrypted(sealed.folder / name / "main.m3u8") for name in ("a-en", "surround-en", "surround-ja"))
    assert sealed.published.audio == made.published.audio
    assert sounds(opened.folder) == sounds(made.folder)
    assert (opened.folder / "master.m3u8").read_text() == (made.folder / "master.m3u8").read_text()
