"""The whole of an ingest: record, folder and events, when all goes well and when it does not."""

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from catalog.releases.episodes.usecases import Episodes
from kernel.ids import new_id
from kernel.jobs import JobContext, Jobs
from kernel.jobs.table import job_table
from kernel.outbox.relay import Relay
from kernel.scope import Container
from server.boot import background_work
from server.services import Services
from server.settings import Settings
from streaming.ingest import jobs, usecases
from streaming.ingest.adapters.context import context_of
from streaming.ingest.jobs import ingest, sweep
from streaming.ingest.model import (
    Asset,
    AssetId,
    AssetState,
    EpisodeUnknown,
    IngestRunning,
    NotMedia,
    SourceMissing,
    SubtitlesUnreadable,
)
from streaming.ingest.packaging import package_report
from streaming.ingest.packaging.staging import fingerprint, occupied
from streaming.ingest.usecases import Assets
from tests.integration.streaming.ingest.conftest import H264, Film
from tests.support.media.shows import add_episode
from tests.support.servers.preloaded import Preloaded


@pytest.fixture
async def episode_id(container: Container) -> str:
    return await add_episode(container)


@pytest.fixture(scope="session")
def long(films: Film) -> Path:
    """A film that takes seconds to ingest, so that one can stop it in the middle."""
    return films("long.mp4", "-f", "lavfi", "-i", "testsrc2=size=854x480:rate=30:duration=10", *H264)


async def stored(container: Container, asset_id: str) -> Asset:
    async with container.scope(write=False) as scope:
        asset = await scope.port(Assets).get(AssetId(asset_id))
        assert asset is not None
        return asset


async def only(container: Container, episode_id: str, file: Path) -> Asset:
    async with container.scope(write=False) as scope:
        asset = await scope.port(Assets).find(episode_id, fingerprint(file, []))
        assert asset is not None
        return asset


def rubbish(settings: Settings) -> list[Path]:
    """Everything under the media folder that is not a published asset."""
    published = {folder for folder in settings.media_dir.glob("*") if (folder / "asset.json").is_file()}
    staging = list((settings.media_dir / ".staging").glob("*"))
    return staging + [
        path for path in settings.media_dir.glob("*") if path not in published and path.name != ".staging"
    ]


async def test_makes_the_episode_playable(
    container: Container, settings: Settings, episode_id: str, plain: Path
) -> None:
    seen: list[tuple[str, float]] = []
    asset = await ingest(container, plain, episode_id, on_progress=lambda *step: seen.append(step))
    await Relay(container).drain()
    assert asset.state is AssetState.READY
    assert (await stored(container, asset.id)).renditions == asset.renditions
    async with container.scope(write=False) as scope:
        episode = await scope.port(Episodes).get(episode_id)
        current = await scope.port(Assets).current(episode_id)
    assert episode is not None
    assert (episode.playable, episode.duration_ms) == (True, asset.duration_ms)
    assert current is not None
    assert current.id == asset.id
    assert (settings.media_dir / asset.id / "master.m3u8").is_file()
    assert rubbish(settings) == []
    assert next(stage for stage, _ in seen) == "probing"
    assert seen[-1] == ("ready", 1.0)
    assert [share for _, share in seen] == sorted(share for _, share in seen)


async def test_the_same_file_again_is_the_same_asset(container: Container, episode_id: str, plain: Path) -> None:
    first = await ingest(container, plain, episode_id)
    second = await ingest(container, plain, episode_id)
    assert (second.id, second.attempts) == (first.id, 1)


async def test_the_same_file_for_another_episode_is_another_asset(container: Container, plain: Path) -> None:
    one = await ingest(container, plain, await add_episode(container))
    other = await ingest(container, plain, await add_episode(container))
    assert one.id != other.id


async def test_subtitles_beside_the_film_and_given_ones(
    container: Container, episode_id: str, plain: Path, tmp_path: Path
) -> None:
    film = Path(shutil.copy(plain, tmp_path / "Film.mp4"))
    (tmp_path / "Film.ru.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nПривет\n", "cp1251")
    (tmp_path / "Other.de.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n")
    given = tmp_path / "elsewhere" / "captions.en.vtt"
    given.parent.mkdir()
    given.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n")
    asset = await ingest(container, film, episode_id, [given])
    assert [(track.language, track.label) for track in asset.subtitles] == [("en", "English"), ("ru", "Русский")]


class TestRefused:
    async def test_leaves_a_reason_and_nothing_else(
        self, container: Container, settings: Settings, episode_id: str, tmp_path: Path
    ) -> None:
        film = tmp_path / "film.mkv"
        film.write_bytes(b"no film at all" * 100)
        with pytest.raises(NotMedia):
            await ingest(container, film, episode_id)
        asset = await only(container, episode_id, film)
        assert (asset.state, asset.error_code) == (AssetState.FAILED, "not_media")
        assert asset.error is not None
        assert asset.error.startswith("film.mkv is not a video file we can read")
        assert rubbish(settings) == []

    @pytest.mark.parametrize("episode_id", ["01a2058b-5d71-776b-bf4f-69672ad5a0b1", "the first one"])
    async def test_for_want_of_an_episode(self, container: Container, plain: Path, episode_id: str) -> None:
        with pytest.raises(EpisodeUnknown, match=r"There is no episode .* to ingest for"):
            await ingest(container, plain, episode_id)

    async def test_for_want_of_a_file(self, container: Container, episode_id: str, tmp_path: Path) -> None:
        with pytest.raises(SourceMissing):
            await ingest(container, tmp_path / "none.mp4", episode_id)

    async def test_for_want_of_the_named_subtitles(self, container: Container, episode_id: str, plain: Path) -> None:
        with pytest.raises(SubtitlesUnreadable, match=r"none\.srt cannot be read: there is no such file"):
            await ingest(container, plain, episode_id, [Path("none.srt")])

    async def test_can_be_tried_again(
        self, container: Container, settings: Settings, episode_id: str, plain: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A full disk, then room."""

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(package_report, "remember", full)
            with pytest.raises(Exception, match="not enough room on the disk"):
                await ingest(container, plain, episode_id)
        failed = await only(container, episode_id, plain)
        assert (failed.state, failed.error_code) == (AssetState.FAILED, "storage_full")
        assert rubbish(settings) == []
        asset = await ingest(container, plain, episode_id)
        assert (asset.id, asset.state, asset.attempts) == (failed.id, AssetState.READY, 2)


class TestInterrupted:
    async def test_by_the_one_who_started_it(
        self, container: Container, settings: Settings, episode_id: str, long: Path
    ) -> None:
        before, encoding = set(_children(os.getpid())), asyncio.Event()
        task = asyncio.create_task(ingest(container, long, episode_id, on_progress=_once_encoding(encoding)))
        await asyncio.wait_for(encoding.wait(), 30)
        children = set(_children(os.getpid())) - before
        assert children, "ffmpeg is at it"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not [pid for pid in children if _runs(pid)]
        assert rubbish(settings) == []
        asset = await only(container, episode_id, long)
        assert (asset.state, asset.error_code) == (AssetState.FAILED, "ingest_interrupted")

    async def test_by_kill_9(
        self,
        container: Container,
        settings: Settings,
        episode_id: str,
        long: Path,
        tmp_path: Path,
        preloaded: Preloaded,
    ) -> None:
        script = Path(__file__).with_name("killed.py").read_text()
        said = tmp_path / "said"
        with said.open("wb") as out, (tmp_path / "errors").open("wb") as errors:
            command = ["-c", script, str(settings.data_dir), str(long), episode_id]
            process = preloaded.start(command, env=os.environ, cwd=tmp_path, stdout=out, stderr=errors)
        await _until(lambda: b"\n" in said.read_bytes() or process.poll() is not None, timeout_s=60)
        line = said.read_bytes().partition(b"\n")[0]
        assert line.startswith(b"encoding"), (tmp_path / "errors").read_text()
        children = [int(pid) for pid in line.split()[1:]]
        assert [pid for pid in children if _runs(pid)], "ffmpeg is at it"
        process.kill()
        await asyncio.to_thread(process.wait, 60)
        assert rubbish(settings), "or this test shows nothing"

        # ffmpeg dies with its parent, and the next start sweeps up.
        await _until(lambda: not any(_runs(pid) for pid in children))
        await sweep(container)
        assert rubbish(settings) == []
        asset = await only(container, episode_id, long)
        assert (asset.state, asset.error_code) == (AssetState.FAILED, "ingest_interrupted")

        again = await ingest(container, long, episode_id)
        assert (again.id, again.state) == (asset.id, AssetState.READY)
        assert rubbish(settings) == []

    async def test_between_publishing_and_recording_it(
        self, container: Container, settings: Settings, episode_id: str, plain: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No work is lost: what was published is taken as it is, by whoever comes next."""
        with monkeypatch.context() as patch:
            patch.setattr(usecases, "complete", _die)
            patch.setattr(usecases, "fail", _die)
            with pytest.raises(_Died):
                await ingest(container, plain, episode_id)
        asset = await only(container, episode_id, plain)
        assert asset.state is AssetState.INGESTING
        made_at = (settings.media_dir / asset.id / "master.m3u8").stat().st_mtime_ns
        again = await ingest(container, plain, episode_id)
        assert again.is_ready
        assert (settings.media_dir / asset.id / "master.m3u8").stat().st_mtime_ns == made_at

    async def test_and_swept_up_after_publishing(
        self, container: Container, settings: Settings, episode_id: str, plain: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(usecases, "complete", _die)
            patch.setattr(usecases, "fail", _die)
            with pytest.raises(_Died):
                await ingest(container, plain, episode_id)
        asset = await only(container, episode_id, plain)
        # What kill -9 leaves: the lock's file, which nobody holds.
        (settings.media_dir / ".staging" / f"{asset.id}.lock").touch()
        await sweep(container)
        assert (await stored(container, asset.id)).is_ready
        assert rubbish(settings) == []


async def test_the_sweep_leaves_those_at_work_alone(
    container: Container, settings: Settings, episode_id: str, long: Path
) -> None:
    encoding = asyncio.Event()
    task = asyncio.create_task(ingest(container, long, episode_id, on_progress=_once_encoding(encoding)))
    await asyncio.wait_for(encoding.wait(), 30)
    await sweep(container)
    with pytest.raises(IngestRunning):
        await ingest(container, long, episode_id)
    assert (await task).is_ready
    assert rubbish(settings) == []


async def test_a_job_of_the_queue(services: Services, episode_id: str, plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    film = Path(shutil.copy(plain, folder / "0190.upload"))
    payload = {"file": str(film), "name": "My film.mp4", "episode_id": episode_id, "remove": True}
    result = await jobs.run(JobContext(new_id(), services.container), payload)
    asset = await stored(services.container, result["asset_id"])
    assert asset.source_name == "My film.mp4"
    assert _files(folder) == []


async def test_a_job_waits_for_who_is_at_the_same_film(services: Services, episode_id: str, plain: Path) -> None:
    """Such as the sweep, which stores what a killed ingest left: the job of that is not to fail for it."""
    container = services.container
    async with container.scope(write=True) as scope:
        mark = fingerprint(plain, [])
        asset = await usecases.register(
            context_of(scope), episode_id=episode_id, fingerprint=mark, source_name="plain.mp4"
        )

    async def job_with(job_id: str, *states: str, error: str | None) -> None:
        async with asyncio.timeout(60):
            while True:
                async with container.scope(write=False) as scope:
                    job = await scope.port(Jobs).get(job_id)
                if job.state in states and (job.error or {}).get("code") == error:
                    return
                await asyncio.sleep(0.05)

    async with background_work(services, worker=True):
        with occupied(services.media.staging(asset.id)):
            async with container.scope(write=True) as scope:
                job_id = await scope.port(Jobs).enqueue("ingest", {"file": str(plain), "episode_id": episode_id})
            await job_with(job_id, "queued", error="ingest_running")
        async with container.scope(write=True) as scope:
            due = update(job_table).where(job_table.c.id == job_id)
            await scope.uow.session.execute(due.values(not_before=scope.clock.now() - timedelta(seconds=1)))
        await services.jobs.send(job_id)
        await job_with(job_id, "succeeded", error=None)
    assert (await stored(container, asset.id)).is_ready


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _once_encoding(event: asyncio.Event) -> Callable[[str, float], None]:
    def on_progress(stage: str, _progress: float) -> None:
        if stage == "encoding":
            event.set()

    return on_progress


class _Died(BaseException):
    """The process is gone: no handler of errors runs."""


async def _die(*_: object, **__: object) -> None:
    raise _Died


def _children(pid: int) -> list[int]:
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def _until(condition: Callable[[], bool], *, timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.02)
