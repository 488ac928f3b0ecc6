"""Files that are no film: each is refused with a reason a person can act on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streaming.ingest import model
from streaming.ingest.engine import Engine
from tests.integration.streaming.ingest.conftest import H264, PICTURE, TONE, Film

Damage = Callable[[Path, Film, Path], Path]


def written(content: bytes, name: str) -> Damage:
    def make(folder: Path, films: Film, plain: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def cut(share: float, *arguments: str, name: str = "cut.mp4") -> Damage:
    """The first part of a good file, as an interrupted download leaves it."""

    def make(folder: Path, films: Film, plain: Path) -> Path:
        whole = films(f"whole-{name}", "-i", str(plain), "-c", "copy", *arguments).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])
        return folder / name

    return make


def encoded(name: str, *arguments: str) -> Damage:
    return lambda _folder, films, _plain: films(name, *arguments)


SECRET = "root:x:0:0:secret"


def pointing_elsewhere(head: str, name: str) -> Damage:
    """A playlist that makes a careless ffmpeg read a file of the server's."""

    def make(folder: Path, films: Film, plain: Path) -> Path:
        (folder / "passwd").write_text(SECRET)
        (folder / name).write_text(head.format(target=plain, secret=folder / "passwd"))
        return folder / name

    return make


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{target}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {target}\n"

CASES: list[tuple[str, Damage, type[model.MediaRefused], str]] = [
    ("missing", lambda folder, _films, _plain: folder / "none.mp4", model.SourceMissing, "There is no file none.mp4"),
    ("empty", written(b"", "empty.mp4"), model.SourceEmpty, r"empty\.mp4 is empty \(0 bytes\)"),
    ("noise", written(bytes(range(256)) * 400, "noise.mkv"), model.NotMedia, "its beginning is damaged|it is no video"),
    ("text", written(b"hello\n", "hello.mp4"), model.NotMedia, "not a video file we can read"),
    ("no index", cut(0.5, name="cut.mp4"), model.NotMedia, r"its index \(moov\) is missing"),
    (
        "half, index first",
        cut(0.5, "-movflags", "+faststart", name="half.mp4"),
        model.SourceDamaged,
        r"its picture ends after \d\.\d s of the 3\.0 s that its header promises",
    ),
    ("half a matroska", cut(0.5, name="half.mkv"), model.SourceDamaged, "its picture ends after"),
    ("sound only", encoded("sound.m4a", *TONE, "-c:a", "aac"), model.NoPicture, "has sound but no picture"),
    (
        "song with a cover",
        encoded(
            "song.mp3",
            *(*TONE, "-f", "lavfi", "-i", "color=red:size=100x100:duration=0.1", "-map", "0", "-map", "1"),
            *("-c:a", "libmp3lame", "-c:v", "mjpeg", "-frames:v", "1", "-disposition:v", "attached_pic"),
        ),
        model.NoPicture,
        "has sound but no picture",
    ),
    (
        "not one frame",
        encoded("zero.mp4", *PICTURE, *H264, "-frames:v", "0"),
        model.NotMedia,
        "there is no track in it",
    ),
    (
        "a picture of 8 pixels",
        encoded("tiny.mkv", "-f", "lavfi", "-i", "testsrc2=size=8x8:duration=1", "-c:v", "ffv1"),
        model.PictureTooSmall,
        "8×8",
    ),
    (
        "half an AV1",
        cut(0.5, "-c:v", "libsvtav1", "-preset", "13", name="half-av1.mkv"),
        model.SourceDamaged,
        "ends after",
    ),
    ("an HLS playlist", pointing_elsewhere(HLS, "list.m3u8"), model.NotMedia, "not a video container we read"),
    ("one that says mp4", pointing_elsewhere(HLS, "list.mp4"), model.NotMedia, "not a video file we can read"),
    ("a concat script", pointing_elsewhere(CONCAT, "script.mkv"), model.NotMedia, "not a video container we read"),
]


@pytest.mark.parametrize(("damage", "error", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_refused(
    engine: Engine,
    films: Film,
    plain: Path,
    tmp_path: Path,
    damage: Damage,
    error: type[model.MediaRefused],
    reason: str,
) -> None:
    film = damage(tmp_path, films, plain)
    with pytest.raises(error, match=reason) as caught:
        await engine.make(film, tmp_path / "staging")
    # The reason goes to editors: it names their file, and no folder of ours.
    assert str(tmp_path) not in caught.value.message
    assert SECRET not in caught.value.message


async def test_a_film_damaged_in_the_middle_is_ingested(
    engine: Engine, films: Film, plain: Path, tmp_path: Path
) -> None:
    """A scratch is no reason to refuse two hours."""
    content = bytearray(films("whole.mkv", "-i", str(plain), "-c", "copy").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(300)
    film = tmp_path / "scratched.mkv"
    film.write_bytes(content)
    finished = await engine.make(film, tmp_path / "staging")
    assert finished.published.duration_ms == pytest.approx(3000, abs=200)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "neither WebVTT nor SRT nor ASS"), (b"WEBVTT\n", "no cue"), (b"\0\1\2" * 99, "not text")],
)
async def test_a_side_file_that_is_no_subtitle(
    engine: Engine, plain: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    side_file = tmp_path / "film.en.srt"
    side_file.write_bytes(content)
    with pytest.raises(model.SubtitlesUnreadable, match=reason):
        await engine.make(plain, tmp_path / "staging", side_files=[side_file])
