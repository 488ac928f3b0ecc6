"""streaming.origin.media.files: which files exist for viewers, and how much of them stays in memory."""

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from kernel.storage import LocalStorage
from streaming.origin.media.files import ENTRY_BYTES, SMALL_BYTES, MediaFiles, MediaNotFound, is_safe

HOSTILE = [
    "",
    ".",
    "..",
    "../master.m3u8",
    "v720/../../other/master.m3u8",
    "v720/../main.m3u8",
    "./main.m3u8",
    "/etc/passwd",
    "//etc/passwd.vtt",
    "v720//main.m3u8",
    "..\\main.m3u8",
    "v720\\main.m3u8",
    "%2e%2e/main.m3u8",
    "%2e%2e%2fmain.m3u8",
    "..%c0%af/main.m3u8",
    "main.m3u8\x00.jpg",
    "main.m3u8/",
    "main.m3u8\n",
    ".hidden.vtt",
    "v720/.main.m3u8",
    "asset.json",
    "source.mkv",
    "main",
    "ма́стер.m3u8",
    "．．/main.m3u8",
    "a/" * 6 + "main.m3u8",
    "a" * 201 + ".m4s",
]


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


@pytest.fixture
def asset_id(storage: LocalStorage) -> str:
    asset_id = new_id()
    folder = storage.path(asset_id)
    (folder / "v720").mkdir(parents=True)
    (folder / "v720" / "main.m3u8").write_text("#EXTM3U\n" * 100)
    (folder / "v720" / "1.m4s").write_bytes(os.urandom(SMALL_BYTES + 1))
    (folder / "poster.jpg").write_bytes(b"\xff\xd8")
    (folder / "asset.json").write_text("{}")
    return asset_id


@pytest.mark.parametrize("path", HOSTILE)
async def test_hostile_paths_name_nothing(storage: LocalStorage, asset_id: str, path: str) -> None:
    (storage.root / "main.m3u8").write_text("outside")
    with pytest.raises(MediaNotFound):
        await MediaFiles(storage).get(asset_id, path)


@given(st.text(max_size=30) | st.lists(st.sampled_from(["..", ".", "a", "%2e", "x.m4s", ""]), max_size=5).map("/".join))
def test_a_safe_path_stays_below_its_folder(path: str) -> None:
    if is_safe(path):
        assert os.path.normpath(path) == path
        assert not path.startswith(("/", "."))
        assert "/." not in path
        assert path.isascii()


async def test_links_out_of_the_asset_are_not_followed(storage: LocalStorage, asset_id: str, tmp_path: Path) -> None:
    (tmp_path / "secret.vtt").write_text("secret")
    (storage.path(asset_id) / "link.vtt").symlink_to(tmp_path / "secret.vtt")
    (storage.path(asset_id) / "loop.vtt").symlink_to("loop.vtt")
    (storage.path(asset_id) / "folder.vtt").mkdir()
    for name in ("link.vtt", "loop.vtt", "folder.vtt"):
        with pytest.raises(MediaNotFound):
            await MediaFiles(storage).get(asset_id, name)


async def test_text_is_held_packed_and_plain(storage: LocalStorage, asset_id: str) -> None:
    files = MediaFiles(storage)
    assert files.held(asset_id, "v720/main.m3u8") is None

    file = await files.get(asset_id, "v720/main.m3u8")

    assert files.held(asset_id, "v720/main.m3u8") is file
    assert file.packed is not None
    assert file.packed.gzipped is not None
    assert gzip.decompress(file.packed.gzipped) == file.packed.body == b"#EXTM3U\n" * 100
    assert file.packed.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert "Content-Encoding" not in file.packed.headers
    assert file.packed.gzip_headers["ETag"] == "W/" + file.etag


async def test_pictures_are_not_compressed_and_segments_not_held(storage: LocalStorage, asset_id: str) -> None:
    files = MediaFiles(storage)

    poster, segment = await files.get(asset_id, "poster.jpg"), await files.get(asset_id, "v720/1.m4s")

    assert poster.packed is not None
    assert poster.packed.gzipped is None
    assert "Vary" not in poster.packed.headers
    assert segment.packed is None
    assert segment.size_bytes == SMALL_BYTES + 1


async def test_memory_stays_within_its_bound(storage: LocalStorage, asset_id: str) -> None:
    folder = storage.path(asset_id)
    for number in range(50):
        (folder / f"{number}.vtt").write_bytes(os.urandom(10_000))
    files = MediaFiles(storage, memory_bytes=100_000)

    for number in range(50):
        await files.get(asset_id, f"{number}.vtt")
        assert files.weight_bytes <= 100_000
    assert files.held(asset_id, "49.vtt") is not None
    assert files.held(asset_id, "0.vtt") is None
    assert (await files.get(asset_id, "0.vtt")).size_bytes == 10_000


async def test_names_of_large_files_count_too(storage: LocalStorage, asset_id: str) -> None:
    files = MediaFiles(storage)

    await files.get(asset_id, "v720/1.m4s")

    assert files.weight_bytes == ENTRY_BYTES


async def test_a_file_that_is_gone_can_be_forgotten(storage: LocalStorage, asset_id: str) -> None:
    files = MediaFiles(storage)
    await files.get(asset_id, "poster.jpg")
    await storage.delete(asset_id)

    files.forget_file(asset_id, "poster.jpg")

    assert files.weight_bytes == 0
    with pytest.raises(MediaNotFound):
        await files.get(asset_id, "poster.jpg")
