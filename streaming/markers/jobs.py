"""Finding the marks of a release's episodes as background work, after each new video of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from kernel.jobs import JobContext, Jobs
from kernel.scope import Scope
from kernel.storage import MediaStorage, StorageAway
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.model import Asset, AssetId, AssetReady
from streaming.ingest.usecases import Assets
from streaming.markers.adapters.listening import WHOLE_MAX_MS, listen
from streaming.markers.matching import VOICES_MIN
from streaming.markers.model import AssetSound, SoundUnreadable
from streaming.markers.usecases import AssetSounds, MarkableEpisode, MarkedEpisodes, found_marks

log = structlog.get_logger()

JOB: Final = "find-marks"
WAITS_OUT: Final = (StorageAway,)
AROUND_MAX: Final = 24
"""Episodes that are compared with a new one: openings change with the season, and each takes some milliseconds."""


async def order(scope: Scope, event: AssetReady) -> None:
    """A video was made ready: look for its opening, where chapters may say it or there is enough to compare it with."""
    if event.replaces is not None:
        return  # the same pictures and sound
    asset = await scope.port(Assets).get(AssetId(event.asset_id))
    if asset is None or not asset.renditions:
        return
    around = await scope.port(MarkedEpisodes).around(asset.episode_id, AROUND_MAX)
    if asset.chapters or len(await _present(scope.port(Assets), around)) > VOICES_MIN:
        await scope.port(Jobs).enqueue(JOB, {"asset_id": asset.id}, key=f"{JOB}:{asset.id}")


async def run(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"asset_id"}`` → ``{"marked"}``, how many episodes got or lost a mark that may have."""
    container = job.container
    async with container.scope(write=False) as scope:
        store = scope.port(Assets)
        asset = await store.get(AssetId(payload["asset_id"]))
        around = [] if asset is None else await scope.port(MarkedEpisodes).around(asset.episode_id, AROUND_MAX)
        present = await _present(store, around)
        storage = scope.port(MediaStorage)
        known = dict(await scope.port(AssetSounds).of([each.id for each in present.values()]))
    if asset is None or present.get(asset.episode_id) is not asset or not await storage.exists(asset.id):
        return {"marked": 0}
    if len(present) > VOICES_MIN:
        await _listen_to_all(job, [each for each in present.values() if _is_unheard(each, known)], known)
    in_order = [
        present[each.episode_id].id
        for each in sorted(around, key=lambda each: each.ordinal)
        if each.episode_id in present
    ]
    marked = 0
    for number, episode in enumerate(around):
        theirs = present.get(episode.episode_id)
        # Those before it are left as they are where they have a mark: nothing of them changed.
        kinds = episode.kinds if theirs is asset else episode.kinds - episode.marked
        if theirs is None or not kinds:
            continue
        await job.report("comparing", 0.8 + 0.2 * number / len(around))
        found = await asyncio.to_thread(found_marks, replace(episode, kinds=kinds), theirs, known, in_order)
        if theirs is not asset:
            found = {kind: mark for kind, mark in found.items() if mark is not None}
        if found:
            async with container.scope(write=True) as scope:
                await scope.port(MarkedEpisodes).mark(episode.episode_id, found)
            marked += 1
    log.info("looked for marks", asset_id=asset.id, episodes=len(present), marked=marked)
    return {"marked": marked}


def _is_unheard(asset: Asset, known: Mapping[str, AssetSound]) -> bool:
    """Or was heard by a version that did not listen to the whole."""
    if not asset.audio:
        return False
    return asset.id not in known or (known[asset.id].whole is None and (asset.duration_ms or 0) <= WHOLE_MAX_MS)


async def _listen_to_all(job: JobContext, silent: Sequence[Asset], known: dict[str, AssetSound]) -> None:
    tools = Tools.bundled()
    for number, each in enumerate(silent):
        await job.report("listening", 0.8 * number / len(silent))
        try:
            sound = await listen(job.container, tools, each)
        except SoundUnreadable as error:
            # The others still tell each other's.
            log.warning("the sound of an asset cannot be read", asset_id=each.id, reason=str(error))
            continue
        async with job.container.scope(write=True) as scope:
            await scope.port(AssetSounds).keep(sound)
        known[each.id] = sound


async def _present(store: Assets, around: Sequence[MarkableEpisode]) -> Mapping[str, Asset]:
    """Episode → the asset that viewers get of it."""
    found: dict[str, Asset] = {}
    for each in await store.of_episodes([episode.episode_id for episode in around]):
        if each.is_ready and each.superseded_at is None and each.renditions:
            other = found.get(each.episode_id)
            if other is None or _age(other) < _age(each):
                found[each.episode_id] = each
    return found


def _age(asset: Asset) -> tuple[Any, str]:
    return asset.finished_at, asset.id
