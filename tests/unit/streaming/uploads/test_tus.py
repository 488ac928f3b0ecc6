"""tus 1.0.0: the headers of the protocol (https://tus.io/protocols/resumable-upload)."""

import base64
import hashlib

import pytest

from streaming.uploads import tus


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class TestUploadMetadata:
    """Protocol, "Upload-Metadata": keys and base64 values, separated by commas."""

    def test_pairs(self) -> None:
        header = f"filename {encoded('Фильм.mkv')},episode_id {encoded('1')},flag"
        assert tus.parse_metadata(header) == {"filename": "Фильм.mkv", "episode_id": "1", "flag": ""}

    def test_written_as_it_is_read(self) -> None:
        values = {"filename": "Фильм, 1.mkv", "episode_id": "1"}
        assert tus.parse_metadata(tus.metadata_header(values)) == values

    def test_none(self) -> None:
        assert tus.parse_metadata("") == {}

    @pytest.mark.parametrize("header", ["a !!!", "a YQ==,a YQ==", ",", "a /w==", "a " + "A" * 5000])
    def test_refused(self, header: str) -> None:
        with pytest.raises(tus.BadHeader):
            tus.parse_metadata(header)


class TestUploadChecksum:
    def test_known(self) -> None:
        checksum = tus.parse_checksum(f"sha256 {base64.b64encode(hashlib.sha256(b'x').digest()).decode()}")
        assert checksum is not None
        assert checksum.digest == hashlib.sha256(b"x").digest()

    def test_absent(self) -> None:
        assert tus.parse_checksum(None) is None

    @pytest.mark.parametrize("header", ["crc32 AAAA", "sha256 !!!", ""])
    def test_refused(self, header: str) -> None:
        with pytest.raises(tus.BadHeader):
            tus.parse_checksum(header)


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "٣", "1" * 19, "0x10"])
def test_numbers_are_whole(text: str | None) -> None:
    with pytest.raises(tus.BadHeader, match="Upload-Length"):
        tus.parse_number("Upload-Length", text)


class TestSniffing:
    @pytest.mark.parametrize(
        "head",
        [
            b"\0\0\0\x18ftypisom",
            b"\0\0\0\x08wide\0\0\0\0mdat",
            b"\x1a\x45\xdf\xa3\x01",
            b"RIFF\0\0\0\0AVI LIST",
            b"\x47" + (b"\0" * 187 + b"\x47") * 5,
            b"\0\0\0\0\x47" + (b"\0" * 191 + b"\x47") * 5,
            b"\x00\x00\x01\xba\x44",
            b"FLV\x01\x05",
        ],
    )
    def test_videos(self, head: bytes) -> None:
        assert tus.is_video(head)

    @pytest.mark.parametrize(
        "head", [b"", b"#EXTM3U\n", b"<html>", b"PK\x03\x04", b"RIFF\0\0\0\0WAVE", b"\x89PNG", b"MZ\x90", b"\x47" * 3]
    )
    def test_others(self, head: bytes) -> None:
        assert not tus.is_video(head)
