"""Small films of every kind, made once a session with the real ffmpeg."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from streaming.ingest.engine import Engine
from streaming.ingest.ffmpeg.processes import Tools

TOOLS = Tools.bundled()
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "films"

Film = Callable[..., Path]

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=3")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """``films("name.mkv", *ffmpeg arguments)``: the file, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("films")

    def film(name: str, *arguments: str) -> Path:
        path = folder / name
        if not path.exists():
            command = [TOOLS.ffmpeg, "-v", "error", "-nostdin", "-y", *arguments, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
        return path

    return film


@pytest.fixture(scope="session")
def plain(films: Film) -> Path:
    """Three seconds of picture and tone."""
    return films("plain.mp4", *PICTURE, *TONE, *H264, "-c:a", "aac", "-movflags", "+faststart")


@pytest.fixture(scope="session")
def rich(films: Film, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine seconds at 23.976 frames a second, tall enough for two renditions, with two languages of sound and text.

    A click of 50 ms at exactly 5 s and a white flash with it, to measure synchrony by.
    """
    texts = tmp_path_factory.mktemp("texts")
    (texts / "ru.srt").write_text("1\n00:00:01,000 --> 00:00:04,500\nПривет, <i>мир</i>\n", "utf-8")
    (texts / "ja.srt").write_text("1\n00:00:05,000 --> 00:01:04,500\nこんにちは\n", "utf-8")
    rate = "24000/1001"
    flash = "drawbox=c=white:t=fill:enable='between(t,5,5.05)'"
    click = "aevalsrc='if(between(t,5,5.05),sin(2*PI*1000*t),0)':d=9:s=48000"
    return films(
        "rich.mkv",
        *("-f", "lavfi", "-i", f"testsrc2=size=1000x562:rate={rate}:duration=9,{flash}"),
        *("-f", "lavfi", "-i", click, "-f", "lavfi", "-i", "sine=f=300:d=9"),
        *("-i", str(texts / "ru.srt"), "-i", str(texts / "ja.srt")),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4", *H264, "-c:a", "flac"),
        *("-metadata:s:a:0", "language=rus", "-metadata:s:a:1", "language=eng", "-metadata:s:a:1", 'title=Dub, "best"'),
        *("-metadata:s:s:0", "language=rus", "-metadata:s:s:1", "language=jpn", "-c:s:0", "srt", "-c:s:1", "ass"),
    )


@pytest.fixture
def engine() -> Engine:
    return Engine(TOOLS)


@pytest.fixture(scope="session")
def shared_media() -> Path:
    """Real films and captions."""
    return Path(__file__).resolve().parents[3] / "fixtures" / "media"
