"""Episodes with real media, encoded once a test run however many tests play them."""

import asyncio
import pickle
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import catalog.releases.episodes.usecases
import catalog.releases.usecases
import streaming.ingest.jobs
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft, Span
from catalog.releases.model import ReleaseDraft, ReleaseId, ReleaseType
from catalog.releases.names import Names
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.ingest.encoding import Encoding
from streaming.ingest.engine import Engine, Finished, Progress
from streaming.ingest.model import AssetId
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.usecases import Assets
from streaming.keys.model import Protection
from tests.support.shared import alone

ASSET, PUBLISHED = "asset", "published.pickle"

BRIEF = Span(0, 1_000)
"""An opening that no player skips: a second is too short for it."""


@dataclass(frozen=True, kw_only=True)
class IngestedEpisode:
    """A published release with one published, playable episode."""

    release_id: str
    episode_id: str
    asset_id: str
    duration_ms: int


class RememberingEngine(Engine):
    """The real engine, which gives out a copy when the same source comes again, from whichever process of the run."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    async def make(
        self,
        source: Path,
        staging: Path,
        *,
        name: str = "",
        side_files: Sequence[Path] = (),
        on_progress: Progress | None = None,
        order: ProtectionOrder | None = None,
        keep_picture: bool = False,
        encoding: Encoding | None = None,
        notes: Sequence[str] = (),
    ) -> Finished:
        if (
            order is not None or keep_picture or notes or encoding not in {None, Encoding()}
        ):  # each asset has keys of its own
            return await super().make(
                source,
                staging,
                name=name,
                side_files=side_files,
                on_progress=on_progress,
                order=order,
                keep_picture=keep_picture,
                encoding=encoding,
                notes=notes,
            )
        kept = self._folder / await asyncio.to_thread(_digest, [source, *side_files])
        async with AsyncExitStack() as stack:
            if not kept.exists():
                lock = alone(kept)
                await asyncio.to_thread(lock.__enter__)
                stack.callback(lock.__exit__, None, None, None)
            if not kept.exists():
                made = await super().make(source, staging, name=name, side_files=side_files, on_progress=on_progress)
                await asyncio.to_thread(_keep, made, kept)
                return made
        await asyncio.to_thread(shutil.copytree, kept / ASSET, staging, dirs_exist_ok=True)
        return Finished(staging, pickle.loads((kept / PUBLISHED).read_bytes()))


def _digest(files: Sequence[Path]) -> str:
    """Of their names and contents: each process has copies of its own."""
    parts = [part for file in files for part in (file.name.encode(), sha256(file.read_bytes()).digest())]
    return sha256(b"\0".join(parts)).hexdigest()


def _keep(made: Finished, kept: Path) -> None:
    unfinished = kept.with_name(f"unfinished-{new_id()}")
    shutil.copytree(made.folder, unfinished / ASSET)
    (unfinished / PUBLISHED).write_bytes(pickle.dumps(made.published))
    unfinished.rename(kept)


async def add_episode(
    services: Services,
    source: Path,
    engine: Engine,
    *,
    title: str = "Show",
    opening: Span = BRIEF,
    recap: Span | None = None,
    after: IngestedEpisode | None = None,
) -> IngestedEpisode:
    """Make a release with one episode, or the second one of the release of `after`; ingest `source` for it and publish both."""
    container = services.container
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        if after is None:
            draft = ReleaseDraft(f"show-{new_id()}", ReleaseType.WEB, Names(title), episodes_total=1)
            release_id = (await catalog.releases.usecases.create_release(context, draft, ())).id
        else:
            release_id = ReleaseId(after.release_id)
        episode = await catalog.releases.episodes.usecases.add_episode(
            context, release_id, EpisodeDraft(ordinal=1 if after is None else 2, opening=opening, recap=recap)
        )
    asset = await streaming.ingest.jobs.ingest(container, source, episode.id, engine=engine)
    await Relay(container).drain()
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        if after is None:
            await catalog.releases.usecases.publish_release(context, release_id)
        await catalog.releases.episodes.usecases.publish_episode(context, episode.id)
    assert asset.duration_ms is not None
    return IngestedEpisode(
        release_id=release_id, episode_id=episode.id, asset_id=asset.id, duration_ms=asset.duration_ms
    )


async def package_as(services: Services, mode: Protection, *films: IngestedEpisode) -> None:
    """Let the assets of ``films`` pass for packaged in ``mode``, for who looks at keys and plays nothing."""
    async with services.container.scope(write=True) as scope:
        for film in films:
            asset = await scope.port(Assets).get(AssetId(film.asset_id))
            if asset is not None:
                asset.protection = mode
