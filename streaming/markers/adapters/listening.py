"""From a published asset to its fingerprints, whatever it is encrypted with and wherever it is stored."""

import asyncio
import secrets
import shutil
from pathlib import Path
from typing import Final

import numpy as np

from kernel.scope import Container
from kernel.storage import MediaStorage, NotStored, StorageCorrupt
from kernel.storage.download import COPY, on_this_machine
from streaming.ingest.ffmpeg import commands
from streaming.ingest.ffmpeg.processes import ProcessStuck, Tools, run
from streaming.ingest.model import Asset
from streaming.ingest.packaging.packager import PackagerFailed
from streaming.ingest.repackaging.repackage import clear_sound
from streaming.keys.usecases import ContentKeys
from streaming.markers.fingerprint import HOP_MS, SAMPLE_RATE_HZ, Points, points
from streaming.markers.model import AssetSound, SoundUnreadable

SHARE: Final = 0.25
LONGEST_MS: Final = 600_000
"""Of an episode at either end that is looked for openings and endings: a quarter of it, and ten minutes at most."""
WHOLE_MAX_MS: Final = 3_600_000
"""Longer films are not listened to between: they are no episodes that begin with a recap."""
DECODE_TIMEOUT_S: Final = 120.0
_SAMPLES: Final = "samples.raw"


async def listen(container: Container, tools: Tools, asset: Asset) -> AssetSound:
    """The fingerprints of the first sound of ``asset``, which has one.

    Raises :class:`SoundUnreadable`, ``StorageAway``.
    """
    async with container.scope(write=False) as scope:
        storage = scope.port(MediaStorage)
        keys = await scope.port(ContentKeys).of_content(asset.id)
    name = asset.audio[0].name
    # Not in the folder of a copy, which is removed before the sound is read.
    staging = storage.staging(f"{COPY}{asset.id}-{secrets.token_hex(4)}")
    try:
        async with on_this_machine(storage, asset.id, only=f"{name}/") as folder:
            file = await clear_sound(tools, asset, folder, name, keys, staging)
        duration_ms = asset.duration_ms or 0
        length_ms = min(LONGEST_MS, round(duration_ms * SHARE))
        tail_start_ms = duration_ms - length_ms
        if duration_ms <= WHOLE_MAX_MS:
            return _of_whole(asset.id, await _points(tools, file, 0, duration_ms), length_ms)
        head, tail = [await _points(tools, file, at_ms, length_ms) for at_ms in (0, tail_start_ms)]
    except (NotStored, StorageCorrupt, PackagerFailed, ProcessStuck, OSError) as error:
        raise SoundUnreadable(str(error)) from error
    finally:
        await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
    return AssetSound(asset_id=asset.id, head=head, tail=tail, tail_start_ms=tail_start_ms)


def _of_whole(asset_id: str, whole: Points, length_ms: int) -> AssetSound:
    length = round(length_ms / HOP_MS)
    tail_at = max(0, len(whole) - length)
    return AssetSound(
        asset_id=asset_id, head=whole[:length], tail=whole[tail_at:], tail_start_ms=round(tail_at * HOP_MS), whole=whole
    )


async def _points(tools: Tools, file: Path, start_ms: int, length_ms: int) -> Points:
    command = commands.hear(tools.ffmpeg, file.name, SAMPLE_RATE_HZ, _SAMPLES, start_ms=start_ms, length_ms=length_ms)
    outcome = await run(command, cwd=file.parent, timeout_s=DECODE_TIMEOUT_S)
    if outcome.status != 0:
        raise SoundUnreadable(" ".join(outcome.stderr[-3:]))
    samples = file.parent / _SAMPLES
    try:
        return await asyncio.to_thread(_read, samples)
    finally:
        await asyncio.to_thread(samples.unlink)


def _read(samples: Path) -> Points:
    # An hour is 80 MB.
    return points(np.memmap(samples, "<i2", "r")) if samples.stat().st_size else points(np.empty(0, np.int16))
