"""Which episode each file is of, what has become of it, and the order of what is to be made ready."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from kernel.jobs import JobView
from streaming.ingest.watch_folder import file_names
from streaming.ingest.watch_folder.file_names import FileName, WorkTitle
from streaming.ingest.watch_folder.model import (
    MAX_UNDERWAY,
    Outcome,
    Reason,
    State,
    Target,
    VideoFile,
    WatchedRelease,
)
from streaming.keys.model import Protection

INGEST_JOB: Final = "ingest"

_OF_JOB: Final = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "succeeded": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.FAILED,
}


class WatchCatalogue(Protocol):
    """The catalogue, as far as files are matched with it; drafts too, deleted releases not."""

    async def of_aliases(self, aliases: Collection[str]) -> Mapping[str, WatchedRelease]:
        """By alias, in small letters: the releases with these."""
        ...

    async def of_titles(self, titles: Collection[WorkTitle]) -> Mapping[WorkTitle, Sequence[WatchedRelease]]:
        """The releases that each may mean: same title, season and, where both are known, year."""
        ...


class WatchJobs(Protocol):
    """Orders work and looks at it (``kernel.jobs.Jobs`` is one)."""

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """Order a job; the same ``key`` orders only once."""
        ...

    async def of_keys(self, keys: Collection[str]) -> Mapping[str, JobView]:
        """Those ordered by these keys that are remembered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchContext:
    """What the use cases here work with: ports of one transaction."""

    catalogue: WatchCatalogue
    jobs: WatchJobs


Judged = Target | tuple[Reason, str]


async def judge(context: WatchContext, files: Sequence[VideoFile], *, replacing: bool = False) -> list[Outcome]:
    """What becomes of each file; ``replacing``: also where the episode has a video already."""
    sound = [file for file in files if file.problem is None]
    names = {file.path: file_names.read(file.path) for file in sound}
    targets = await _targets(context.catalogue, names)
    jobs = await context.jobs.of_keys([file.key for file in sound])
    firsts: dict[tuple[int, int], str] = {}
    outcomes = []
    for file in files:
        if file.problem is not None:
            outcomes.append(Outcome(file, State.LEFT, reason=file.problem, detail=file.detail))
            continue
        first = firsts.setdefault(file.identity, file.path) if file.identity != (0, 0) else file.path
        if first != file.path:
            outcomes.append(Outcome(file, State.LEFT, reason=Reason.TWICE, detail=first))
            continue
        outcomes.append(_outcome(file, targets[file.path], jobs.get(file.key), replacing=replacing))
    return _without_rivals(outcomes)


async def order(
    context: WatchContext, outcomes: Sequence[Outcome], folder: str, *, protection: Protection | None = None
) -> list[Outcome]:
    """Order the ingest of those that are to be made ready, at most :data:`MAX_UNDERWAY` on their way at a time.

    ``folder``: where the workers find the files, absolute.
    """
    underway = sum(outcome.state in {State.QUEUED, State.RUNNING} for outcome in outcomes)
    told: list[Outcome] = []
    for outcome in outcomes:
        if outcome.state is not State.ORDER or outcome.target is None:
            told.append(outcome)
            continue
        if underway >= MAX_UNDERWAY:
            told.append(replace(outcome, state=State.LEFT, reason=Reason.WAITS))
            continue
        file = outcome.file
        payload: dict[str, Any] = {
            "file": f"{folder.rstrip('/')}/{file.path}",
            "name": file.path.rpartition("/")[2],
            "episode_id": outcome.target.episode_id,
            "expected": {"size_bytes": file.size_bytes, "mtime_ns": file.mtime_ns},
        }
        if protection is not None:
            payload["protection"] = protection.value
        job_id = await context.jobs.enqueue(INGEST_JOB, payload, key=file.key)
        underway += 1
        told.append(replace(outcome, state=State.QUEUED, job_id=job_id))
    return told


async def _targets(catalogue: WatchCatalogue, names: Mapping[str, FileName]) -> dict[str, Judged]:
    folders = {path: path.split("/")[0].lower() for path in names if path.count("/") == 1}
    of_folder = await catalogue.of_aliases(set(folders.values()))
    # The name of such a folder is no title: the file is read by its own name alone.
    names = {
        path: file_names.read(path.rpartition("/")[2]) if folders.get(path) in of_folder else name
        for path, name in names.items()
    }
    of_title = await catalogue.of_titles({name.work for name in names.values() if name.work is not None})
    return {
        path: _target(
            path,
            name,
            of_folder.get(folders.get(path, "")),
            () if name.work is None else of_title.get(name.work, ()),
        )
        for path, name in names.items()
    }


def _target(path: str, name: FileName, folder: WatchedRelease | None, titled: Sequence[WatchedRelease]) -> Judged:
    if name.is_extra:
        return Reason.EXTRA, ""
    if folder is not None:
        return _in_folder(path, name, folder, titled)
    if name.work is None:
        return Reason.NO_TITLE, ""
    if not titled:
        return Reason.UNKNOWN_TITLE, _said(name.work)
    if len(titled) > 1:
        return Reason.SEVERAL_TITLES, ", ".join(sorted(each.title for each in titled)[:5])
    return _episode(titled[0], name.numbers)


def _in_folder(path: str, name: FileName, folder: WatchedRelease, titled: Sequence[WatchedRelease]) -> Judged:
    """The folder says which release, unless the name says another one; the name says which episode."""
    base = path.rpartition("/")[2]
    if titled and folder.release_id not in {each.release_id for each in titled}:
        return Reason.OTHER_RELEASE, f"{folder.title}, {titled[0].title}"
    if not titled and name.work is not None and name.work.season not in {None, folder.season}:
        return Reason.OTHER_SEASON, f"season {name.work.season} of {folder.title}"
    leading = file_names.leading_number(base)
    if leading is not None and file_names.is_number(base):
        return _episode(folder, (leading,))
    if len(name.numbers) > 1:
        return _episode(folder, name.numbers)
    said = {number for number in (leading, *name.numbers) if number is not None}
    if len(said) > 1:
        there = said & folder.episodes.keys()
        if len(there) != 1:
            return Reason.UNCLEAR_NUMBER, " or ".join(f"{number:g}" for number in sorted(said))
        said = set(there)
    return _episode(folder, tuple(said))


def _episode(release: WatchedRelease, numbers: Sequence[float]) -> Judged:
    if len(numbers) > 1:
        return Reason.SEVERAL_NUMBERS, f"{release.title}: " + ", ".join(f"{each:g}" for each in numbers)
    if numbers:
        number = numbers[0]
    elif release.is_film and len(release.episodes) == 1:
        number = next(iter(release.episodes))
    else:
        return Reason.NO_NUMBER, release.title
    episode_id = release.episodes.get(number)
    if episode_id is None:
        return Reason.NO_EPISODE, f"{release.title}, {number:g}"
    return Target(episode_id, release.title, number, episode_id in release.with_video)


def _outcome(file: VideoFile, judged: Judged, job: JobView | None, *, replacing: bool) -> Outcome:
    target = judged if isinstance(judged, Target) else None
    if job is not None:
        reason = str((job.error or {}).get("message", "")) or ("it was stopped" if job.state == "cancelled" else "")
        return Outcome(file, _OF_JOB[job.state], target, None, reason, job.id, job.progress)
    if not isinstance(judged, Target):
        return Outcome(file, State.LEFT, reason=judged[0], detail=judged[1])
    if judged.has_video and not replacing:
        return Outcome(file, State.LEFT, target, Reason.HAS_VIDEO)
    return Outcome(file, State.ORDER, target)


def _without_rivals(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Of two new files for one episode neither is taken, and none where another is on its way."""
    wanted = Counter(one.target.episode_id for one in outcomes if one.state is State.ORDER and one.target is not None)
    taken: dict[str, str] = {}
    for one in outcomes:
        if one.target is not None and one.state in {State.QUEUED, State.RUNNING}:
            taken[one.target.episode_id] = one.file.path
    told = []
    for one in outcomes:
        if one.state is State.ORDER and one.target is not None:
            rival = taken.get(one.target.episode_id)
            if rival is None and wanted[one.target.episode_id] > 1:
                rival = next(
                    other.file.path
                    for other in outcomes
                    if other.target is not None
                    and other.target.episode_id == one.target.episode_id
                    and other.file.path != one.file.path
                    and other.state is State.ORDER
                )
            if rival is not None:
                told.append(replace(one, state=State.LEFT, reason=Reason.SEVERAL_FILES, detail=rival))
                continue
        told.append(one)
    return told


def _said(work: WorkTitle) -> str:
    season = "" if work.season is None else f", season {work.season}"
    year = "" if work.year is None else f" ({work.year})"
    return f"“{work.title}”{year}{season}"
