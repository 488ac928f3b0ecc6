"""`ani watch` over a real folder, catalogue and jobs."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import catalog.releases.episodes.usecases
import catalog.releases.usecases
import streaming.ingest.jobs
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names, OtherName
from kernel.jobs import Jobs
from server.boot import background_work, open_services
from server.cli import watch
from server.cli.watch import Watch
from server.services import Services
from streaming.ingest.usecases import Assets
from streaming.ingest.watch_folder.adapters.folder import FolderUnreadable
from streaming.ingest.watch_folder.model import Outcome, Reason, Scan, State
from tests.support.media.episodes import RememberingEngine

FAST_S = 0.05


async def add_release(services: Services, alias: str, name: str, *others: str, count: int = 3) -> list[str]:
    """A draft with ``count`` episodes; their ids."""
    async with services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft(alias, ReleaseType.TV, Names(name), other_names=tuple(OtherName(text) for text in others))
        release = await catalog.releases.usecases.create_release(context, draft, ())
        made = [
            await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=number))
            for number in range(1, count + 1)
        ]
    return [episode.id for episode in made]


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, source: Path | None = None) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if source is None:
        path.write_bytes(b"no film")
    else:
        shutil.copyfile(source, path)
    return path


async def looked(
    services: Services, folder: Path, *, ordering: bool = False, replacing: bool = False
) -> dict[str, Outcome]:
    wanted = Watch(folder=folder, interval_s=FAST_S, replacing=replacing)
    outcomes = await watch.first_look(services, wanted, asyncio.Event(), ordering=ordering)
    return {one.file.path: one for one in outcomes}


@pytest.mark.both_adapters
async def test_what_is_matched(services: Services, films: Path) -> None:
    first = await add_release(services, "frieren", "Frieren", "Sousou no Frieren")
    second = await add_release(services, "frieren-2", "Sousou no Frieren 2nd Season")
    for name in (
        "frieren/01.mkv",
        "[Group] Sousou no Frieren - 02 [1080p].mkv",
        "new/[Group] Sousou no Frieren S2 - 03 [1080p].mkv",
        "frieren-2/09.mkv",
        "Somebody Else - 01.mkv",
    ):
        put(films, name)
    found = await looked(services, films)
    targets = {path: one.target.episode_id for path, one in found.items() if one.target is not None}
    assert targets == {
        "frieren/01.mkv": first[0],
        "[Group] Sousou no Frieren - 02 [1080p].mkv": first[1],
        "new/[Group] Sousou no Frieren S2 - 03 [1080p].mkv": second[2],
    }
    assert found["frieren-2/09.mkv"].reason is Reason.NO_EPISODE
    assert found["Somebody Else - 01.mkv"].reason is Reason.UNKNOWN_TITLE


@pytest.mark.both_adapters
async def test_made_ready_once(
    services: Services,
    films: Path,
    clip: Callable[..., Path],
    engine: RememberingEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming.ingest.jobs, "Engine", lambda: engine)
    (episode_id, other_id, _) = await add_release(services, "show", "Show")
    put(films, "show/01.mp4", clip(seconds=8))
    put(films, "show/02.mp4")
    wanted, stop = Watch(folder=films, interval_s=FAST_S), asyncio.Event()
    async with background_work(services, worker=True):
        ordered = await watch.first_look(services, wanted, stop, ordering=True)
        assert [one.state for one in ordered] == [State.QUEUED, State.QUEUED]
        shares: list[float] = []
        ended = await watch.until_done(services, wanted, stop, ordered, lambda _, share: shares.append(share))
    assert [one.state for one in ended] == [State.DONE, State.FAILED]
    assert "02.mp4 is not a video file" in ended[1].sentence
    assert shares[-1] == 1
    async with services.container.scope(write=False) as scope:
        asset = await scope.port(Assets).current(episode_id)
        assert await scope.port(Assets).current(other_id) is None
    assert asset is not None
    assert asset.source_name == "01.mp4"
    # A restart, and another watcher, find their orders again.
    async with open_services(services.settings) as again:
        found = await looked(again, films, ordering=True)
    assert {path: one.state for path, one in found.items()} == {"show/01.mp4": State.DONE, "show/02.mp4": State.FAILED}
    # Another file for an episode that has a video is left, unless somebody says so.
    put(films, "show/other/Show - 01.mp4")
    path = "show/other/Show - 01.mp4"
    assert (await looked(services, films))[path].reason is Reason.HAS_VIDEO
    assert (await looked(services, films, replacing=True))[path].state is State.ORDER


@pytest.mark.both_adapters
async def test_two_watchers_order_once(services: Services, films: Path) -> None:
    await add_release(services, "show", "Show", count=20)
    for number in range(1, 21):
        put(films, f"show/{number}.mkv")
    services.jobs.leave_to_others()
    async with open_services(services.settings) as other:
        other.jobs.leave_to_others()
        both = await asyncio.gather(*(looked(each, films, ordering=True) for each in (services, other)))
    ids = [{one.job_id for one in found.values()} for found in both]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 20


async def test_followed_as_it_grows_goes_and_comes_back(services: Services, films: Path) -> None:
    await add_release(services, "show", "Show")
    services.jobs.leave_to_others()
    told, warnings, stop = asyncio.Queue[Outcome](), asyncio.Queue[str](), asyncio.Event()

    def show(news: Sequence[Outcome], present: Scan) -> None:
        for one in news:
            told.put_nowait(one)

    async def next_of(state: State) -> Outcome:
        async with asyncio.timeout(60):
            while True:
                one = await told.get()
                if one.state is state:
                    return one

    film = put(films, "show/01.mkv")
    wanted = Watch(folder=films, interval_s=FAST_S)
    following = asyncio.create_task(watch.follow(services, wanted, stop, show, warnings.put_nowait))
    try:
        one = await next_of(State.QUEUED)
        assert one.file.size_bytes == len(b"no film")
        # A file that is written to is waited for; it is another one then.
        with film.open("ab") as growing:
            growing.write(b", and more")
        left = await next_of(State.LEFT)
        assert left.reason is Reason.CHANGING
        grown = await next_of(State.QUEUED)
        assert (grown.file.path, grown.job_id != one.job_id) == ("show/01.mkv", True)
        await asyncio.to_thread(films.rename, films.with_name("away"))
        async with asyncio.timeout(60):
            assert "cannot be read" in await warnings.get()
        await asyncio.to_thread(films.with_name("away").rename, films)
        async with asyncio.timeout(60):
            assert await warnings.get() == "Going on."
    finally:
        stop.set()
        await asyncio.wait_for(following, 60)
    async with services.container.scope(write=False) as scope:
        assert set(await scope.port(Jobs).of_keys([one.file.key, grown.file.key])) == {one.file.key, grown.file.key}


async def test_a_file_that_changed_after_its_order_is_refused(services: Services, films: Path) -> None:
    await add_release(services, "show", "Show")
    film = put(films, "show/01.mkv")
    services.jobs.leave_to_others()
    ordered = await looked(services, films, ordering=True)
    job_id = ordered["show/01.mkv"].job_id
    assert job_id is not None
    os.utime(film, ns=(0, 0))
    async with background_work(services, worker=True):
        await services.jobs.run(job_id)
    async with services.container.scope(write=False) as scope:
        job = await scope.port(Jobs).get(job_id)
    assert (job.state, (job.error or {}).get("code")) == ("failed", "source_changed")


async def test_no_folder(services: Services, tmp_path: Path) -> None:
    with pytest.raises(FolderUnreadable):
        await looked(services, tmp_path / "nothing")
