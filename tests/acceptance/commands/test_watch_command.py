"""`ani watch` as a process beside a server that does the jobs."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.jobs import queries
from kernel.jobs.model import JobRow
from server.boot import open_services
from streaming.ingest.usecases import Assets
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer
from tests.support.servers.preloaded import Forked, Preloaded

pytestmark = pytest.mark.timeout(180)

PATIENCE_S = 120
INTERVAL = ("--interval", "0.5")


async def add_release(server: LiveServer) -> str:
    """A draft with an episode, whose id is returned."""
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft("frieren", ReleaseType.TV, Names("Frieren"))
        release = await catalog.releases.usecases.create_release(context, draft, ())
        episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=1))
    return episode.id


async def ordered(server: LiveServer) -> list[JobRow]:
    async with open_services(server.settings()) as services, services.container.scope(write=False) as scope:
        found, _ = await queries.jobs(scope.uow.session, None, offset=0, limit=100)
    return [job for job in found if job.kind == "ingest"]


class Watching:
    """The process, and what it printed."""

    def __init__(self, process: Forked, log: Path) -> None:
        self.process = process
        self._log = log

    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    async def says(self, text: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while text not in self.printed():
                    assert self.process.poll() is None, self.printed()
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"never said {text!r}:\n{self.printed()}")

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, 30)


@asynccontextmanager
async def watching(preloaded: Preloaded, server: LiveServer, *arguments: str) -> AsyncIterator[Watching]:
    log = server.folder / "watch.log"
    with log.open("wb") as out:
        process = preloaded.start(
            ["watch", *arguments], env=server.command_environment(), cwd=server.folder, stdout=out, stderr=out
        )
    try:
        yield Watching(process, log)
    finally:
        process.kill()
        await asyncio.to_thread(process.wait, 30)


async def test_a_file_that_appears_is_made_ready_once(
    live_server: StartServer, preloaded: Preloaded, clip: Callable[..., Path], tmp_path: Path
) -> None:
    server = await live_server()
    episode_id = await add_release(server)
    folder = tmp_path / "films"
    folder.mkdir()
    async with watching(preloaded, server, str(folder), *INTERVAL) as watch:
        await watch.says("Watching ")
        # As a copy over the network comes: its first half, and the rest a look later.
        film = clip(seconds=3).read_bytes()
        path = folder / "Frieren - 01.mp4"
        path.write_bytes(film[: len(film) // 2])
        shutil.copyfile(path, folder / "Somebody Else - 01.mp4")
        await watch.says("Somebody Else - 01.mp4: ")
        path.write_bytes(film)
        await watch.says("ready    Frieren - 01.mp4 → Frieren 1")
        assert await watch.stop() == 0
        printed = watch.printed()
    assert "Traceback" not in printed
    assert printed.rstrip().endswith("Stopped. What was ordered stays ordered.")
    async with open_services(server.settings()) as services, services.container.scope(write=False) as scope:
        asset = await scope.port(Assets).current(episode_id)
    assert asset is not None
    assert asset.source_name == "Frieren - 01.mp4"
    assert asset.duration_ms is not None
    assert abs(asset.duration_ms - 3_000) < 100

    # A second watch knows it, and a dry run shows a table and orders nothing.
    jobs = await ordered(server)
    dry = server.ani("watch", str(folder), "--dry-run", *INTERVAL)
    assert dry.returncode == 0, dry.stderr
    rows = {" ".join(line.split()[:3]): line for line in dry.stdout.splitlines()}
    assert "done" in rows["Frieren - 01.mp4"]
    assert "left" in rows["Somebody Else -"]
    assert "0 of 2 would be made ready." in dry.stdout
    once = server.ani("watch", str(folder), "--once", *INTERVAL)
    assert once.returncode == 0, once.stderr
    assert "1 left, 1 ready" in once.stdout
    assert await ordered(server) == jobs


async def test_stopped_in_the_midst_of_its_work_another_goes_on(
    live_server: StartServer, preloaded: Preloaded, clip: Callable[..., Path], tmp_path: Path
) -> None:
    server = await live_server(ANI_EMBEDDED_WORKER="false")
    episode_id = await add_release(server)
    folder = tmp_path / "films"
    folder.mkdir()
    shutil.copyfile(clip(seconds=8, width_px=1280, height_px=720), folder / "Frieren - 01.mp4")
    async with watching(preloaded, server, str(folder), "--work", *INTERVAL) as watch:
        await watch.says("encoding Frieren - 01.mp4")
        assert await watch.stop() == 0
        printed = watch.printed()
    assert "Traceback" not in printed
    assert "Stopped. What was ordered stays ordered." in printed
    assert [job.state for job in await ordered(server)] == ["queued"], "given back, and not lost"
    once = await asyncio.to_thread(server.ani, "watch", str(folder), "--once", "--work", *INTERVAL)
    assert once.returncode == 0, once.stderr
    assert "1 ready" in once.stdout, once.stdout
    async with open_services(server.settings()) as services, services.container.scope(write=False) as scope:
        asset = await scope.port(Assets).current(episode_id)
    assert asset is not None
    assert [job.state for job in await ordered(server)] == ["succeeded"]
