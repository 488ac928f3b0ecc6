"""Films as people have them: every one becomes something that plays."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from streaming.ingest.engine import Engine
from streaming.ingest.model import Published
from streaming.uploads.sniff import SNIFFED_BYTES, foreign_format
from tests.integration.streaming.ingest.conftest import H264, PICTURE, TONE, TOOLS, Film
from tests.integration.streaming.ingest.watching import length_s


async def made(engine: Engine, film: Path, staging: Path, side_files: Sequence[Path] = ()) -> Published:
    finished = await engine.make(film, staging, side_files=side_files)
    assert plays(staging / "master.m3u8") == ""
    return finished.published


def plays(playlist: Path) -> str:
    """What ffmpeg complains of when it decodes all of ``playlist``."""
    command = [TOOLS.ffmpeg, "-v", "warning", "-nostdin", "-i", str(playlist)]
    command += ["-map", "0:v", "-map", "0:a?", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr or ("" if done.returncode == 0 else f"status {done.returncode}")


def streams(file: Path) -> list[dict[str, Any]]:
    command = [TOOLS.ffprobe, "-v", "error", "-show_streams", "-of", "json", str(file)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["streams"]
    return found


def head_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(SNIFFED_BYTES)


def pixels(folder: Path, rendition: str) -> tuple[Any, Any]:
    stream = streams(folder / rendition / "main.m3u8")[0]
    return stream["pix_fmt"], stream.get("color_transfer")


async def test_portrait(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("portrait.mp4", "-f", "lavfi", "-i", "testsrc2=size=360x640:rate=30:duration=1", *H264)
    published = await made(engine, film, tmp_path)
    assert [(each.name, each.width, each.height) for each in published.renditions] == [
        ("v360", 360, 640),
        ("v240", 240, 426),
    ]
    assert published.frame_rate == 30


async def test_turned_by_a_phone(engine: Engine, films: Film, plain: Path, tmp_path: Path) -> None:
    film = films("turned.mp4", "-display_rotation", "90", "-i", str(plain), "-t", "1", "-c", "copy")
    published = await made(engine, film, tmp_path)
    assert (published.width, published.height) == (180, 320)
    assert streams(tmp_path / "v180" / "main.m3u8")[0]["height"] == 320


async def test_odd_sides(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("odd.mkv", "-f", "lavfi", "-i", "testsrc2=size=321x181:rate=24:duration=1", "-c:v", "ffv1")
    published = await made(engine, film, tmp_path)
    assert (published.width, published.height) == (320, 180)


async def test_wide_pixels(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "dvd.mpg", "-f", "lavfi", "-i", "testsrc2=size=352x288:rate=25:duration=1,setsar=16/11", "-c:v", "mpeg2video"
    )
    published = await made(engine, film, tmp_path)
    assert (published.width, published.height) == (512, 288)
    assert streams(tmp_path / "v288" / "main.m3u8")[0]["sample_aspect_ratio"] == "1:1"


async def test_huge_frame_rate(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("fast.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=240:duration=1", *H264)
    published = await made(engine, film, tmp_path)
    assert published.frame_rate == 60
    assert published.duration_ms == 1000


async def test_variable_frame_rate(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "variable.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=4"),
        *("-vf", "select='lt(n,40)+not(mod(n,7))'", "-fps_mode", "vfr", *H264),
    )
    published = await made(engine, film, tmp_path)
    assert published.frame_rate == 30
    assert published.duration_ms == pytest.approx(4000, abs=250)


async def test_a_frame_every_three_seconds(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("slides.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=1/3:duration=9", *H264)
    published = await made(engine, film, tmp_path)
    assert (published.frame_rate, published.duration_ms) == (1, 9000)


async def test_a_single_frame(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("frame.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=0.04", *H264)
    published = await made(engine, film, tmp_path)
    assert published.duration_ms == 42
    assert (tmp_path / "poster.jpg").stat().st_size > 1000


async def test_ten_bits_and_high_dynamic_range(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "hdr.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=24:duration=0.2"),
        *("-vf", "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc,format=yuv420p10le"),
        *("-c:v", "libx264", "-preset", "ultrafast"),
    )
    await made(engine, film, tmp_path)
    assert pixels(tmp_path, "v90") == ("yuv420p", "bt709")


async def test_av1_with_ten_bits(engine: Engine, films: Film, tmp_path: Path) -> None:
    """The bundled ffmpeg knows AV1 and cannot decode it; another decoder hands it the frames."""
    film = films(
        "av1-10.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=2", "-f", "lavfi", "-i", "sine=d=2"),
        *("-pix_fmt", "yuv420p10le", "-c:v", "libsvtav1", "-preset", "13", "-c:a", "libopus"),
    )
    published = await made(engine, film, tmp_path)
    assert published.duration_ms == pytest.approx(2000, abs=50)
    assert len(published.audio) == 1
    assert pixels(tmp_path, "v180")[0] == "yuv420p"


async def test_interlaced(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "interlaced.mpg",
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=50:duration=1,interlace"),
        *("-c:v", "mpeg2video", "-flags", "+ilme+ildct"),
    )
    assert (await engine.probe(film)).picture.interlaced
    published = await made(engine, film, tmp_path)
    assert published.frame_rate == 25


async def test_four_four_four_full_range(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "full.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=1"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuvj444p"),
    )
    await made(engine, film, tmp_path)
    assert pixels(tmp_path, "v180")[0] == "yuv420p"


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("container.ts", [*H264, "-c:a", "aac"]),
        ("container.m2ts", [*H264, "-c:a", "ac3"]),
        ("container.flv", [*H264, "-c:a", "aac"]),
        ("container.avi", ["-c:v", "mpeg4", "-c:a", "libmp3lame"]),
        ("container.vob", ["-c:v", "mpeg2video", "-c:a", "mp2"]),
        ("container.mov", ["-c:v", "prores_ks", "-c:a", "pcm_s16le"]),
        ("container.mkv", ["-c:v", "libx265", "-x265-params", "log-level=none", "-c:a", "libopus"]),
    ],
)
async def test_containers(engine: Engine, films: Film, tmp_path: Path, name: str, codecs: list[str]) -> None:
    film = films(name, "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=1", *TONE, "-t", "1", *codecs)
    published = await made(engine, film, tmp_path)
    assert published.duration_ms == pytest.approx(1000, abs=81)
    assert len(published.audio) == 1
    assert foreign_format(head_of(film)) is None, "it could be uploaded, too"


async def test_without_sound(engine: Engine, films: Film, tmp_path: Path) -> None:
    published = await made(engine, films("silent.mp4", *PICTURE, *H264), tmp_path)
    assert published.audio == ()
    assert "mp4a" not in (tmp_path / "master.m3u8").read_text()


async def test_shorter_sound_is_followed_by_silence(engine: Engine, films: Film, tmp_path: Path) -> None:
    """Players stall where tracks end apart."""
    film = films("short-sound.mp4", *PICTURE, "-f", "lavfi", "-i", "sine=d=1", *H264, "-c:a", "aac")
    published = await made(engine, film, tmp_path)
    assert published.duration_ms == 3000
    assert length_s(tmp_path / "a-und" / "main.m3u8") == pytest.approx(3, abs=0.05)


async def test_a_container_that_does_not_know_its_length(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "stream.webm",
        *PICTURE,
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-f",
        "webm",
        "-live",
        "1",
    )
    assert (await engine.probe(film)).duration_ms is None
    assert (await made(engine, film, tmp_path)).duration_ms == 3000


async def test_a_name_that_is_an_option_a_pattern_and_a_list(engine: Engine, plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "100%, in=a;b"
    folder.mkdir()
    film = folder / "-i %03d, 'x'.mp4"
    shutil.copy(plain, film)
    published = await made(engine, film, folder / "staging, stream=video")
    assert published.poster == "poster.jpg"


class TestRealFilms:
    """Files from outside; where they are from stands beside them."""

    async def test_big_buck_bunny(self, engine: Engine, shared_media: Path, tmp_path: Path) -> None:
        published = await made(engine, shared_media / "bigbuckbunny.mp4", tmp_path)
        assert [each.name for each in published.renditions] == ["v720", "v480", "v360", "v240"]
        assert published.duration_ms == pytest.approx(5280, abs=100)
        assert len(published.audio) == 1

    async def test_bikes_with_captions_beside_it(self, engine: Engine, shared_media: Path, tmp_path: Path) -> None:
        captions = [shared_media / f"elephantsdream/captions.{language}.vtt" for language in ("ar", "ja", "ru")]
        descriptions = shared_media / "elephantsdream/descriptions.en.vtt"
        published = await made(engine, shared_media / "bikes.mp4", tmp_path, [*captions, descriptions])
        assert (published.width, published.height) == (640, 272)
        # The captions begin at 15 s and the film ends at 10 s; the descriptions begin at once.
        assert [track.language for track in published.subtitles] == ["en"]
        assert published.warnings == ("3 subtitle track(s) without a cue within the film were left out.",)
