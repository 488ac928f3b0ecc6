"""Packaging anew as background work."""

from functools import partial
from pathlib import Path
from typing import Any

from kernel.access import Role
from kernel.jobs import JobContext
from streaming.ingest import usecases
from streaming.ingest.adapters.context import context_of
from streaming.ingest.engine import Finished
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.jobs import publish, reported, while_allowed
from streaming.ingest.model import NothingPublished
from streaming.ingest.repackaging.adapters.key_supply import packaged_anew
from streaming.keys.model import Protection


async def run(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"episode_id", "protection"}`` → ``{"asset_id", "protection"}``."""
    container, mode = job.container, Protection(payload["protection"])
    ensure_allowed = partial(job.ensure_owner, Role.EDITOR)
    await ensure_allowed()
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        source = await context.assets.current(payload["episode_id"])
        if source is None or not source.renditions:
            raise NothingPublished
        asset = await usecases.register_packaging(context, source, mode)
    async with reported(job) as on_progress:

        async def build(staging: Path) -> Finished:
            return await packaged_anew(container, Tools.bundled(), source, asset.id, mode, staging, on_progress)

        work = publish(container, asset, build, on_progress, ensure_allowed=ensure_allowed)
        asset = await while_allowed(work, ensure_allowed)
    return {"asset_id": asset.id, "protection": asset.protection.value}
