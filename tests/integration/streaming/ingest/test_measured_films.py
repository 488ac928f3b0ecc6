"""Films whose headers, tags or clocks are wrong: what counts is what is in them."""

import struct
from pathlib import Path

import pytest

from streaming.ingest import model
from streaming.ingest.engine import Engine
from streaming.ingest.model import Published
from tests.integration.streaming.ingest.conftest import FIXTURES, H264, TONE, Film
from tests.integration.streaming.ingest.watching import clicks_s, flashes_s, length_s

TINY = ("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=8")
EVENTS = (
    *(
        "-f",
        "lavfi",
        "-i",
        "color=gray:size=64x48:rate=25:duration=8,drawbox=c=white:t=fill:enable='lt(mod(t-1,4),0.12)*gte(t,1)'",
    ),
    *("-f", "lavfi", "-i", "aevalsrc='if(lt(mod(t-1,4),0.12)*gte(t,1),sin(2*PI*1000*t),0)':d=8:s=48000"),
)
"""A white flash and a click at 1 s and at 5 s."""


async def made(engine: Engine, film: Path, staging: Path, length_ms: float) -> Published:
    """The asset, whose picture and sound are both ``length_ms`` long."""
    published = (await engine.make(film, staging)).published
    assert published.duration_ms == pytest.approx(length_ms, abs=60)
    for track in published.audio:
        assert length_s(staging / track.name / "main.m3u8") == pytest.approx(length_ms / 1000, abs=0.1)
    return published


def together(staging: Path, *expected_s: float) -> None:
    """Flash and click come at the same time, and then."""
    flashes = flashes_s(next(staging.glob("v*")) / "main.m3u8", 25)
    clicks = clicks_s(staging / "a-und" / "main.m3u8")
    assert flashes == pytest.approx(list(expected_s), abs=0.1)
    assert clicks == pytest.approx(flashes, abs=0.05)


@pytest.mark.parametrize("begin_s", [(0, 3604), (3600, 0), (0, 0), (5, 7)])
async def test_a_recording_whose_clock_jumps(
    engine: Engine, films: Film, tmp_path: Path, begin_s: tuple[int, int]
) -> None:
    """An hour ahead, back to its beginning, or back a little: what a restarted encoder leaves in one file."""
    parts = [
        films(f"part-{begin}.ts", *EVENTS, "-t", "4", *H264, "-c:a", "mp2", "-output_ts_offset", str(begin))
        for begin in begin_s
    ]
    film = tmp_path / "jump.ts"
    film.write_bytes(b"".join(part.read_bytes() for part in parts))
    await made(engine, film, tmp_path / "staging", 8000)
    together(tmp_path / "staging", 1, 5)


async def test_a_disc_whose_clock_begins_anew(engine: Engine, films: Film, tmp_path: Path) -> None:
    part = films("part.mpg", *EVENTS, "-t", "4", "-c:v", "mpeg2video", "-c:a", "mp2")
    film = tmp_path / "cells.mpg"
    film.write_bytes(part.read_bytes() * 2)
    await made(engine, film, tmp_path / "staging", 8000)
    together(tmp_path / "staging", 1, 5)


async def test_sound_that_was_away_comes_back_in_step(engine: Engine, films: Film, tmp_path: Path) -> None:
    """ffmpeg would join what is left of it, and move one track against the other."""
    picture = "color=gray:size=64x48:rate=25:duration=16,drawbox=c=white:t=fill:enable='lt(mod(t-1,14),0.12)*gte(t,1)'"
    click = "aevalsrc='if(lt(mod(t-1,14),0.12)*gte(t,1),sin(2*PI*1000*t),0)':d=16:s=48000,aselect='lt(t,2)+gte(t,14)'"
    film = films("away.ts", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", click, *H264, "-c:a", "mp2")
    await made(engine, film, tmp_path, 16_000)
    together(tmp_path, 1, 15)


async def test_an_hour_of_nothing_in_mp4(engine: Engine, films: Film, tmp_path: Path) -> None:
    """Its packets last until the next one, an hour if need be."""
    film = films(
        "hole.mp4",
        *EVENTS,
        *("-vf", "setpts='PTS+gte(T,4)*3600/TB'", "-af", "asetpts='PTS+gte(T,4)*3600/TB'"),
        *("-fps_mode", "passthrough", *H264, "-c:a", "aac"),
    )
    await made(engine, film, tmp_path, 8000)
    together(tmp_path, 1, 5)


async def test_an_hour_of_nothing_in_matroska(engine: Engine, films: Film, tmp_path: Path) -> None:
    texts = tmp_path / "film.srt"
    texts.write_text("1\n01:00:05,000 --> 01:00:06,000\nLater\n")
    film = films(
        "hole.mkv",
        *EVENTS,
        *("-i", str(texts), "-vf", "setpts='PTS+gte(T,3)*3600/TB'", "-af", "asetpts='PTS+gte(T,3)*3600/TB'"),
        *("-fps_mode", "passthrough", *H264, "-c:a", "aac", "-c:s", "srt"),
    )
    published = await made(engine, film, tmp_path / "staging", 8000)
    together(tmp_path / "staging", 1, 5)
    assert "00:00:05.0" in (tmp_path / "staging" / "s-und" / "subtitles.vtt").read_text()
    assert any("without picture and sound" in warning for warning in published.warnings)


async def test_tags_from_another_life(engine: Engine, tmp_path: Path) -> None:
    published = await made(engine, FIXTURES / "stale-duration.mkv", tmp_path, 8020)
    assert published.warnings == ("It claims to last 20:00, and 0:08 of it is there.",)


async def test_headers_that_promise_ten_days(engine: Engine, films: Film, tmp_path: Path) -> None:
    """Of the movie, of each track and of the last sample: all of them lie."""
    content = bytearray(films("eight.mp4", *TINY, *TONE, "-t", "2", *H264, "-bf", "0", "-c:a", "aac").read_bytes())
    ten_days = 864_000
    for kind, scale_at in ((b"mvhd", 16), (b"mdhd", 16)):
        at = content.find(kind)
        while at >= 0:
            (scale,) = struct.unpack_from(">I", content, at + scale_at)
            struct.pack_into(">I", content, at + scale_at + 4, min(2**32 - 1, ten_days * scale))
            at = content.find(kind, at + 4)
    at = content.index(b"stts")
    assert struct.unpack_from(">III", content, at + 8) == (1, 50, 512)
    # 50 frames of 512 ticks: the last of them longer than a table of one entry can say, so all of the table is replaced.
    await made(engine, written(tmp_path, content), tmp_path / "staging", 2000)


def written(folder: Path, content: bytes | bytearray) -> Path:
    (folder / "film.mp4").write_bytes(content)
    return folder / "film.mp4"


async def test_a_last_frame_that_stays_for_ten_days(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films("stays.mkv", *TINY, "-t", "2", *H264, "-bsf:v", "setts=duration='if(eq(N,49),864000/TB,DURATION)'")
    await made(engine, film, tmp_path, 2000)


async def test_the_last_picture_is_held_for_sound_that_goes_on(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "goes-on.mp4", *TINY, "-f", "lavfi", "-i", "sine=d=6", "-filter:v", "trim=end=0.6", *H264, "-c:a", "aac"
    )
    published = await made(engine, film, tmp_path, 6000)
    assert published.warnings == ("Its sound goes on for 5.4 s after its picture; the last picture is held.",)


async def test_a_picture_that_comes_late(engine: Engine, films: Film, tmp_path: Path) -> None:
    picture, sound = EVENTS[:4], EVENTS[4:]
    film = films("late.mkv", "-itsoffset", "2", *picture, "-itsoffset", "2", *sound, *TONE, "-map", "0", "-map", "1",
                 "-map", "2", "-t", "8", *H264, "-c:a", "aac")  # fmt: skip
    await made(engine, film, tmp_path, 8000)
    together(tmp_path, 3, 7)


async def test_a_late_picture_in_av1(engine: Engine, films: Film, tmp_path: Path) -> None:
    """Another program decodes it, and its first frame still comes when it should."""
    picture, sound = EVENTS[:4], EVENTS[4:]
    film = films("late-av1.mkv", "-itsoffset", "2", *picture, "-itsoffset", "2", *sound, *TONE, "-map", "0", "-map", "1",
                 "-map", "2", "-t", "4", "-c:v", "libsvtav1", "-preset", "13", "-c:a", "aac")  # fmt: skip
    await made(engine, film, tmp_path, 4000)
    together(tmp_path, 3)


async def test_a_still_beside_the_film(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "film-and-still.mp4",
        *(*TINY, *TONE, "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=1:duration=1"),
        *("-map", "0", "-map", "1", "-map", "2", "-t", "3", *H264, "-c:a", "aac", "-disposition:v", "default"),
    )
    published = await made(engine, film, tmp_path, 3000)
    assert (published.width, published.height) == (64, 48)
    assert published.warnings == ("Picture track 2 (h264, 160×90, 0:01) was left out: a film has one picture.",)


class TestSound:
    @staticmethod
    def unknown(film: Path, folder: Path, which: int) -> Path:
        """``film`` with the AAC track ``which`` called AC-4, which nobody decodes."""
        content = film.read_bytes()
        at = -1
        for _ in range(which + 1):
            at = content.index(b"mp4a\0\0\0\0", at + 1)
        content = content[:at] + b"ac-4" + content[at + 4 :]
        at = content.index(b"esds", at)
        return written(folder, content[:at] + b"free" + content[at + 4 :])

    async def test_a_second_one_that_nobody_decodes(self, engine: Engine, films: Film, tmp_path: Path) -> None:
        two = films(
            "two.mp4", *TINY, *TONE, *TONE, "-map", "0", "-map", "1", "-map", "2", "-t", "2", *H264, "-c:a", "aac"
        )
        published = await made(engine, self.unknown(two, tmp_path, 1), tmp_path / "staging", 2000)
        assert len(published.audio) == 1
        assert published.warnings == ("Sound track 2 (ac4) cannot be decoded and was left out.",)

    async def test_the_only_one(self, engine: Engine, films: Film, tmp_path: Path) -> None:
        one = films("one.mp4", *TINY, *TONE, "-t", "2", *H264, "-c:a", "aac")
        published = await made(engine, self.unknown(one, tmp_path, 0), tmp_path / "staging", 2000)
        assert published.audio == ()
        assert published.warnings == ("Sound track 1 (ac4) cannot be decoded and was left out: the film has no sound.",)

    async def test_noise_after_a_good_beginning(self, engine: Engine, films: Film, tmp_path: Path) -> None:
        content = bytearray(films("apart.mkv", *TINY, *TONE, "-t", "2", *H264, "-c:a", "flac").read_bytes())
        # FLAC frames begin with this code; all but the first four lose their headers.
        at, seen = content.find(b"\xff\xf8"), 0
        while at >= 0:
            seen += 1
            if seen > 4:
                content[at : at + 16] = bytes(16)
            at = content.find(b"\xff\xf8", at + 16)
        film = tmp_path / "noise.mkv"
        film.write_bytes(content)
        published = await made(engine, film, tmp_path / "staging", 2000)
        assert published.audio == ()
        assert published.warnings[0] == "Sound track 1 could hardly be decoded and was left out."


async def test_a_picture_that_turns_to_noise_is_damage(engine: Engine, films: Film, tmp_path: Path) -> None:
    content = bytearray(films("plain-8.mp4", *TINY, *H264).read_bytes())
    begin, end = content.index(b"mdat") + 4, content.rindex(b"moov") - 4
    half = (begin + end) // 2
    content[half:end] = b"\xff" * (end - half)
    film = written(tmp_path, content)
    with pytest.raises(model.SourceDamaged, match=r"can be decoded only until|most of its picture"):
        await engine.make(film, tmp_path / "staging")
