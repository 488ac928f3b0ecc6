"""Pictures from strangers: small, square, upright and clean afterwards, whatever they were before."""

import asyncio
import contextlib
import io
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from kernel.errors import Unavailable
from kernel.images import images
from kernel.images.images import MAX_DECODED_BYTES, MAX_IMAGE_BYTES, MAX_WAITING, ImageTooLarge, NotAnImage, square_webp

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 160, 30)
SIZE = 64
ROOT = Path(__file__).parents[4]
PICTURES = ROOT / "tests" / "fixtures" / "pictures"


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def flag(width: int = 300, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises what its few bytes of data do not hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


async def opened(data: bytes) -> Image.Image:
    webp = await square_webp(data, size_px=SIZE)
    image = Image.open(io.BytesIO(webp), formats=["WEBP"])
    image.load()
    assert image.size == (SIZE, SIZE)
    return image


def colour(image: Image.Image, x: int, y: int) -> str:
    pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return "rgb"[max(range(3), key=lambda channel: pixel[channel])]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_every_kind_becomes_a_square_of_its_middle(kind: str) -> None:
    image = await opened(encoded(flag(), kind))
    assert (colour(image, 5, 32), colour(image, 58, 32)) == ("r", "b")


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
async def test_every_mode(mode: str) -> None:
    image = Image.new(mode, (90, 90)) if mode in {"I;16", "LA"} else flag().convert(mode)
    await opened(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))


async def test_transparency_stays() -> None:
    image = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 40, 80))
    small = (await opened(encoded(image, "PNG"))).convert("RGBA")
    assert [small.getpixel((x, 32))[3] > 128 for x in (5, 58)] == [True, False]  # type: ignore[index]  # RGBA


async def test_an_animation_stands_still() -> None:
    frames = [Image.new("RGB", (50, 50), tone) for tone in (GREEN, RED, BLUE)]
    for kind in ("GIF", "WEBP"):
        image = await opened(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert (getattr(image, "n_frames", 1), colour(image, 30, 30)) == (1, "g")


async def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to look at it: what is left comes to the top
    image = await opened(encoded(flag(200, 200), "JPEG", exif=exif, quality=95))
    assert (colour(image, 32, 5), colour(image, 32, 58)) == ("r", "b")


async def test_where_and_with_what_it_was_taken_is_dropped() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    for kind in ("JPEG", "PNG", "WEBP"):
        original = encoded(flag(), kind, exif=exif, icc_profile=b"SECRETPROFILE" * 20)
        assert b"SECRETCAMERA" in original
        webp = await square_webp(original, size_px=SIZE)
        assert b"SECRET" not in webp
        image = Image.open(io.BytesIO(webp))
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(image.info)


async def test_a_page_hidden_in_a_picture_does_not_come_out() -> None:
    page = b"<script>alert(1)</script>"
    exif = Image.Exif()
    exif[0x9286] = page.decode()
    archive = b"PK\x03\x04 and the rest of an archive"
    for original in (encoded(flag(), "JPEG", comment=page) + page, encoded(flag(), "GIF", comment=page) + archive):
        webp = await square_webp(original, size_px=SIZE)
        assert b"script" not in webp
        assert b"archive" not in webp
        assert len(webp) == int.from_bytes(webp[4:8], "little") + 8, "nothing stands after the end"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><title>picture.png</title>",
        b"\x89PNG\r\n\x1a\n<!doctype html><script>alert(1)</script>",
        b"\xff\xd8\xff<html>" + bytes(1000),
        b"%PDF-1.7\n",
        b"\x00\x00\x00\x18ftypheic" + bytes(100),
        b"BM" + bytes(100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",  # Pillow would hand it to Ghostscript
        png_of(100, 100)[:60],
        png_of(100, 100),
    ],
    ids=lambda data: repr(data[:14]),
)
async def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        await square_webp(data, size_px=SIZE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_half_a_picture_is_none(kind: str) -> None:
    noisy = Image.effect_noise((300, 300), 90).convert("RGB")
    data = encoded(noisy, kind)
    with pytest.raises(NotAnImage):
        await square_webp(data[: len(data) // 2], size_px=SIZE)


async def test_damaged_bytes_never_do_more_than_get_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        data = bytearray(encoded(flag(60, 60), kind))
        for position in range(3, min(len(data), 400), 3):
            hurt = data.copy()
            hurt[position] ^= 0xFF
            with contextlib.suppress(NotAnImage, ImageTooLarge):
                await square_webp(bytes(hurt), size_px=8)


@pytest.mark.parametrize(
    "data",
    [
        png_of(50_000, 50_000),
        png_of(5_001, 5_000),
        b"GIF89a"
        + struct.pack("<HH", 65_000, 65_000)
        + bytes(3)
        + b","
        + struct.pack("<HHHH", 0, 0, 65_000, 65_000)
        + b"\0\x02",
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\x00\xff\x3f\x00",
    ],
    ids=["png", "png, a pixel row over", "gif", "webp"],
)
async def test_a_header_that_promises_gigabytes_costs_nothing(data: bytes) -> None:
    started = time.process_time()
    with pytest.raises((ImageTooLarge, NotAnImage)):
        await square_webp(data, size_px=SIZE)
    assert time.process_time() - started < 2, "decoding so much takes far longer"


def zeros_png(side_px: int) -> bytes:
    """A whole PNG with four channels, all zero."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(1)
    row = bytes(1 + 4 * side_px)
    body = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


MEASURE = """
import asyncio, resource, sys
from kernel.images import images

def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

before = peak_mib()
try:
    asyncio.run(images.square_webp(sys.stdin.buffer.read(), size_px=256))
    outcome = "taken"
except images.ImageTooLarge:
    outcome = "refused"
print(outcome, peak_mib() - before)
"""


@pytest.mark.parametrize(
    ("picture", "expected", "most_mib"),
    [
        # The first is 1,022 bytes, and took 740 MiB.
        pytest.param(lambda: (PICTURES / "one-colour-5000.webp").read_bytes(), "refused", 40, id="webp of one colour"),
        pytest.param(lambda: zeros_png(5_000), "taken", MAX_DECODED_BYTES / 2**20 + 40, id="png as large as may be"),
    ],
)
def test_what_decoding_takes_at_most(picture: Callable[[], bytes], expected: str, most_mib: float) -> None:
    """In a process of its own, whose peak is that of nothing else; 40 MiB are for what libraries load on first use."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=picture(), capture_output=True, check=True, cwd=ROOT, timeout=60
    )
    outcome, grown_mib = done.stdout.decode().split()
    assert (outcome, float(grown_mib) < most_mib) == (expected, True), f"{grown_mib} MiB"


@pytest.mark.parametrize(
    ("kind", "options", "bytes_a_pixel"),
    [
        ("WEBP", {"lossless": True}, 28),
        ("PNG", {}, 4),
        ("GIF", {}, 2),
        ("JPEG", {"progressive": True, "subsampling": 0}, 6),
        ("JPEG", {"progressive": True, "subsampling": 2}, 3),
    ],
)
async def test_each_kind_has_as_many_pixels_as_memory(
    kind: str, options: dict[str, Any], bytes_a_pixel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MAX_DECODED_BYTES", 1_000_000 * bytes_a_pixel)
    # A JPEG is decoded at an eighth of its size, which takes a little beside.
    await square_webp(encoded(Image.new("RGB", (960, 960)), kind, **options), size_px=8)
    with pytest.raises(ImageTooLarge) as caught:
        await square_webp(encoded(Image.new("RGB", (1_010, 1_010)), kind, **options), size_px=8)
    assert 960 * 960 < caught.value.details["max_pixels"] <= 1_000_000


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_way_to_hold_a_camera(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(flag(1_200, 900), "JPEG", exif=exif, quality=95)
    expected = ImageOps.fit(ImageOps.exif_transpose(Image.open(io.BytesIO(data))), (SIZE, SIZE))
    image = await opened(data)
    for x, y in ((5, 5), (58, 5), (5, 58), (58, 58)):
        assert colour(image, x, y) == colour(expected, x, y), (x, y)


async def test_a_picture_that_is_whole_and_too_large() -> None:
    await square_webp(encoded(Image.new("1", (5_000, 5_000)), "PNG"), size_px=SIZE)
    with pytest.raises(ImageTooLarge):
        await square_webp(encoded(Image.new("1", (5_001, 5_000)), "PNG"), size_px=SIZE)


async def test_too_many_bytes_are_not_looked_at() -> None:
    with pytest.raises(ImageTooLarge) as caught:
        await square_webp(encoded(flag(), "PNG") + bytes(MAX_IMAGE_BYTES), size_px=SIZE)
    assert caught.value.details["max_bytes"] == MAX_IMAGE_BYTES


async def test_a_picture_of_a_thousand_scans() -> None:
    plain = encoded(flag(), "JPEG", progressive=True)
    await square_webp(plain, size_px=SIZE)
    start = plain.rindex(b"\xff\xda")
    with pytest.raises(NotAnImage):
        await square_webp(plain[:-2] + plain[start:-2] * 1000 + b"\xff\xd9", size_px=SIZE)


async def test_a_flood_is_sent_away() -> None:
    data = encoded(flag(1500, 1500), "PNG")
    outcomes = await asyncio.gather(
        *(square_webp(data, size_px=SIZE) for _ in range(MAX_WAITING + 9)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 9
    assert await square_webp(data, size_px=SIZE), "afterwards it works as before"
