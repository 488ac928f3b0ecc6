"""Changing the tracks of a video as background work, and for the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from kernel.access import Role
from kernel.jobs import JobContext, OwnerMayNot
from kernel.scope import Container
from streaming.ingest import languages, usecases
from streaming.ingest.adapters.context import context_of
from streaming.ingest.encoding import Encoding
from streaming.ingest.engine import Finished, Progress
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.jobs import publish, reported, while_allowed
from streaming.ingest.model import Asset, MediaRefused, NothingPublished
from streaming.ingest.repackaging.adapters.key_supply import packaged_anew
from streaming.ingest.repackaging.repackage import tracks_of
from streaming.ingest.tracks import model
from streaming.ingest.tracks.adapters import sound
from streaming.ingest.tracks.adapters.revision import Revision
from streaming.ingest.tracks.model import SoundToAdd, TrackChange


async def change_tracks(
    container: Container,
    episode_id: str,
    change: TrackChange,
    mark: str,
    *,
    file: Path | None = None,
    name: str = "",
    on_progress: Progress | None = None,
    ensure_allowed: Callable[[], Awaitable[None]] | None = None,
) -> Asset:
    """Package the video of an episode anew with its tracks changed; ``file`` (absolute) has the sound that is added.

    ``mark`` tells this change from others: given again, it is not made twice.  A refused, failed or killed change leaves the
    video as it was.

    Raises ``NothingPublished``, ``TrackNotFound``, ``OnlySound``, ``TooManyTracks``, ``BadTrackChange``, a ``MediaRefused``,
    ``StorageFull``, ``IngestRunning``.
    """
    tools, report = Tools.bundled(), on_progress or (lambda _stage, _share: None)
    report("probing", 0.0)
    async with container.scope(write=False) as scope:
        context = context_of(scope)
        source = await context.assets.current(episode_id)
        if source is None or not source.renditions:
            raise NothingPublished
        if usecases.tracks_mark(source) == mark:
            return source
        surround = scope.port(Encoding).surround
    warnings: list[str] = []
    track = None
    if isinstance(change, SoundToAdd):
        assert file is not None, "sound comes in a file"
        change = replace(change, language=languages.normalise(change.language))
        name = name or file.name
        track, warnings = await sound.find(tools, file, name, change)
    # Refused before there is an asset of it.
    model.changed(tracks_of(source, ()), change)
    async with container.scope(write=True) as scope:
        asset = await usecases.register_packaging(context_of(scope), source, source.protection, tracks=mark)

    async def build(staging: Path) -> Finished:
        revision = Revision(tools, source, change, file, name, track, staging, report, warnings, surround)
        return await packaged_anew(
            container, tools, source, asset.id, source.protection, staging, on_progress, revision=revision
        )

    return await publish(container, asset, build, on_progress, ensure_allowed=ensure_allowed)


async def run(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"episode_id", "change", "file"?, "name"?, "remove"?}`` → ``{"asset_id", "warnings"}``.

    With ``remove`` the file is an upload of ours, deleted once it is taken or refused for good.
    """
    file = Path(payload["file"]) if payload.get("file") else None
    ensure_allowed = partial(job.ensure_owner, Role.EDITOR)
    try:
        await ensure_allowed()
        async with reported(job) as on_progress:
            work = change_tracks(
                job.container,
                payload["episode_id"],
                model.load(payload["change"]),
                job.id,
                file=file,
                name=payload.get("name", ""),
                on_progress=on_progress,
                ensure_allowed=ensure_allowed,
            )
            asset = await while_allowed(work, ensure_allowed)
    except (MediaRefused, OwnerMayNot, NothingPublished, model.TooManyTracks):
        await _remove(file, payload)
        raise
    await _remove(file, payload)
    return {"asset_id": asset.id, "warnings": list(asset.warnings)}


async def _remove(file: Path | None, payload: dict[str, Any]) -> None:
    if file is not None and payload.get("remove"):
        await asyncio.to_thread(file.unlink, missing_ok=True)
