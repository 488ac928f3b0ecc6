"""Colours and shapes as people see them: what is decoded, read as it is tagged, is what the film meant."""

import asyncio
import colorsys
import struct
import subprocess
from pathlib import Path

import pytest

from streaming.ingest import model
from streaming.ingest.engine import Engine
from streaming.ingest.picture import tone_map
from streaming.ingest.picture.colour import HLG, PQ
from tests.integration.streaming.ingest.boxes import clap, dolby_vision, with_box
from tests.integration.streaming.ingest.conftest import FIXTURES, H264, TONE, TOOLS, Film
from tests.integration.streaming.ingest.watching import Colour, colours, decoded, first_picture, tags

AV1 = ("-c:v", "libsvtav1", "-preset", "13")
PATCHES: list[Colour] = [(192, 32, 32), (32, 160, 64), (32, 64, 192)]


def near(found: list[Colour], expected: list[Colour], within: int) -> None:
    for patch, meant in zip(found, expected, strict=True):
        assert patch == pytest.approx(meant, abs=within)


def hue(colour: Colour) -> float:
    return colorsys.rgb_to_hsv(*colour)[0] * 360


def luma(colour: Colour) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def raw(folder: Path, shown: list[Colour], width: int, height: int, bits: int = 8) -> tuple[str, ...]:
    """Arguments of ffmpeg for two frames of ``shown`` in columns, values of ``bits`` bits."""
    kind = "B" if bits == 8 else "H"
    line = b"".join(struct.pack(f"<3{kind}", *colour) * (width // len(shown)) for colour in shown)
    path = folder / "patches.raw"
    path.write_bytes(line * height)
    pixels = "rgb24" if bits == 8 else "rgb48le"
    return (
        *("-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width}x{height}", "-r", "5"),
        *("-stream_loop", "1", "-i", str(path), "-preset", "ultrafast"),
    )


class TestColours:
    @pytest.mark.parametrize(
        ("arguments", "height"),
        [
            (("-c:v", "libx264rgb", "-crf", "4"), 32),
            (("-c:v", "libx264rgb", "-crf", "4"), 720),
            (("-c:v", "ffv1", "-pix_fmt", "bgr0"), 32),
            # Nobody says: BT.601 where it is small, BT.709 where it is large.
            (("-vf", "scale=out_color_matrix=bt601", "-pix_fmt", "yuv420p", "-c:v", "libx264"), 32),
            (("-vf", "scale=out_color_matrix=bt709", "-pix_fmt", "yuv420p", "-c:v", "libx264"), 720),
            # Somebody says, against what one would guess.
            (("-vf", "scale=out_color_matrix=bt709,format=yuv420p,setparams=colorspace=bt709", "-c:v", "libx264"), 32),
            (("-vf", "scale=out_color_matrix=bt601,format=yuv420p,setparams=colorspace=bt470bg", "-c:v", "libx264"), 720),
            (("-vf", "scale=out_color_matrix=bt709:out_range=pc,format=yuv444p,setparams=colorspace=bt709:range=pc", "-c:v", "libx264"), 32),
            (("-vf", "scale=out_color_matrix=bt601:out_range=pc,format=yuv420p,setparams=colorspace=smpte170m:range=pc",
              "-c:v", "libsvtav1", "-preset", "13", "-crf", "8"), 64),
        ],
    )  # fmt: skip
    async def test_of_ordinary_films(
        self, engine: Engine, tmp_path: Path, films: Film, arguments: tuple[str, ...], height: int
    ) -> None:
        width = 3 * height if height < 720 else 1278
        film = films(f"patches-{abs(hash(arguments))}-{height}.mkv", *raw(tmp_path, PATCHES, width, height), *arguments)
        published = (await engine.make(film, tmp_path / "staging")).published
        for each in published.renditions:
            playlist = tmp_path / "staging" / each.name / "main.m3u8"
            near(colours(playlist, each.width, each.height, 3), PATCHES, 6)
            # Chromium believes a tag only where none of the three is missing.
            assert "unknown" not in tags(playlist)
        poster = decoded(
            tmp_path / "staging" / "poster.jpg", "-vf", "scale=3:1:flags=area,format=rgb24", "-f", "rawvideo"
        )
        near([(red, green, blue) for red, green, blue in zip(*[iter(poster)] * 3, strict=True)], PATCHES, 12)

    async def test_of_a_phones_blue_sky(self, engine: Engine, tmp_path: Path) -> None:
        """A curve on each channel makes it violet, and so does ffmpeg's own "perceptual" intent."""
        await engine.make(FIXTURES / "hdr10-sky.mp4", tmp_path)
        blue, sky, orange, grey = colours(tmp_path / "v360" / "main.m3u8", 640, 180, 4)
        for found, meant in ((blue, (0x3C, 0x78, 0xD8)), (sky, (0x78, 0xB4, 0xFF)), (orange, (0xE6, 0x96, 0x3C))):
            assert hue(found) == pytest.approx(hue(meant), abs=10)
        assert blue[0] < blue[1] < blue[2]
        assert max(grey) - min(grey) < 12
        # Of light alike, as sky and grey are, neither is much darker than the other.
        assert luma(blue) < luma(sky) == pytest.approx(luma(grey), abs=35)

    @pytest.mark.parametrize(
        ("transfer", "primaries", "full_range", "codes"),
        [
            (PQ, "bt2020", False, [0.45, 0.50, 0.56]),
            (PQ, "bt2020", True, [0.45, 0.50, 0.56]),
            (HLG, "bt2020", False, [0.40, 0.50, 0.60]),
            ("bt709", "smpte432", False, [0.40, 0.50, 0.75]),
            ("bt709", "bt2020", False, [0.45, 0.55, 0.75]),
        ],
    )
    async def test_of_wide_and_bright_ones(
        self,
        engine: Engine,
        tmp_path: Path,
        transfer: str,
        primaries: str,
        full_range: bool,
        codes: list[float],
    ) -> None:
        """What the table says for three colours comes out of the whole pipeline, whatever the range."""
        low, middle, high = (round(code * 65535) for code in codes)
        shown = [(low, middle, high), (high, middle, low), (middle, high, low)]
        matrix = "bt2020nc" if primaries == "bt2020" else "bt709"
        kind = "pc" if full_range else "tv"
        film = tmp_path / "film.mkv"
        command = [
            *(TOOLS.ffmpeg, "-v", "error", "-y", *raw(tmp_path, shown, 96, 32, 16)),
            "-vf",
            (
                f"scale=out_color_matrix={matrix.removesuffix('nc')}:out_range={kind},format=yuv444p10,"
                f"setparams=colorspace={matrix}:color_primaries={primaries}:color_trc={transfer}:range={kind}"
            ),
            *("-c:v", "libx264", "-crf", "4", str(film)),
        ]
        await asyncio.to_thread(subprocess.run, command, check=True, timeout=60)
        await engine.make(film, tmp_path / "staging")
        found = colours(next((tmp_path / "staging").glob("v*")) / "main.m3u8", 96, 32, 3)
        near(found, [mapped(transfer, primaries, colour) for colour in shown], 5)

    @pytest.mark.parametrize(("profile", "compatible", "refused"), [(5, 0, True), (8, 1, False)])
    async def test_of_dolby_vision(
        self, engine: Engine, films: Film, tmp_path: Path, profile: int, compatible: int, refused: bool
    ) -> None:
        plain = films("plain-dv.mp4", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=5:duration=0.4", *H264)
        film = tmp_path / "dolby.mp4"
        film.write_bytes(with_box(plain.read_bytes(), b"avc1", dolby_vision(profile, compatible)))
        if refused:
            with pytest.raises(model.ColoursUnreadable, match=r"Dolby Vision profile 5, whose colours .* convert it"):
                await engine.make(film, tmp_path / "staging")
        else:
            await engine.make(film, tmp_path / "staging")


def mapped(transfer: str, primaries: str, colour: Colour) -> Colour:
    """What the table means for ``colour`` (16 bits a channel), without its steps."""
    hdr = transfer in {PQ, HLG}
    codes = [channel / 65535 for channel in colour]
    if transfer == PQ:
        light = tone_map._each(
            (codes[0], codes[1], codes[2]), lambda code: tone_map.pq_nits(code) / tone_map.WHITE_NITS
        )
    else:
        light = tone_map._light(transfer)(*codes)
    tone = tone_map._knee(1000) if hdr else tone_map._identity
    shown = tone_map._shown(tone_map._times(tone_map._conversion(primaries), light), tone, 2.2 if hdr else 2.4)
    red, green, blue = (round(channel * 255) for channel in shown)
    return red, green, blue


def white_square(playlist: Path, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is white."""
    picture = first_picture(playlist)
    white = [place for place in range(width * height) if picture[place * 3] > 200]
    xs, ys = [place % width for place in white], [place // width for place in white]
    return min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1


class TestShapes:
    SQUARE = "color=gray:size=640x480:rate=5:duration=1,drawbox=x=240:y=160:w=160:h=160:c=white:t=fill"

    @pytest.mark.parametrize("name", ["crop-display.mkv", "crop-mkvmerge.mkv"])
    async def test_a_crop_of_matroska(self, engine: Engine, tmp_path: Path, name: str) -> None:
        published = (await engine.make(FIXTURES / name, tmp_path)).published
        assert (published.width, published.height) == (640, 360)
        _, _, width, height = white_square(tmp_path / "v360" / "main.m3u8", 640, 360)
        assert width / height == pytest.approx(1, abs=0.02)

    @pytest.mark.parametrize("turned", [False, True])
    async def test_a_clean_aperture_of_mp4(self, engine: Engine, films: Film, tmp_path: Path, turned: bool) -> None:
        plain = films("square.mp4", "-f", "lavfi", "-i", self.SQUARE, *H264)
        if turned:
            plain = films("square-turned.mp4", "-display_rotation", "90", "-i", str(plain), "-c", "copy")
        film = tmp_path / "clap.mp4"
        film.write_bytes(with_box(plain.read_bytes(), b"avc1", clap(640, 360)))
        published = (await engine.make(film, tmp_path / "staging")).published
        size = (360, 640) if turned else (640, 360)
        assert (published.width, published.height) == size
        _, _, width, height = white_square(tmp_path / "staging" / "v360" / "main.m3u8", *size)
        assert width / height == pytest.approx(1, abs=0.02)

    async def test_a_crop_of_wide_pixels(self, engine: Engine, films: Film, tmp_path: Path) -> None:
        plain = films("wide.mp4", "-f", "lavfi", "-i", f"{self.SQUARE},scale=320:480,setsar=2/1", *H264)
        film = tmp_path / "clap.mp4"
        film.write_bytes(with_box(plain.read_bytes(), b"avc1", clap(320, 360)))
        published = (await engine.make(film, tmp_path / "staging")).published
        assert (published.width, published.height) == (640, 360)
        _, _, width, height = white_square(tmp_path / "staging" / "v360" / "main.m3u8", 640, 360)
        assert width / height == pytest.approx(1, abs=0.02)

    @pytest.mark.parametrize(
        ("codec", "turn", "first"),
        [
            # ffmpeg turns what it decodes by itself, and we the rest.
            (H264, ("90",), "bottom"),
            (H264, ("0", "-display_hflip"), "right"),
            (AV1, ("90",), "bottom"),
            (AV1, ("-90",), "top"),
            (AV1, ("180",), "right"),
            (AV1, ("0", "-display_hflip"), "right"),
        ],
    )
    async def test_a_turned_film(
        self, engine: Engine, films: Film, tmp_path: Path, codec: tuple[str, ...], turn: tuple[str, ...], first: str
    ) -> None:
        """The white side is left in what was coded; ``first`` says where people see it, whoever decodes."""
        picture = "color=gray:size=128x64:rate=5:duration=1,drawbox=x=0:y=0:w=32:h=64:c=white:t=fill"
        lying = films(f"lying-{codec[1]}.mp4", "-f", "lavfi", "-i", picture, *TONE, "-t", "1", *codec)
        film = films(
            f"turned-{codec[1]}-{'_'.join(turn)}.mp4",
            *("-display_rotation", turn[0], *turn[1:], "-i", str(lying), "-c", "copy"),
        )
        published = (await engine.make(film, tmp_path)).published
        width, height = (128, 64) if first in {"left", "right"} else (64, 128)
        assert (published.width, published.height) == (width, height)
        found = white_square(tmp_path / published.renditions[0].name / "main.m3u8", width, height)
        expected = {"top": (0, 0, 64, 32), "bottom": (0, 96, 64, 32), "right": (96, 0, 32, 64)}[first]
        assert found == pytest.approx(expected, abs=2)
