"""Episodes with real media, encoded once a test session however many tests play them."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import catalog.releases.episodes.usecases
import catalog.releases.usecases
import streaming.ingest.jobs
from catalog.releases.episodes.model import EpisodeDraft, Span
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.usecases import Releases
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.ingest.engine import Engine, Finished, Progress
from streaming.ingest.model import AssetId
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.usecases import Assets
from streaming.keys.model import Protection


@dataclass(frozen=True, kw_only=True)
class IngestedEpisode:
    """A published release with one published, playable episode."""

    release_id: str
    episode_id: str
    asset_id: str
    duration_ms: int


class RememberingEngine(Engine):
    """The real engine, which gives out a copy when the same source comes again."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._made: dict[tuple[Path, ...], Finished] = {}

    async def make(
        self,
        source: Path,
        staging: Path,
        *,
        name: str = "",
        side_files: Sequence[Path] = (),
        on_progress: Progress | None = None,
        order: ProtectionOrder | None = None,
    ) -> Finished:
        if order is not None:  # each asset has keys of its own
            return await super().make(
                source, staging, name=name, side_files=side_files, on_progress=on_progress, order=order
            )
        known = self._made.get((source, *side_files))
        if known is None:
            made = await super().make(source, staging, name=name, side_files=side_files, on_progress=on_progress)
            kept = self._folder / new_id()
            await asyncio.to_thread(shutil.copytree, staging, kept)
            self._made[source, *side_files] = Finished(kept, made.published)
            return made
        await asyncio.to_thread(shutil.copytree, known.folder, staging, dirs_exist_ok=True)
        return Finished(staging, known.published)


async def add_episode(services: Services, source: Path, engine: Engine, *, title: str = "Show") -> IngestedEpisode:
    """Make a release with one episode, ingest `source` for it and publish both."""
    container = services.container
    async with container.scope(write=True) as scope:
        releases, episodes, now = scope.port(Releases), scope.port(Episodes), scope.clock.now()
        draft = ReleaseDraft(f"show-{new_id()}", ReleaseType.WEB, Names(title), episodes_total=1)
        release = await catalog.releases.usecases.create_release(releases, draft, (), now)
        episode = await catalog.releases.episodes.usecases.add_episode(
            releases, episodes, release.id, EpisodeDraft(ordinal=1, opening=Span(0, 1_000)), now
        )
    asset = await streaming.ingest.jobs.ingest(container, source, episode.id, engine=engine)
    await Relay(container).drain()
    async with container.scope(write=True) as scope:
        releases, episodes, now = scope.port(Releases), scope.port(Episodes), scope.clock.now()
        await catalog.releases.usecases.publish_release(releases, release.id, now)
        await catalog.releases.episodes.usecases.publish_episode(episodes, episode.id, now)
    assert asset.duration_ms is not None
    return IngestedEpisode(
        release_id=release.id, episode_id=episode.id, asset_id=asset.id, duration_ms=asset.duration_ms
    )


async def package_as(services: Services, mode: Protection, *films: IngestedEpisode) -> None:
    """Let the assets of ``films`` pass for packaged in ``mode``, for who looks at keys and plays nothing."""
    async with services.container.scope(write=True) as scope:
        for film in films:
            asset = await scope.port(Assets).get(AssetId(film.asset_id))
            if asset is not None:
                asset.protection = mode
