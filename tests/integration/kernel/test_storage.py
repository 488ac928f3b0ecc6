"""Every storage of media: published as a whole or not at all, read by ranges, checked, deleted.  On a folder and on SeaweedFS."""

import asyncio
import hashlib
import os
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import obstore
import pytest

from kernel.storage import BadStorageKey, LocalStorage, MediaStorage, NotStored, StorageAway, StorageCorrupt
from kernel.storage import checksums as lists
from kernel.storage.bucket import BucketSettings
from kernel.storage.checksums import Checksum
from kernel.storage.download import on_this_machine
from kernel.storage.movable import MovableStorage
from kernel.storage.ports import read
from kernel.storage.s3 import S3Storage
from server.local_stack.service import free_port

BIG = os.urandom(700_000)


@pytest.fixture(params=["local", "s3", "movable"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStorage:
    local = LocalStorage(tmp_path / "media")
    if request.param == "local":
        return local
    bucket = S3Storage(request.getfixturevalue("bucket"), tmp_path / "media" / ".staging")
    return bucket if request.param == "s3" else MovableStorage(local, bucket, publishes_to_bucket=True)


@pytest.fixture
def both(bucket: BucketSettings, tmp_path: Path) -> MovableStorage:
    """What was published on this machine before there was a bucket."""
    local = LocalStorage(tmp_path / "media")
    return MovableStorage(local, S3Storage(bucket, tmp_path / "media" / ".staging"), publishes_to_bucket=True)


def build(storage: MediaStorage, key: str, **files: bytes) -> Path:
    """``a_b=…`` is the file ``v720/a.b``."""
    staging = storage.staging(key)
    (staging / "v720").mkdir(parents=True)
    for name, content in (files or {"1_m4s": b"one"}).items():
        (staging / "v720" / name.replace("_", ".")).write_bytes(content)
    return staging


async def content(storage: MediaStorage, key: str, path: str = "v720/1.m4s") -> bytes:
    return await read(await storage.file(key, path))


class TestEveryStorage:
    async def test_a_folder_appears_whole(self, storage: MediaStorage) -> None:
        staging = build(storage, "asset", **{"1_m4s": b"one", "2_m4s": BIG})
        assert not await storage.exists("asset")
        assert not await storage.resume("asset")
        with pytest.raises(NotStored):
            await storage.file("asset", "v720/1.m4s")
        await storage.publish(staging, "asset")
        assert await storage.exists("asset")
        assert await storage.resume("asset")
        assert (await content(storage, "asset"), await content(storage, "asset", "v720/2.m4s")) == (b"one", BIG)
        assert not staging.exists()

    async def test_its_files_are_listed_with_their_hashes(self, storage: MediaStorage) -> None:
        await storage.publish(build(storage, "asset", **{"1_m4s": b"one", "empty_vtt": b""}), "asset")
        listed = await storage.checksums("asset")
        assert listed is not None
        assert listed.files == {
            "v720/1.m4s": Checksum(3, hashlib.sha256(b"one").digest()),
            "v720/empty.vtt": Checksum(0, hashlib.sha256().digest()),
        }
        assert await content(storage, "asset", "v720/empty.vtt") == b""

    async def test_a_part_of_a_folder_on_this_machine(self, storage: MediaStorage) -> None:
        staging = build(storage, "asset", **{"1_m4s": BIG})
        (staging / "a-en").mkdir()
        (staging / "a-en" / "1.m4s").write_bytes(b"sound")
        await storage.publish(staging, "asset")
        async with on_this_machine(storage, "asset", only="a-en/") as folder:
            assert (folder / "a-en" / "1.m4s").read_bytes() == b"sound"
            is_copy = storage.folder("asset") is None
            assert not is_copy or not (folder / "v720").exists(), (
                "a quarter of an hour of pictures was not fetched for it"
            )
        assert not is_copy or not folder.exists()

    async def test_parts_of_a_file(self, storage: MediaStorage) -> None:
        await storage.publish(build(storage, "asset", **{"1_m4s": BIG}), "asset")
        file = await storage.file("asset", "v720/1.m4s")
        assert file.size_bytes == len(BIG)
        assert file.etag.startswith('"')
        for start, stop in ((0, 1), (1, 5), (300_000, 699_999), (len(BIG) - 1, len(BIG)), (7, 7)):
            pieces = [piece async for piece in file.chunks(start, stop)]
            assert b"".join(pieces) == BIG[start:stop], (start, stop)

    async def test_a_name_that_is_none_of_its_files(self, storage: MediaStorage) -> None:
        await storage.publish(build(storage, "asset"), "asset")
        for path in ("v720/2.m4s", "v720", "../asset/v720/1.m4s", "", "/etc/passwd", "v720/1.m4s/", "a" * 300):
            with pytest.raises(NotStored):
                await storage.file("asset", path)

    async def test_publishing_again_replaces(self, storage: MediaStorage) -> None:
        await storage.publish(build(storage, "asset", **{"1_m4s": b"one", "2_m4s": b"gone"}), "asset")
        await storage.delete("asset")
        await storage.publish(build(storage, "asset", **{"1_m4s": b"two"}), "asset")
        assert await content(storage, "asset") == b"two"
        with pytest.raises(NotStored):
            await storage.file("asset", "v720/2.m4s")
        assert [key async for key in storage.stored_keys()] == ["asset"]

    async def test_deleting_twice_is_once(self, storage: MediaStorage) -> None:
        await storage.publish(build(storage, "asset"), "asset")
        await storage.delete("asset")
        await storage.delete("asset")
        assert not await storage.exists("asset")
        assert await storage.usage("asset") is None
        with pytest.raises(NotStored):
            await storage.checksums("asset")

    async def test_what_there_is(self, storage: MediaStorage) -> None:
        for key in ("b", "a", "a-longer-name"):
            await storage.publish(build(storage, key), key)
        assert sorted([key async for key in storage.stored_keys()]) == ["a", "a-longer-name", "b"]
        usage = await storage.usage("a")
        assert usage is not None
        assert (usage.files, usage.is_published, usage.size_bytes > 3) == (2, True, True)

    @pytest.mark.parametrize("key", ["", ".", "..", "../x", "a/b", ".hidden", "a\x00", "a" * 129, "ä"])
    async def test_a_key_that_could_leave_the_folder_is_refused(self, storage: MediaStorage, key: str) -> None:
        with pytest.raises(BadStorageKey):
            storage.staging(key)
        with pytest.raises(BadStorageKey):
            await storage.exists(key)
        with pytest.raises(BadStorageKey):
            await storage.delete(key)


class TestBucket:
    async def test_an_address_is_signed_for_a_short_time_and_one_file(
        self, bucket: BucketSettings, tmp_path: Path
    ) -> None:
        storage = S3Storage(replace(bucket, public_endpoint="http://media.example.org"), tmp_path)
        await storage.publish(build(storage, "asset", **{"1_m4s": BIG}), "asset")
        file = await storage.file("asset", "v720/1.m4s")
        address = await file.signed_url(timedelta(hours=1), public=False)
        assert address is not None
        assert "X-Amz-Expires=120" in address
        assert bucket.secret_key not in address
        status, headers, body = await asyncio.to_thread(fetch, address, {"Range": "bytes=5-9"})
        assert (status, body, headers["Content-Range"]) == (206, BIG[5:10], f"bytes 5-9/{len(BIG)}")
        assert headers["Content-Type"] == "video/iso.segment"
        assert "immutable" in headers["Cache-Control"]
        for wrong in (
            address.partition("?")[0],
            address.replace("1.m4s", "2.m4s"),
            address[:-1] + "0" * (address[-1] != "0"),
        ):
            assert (await asyncio.to_thread(fetch, wrong))[0] in {400, 403}, wrong
        public = await file.signed_url(timedelta(seconds=60), public=True)
        assert public is not None
        assert public.startswith(f"http://media.example.org/{bucket.bucket}/{bucket.prefix}/asset/v720/1.m4s?")

    async def test_a_large_file_goes_in_parts(self, bucket: BucketSettings, tmp_path: Path) -> None:
        storage, large = S3Storage(bucket, tmp_path), os.urandom(1024 * 1024) * 20
        seen: list[float] = []
        await storage.publish(build(storage, "asset", **{"1_m4s": large, "2_m4s": b"two"}), "asset", seen.append)
        assert await content(storage, "asset") == large
        assert seen == sorted(seen)
        assert seen[-1] == 1

    async def test_what_was_cut_off_is_not_published_and_goes_on(self, bucket: BucketSettings, tmp_path: Path) -> None:
        storage = S3Storage(bucket, tmp_path)
        await obstore.put_async(storage.store, "asset/v720/1.m4s", b"one")
        await obstore.put_async(storage.store, "asset/v720/2.m4s", b"bad")  # of the right length
        await obstore.put_async(storage.store, "asset/v720/left.m4s", b"of an earlier packaging")
        assert not await storage.exists("asset")
        usage = await storage.usage("asset")
        assert usage is not None
        assert not usage.is_published
        await storage.publish(build(storage, "asset", **{"1_m4s": b"one", "2_m4s": b"two"}), "asset")
        assert await content(storage, "asset", "v720/2.m4s") == b"two"
        usage = await storage.usage("asset")
        assert usage is not None
        assert (usage.files, usage.is_published) == (3, True)

    async def test_a_file_that_changed_on_this_machine_is_not_published(
        self, bucket: BucketSettings, tmp_path: Path
    ) -> None:
        storage = S3Storage(bucket, tmp_path)
        staging = build(storage, "asset")
        lists.record(staging)
        (staging / "v720" / "1.m4s").write_bytes(b"two")
        with pytest.raises(StorageCorrupt, match=r"v720/1\.m4s of asset is not what was published"):
            await storage.publish(staging, "asset")
        assert not await storage.exists("asset")
        assert staging.exists()

    async def test_a_list_that_leads_elsewhere_is_refused(self, bucket: BucketSettings, tmp_path: Path) -> None:
        storage = S3Storage(bucket, tmp_path)
        sha256 = hashlib.sha256(b"x").hexdigest()
        for number, text in enumerate(
            (
                b"",
                b"[]",
                b"{}",
                b'{"format":2,"files":{}}',
                b'{"format":1,"files":[1]}',
                f'{{"format":1,"files":{{"../../x":[1,"{sha256}"]}}}}'.encode(),
                f'{{"format":1,"files":{{"/x":[1,"{sha256}"]}}}}'.encode(),
                f'{{"format":1,"files":{{"x":[-1,"{sha256}"]}}}}'.encode(),
                b'{"format":1,"files":{"x":[1,"00"]}}',
                b'{"format":1,"files":{"x":[1]}}',
            )
        ):
            await obstore.put_async(storage.store, f"asset-{number}/{lists.NAME}", text)
            with pytest.raises(StorageCorrupt):
                await storage.checksums(f"asset-{number}")

    async def test_away(self, bucket: BucketSettings, tmp_path: Path) -> None:
        """Refused at once after a while, and not for ever."""
        storage = S3Storage(replace(bucket, endpoint=f"http://127.0.0.1:{free_port()}"), tmp_path)
        for _ in range(5):
            with pytest.raises(StorageAway) as caught:
                await storage.file("asset", "v720/1.m4s")
            assert caught.value.retry_after_s == 5
        assert caught.value.__cause__ is None, "nobody asked it"
        with pytest.raises(StorageAway):
            await storage.exists("asset")

    async def test_a_wrong_key_is_not_an_empty_storage(self, bucket: BucketSettings, tmp_path: Path) -> None:
        storage = S3Storage(replace(bucket, secret_key="wrong"), tmp_path)
        with pytest.raises(StorageAway):
            await storage.exists("asset")
        assert "wrong" not in repr(replace(bucket, secret_key="wrong"))


class TestMoving:
    async def test_there_and_back(self, both: MovableStorage) -> None:
        both.publishes_to_bucket = False
        await both.publish(build(both, "asset", **{"1_m4s": b"one", "2_m4s": BIG}), "asset")
        assert both.folder("asset") is not None
        seen: list[float] = []
        assert await both.to_bucket("asset", seen.append)
        assert not await both.to_bucket("asset"), "it is there"
        assert both.folder("asset") is None
        assert seen[-1] == 1
        assert await content(both, "asset", "v720/2.m4s") == BIG
        assert await both.to_local("asset", seen.append)
        assert not await both.to_local("asset"), "it is here"
        assert await content(both, "asset", "v720/2.m4s") == BIG
        assert await both.bucket.usage("asset") is None
        assert both.folder("asset") is not None

    async def test_what_was_published_by_an_earlier_version(self, both: MovableStorage) -> None:
        """Without checksums."""
        folder = both.local.path("asset")
        folder.mkdir(parents=True)
        (folder / "master.m3u8").write_text("#EXTM3U")
        assert await both.checksums("asset") is None
        assert await both.to_bucket("asset")
        listed = await both.checksums("asset")
        assert listed is not None
        assert list(listed.files) == ["master.m3u8"]

    async def test_a_file_known_here_is_found_there(self, both: MovableStorage) -> None:
        both.publishes_to_bucket = False
        await both.publish(build(both, "asset"), "asset")
        known = await both.file("asset", "v720/1.m4s")
        await both.to_bucket("asset")
        with pytest.raises(NotStored):
            await read(known)
        assert await content(both, "asset") == b"one"

    async def test_back_goes_on_where_it_was_cut_off(self, both: MovableStorage) -> None:
        await both.publish(build(both, "asset", **{"1_m4s": b"one", "2_m4s": b"two"}), "asset")
        staging = both.local.staging("move-asset")
        (staging / "v720").mkdir(parents=True)
        (staging / "v720" / "1.m4s").write_bytes(b"one")
        (staging / "v720" / "2.m4s").write_bytes(b"t")
        (staging / "v720" / "3.m4s").write_bytes(b"of something else")
        kept = (staging / "v720" / "1.m4s").stat().st_ino
        assert await both.to_local("asset")
        folder = both.local.path("asset")
        assert (folder / "v720" / "1.m4s").stat().st_ino == kept, "not fetched again"
        assert sorted(path.name for path in (folder / "v720").iterdir()) == ["1.m4s", "2.m4s"]
        assert await content(both, "asset", "v720/2.m4s") == b"two"

    async def test_what_is_damaged_in_the_bucket_is_not_moved(self, both: MovableStorage, quick: None) -> None:
        await both.publish(build(both, "asset"), "asset")
        await obstore.put_async(both.bucket.store, "asset/v720/1.m4s", b"two")
        with pytest.raises(StorageCorrupt):
            await both.to_local("asset")
        assert both.folder("asset") is None
        assert await both.bucket.exists("asset")

    async def test_the_bucket_is_away_while_publishing(
        self, both: MovableStorage, bucket: BucketSettings, quick: None
    ) -> None:
        """What took hours stays here, and goes on when it is back."""
        there = both.bucket
        both.bucket = S3Storage(replace(bucket, endpoint=f"http://127.0.0.1:{free_port()}"), there.staging("x").parent)
        with pytest.raises(StorageAway):
            await both.publish(build(both, "asset"), "asset")
        assert both.folder("asset") is not None
        with pytest.raises(StorageAway):
            await both.resume("asset")
        both.bucket = there
        assert await both.resume("asset")
        assert both.folder("asset") is None
        assert await content(both, "asset") == b"one"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts without a rest between them."""
    for module in ("download", "s3"):
        monkeypatch.setattr(f"kernel.storage.{module}.FIRST_DELAY_S", 0)


def fetch(address: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()
