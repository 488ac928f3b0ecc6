"""Files that are read for an import: packed, broken, or not text at all."""

import gzip

import pytest

from catalog.imports.sources.adapters.files import UnreadableFile, unpacked


def test_packed_or_not_is_the_same_text() -> None:
    assert unpacked(gzip.compress("[«Ёлка»]".encode())) == unpacked("\ufeff[«Ёлка»]".encode()) == "[«Ёлка»]"


@pytest.mark.parametrize(
    "data",
    [
        b"\x1f\x8b",
        gzip.compress(b"x" * 1000)[:-9],
        gzip.compress(b"")[:10] + b"\xff" * 40,
        gzip.compress(b"x" * 1000)[:-8] + bytes(8),
    ],
    ids=["two bytes", "cut", "no deflate", "another checksum"],
)
def test_a_broken_archive_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="broken archive"):
        unpacked(data)


def test_what_is_no_text_is_told() -> None:
    with pytest.raises(UnreadableFile, match="byte 1 is not UTF-8"):
        unpacked(b"a\xff")
