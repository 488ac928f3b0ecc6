"""A catalogue and jobs in memory, as a watch folder sees them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kernel.jobs import JobView, State
from streaming.ingest.watch_folder.file_names import WorkTitle
from streaming.ingest.watch_folder.model import WatchedRelease
from streaming.ingest.watch_folder.usecases import WatchContext

MOVED_AT_NS = 1_700_000_000_000_000_000


def release(
    name: str, *ordinals: float, season: int = 1, is_film: bool = False, with_video: Collection[float] = ()
) -> WatchedRelease:
    episodes = {number: f"{name}:{number:g}" for number in ordinals}
    return WatchedRelease(name, name, season, is_film, episodes, frozenset(episodes[one] for one in with_video))


class MemoryCatalogue:
    def __init__(self, aliases: Mapping[str, WatchedRelease], titles: Mapping[str, Sequence[WatchedRelease]]) -> None:
        self.aliases, self.titles = aliases, titles

    async def of_aliases(self, aliases: Collection[str]) -> Mapping[str, WatchedRelease]:
        return {alias: self.aliases[alias] for alias in aliases if alias in self.aliases}

    async def of_titles(self, titles: Collection[WorkTitle]) -> Mapping[WorkTitle, Sequence[WatchedRelease]]:
        return {
            one: [each for each in self.titles.get(one.title, ()) if one.season in {None, each.season}]
            for one in titles
        }


class MemoryJobs:
    def __init__(self) -> None:
        self.payloads: dict[str, dict[str, Any]] = {}
        self.views: dict[str, JobView] = {}

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        assert kind == "ingest"
        assert key is not None
        assert owner_id is None
        if key not in self.views:
            self.payloads[key] = payload
            self.put(key, "queued")
        return self.views[key].id

    async def of_keys(self, keys: Collection[str]) -> Mapping[str, JobView]:
        return {key: self.views[key] for key in keys if key in self.views}

    def put(self, key: str, state: State, error: dict[str, Any] | None = None) -> None:
        self.views[key] = JobView(f"job-{len(self.views)}", "ingest", state, "", 0.5, None, error, None)


def context(catalogue: MemoryCatalogue, jobs: MemoryJobs | None = None) -> WatchContext:
    return WatchContext(catalogue=catalogue, jobs=jobs or MemoryJobs())
