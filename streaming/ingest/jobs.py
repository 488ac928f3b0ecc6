"""Ingest as background work: one function for the command line and the job, and the sweep after accidents."""

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from kernel.access import Role
from kernel.errors import AniError
from kernel.jobs import JobContext, OwnerMayNot
from kernel.scope import Container
from kernel.storage import MediaStorage, NotStored, StorageAway
from kernel.storage.ports import read
from streaming.ingest import usecases
from streaming.ingest.adapters.context import context_of
from streaming.ingest.encoding import Encoding
from streaming.ingest.engine import Engine, Finished, Progress
from streaming.ingest.model import (
    Asset,
    AssetId,
    AssetState,
    EpisodeUnknown,
    IngestInterrupted,
    IngestRunning,
    MediaRefused,
    Published,
    SourceChanged,
    SourceEmpty,
    SourceMissing,
    StorageFull,
    SubtitlesUnreadable,
)
from streaming.ingest.packaging import package_report
from streaming.ingest.packaging.staging import abandoned, fingerprint, occupied
from streaming.ingest.picture.codecs import VideoCodec, ordered
from streaming.ingest.repackaging.adapters.key_supply import order_for, packaged_anew
from streaming.ingest.subtitles.side_files import SUFFIXES, belongs_to
from streaming.ingest.usecases import ProtectionDefaults
from streaming.keys.model import Protection

log = structlog.get_logger()

PASSES: Final = (StorageAway, IngestRunning)
"""What jobs wait out: what they made stays on its machine and is not made again, and of a killed ingest it may just be under way into
the storage."""

RIGHT_CHECK_S: Final = 30.0
"""Between two looks at whether whoever ordered an ingest may still add videos."""

REPORT_S: Final = 1.0
"""Between two progress reports of a job: often enough for a bar to move, a handful of writes a minute for the database."""


async def ingest(
    container: Container,
    file: Path,
    episode_id: str,
    subtitle_files: Sequence[Path] = (),
    on_progress: Progress | None = None,
    *,
    name: str = "",
    protection: Protection | None = None,
    codecs: Sequence[VideoCodec] | None = None,
    engine: Engine | None = None,
    ensure_allowed: Callable[[], Awaitable[None]] | None = None,
    keep_picture: bool = False,
    notes: Sequence[str] = (),
) -> Asset:
    """Make ``file`` the video of an episode; the same file again returns the asset there is.

    ``protection``: how to encrypt it, and ``codecs``: what to encode its picture with, ``None``: as the operator set.  A file that is there already, protected in another way, is
    packaged anew and not encoded again.

    Side files lying beside it (``Film.ru.srt``) are taken with ``subtitle_files``.  ``name`` is what to call an upload,
    whose own file name is ours.  A cancelled, failed or killed ingest leaves nothing behind and can be repeated.
    ``ensure_allowed`` is asked right before the result shows, and ends the ingest with what it raises.
    ``keep_picture``: the largest rendition is the picture as it is, where that can be; ``notes`` are kept with what the
    ingest itself has to say.

    Raises :class:`MediaRefused`, :class:`StorageFull`, :class:`~streaming.ingest.model.EpisodeUnknown`,
    :class:`~streaming.ingest.model.IngestRunning`.
    """
    name = name or file.name
    file, side_files = await asyncio.to_thread(_inputs, file, name, subtitle_files)
    async with container.scope(write=False) as scope:
        encoding = scope.port(Encoding)
    if codecs is not None:
        encoding = replace(encoding, codecs=ordered(codecs))
    mark = await asyncio.to_thread(fingerprint, file, side_files, kept=keep_picture, encoding=encoding.mark)
    async with container.scope(write=True) as scope:
        mode = scope.port(ProtectionDefaults).mode if protection is None else protection
        context = context_of(scope)
        fingerprinted = usecases.marked(mark, mode, await usecases.tracks_added_to(context, episode_id, mark))
        asset = await usecases.register(context, episode_id=episode_id, fingerprint=fingerprinted, source_name=name)
        ready = await usecases.packagings(context, asset)
    engine = engine or Engine()

    async def encode(staging: Path) -> Finished:
        order = await order_for(container, asset.id, mode)
        return await engine.make(
            file,
            staging,
            name=name,
            side_files=side_files,
            on_progress=on_progress,
            order=order,
            keep_picture=keep_picture,
            encoding=encoding,
            notes=notes,
        )

    async def package_anew(staging: Path) -> Finished:
        return await packaged_anew(container, engine.tools, ready[-1], asset.id, mode, staging, on_progress)

    return await publish(
        container, asset, package_anew if ready else encode, on_progress, ensure_allowed=ensure_allowed
    )


async def publish(
    container: Container,
    asset: Asset,
    build: Callable[[Path], Awaitable[Finished]],
    on_progress: Progress | None = None,
    *,
    ensure_allowed: Callable[[], Awaitable[None]] | None = None,
) -> Asset:
    """Let ``build`` make the folder of ``asset`` and publish it, where that is not done already."""
    async with container.scope(write=False) as scope:
        storage = scope.port(MediaStorage)
    if asset.is_ready and await storage.exists(asset.id):
        if asset.superseded_at is None:
            return asset
        if ensure_allowed is not None:
            await ensure_allowed()
        async with container.scope(write=True) as scope:
            return await usecases.restore(context_of(scope), asset.id)
    known = asset.state is not AssetState.INGESTING
    staging = storage.staging(asset.id)
    storing = None if on_progress is None else partial(on_progress, "storing")
    async with _at_work(staging):
        if known:
            async with container.scope(write=True) as scope:
                await usecases.retry(context_of(scope), asset.id)
        async with _recorded_failure(container, asset.id):
            # Whoever died after the folder was whole left nothing to encode: only its way to the bucket, or the record, is missing.
            try:
                published = await _published(storage, asset.id, storing)
            except StorageAway:
                if storage.folder(asset.id) is not None:
                    raise
                published = None  # made first, and stored when it is back
            if published is None:
                published = (await build(staging)).published
                if ensure_allowed is not None:
                    await ensure_allowed()
                await storage.publish(staging, asset.id, storing)
            async with container.scope(write=True) as scope:
                asset = await usecases.complete(context_of(scope), asset.id, published)
    log.info("asset ready", asset_id=asset.id, episode_id=asset.episode_id, duration_ms=asset.duration_ms)
    if on_progress is not None:
        on_progress("ready", 1.0)
    return asset


async def _published(
    storage: MediaStorage, asset_id: str, on_progress: Callable[[float], None] | None = None
) -> Published | None:
    """What an earlier process published, or was about to; ``None``: nothing.  Raises what ``MediaStorage.resume`` raises."""
    if not await storage.resume(asset_id, on_progress):
        return None
    try:
        return package_report.recall(await read(await storage.file(asset_id, package_report.RECORD)))
    except NotStored:
        return None


async def run(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """The job: ``{"file", "episode_id", "name"?, "subtitles"?, "protection"?, "codecs"?, "remove"?, "expected"?}`` → ``{"asset_id", "duration_ms", "warnings"}``.

    With ``remove`` the file is an upload of ours, deleted once it is ingested or refused for good.  ``expected``
    (``{"size_bytes", "mtime_ns"}``): as the file was when the job was ordered; raises :class:`SourceChanged` where it is not.
    """
    file = Path(payload["file"])
    if payload.get("expected"):
        await asyncio.to_thread(_ensure_unchanged, file, payload.get("name") or file.name, payload["expected"])
    ensure_allowed = partial(job.ensure_owner, Role.EDITOR)
    try:
        await ensure_allowed()
        async with reported(job) as on_progress:
            asset = await while_allowed(
                ingest(
                    job.container,
                    file,
                    payload["episode_id"],
                    [Path(path) for path in payload.get("subtitles", ())],
                    on_progress,
                    name=payload.get("name", ""),
                    protection=Protection(payload["protection"]) if payload.get("protection") else None,
                    codecs=[VideoCodec(each) for each in payload["codecs"]] if payload.get("codecs") else None,
                    ensure_allowed=ensure_allowed,
                ),
                ensure_allowed,
            )
    except (MediaRefused, OwnerMayNot, EpisodeUnknown):
        if payload.get("remove"):
            await asyncio.to_thread(file.unlink, missing_ok=True)
        raise
    if payload.get("remove"):
        await asyncio.to_thread(file.unlink, missing_ok=True)
    return {"asset_id": asset.id, "duration_ms": asset.duration_ms, "warnings": list(asset.warnings)}


@contextlib.asynccontextmanager
async def reported(job: JobContext) -> AsyncIterator[Progress]:
    """What to tell how far the work of ``job`` is, as often as one likes; passed on every :data:`REPORT_S`."""
    latest = ("queued", 0.0)

    def on_progress(stage: str, progress: float) -> None:
        nonlocal latest
        latest = (stage, progress)

    async def report() -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            await job.report(*latest)

    reporter = asyncio.create_task(report(), name=f"report:{job.id}")
    try:
        yield on_progress
    finally:
        reporter.cancel()


async def while_allowed(work: Coroutine[Any, Any, Asset], ensure_allowed: Callable[[], Awaitable[None]]) -> Asset:
    """What ``work`` returns, unless ``ensure_allowed`` raises meanwhile: hours of encoding are not to go on for nobody."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(RIGHT_CHECK_S)
            await ensure_allowed()

    working, watching = asyncio.ensure_future(work), asyncio.create_task(watch(), name="ingest right")
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done() and not working.done():
            watching.result()
        return await working
    finally:
        watching.cancel()
        working.cancel()
        await asyncio.wait({working, watching})  # it cleans up after itself


async def remove_superseded(container: Container) -> None:
    """A periodic task: former packagings go when nobody can be watching them any more."""
    async with container.scope(write=True) as scope:
        removed = await usecases.remove_superseded(context_of(scope))
    if removed:
        log.info("superseded packagings removed", count=removed)


async def sweep(container: Container) -> None:
    """Remove what killed ingests left, and end their assets: ready when published already, failed otherwise."""
    async with container.scope(write=False) as scope:
        storage = scope.port(MediaStorage)
    root = storage.staging("any").parent
    with abandoned(root) as left:
        for asset_id in left:
            try:
                published = await _published(storage, asset_id)
            except StorageAway:
                # What is whole on this machine is kept, and whoever gives the file again goes on from there.
                published = None
            async with container.scope(write=True) as scope:
                await usecases.settle(context_of(scope), asset_id, published)
            log.info("swept up after an interrupted ingest", asset_id=asset_id, published=published is not None)


async def store_again(container: Container) -> None:
    """A periodic task: what was made while the bucket was away, and waits on this machine, goes there and is ready."""
    async with container.scope(write=False) as scope:
        storage = scope.port(MediaStorage)
        waiting = await scope.port(usecases.Assets).unstored()
    for asset in waiting:
        if storage.folder(asset.id) is None:
            continue  # on another machine
        with contextlib.suppress(IngestRunning, StorageAway):
            async with _at_work(storage.staging(asset.id)):
                published = await _published(storage, asset.id)
                if published is not None:
                    async with container.scope(write=True) as scope:
                        await usecases.complete(context_of(scope), asset.id, published)
                    log.info("asset ready, now that the storage is back", asset_id=asset.id)


def _ensure_unchanged(file: Path, name: str, expected: Mapping[str, int]) -> None:
    try:
        facts = file.stat()
    except OSError:
        raise SourceMissing(name=name) from None
    if (facts.st_size, facts.st_mtime_ns) != (expected["size_bytes"], expected["mtime_ns"]):
        raise SourceChanged(name=name)


def _inputs(file: Path, name: str, given: Sequence[Path]) -> tuple[Path, list[Path]]:
    """Where ``file`` is, and its subtitles: those ``given``, then those beside it.  Raises where something is not there."""
    if not file.is_file():
        raise SourceMissing(name=name)
    if file.stat().st_size == 0:
        raise SourceEmpty(name=name)
    for path in given:
        if not path.is_file():
            raise SubtitlesUnreadable(name=path.name, reason="there is no such file")
    around = sorted(file.parent.iterdir())
    films = [path.name for path in around if path.suffix.lower() not in SUFFIXES]
    beside = [path for path in around if belongs_to(path.name, file.name, films)]
    return file.absolute(), list(dict.fromkeys(path.absolute() for path in (*given, *beside)))


@contextlib.asynccontextmanager
async def _at_work(staging: Path) -> AsyncIterator[None]:
    """:func:`occupied`, without blocking the loop while thousands of segments are removed."""
    workplace = occupied(staging)
    await asyncio.to_thread(workplace.__enter__)
    try:
        yield
    finally:
        # Shielded: a second Ctrl-C must not leave the half of an asset.
        await asyncio.shield(asyncio.to_thread(workplace.__exit__, None, None, None))


@contextlib.asynccontextmanager
async def _recorded_failure(container: Container, asset_id: AssetId) -> AsyncIterator[None]:
    """Write down why an ingest ended early, whatever the reason; the reason itself goes on."""
    try:
        yield
    except asyncio.CancelledError:
        await asyncio.shield(_record(container, asset_id, IngestInterrupted()))
        raise
    except AniError as error:
        await _record(container, asset_id, error)
        raise
    except OSError as error:
        refusal = StorageFull() if error.errno in {errno.ENOSPC, errno.EDQUOT} else AniError()
        await _record(container, asset_id, refusal)
        if isinstance(refusal, StorageFull):
            raise refusal from error
        raise
    except Exception:
        await _record(container, asset_id, AniError())
        raise


async def _record(container: Container, asset_id: AssetId, error: AniError) -> None:
    async with container.scope(write=True) as scope:
        await usecases.fail(context_of(scope), asset_id, error)
