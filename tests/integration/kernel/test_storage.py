"""Media is published as a whole, or not at all."""

from pathlib import Path

import pytest

from kernel.storage import BadStorageKey, LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def build(storage: LocalStorage, key: str, content: str) -> Path:
    staging = storage.staging(key)
    (staging / "v720").mkdir(parents=True)
    (staging / "v720" / "1.m4s").write_text(content)
    return staging


async def test_a_folder_appears_whole(storage: LocalStorage) -> None:
    staging = build(storage, "asset", "one")
    assert not await storage.exists("asset")
    await storage.publish(staging, "asset")
    assert await storage.exists("asset")
    assert (storage.path("asset") / "v720" / "1.m4s").read_text() == "one"
    assert not staging.exists()


async def test_publishing_again_replaces(storage: LocalStorage) -> None:
    await storage.publish(build(storage, "asset", "one"), "asset")
    await storage.publish(build(storage, "asset", "two"), "asset")
    assert (storage.path("asset") / "v720" / "1.m4s").read_text() == "two"
    assert [path.name for path in storage.root.iterdir() if path.name != ".staging"] == ["asset"]


async def test_deleting_twice_is_once(storage: LocalStorage) -> None:
    await storage.publish(build(storage, "asset", "one"), "asset")
    await storage.delete("asset")
    await storage.delete("asset")
    assert not await storage.exists("asset")


@pytest.mark.parametrize("key", ["", ".", "..", "../x", "a/b", ".hidden", "a\x00", "a" * 129, "ä"])
def test_a_key_that_could_leave_the_folder_is_refused(storage: LocalStorage, key: str) -> None:
    with pytest.raises(BadStorageKey):
        storage.path(key)
