"""What happens to assets around an ingest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.ids import new_id
from kernel.storage import LocalStorage
from streaming.ingest import usecases
from streaming.ingest.model import (
    Asset,
    AssetId,
    AssetNotFound,
    AssetState,
    EpisodeUnknown,
    NotMedia,
    Published,
)
from streaming.ingest.usecases import IngestContext
from streaming.keys.model import Protection

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EPISODE = new_id()
PUBLISHED = Published(
    width=1280,
    height=720,
    duration_ms=60_000,
    frame_rate=24.0,
    renditions=(),
    audio=(),
    subtitles=(),
    poster=None,
    storyboard=None,
    size_bytes=1,
)


class MemoryAssets:
    def __init__(self) -> None:
        self.kept: dict[AssetId, Asset] = {}

    def add(self, asset: Asset) -> None:
        self.kept[asset.id] = asset

    async def get(self, asset_id: AssetId) -> Asset | None:
        return self.kept.get(asset_id)

    async def find(self, episode_id: str, fingerprint: str) -> Asset | None:
        wanted = (episode_id, fingerprint)
        return next((one for one in self.kept.values() if (one.episode_id, one.fingerprint) == wanted), None)

    async def current(self, episode_id: str) -> Asset | None:
        ready = [
            one
            for one in self.kept.values()
            if one.episode_id == episode_id and one.is_ready and one.superseded_at is None
        ]
        return max(ready, key=lambda one: one.finished_at or NOW, default=None)

    async def superseded(self, before: datetime) -> Sequence[Asset]:
        return [one for one in self.kept.values() if one.superseded_at is not None and one.superseded_at < before]

    async def unstored(self) -> Sequence[Asset]:
        return [one for one in self.kept.values() if one.error_code == "storage_away"]

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Asset]:
        return [one for one in self.kept.values() if one.episode_id in episode_ids]

    async def remove(self, asset: Asset) -> None:
        del self.kept[asset.id]


class MemoryKeys:
    def __init__(self) -> None:
        self.removed: list[str] = []

    async def remove(self, content_id: str) -> None:
        self.removed.append(content_id)


class OneEpisode:
    async def exists(self, episode_id: str) -> bool:
        return episode_id == EPISODE


@pytest.fixture
def assets() -> MemoryAssets:
    return MemoryAssets()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path)


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def context(assets: MemoryAssets, storage: LocalStorage, keys: MemoryKeys) -> IngestContext:
    return IngestContext(assets=assets, targets=OneEpisode(), storage=storage, keys=keys, now=NOW)


async def registered(context: IngestContext, fingerprint: str = "a") -> Asset:
    return await usecases.register(context, episode_id=EPISODE, fingerprint=fingerprint, source_name="film.mkv")


async def test_the_same_file_again_is_the_same_asset(context: IngestContext, assets: MemoryAssets) -> None:
    first = await registered(context)
    assert await registered(context) is first
    assert await registered(context, "b") is not first
    assert len(assets.kept) == 2


@pytest.mark.parametrize("episode_id", ["no id", new_id()], ids=["no-id", "gone"])
async def test_there_is_no_asset_of_nothing(context: IngestContext, assets: MemoryAssets, episode_id: str) -> None:
    with pytest.raises(EpisodeUnknown):
        await usecases.register(context, episode_id=episode_id, fingerprint="a", source_name="film.mkv")
    assert assets.kept == {}


async def test_a_failed_ingest_says_why_and_can_be_repeated(context: IngestContext) -> None:
    asset = await registered(context)
    await usecases.fail(context, asset.id, NotMedia(name="film.mkv", reason="it is a text"))
    assert (asset.state, asset.error_code) == (AssetState.FAILED, "not_media")
    await usecases.retry(context, asset.id)
    assert (asset.state, asset.attempts, asset.error_code) == (AssetState.INGESTING, 2, None)
    await usecases.complete(context, asset.id, PUBLISHED)
    await usecases.retry(context, asset.id)
    assert asset.is_ready, "what is published is not begun anew"


async def test_a_dead_process_left_a_whole_asset_or_nothing(context: IngestContext) -> None:
    whole, half = await registered(context), await registered(context, "b")
    await usecases.settle(context, whole.id, PUBLISHED)
    await usecases.settle(context, half.id, None)
    await usecases.settle(context, AssetId(new_id()), None)  # its episode was deleted meanwhile
    assert whole.is_ready
    assert (half.state, half.error_code) == (AssetState.FAILED, "ingest_interrupted")


async def test_media_go_with_their_files_and_keys(
    context: IngestContext, assets: MemoryAssets, storage: LocalStorage, keys: MemoryKeys
) -> None:
    asset = await registered(context)
    staging = storage.staging(asset.id)
    staging.mkdir(parents=True)
    await storage.publish(staging, asset.id)
    await usecases.remove_media(context, [EPISODE])
    assert assets.kept == {}
    assert keys.removed == [asset.id]
    assert not await storage.exists(asset.id)


async def test_one_packaging_of_a_film_is_what_viewers_get(context: IngestContext, assets: MemoryAssets) -> None:
    plain = await registered(context)
    await usecases.complete(context, plain.id, PUBLISHED)
    protected = await usecases.register_packaging(context, plain, Protection.CBCS)
    assert await usecases.register_packaging(context, plain, Protection.CBCS) is protected
    await usecases.complete(context, protected.id, PUBLISHED)
    assert await assets.current(EPISODE) is protected
    assert (plain.superseded_at, protected.replaces) == (NOW, plain.id)
    await usecases.restore(context, plain.id)
    assert await assets.current(EPISODE) is plain


async def test_a_superseded_packaging_goes_when_no_stream_can_be_left(
    context: IngestContext, assets: MemoryAssets, keys: MemoryKeys
) -> None:
    plain = await registered(context)
    await usecases.complete(context, plain.id, PUBLISHED)
    protected = await usecases.register_packaging(context, plain, Protection.CBCS)
    await usecases.complete(context, protected.id, PUBLISHED)
    assert await usecases.remove_superseded(replace(context, now=NOW + usecases.SUPERSEDED_FOR)) == 0
    later = replace(context, now=NOW + usecases.SUPERSEDED_FOR + timedelta(seconds=1))
    assert await usecases.remove_superseded(later) == 1
    assert list(assets.kept) == [protected.id]
    assert keys.removed == [plain.id]


async def test_what_is_not_there_is_not_found(context: IngestContext) -> None:
    nowhere = AssetId(new_id())
    for work in (
        usecases.retry(context, nowhere),
        usecases.complete(context, nowhere, PUBLISHED),
        usecases.fail(context, nowhere, NotMedia(name="film.mkv", reason="it is a text")),
    ):
        with pytest.raises(AssetNotFound):
            await work
