"""`ani storage`: moving, checking, cleaning up, on a real film and SeaweedFS."""

import fcntl
import os
import time

import obstore
import pytest

from kernel.ids import new_id
from kernel.storage import checksums as lists
from kernel.storage.bucket import BucketSettings
from kernel.storage.movable import MovableStorage
from kernel.storage.ports import read
from server.boot import open_services
from server.cli.upkeep import storage
from server.overview.storage import usecases
from server.overview.storage.model import YOUNG
from server.services import Services
from server.settings import Settings
from server.settings.storage import StorageKind
from streaming.ingest.model import AssetId, AssetState
from streaming.ingest.usecases import Assets
from tests.conftest import AddEpisode, StartServer
from tests.support.media.episodes import IngestedEpisode
from tests.support.servers.buckets import environment_of, with_bucket

LONG_AGO_S = time.time() - 2 * 86_400


@pytest.fixture
def settings(settings: Settings, bucket: BucketSettings) -> Settings:
    return with_bucket(settings, bucket, StorageKind.LOCAL)


@pytest.fixture
async def film(services: Services, ingested_episode: AddEpisode) -> IngestedEpisode:
    return await ingested_episode(services)


def media_of(services: Services) -> MovableStorage:
    assert isinstance(services.media, MovableStorage)
    return services.media


class Shown:
    def __init__(self) -> None:
        self.shares: list[float] = []

    def __call__(self, stage: str, share: float) -> None:
        self.shares.append(share)


class TestMove:
    @pytest.mark.both_adapters
    async def test_there_and_back(self, services: Services, film: IngestedEpisode) -> None:
        media, shown = media_of(services), Shown()
        before = lists.of_folder(media.local.path(film.asset_id))
        moved = await storage.move(services, StorageKind.S3, shown)
        assert (moved.count, moved.damaged, moved.busy) == (1, [], 0)
        assert moved.size_bytes > 100_000
        assert shown.shares == sorted(shown.shares)
        assert shown.shares[-1] == 1
        assert len(shown.shares) > 10
        assert not media.local.path(film.asset_id).exists()
        assert (await storage.move(services, StorageKind.S3, shown)).count == 0
        assert (await storage.move(services, StorageKind.LOCAL, shown)).count == 1
        assert lists.of_folder(media.local.path(film.asset_id)) == before
        assert await media.bucket.usage(film.asset_id) is None

    async def test_what_is_being_made_is_left_alone(self, services: Services, film: IngestedEpisode) -> None:
        async with services.container.scope(write=True) as scope:
            asset = await scope.port(Assets).get(AssetId(film.asset_id))
            assert asset is not None
            asset.state = AssetState.INGESTING
        moved = await storage.move(services, StorageKind.S3, Shown())
        assert (moved.count, moved.busy) == (0, 1)

    async def test_what_is_damaged_stays_and_is_told(self, services: Services, film: IngestedEpisode) -> None:
        folder = media_of(services).local.path(film.asset_id)
        (folder / "master.m3u8").write_text("something else")
        moved = await storage.move(services, StorageKind.S3, Shown())
        assert moved.count == 0
        assert len(moved.damaged) == 1
        assert "master.m3u8" in moved.damaged[0]
        assert folder.is_dir()
        assert not await media_of(services).bucket.exists(film.asset_id)

    async def test_one_at_a_time(self, services: Services) -> None:
        lock = services.storage.staging("move.lock")
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with pytest.raises(storage.MoveRunning):
                await storage.move(services, StorageKind.S3, Shown())

    async def test_without_a_bucket(self, settings: Settings) -> None:
        async with open_services(settings.model_copy(update={"s3_bucket": ""})) as plain:
            with pytest.raises(storage.NoBucket):
                await storage.move(plain, StorageKind.S3, Shown())


class TestCheck:
    async def test_here_and_there(self, services: Services, film: IngestedEpisode) -> None:
        media = media_of(services)
        (media.local.path(film.asset_id) / lists.NAME).unlink()
        first = await storage.check(services, Shown())
        assert (first.assets, first.recorded, first.faults) == (1, 1, []), "of an earlier version"
        again = await storage.check(services, Shown())
        assert (again.assets, again.recorded, again.faults) == (1, 0, [])
        await storage.move(services, StorageKind.S3, Shown())
        there = await storage.check(services, Shown())
        assert (there.files, there.size_bytes, there.faults) == (again.files, again.size_bytes, [])

        master = await read(await media.bucket.file(film.asset_id, "master.m3u8"))
        await obstore.put_async(media.bucket.store, f"{film.asset_id}/master.m3u8", master[:-1] + b"?")
        await obstore.delete_async(media.bucket.store, f"{film.asset_id}/poster.jpg")
        faults = (await storage.check(services, Shown())).faults
        assert sorted(faults) == [
            f"s3: {film.asset_id}/master.m3u8 is damaged",
            f"s3: {film.asset_id}/poster.jpg is missing",
        ]

    @pytest.mark.both_adapters
    async def test_all_of_it_is_missing(self, services: Services, film: IngestedEpisode) -> None:
        await services.media.delete(film.asset_id)
        assert (await storage.check(services, Shown())).faults == [f"{film.asset_id}: all of it is missing"]


class TestGarbage:
    async def test_what_belongs_to_nobody(
        self, services: Services, film: IngestedEpisode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        media, gone, cut_off = media_of(services), new_id(), new_id()
        for key in (gone, cut_off):
            staging = media.staging(key)
            staging.mkdir(parents=True)
            (staging / "1.m4s").write_bytes(b"left")
            await media.local.publish(staging, key)
        await media.to_bucket(cut_off)
        await obstore.delete_async(media.bucket.store, f"{cut_off}/{lists.NAME}")
        poster = media.local.path("poster-of-a-release")
        poster.mkdir()
        left = media.staging(f"move-{gone}")
        left.mkdir(parents=True)
        assert await storage.garbage(services) == [], "it is too young"

        for path in [*media.local.path(gone).rglob("*"), poster, left]:
            os.utime(path, (LONG_AGO_S, LONG_AGO_S))
        monkeypatch.setattr(usecases, "YOUNG", YOUNG * 0)
        found = {(one.place, one.key): one for one in await storage.garbage(services)}
        assert set(found) == {("local", gone), ("s3", cut_off), ("local", f".staging/move-{gone}")}
        assert found["local", gone].reason == "gone"
        assert media.local.path(gone).exists(), "so far it was only looked at"

        await storage.remove(services, list(found.values()), Shown())
        assert await storage.garbage(services) == []
        assert not media.local.path(gone).exists()
        assert not left.exists()
        assert poster.exists()
        assert await media.exists(film.asset_id)

    async def test_the_rest_of_a_transfer_of_a_video_that_is_here(
        self, services: Services, film: IngestedEpisode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        media = media_of(services)
        await obstore.put_async(media.bucket.store, f"{film.asset_id}/v720/1.m4s", b"half")
        monkeypatch.setattr(usecases, "YOUNG", YOUNG * 0)
        [found] = await storage.garbage(services)
        assert (found.place, found.reason) == ("s3", "cut_off")
        await storage.remove(services, [found], Shown())
        assert media.folder(film.asset_id) is not None


async def test_the_command(live_server: StartServer, bucket: BucketSettings, ingested_episode: AddEpisode) -> None:
    server = await live_server(**environment_of(bucket, StorageKind.LOCAL))
    film = await ingested_episode(server)
    moved = server.ani("storage", "move", "s3")
    assert moved.returncode == 0, moved.stderr
    assert "Moved 1 video" in moved.stdout
    assert "set ANI_STORAGE=s3" in moved.stdout
    assert not (server.settings().media_dir / film.asset_id).exists()
    checked = server.ani("storage", "check")
    assert checked.returncode == 0, checked.stderr
    assert "All is as it was published." in checked.stdout
    assert "nothing to remove" in server.ani("storage", "gc", "--dry-run").stdout
    for output in (moved, checked):
        assert bucket.secret_key not in output.stdout + output.stderr

    server.environment["ANI_S3_ENDPOINT"] = "http://127.0.0.1:1"
    refused = server.ani("storage", "move", "local")
    assert refused.returncode == 1
    assert "does not answer" in refused.stderr
