"""Fetching a video and making it ready as any other, and letting go of what is not shown any more."""

import tempfile
from pathlib import Path
from typing import Any, Final

import structlog

from kernel.jobs import JobContext, Jobs
from kernel.scope import Container, Scope
from streaming.ads.creatives import usecases
from streaming.ads.creatives.usecases import AdCreatives, CreativeContext
from streaming.ads.vast.adapters.client import AdClient
from streaming.ads.vast.chain import MAX_AD_MS
from streaming.ads.vast.errors import AdRefused, VastError
from streaming.ingest import jobs as ingest
from streaming.ingest import usecases as ingest_usecases
from streaming.ingest.adapters import context as ingest_context
from streaming.ingest.engine import Engine
from streaming.ingest.model import EpisodeUnknown, MediaRefused
from streaming.keys.model import Protection

log = structlog.get_logger()

ROUNDING_MS: Final = 5_000
"""By which a file may be longer than an ad may say that it is."""


def context_of(scope: Scope) -> CreativeContext:
    """What the use cases work with in the transaction of ``scope``."""
    return CreativeContext(creatives=scope.port(AdCreatives), jobs=scope.port(Jobs), now=scope.clock.now())


async def fetch(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"creative_id"}`` → ``{"asset_id"}``, or ``{"fault"}`` with a VAST error code."""
    async with job.container.scope(write=False) as scope:
        creative = await scope.port(AdCreatives).get(payload["creative_id"])
        client = scope.port(AdClient)
    if creative is None:
        return {}
    try:
        # In the system's own folder: what a killed process leaves there is the system's to clear.
        with tempfile.TemporaryDirectory(prefix="ani-ad-") as folder:
            file = Path(folder) / "creative"
            await client.download(creative.media_url, file)
            engine = Engine()
            source = await engine.probe(file, name=creative.name)
            if (source.duration_ms or 0) > MAX_AD_MS + ROUNDING_MS:
                raise AdRefused(VastError.MEDIA_UNFIT)  # noqa: TRY301 - like what the client raises
            # Without encryption: an ad's keys would be asked for where the programme's are, and it is no secret.
            async with ingest.reported(job) as on_progress:
                asset = await ingest.ingest(
                    job.container,
                    file,
                    creative.id,
                    on_progress=on_progress,
                    name=creative.name,
                    protection=Protection.NONE,
                    engine=engine,
                )
    except (AdRefused, MediaRefused, EpisodeUnknown) as refused:
        code = refused.code if isinstance(refused, AdRefused) else VastError.MEDIA_UNFIT
        log.warning(
            "the video of an ad cannot be shown", creative_id=creative.id, name=creative.name, reason=str(refused)
        )
        async with job.container.scope(write=True) as scope:
            await usecases.failed(context_of(scope), creative.id, code)
        return {"fault": int(code)}
    return {"asset_id": asset.id}


async def remove_idle(container: Container) -> None:
    """A periodic task: videos that are not shown any more go, with their files."""
    async with container.scope(write=True) as scope:
        removed = await usecases.remove_idle(context_of(scope))
        await ingest_usecases.remove_media(ingest_context.context_of(scope), removed)
    if removed:
        log.info("removed videos of ads that are not shown any more", count=len(removed))
