"""Recordings as background work: episodes made of them, and the end of those that nobody looks after."""

import asyncio
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from kernel.access import Role
from kernel.jobs import JobContext
from kernel.scope import Container
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.jobs import ingest, reported, while_allowed
from streaming.ingest.kept_picture import encoded_anew
from streaming.ingest.model import Asset
from streaming.keys.model import Protection
from streaming.live.recordings import usecases
from streaming.live.recordings.adapters.assembly import assembled, have_one_format
from streaming.live.recordings.adapters.context import context_of
from streaming.live.recordings.adapters.files import LocalRecordings
from streaming.live.recordings.model import RecordingEmpty, RecordingNotFound
from streaming.live.recordings.usecases import RecordingFiles

log = structlog.get_logger()

_ASSEMBLY_SHARE: Final = 0.3
"""Of all the time where the format changed, and each stretch is encoded before the ingest does; next to nothing otherwise."""
_WORK_PREFIX: Final = "episode-"


async def make_episode(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"recording_id", "episode_id", "protection"?}`` → ``{"asset_id", "duration_ms", "warnings"}``."""
    container, recording_id, episode_id = job.container, payload["recording_id"], payload["episode_id"]
    ensure_allowed = partial(job.ensure_owner, Role.EDITOR)
    await ensure_allowed()
    async with container.scope(write=False) as scope:
        recording = await context_of(scope).recordings.get(recording_id)
        files = scope.port(RecordingFiles)
    if recording is None:
        raise RecordingNotFound
    assert isinstance(files, LocalRecordings)
    stretches = await files.trimmed(recording_id)
    if not stretches:
        raise RecordingEmpty
    name = f"{recording.title}.mp4"
    async with reported(job) as on_progress:

        async def make() -> Asset:
            work = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=_WORK_PREFIX, dir=files.folder(recording_id)))
            try:
                film = await assembled(
                    Tools.bundled(),
                    stretches,
                    work,
                    free_bytes=await files.free_bytes(),
                    report=lambda share: on_progress("assembling", share * _ASSEMBLY_SHARE),
                )
                # What was encoded to be joined is no picture of the publisher's any more.
                whole = have_one_format(stretches)
                begun = _ASSEMBLY_SHARE if film.parent == work else 0.0
                return await ingest(
                    container,
                    film,
                    episode_id,
                    on_progress=lambda stage, share: on_progress(stage, begun + (1 - begun) * share),
                    name=name,
                    protection=Protection(payload["protection"]) if payload.get("protection") else None,
                    ensure_allowed=ensure_allowed,
                    keep_picture=whole,
                    notes=() if whole else [encoded_anew("its format changed on the way")],
                )
            finally:
                await asyncio.shield(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))

        asset = await while_allowed(make(), ensure_allowed)
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        current = await context.recordings.lock(recording_id)
        if current is not None:
            current.became(episode_id, asset.id, context.now)
    return {"asset_id": asset.id, "duration_ms": asset.duration_ms, "warnings": list(asset.warnings)}


async def end_unseen(container: Container) -> None:
    """A periodic task: what a dead process was recording is complete."""
    async with container.scope(write=True) as scope:
        count = await usecases.end_unseen(context_of(scope))
    if count:
        log.info("ended recordings of a process that died", count=count)


async def remove_expired(container: Container) -> None:
    """A periodic task: recordings go when they have been kept for long enough."""
    async with container.scope(write=True) as scope:
        count = await usecases.remove_expired(context_of(scope))
    if count:
        log.info("removed expired recordings", count=count)
