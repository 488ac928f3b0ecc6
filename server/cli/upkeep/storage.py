"""`ani storage`: videos moved between the folder and the bucket, compared with their checksums, and rid of what belongs to nobody."""

import asyncio
import contextlib
import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import kernel.storage.checks
import streaming.ingest.queries
from kernel.errors import Conflict, Invalid, Unavailable
from kernel.ids import is_id
from kernel.storage import LocalStorage, MediaStorage, NotStored, StorageCorrupt
from kernel.storage import checksums as lists
from kernel.storage.checks import Check
from kernel.storage.checksums import Checksum
from kernel.storage.download import each_file
from kernel.storage.movable import MovableStorage
from server.overview.storage import usecases
from server.overview.storage.adapters import context_of
from server.overview.storage.model import Garbage, Reason
from server.services import Services
from server.settings.storage import StorageKind
from streaming.ingest.model import AssetState
from streaming.ingest.queries import StoredAsset

Show = Callable[[str, float], None]

REASONS: Final[dict[Reason, str]] = {
    "gone": "of a video that is gone",
    "cut_off": "a transfer that was cut off",
    "left_over": "left by a move or a copy",
}


class NoBucket(Invalid):
    """There is no bucket to work with: set ANI_S3_BUCKET and its keys. See docs/storage.md."""


class MoveRunning(Conflict):
    """Another `ani storage move` is at it on this machine."""


class NoRoom(Unavailable):
    """There is not enough room on the disk. What was moved so far stays moved; make room and give the command again."""


@dataclass(slots=True)
class Moved:
    """What a move came to."""

    count: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    """Sentences about what stayed where it was."""
    busy: int = 0
    """Assets that are being made."""


@dataclass(slots=True)
class Checked:
    """What a check came to."""

    assets: int = 0
    files: int = 0
    size_bytes: int = 0
    recorded: int = 0
    """Assets that had no checksums, and have them now."""
    faults: list[str] = field(default_factory=list)
    """One sentence for each file."""


async def move(services: Services, to: StorageKind, show: Show) -> Moved:
    """Move every video to ``to``; interrupted, it goes on where it was.

    Raises :class:`NoBucket`, :class:`MoveRunning`, :class:`NoRoom`, ``StorageAway``.
    """
    media = services.media
    if not isinstance(media, MovableStorage):
        raise NoBucket
    source: MediaStorage = media.local if to is StorageKind.S3 else media.bucket
    carry = media.to_bucket if to is StorageKind.S3 else media.to_local
    moved = Moved()
    with _alone(services.storage):
        keys = [key async for key in source.stored_keys() if is_id(key)]
        known = await _known(services, keys)
        keys = [key for key in keys if key in known]  # the others are for `gc`
        total_bytes = max(1, sum(known[key].size_bytes or 0 for key in keys))
        done_bytes = 0
        for number, key in enumerate(keys, 1):
            asset, size_bytes = known[key], known[key].size_bytes or 0
            if asset.state is AssetState.INGESTING:
                moved.busy += 1
                continue
            stage, before = f"{number}/{len(keys)} {asset.source_name[:40]}", done_bytes

            def progress(share: float, stage: str = stage, before: int = before, size: int = size_bytes) -> None:
                show(stage, (before + share * size) / total_bytes)

            progress(0)
            try:
                if await carry(key, progress):
                    moved.count += 1
                    moved.size_bytes += size_bytes
            except StorageCorrupt as error:
                moved.damaged.append(f"{asset.source_name}: {error.message}")
            except OSError as error:
                raise NoRoom from error
            done_bytes += size_bytes
    show("Done", 1)
    return moved


async def check(services: Services, show: Show) -> Checked:
    """Compare every file of every video with its checksum, and write down what that came to.  Raises ``StorageAway``."""
    checked, seen = Checked(), set[str]()
    for storage in usecases.storages(services.media):
        keys = [key async for key in storage.stored_keys() if is_id(key)]
        known = await _known(services, keys)
        for number, key in enumerate(keys, 1):
            if key not in known:
                continue
            show(f"{storage.name}: {known[key].source_name[:40]}", (number - 1) / len(keys))
            if await _check(storage, key, checked):
                seen.add(key)
    async with services.container.scope(write=False) as scope:
        ready = await streaming.ingest.queries.ready_ids(scope.uow.session)
    checked.faults += [f"{key}: all of it is missing" for key in ready if key not in seen]
    async with services.container.scope(write=True) as scope:
        ended = Check(
            ended_at=scope.clock.now(),
            videos=checked.assets,
            files=checked.files,
            size_bytes=checked.size_bytes,
            fault_count=len(checked.faults),
            faults=checked.faults,
        )
        await kernel.storage.checks.record(scope.uow.session, ended)
    show("Done", 1)
    return checked


async def _check(storage: MediaStorage, key: str, checked: Checked) -> bool:
    """Whether there is such an asset in ``storage``."""
    try:
        wanted = await storage.checksums(key)
    except NotStored:
        return False  # the rest of a transfer, for `gc`
    except StorageCorrupt as error:
        checked.faults.append(f"{storage.name}: {error.message}")
        return True
    if wanted is None:
        folder = storage.folder(key)
        assert folder is not None, "a bucket has nothing without checksums"
        wanted = await asyncio.to_thread(_record, folder)
        checked.recorded += 1

    async def compare(path: str, checksum: Checksum) -> None:
        fault = await _fault(storage, key, path, checksum)
        if fault:
            checked.faults.append(f"{storage.name}: {key}/{path} {fault}")
        checked.files += 1
        checked.size_bytes += checksum.size_bytes

    await each_file(wanted, compare, None)
    checked.assets += 1
    return True


async def _fault(storage: MediaStorage, key: str, path: str, checksum: Checksum) -> str | None:
    sha256, size_bytes = hashlib.sha256(), 0
    try:
        file = await storage.file(key, path)
        async for chunk in file.chunks(0, file.size_bytes):
            sha256.update(chunk)
            size_bytes += len(chunk)
    except NotStored:
        return "is missing"
    except ConnectionResetError:
        return "is shorter than it was"
    return None if (size_bytes, sha256.digest()) == (checksum.size_bytes, checksum.sha256) else "is damaged"


async def garbage(services: Services) -> list[Garbage]:
    """What belongs to no video.  Raises ``StorageAway``."""
    async with services.container.scope(write=False) as scope:
        return await usecases.garbage(context_of(scope))


async def remove(services: Services, found: Sequence[Garbage], show: Show) -> None:
    """Remove what :func:`garbage` found.  Raises ``StorageAway``."""
    places = {storage.name: storage for storage in usecases.storages(services.media)}
    for number, one in enumerate(found):
        show(one.key, number / len(found))
        if one.key.startswith(".staging/"):
            path = services.storage.root / one.key
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        else:
            await places[one.place].delete(one.key)
    show("Done", 1)


async def _known(services: Services, keys: Sequence[str]) -> dict[str, StoredAsset]:
    async with services.container.scope(write=False) as scope:
        return await streaming.ingest.queries.of_ids(scope.uow.session, keys)


@contextlib.contextmanager
def _alone(local: LocalStorage) -> Iterator[None]:
    path = local.staging("move.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MoveRunning from None
        yield


def _record(folder: Path) -> lists.Checksums:
    made = lists.of_folder(folder)
    staged = folder / f".{lists.NAME}.new"
    staged.write_bytes(made.dumps())
    staged.replace(folder / lists.NAME)
    return made
