"""Subtitles in films and beside them, with the real programs."""

import re
from pathlib import Path

from streaming.ingest.engine import Engine
from tests.integration.streaming.ingest.conftest import H264, Film

FIXTURES = Path(__file__).parents[3] / "fixtures" / "subtitles"
"""``webvtt.mkv`` is ours: a film of 3 s with a track of the kind ``S_TEXT/WEBVTT``, as mkvmerge writes it."""

FRAMES = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=12:duration=3")
SRT = "1\n00:00:01,000 --> 00:00:02,000\n{text}\n"
SCRIPT = (
    "[Script Info]\n\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.00,x,{text}\n"
)


def cues(staging: Path, track: str) -> str:
    return (staging / track / "subtitles.vtt").read_text("utf-8").partition("\n\n")[2].partition("\n")[2]


async def test_tracks_of_the_film(engine: Engine, films: Film, tmp_path: Path) -> None:
    (tmp_path / "ru.srt").write_bytes(
        SRT.format(text="Ты уверен, что он придёт сегодня? {вздох} C:\\new").encode("cp1251")
    )
    (tmp_path / "hostile.ass").write_text(SCRIPT.format(text="hi" + "{" * 120_000))
    (tmp_path / "fine.ass").write_text(SCRIPT.format(text="{\\i1}fine{\\i0} {note}C:\\Dir"))
    inputs = [word for name in ("ru.srt", "hostile.ass", "fine.ass") for word in ("-i", str(tmp_path / name))]
    film = films(
        "tracks.mkv",
        *(*FRAMES, *inputs, "-map", "0", "-map", "1", "-map", "2", "-map", "3", *H264, "-c:s", "copy"),
        *("-metadata:s:s:0", "language=rus", "-metadata:s:s:2", "language=eng"),
    )
    staging = tmp_path / "staging"
    staging.mkdir()
    published = (await engine.make(film, staging)).published
    assert [track.name for track in published.subtitles] == ["s-ru", "s-en"]
    assert cues(staging, "s-ru") == "Ты уверен, что он придёт сегодня? {вздох} C:\\new\n"
    assert cues(staging, "s-en") == "<i>fine</i> C:\\Dir\n"
    assert published.warnings == (
        "Subtitle track 2 was left out: the cue at 00:00:01.000 is longer than 10000 characters.",
    )


async def test_webvtt_in_matroska(engine: Engine, tmp_path: Path) -> None:
    published = (await engine.make(FIXTURES / "webvtt.mkv", tmp_path)).published
    assert published.warnings == ()
    assert (tmp_path / published.subtitles[0].path).read_text("utf-8") == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nfrom WebVTT\n"
    )


async def test_a_guess_is_told(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("silent.mp4", *FRAMES, *H264)
    side_files = [tmp_path / "silent.srt", tmp_path / "silent.sdh.en.srt", tmp_path / "silent.forced.hi.srt"]
    for file in side_files:
        file.write_text(SRT.format(text="a"))
    side_files[0].write_bytes(SRT.format(text="Добрый вечер!").encode("cp1251"))
    staging = tmp_path / "staging"
    staging.mkdir()
    published = (await engine.make(film, staging, side_files=side_files)).published
    assert published.warnings == (
        "Subtitles silent.srt: it is not UTF-8 and was read as windows-1251: look at its letters.",
    )
    assert [(track.language, track.label, track.forced) for track in published.subtitles] == [
        ("und", "Subtitles", False),
        ("en", "English SDH", False),
        ("hi", "हिन्दी", True),
    ]
    assert "Добрый вечер!" in cues(staging, "s-und")
    manifest = (staging / "manifest.mpd").read_text("utf-8")
    assert re.findall("<BaseURL>(.*?)</BaseURL>", manifest) == [
        f"s-{each}/subtitles.vtt" for each in ("und", "en", "hi")
    ]
    assert "text/vtt" in manifest
    assert ".vtt" not in "".join(re.findall('media="([^"]*)"', manifest))
    assert manifest.count('value="caption"') == 1
    assert 'CHARACTERISTICS="public.accessibility.transcribes' in (staging / "master.m3u8").read_text("utf-8")
