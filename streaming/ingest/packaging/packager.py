"""Runs the packager over encoded tracks, and protects what it makes."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from streaming.ingest import surround
from streaming.ingest.ffmpeg import commands, errors
from streaming.ingest.ffmpeg.processes import Tools, run
from streaming.ingest.model import StorageFull
from streaming.ingest.packaging import protect
from streaming.ingest.packaging.protect import ProtectionOrder
from streaming.ingest.plan import EncodedFilm, SubtitlePlan
from streaming.keys.model import ContentKey, Protection, TrackClass

PACKAGE_TIMEOUT_S: Final = 3600


class PackagerFailed(Exception):
    """shaka-packager gave up on what was made for it."""


async def package(
    tools: Tools,
    film: EncodedFilm,
    texts: Sequence[SubtitlePlan],
    staging: Path,
    order: ProtectionOrder | None,
) -> None:
    """Package the tracks in the work folder of ``staging``, protected as ``order`` says.

    Raises :class:`PackagerFailed`, :class:`~streaming.ingest.model.StorageFull`.
    """
    mode = Protection.NONE if order is None else order.mode
    tracks = {rung.name: commands.picture_class(rung) for rung in film.rungs}
    tracks |= dict.fromkeys(surround.renditions(film.sound), TrackClass.AUDIO)
    if order is None or not mode.is_common_encryption:
        await _run(commands.package(tools.packager, film, texts), staging)
    else:
        places = [(each, 0) for each in dict.fromkeys(tracks.values())]
        keys = await order.supply.keys(places)
        command = commands.package(tools.packager, film, texts, sample_encryption=True)
        await _run(command, staging, commands.encryption_flags(mode, keys.values()))
        await asyncio.to_thread(protect.tag_samples, staging, tracks, keys, order)
    if order is not None and mode is Protection.AES_128:
        wanted = await asyncio.to_thread(protect.places, staging, tracks, order)
        keys = await order.supply.keys(wanted)
        await asyncio.to_thread(protect.encrypt_segments, staging, tracks, keys, order.rotation_segments)


async def decrypt(tools: Tools, names: Sequence[tuple[str, str]], keys: Sequence[ContentKey], staging: Path) -> None:
    """Decrypt the samples of tracks (name, ``video`` or ``audio``) in the work folder.  Raises as :func:`package`."""
    await _run(commands.decrypt(tools.packager, names), staging, commands.decryption_flags(keys))


async def _run(command: Sequence[str], staging: Path, flags: str | None = None) -> None:
    stdin = None if flags is None else flags.encode()
    outcome = await run(command, cwd=staging, timeout_s=PACKAGE_TIMEOUT_S, stdin=stdin)
    if outcome.status != 0:
        if errors.disk_is_full(outcome.stderr):
            raise StorageFull
        # Its input is ours, so this is our fault and no refusal of the file.
        raise PackagerFailed(outcome.stderr)
