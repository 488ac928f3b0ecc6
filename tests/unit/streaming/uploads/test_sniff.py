"""What an upload is refused for after its first bytes: only what surely is no video."""

import random
import zipfile
from io import BytesIO

import pytest

from streaming.uploads.sniff import SNIFFED_BYTES, foreign_format


def packets(period: int, *, lost: int) -> bytes:
    """A transport stream of which the first ``lost`` bytes are missing."""
    noise = random.Random(7)
    return b"".join(b"\x47" + noise.randbytes(period - 1) for _ in range(30))[lost:][:SNIFFED_BYTES]


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x18ftypisom",
        b"\0\0\0\x18stypmsdh\0\0\0\0msdhmsix",
        b"\0\0\0\x20uuid" + bytes(range(16)),
        b"\0\0\0\x1csidx\0\0\0\0",
        b"\0\0\0\x01mdat\0\0\0\0\0\1\0\0",
        b"\0\0\0\x08wide\0\0\0\0mdat",
        b"\0\0\0\x14ftypqt  ",
        b"\x1a\x45\xdf\xa3\x01",
        b"RIFF\0\0\0\0AVI LIST",
        b"\x00\x00\x01\xba\x44",
        b"\x00\x00\x00\x01\x67\x64",  # H.264, Annex B
        b"\x00\x00\x00\x01\x40\x01",  # HEVC
        b"DKIF\0\0\x20\0VP90\x40\0",
        b"nutfile/multimedia container\0N",
        b"FLV\x01\x05\0\0\0\x09",
        b"\x1f\x07\x00\xbf",  # DV
        *[packets(period, lost=lost) for period in (188, 192, 204) for lost in (0, 1, 61, 187)],
    ],
)
def test_what_may_be_a_video(head: bytes) -> None:
    assert foreign_format(head) is None


def archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("film.txt", "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "an empty file"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "a text"),
        ("<html>Фильм".encode(), "a text"),
        ("Фильм\r\n".encode("utf-16"), "a text"),
        ("映画".encode("shift_jis") * 40, "a text"),
        (archive(), "a ZIP archive"),
        (b"\0\0\0\x1cftypheic\0\0\0\0", "a picture"),
        (b"RIFF\0\0\0\0WEBPVP8L", "a picture"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"MZ\x90\0\x03", "a program"),
        (b"film.mp4".ljust(257, b"\0") + b"ustar\x0000", "a tar archive"),
    ],
)
def test_what_surely_is_none(head: bytes, kind: str) -> None:
    assert foreign_format(head) == kind
