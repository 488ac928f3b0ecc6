"""A server that is killed in the middle of a transfer into the bucket."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from sqlalchemy import update

from kernel.access import Role
from kernel.jobs.queries import LOST_AFTER_S
from kernel.jobs.table import job_table
from kernel.storage import checksums
from kernel.storage.bucket import BucketSettings
from kernel.storage.s3 import S3Storage
from server.boot import open_services
from tests.conftest import AddEpisode, AppClient, StartServer
from tests.integration.streaming.uploads.tus_client import Tus
from tests.support.servers.buckets import environment_of
from tests.support.servers.live_server import LiveServer
from tests.support.servers.valve import Valve

pytestmark = pytest.mark.timeout(240)

PATIENCE_S = 120
HALF_BYTES = 200_000
"""Of a transfer of half a megabyte or more."""


async def objects(bucket: BucketSettings) -> dict[str, int]:
    stored = S3Storage(bucket, Path("/nonexistent"))
    listed = [page async for page in stored.store.list()]
    return {each["path"]: each["size"] for page in listed for each in page}


async def asked(session: aiohttp.ClientSession, path: str, tus: Tus) -> dict[str, Any]:
    async with session.get(path, headers=tus.headers) as answer:
        assert answer.status == 200, await answer.text()
        body: dict[str, Any] = await answer.json()
        return body


async def worker_is_taken_for_lost(server: LiveServer, job_id: str) -> None:
    """At once, and not after its heartbeat was missed for long enough."""
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        silent = scope.clock.now() - timedelta(seconds=LOST_AFTER_S + 1)
        await scope.uow.session.execute(update(job_table).where(job_table.c.id == job_id).values(heartbeat_at=silent))


async def test_nothing_half_written_is_served_and_the_job_goes_on(
    live_server: StartServer,
    ingested_episode: AddEpisode,
    clip: Callable[..., Path],
    bucket: BucketSettings,
) -> None:
    async with Valve(bucket.endpoint) as valve:
        server = await live_server(**environment_of(replace(bucket, endpoint=valve.url)))
        film = await ingested_episode(server)
        before = await objects(bucket)
        editor = await server.make_user(Role.EDITOR)
        async with aiohttp.ClientSession(server.url) as session:
            tus = Tus(cast("AppClient", session), editor, film.episode_id)
            source = clip(seconds=6).read_bytes()
            valve.close_after(HALF_BYTES)
            created = await tus.create(len(source))
            last = await tus.patch(created.headers["Location"], 0, source)
            assert last.status == 204, await last.text()
            job_id = last.headers["Upload-Job-Id"]
            async with asyncio.timeout(PATIENCE_S):
                await valve.closed.wait()
            job = await asked(session, f"/api/v1/jobs/{job_id}", tus)
            assert job["state"] == "running"
            await server.kill9()
    server.environment["ANI_S3_ENDPOINT"] = bucket.endpoint

    # Half of it lies there, without the list that makes it a video.
    half = {path: size for path, size in (await objects(bucket)).items() if path not in before}
    assert half
    [asset_id] = {path.partition("/")[0] for path in half}
    assert f"{asset_id}/{checksums.NAME}" not in half
    checked = await asyncio.to_thread(server.ani, "storage", "check")
    assert (checked.returncode, "All is as it was published" in checked.stdout) == (0, True), checked.stderr

    await worker_is_taken_for_lost(server, job_id)
    await server.start()
    async with aiohttp.ClientSession(server.url) as session:
        play = f"/api/v1/episodes/{film.episode_id}/playback"
        async with asyncio.timeout(PATIENCE_S):
            while (job := await asked(session, f"/api/v1/jobs/{job_id}", tus))["state"] in {"queued", "running"}:
                async with session.post(play, json={}) as answer:
                    playback = await answer.json()
                # What viewers get is whole, whichever it is.
                async with session.get(playback["hls_url"]) as master:
                    assert master.status == 200
                await asyncio.sleep(0.1)
        assert job["state"] == "succeeded", job
        assert job["result"]["asset_id"] == asset_id
        async with session.post(play, json={}) as answer:
            assert asset_id in (await answer.json())["hls_url"]
    media = server.settings().media_dir
    assert [path for path in media.rglob("*") if path.is_file()] == []
    after = await objects(bucket)
    assert half.items() <= after.items(), "what had arrived was not sent again"
    checked = await asyncio.to_thread(server.ani, "storage", "check")
    assert (checked.returncode, "of 2 videos" in checked.stdout) == (0, True), checked.stderr
    rest = await asyncio.to_thread(server.ani, "storage", "gc", "--dry-run")
    assert "There is nothing to remove." in rest.stdout
