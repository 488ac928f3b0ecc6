"""What administrators are told of the storage, out of a real bucket, films, uploads and recordings."""

import os
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientResponse

from kernel.access import Role
from kernel.ids import new_id
from kernel.storage.bucket import BucketSettings
from kernel.storage.movable import MovableStorage
from server.cli.upkeep import storage
from server.services import Services
from server.settings import Settings
from server.settings.storage import StorageKind
from streaming.live.recordings.model import Recording
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.integration.streaming.uploads.tus_client import Tus
from tests.support.people import Person
from tests.support.servers.buckets import away, with_bucket

LONG_AGO_S = time.time() - 2 * 86_400


@pytest.fixture
def settings(settings: Settings, bucket: BucketSettings) -> Settings:
    return with_bucket(settings, bucket, StorageKind.LOCAL)


@pytest.fixture
async def admin(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


def unseen(_stage: str, _share: float) -> None:
    pass


async def asked(client: AppClient, admin: Person, path: str = "") -> Any:
    answer: ClientResponse = await client.get(f"/api/v1/admin/storage{path}", headers=admin.headers)
    assert answer.status == 200, await answer.text()
    return await answer.json()


def amounts(stored: Any) -> dict[str, tuple[int, bool]]:
    return {place["name"]: (place["videos"]["count"], place["videos"]["size_bytes"] > 0) for place in stored["places"]}


@pytest.mark.both_adapters
async def test_how_much_is_where(
    app_client: AppClient,
    services: Services,
    bucket: BucketSettings,
    admin: Person,
    make_user: MakeUser,
    ingested_episode: AddEpisode,
) -> None:
    stored = await asked(app_client, admin)
    assert amounts(stored) == {"local": (0, False), "s3": (0, False)}
    nothing = {"count": 0, "size_bytes": 0}
    assert (stored["recordings"], stored["uploads"], stored["last_check"]) == (nothing, nothing, None)
    assert 0 < stored["disk"]["free_bytes"] < stored["disk"]["total_bytes"]
    film = await ingested_episode(services)
    tus = Tus(app_client, await make_user(Role.EDITOR), film.episode_id)
    await tus.patch(await tus.created(100), 0, b"\0" * 40)
    now = services.clock.now()
    async with services.container.scope(write=True) as scope:
        for size_bytes in (1_000, 2_000):
            recording = Recording.begin(
                channel_id=new_id(), owner_id=admin.user_id, title="Evening", node_id="node", now=now
            )
            recording.size_bytes = size_bytes
            scope.uow.session.add(recording)

    stored = await asked(app_client, admin)
    local, s3 = stored["places"]
    assert (local["takes_new"], s3["takes_new"]) == (True, False)
    assert local["address"] == str(services.storage.root)
    assert s3["address"] == f"{bucket.bucket}/{bucket.prefix}"
    assert amounts(stored) == {"local": (1, True), "s3": (0, False)}
    assert stored["recordings"] == {"count": 2, "size_bytes": 3_000}
    assert stored["uploads"] == {"count": 1, "size_bytes": 40}

    await storage.move(services, StorageKind.S3, unseen)
    moved = await asked(app_client, admin)
    assert amounts(moved) == {"local": (0, False), "s3": (1, True)}
    assert moved["places"][1]["videos"] == local["videos"]

    checked = await storage.check(services, unseen)
    seen = (await asked(app_client, admin))["last_check"]
    assert (seen["videos"], seen["files"], seen["size_bytes"]) == (1, checked.files, checked.size_bytes)
    assert (seen["fault_count"], seen["faults"]) == (0, [])
    assert abs((datetime.fromisoformat(seen["ended_at"]) - datetime.now(UTC)).total_seconds()) < 300

    media = services.media
    assert isinstance(media, MovableStorage)
    await media.delete(film.asset_id)
    await storage.check(services, unseen)
    seen = (await asked(app_client, admin))["last_check"]
    assert (seen["fault_count"], seen["faults"]) == (1, [f"{film.asset_id}: all of it is missing"])


async def test_what_would_be_removed(app_client: AppClient, services: Services, admin: Person) -> None:
    assert await asked(app_client, admin, "/garbage") == {"count": 0, "size_bytes": 0, "largest": []}
    media, gone = services.media, new_id()
    assert isinstance(media, MovableStorage)
    staging = media.staging(gone)
    staging.mkdir(parents=True)
    (staging / "1.m4s").write_bytes(b"left")
    await media.local.publish(staging, gone)
    for path in media.local.path(gone).rglob("*"):
        os.utime(path, (LONG_AGO_S, LONG_AGO_S))
    found = await asked(app_client, admin, "/garbage")
    [item] = found["largest"]
    assert (found["count"], found["size_bytes"]) == (1, item["size_bytes"])
    assert (item["place"], item["key"], item["reason"]) == ("local", gone, "gone")
    assert media.local.path(gone).exists(), "it was only looked at"


async def test_a_bucket_that_is_away_is_told(
    app_client: AppClient, services: Services, admin: Person, bucket: BucketSettings
) -> None:
    media = services.media
    assert isinstance(media, MovableStorage)
    media.bucket = away(bucket)
    assert amounts(await asked(app_client, admin)) == {"local": (0, False), "s3": (0, False)}, "it is not asked"
    answer = await app_client.get("/api/v1/admin/storage/garbage", headers=admin.headers)
    assert (answer.status, (await answer.json())["code"]) == (503, "storage_away")
