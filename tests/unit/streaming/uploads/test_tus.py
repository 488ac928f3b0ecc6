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
