"""Looking at the storage of videos: how much of what is where, and what belongs to nobody."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kernel.ids import is_id
from kernel.storage import LocalStorage, MediaStorage
from kernel.storage.checks import Check
from kernel.storage.download import COPY
from kernel.storage.movable import MOVING, MovableStorage
from server.overview.storage.model import YOUNG, Amount, Disk, Garbage, Place, Stored


class Contents(Protocol):
    """What features have stored."""

    async def videos(self) -> Amount:
        """All that are ready."""
        ...

    async def sizes(self, keys: Sequence[str]) -> Mapping[str, int]:
        """Bytes of those videos of ``keys`` that there are, ready or not: 0 for those that are not ready."""
        ...

    async def recordings(self) -> Amount:
        """Of live channels."""
        ...

    async def uploads(self) -> Amount:
        """Files that wait to be ingested, or were not sent to their end."""
        ...

    async def last_check(self) -> Check | None:
        """What `ani storage check` came to the last time; ``None``: it never ran to its end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageContext:
    """What the use cases here work with."""

    media: MediaStorage
    local: LocalStorage
    contents: Contents
    now: datetime


def storages(media: MediaStorage) -> Sequence[MediaStorage]:
    """The folder, and the bucket where there is one."""
    return (media.local, media.bucket) if isinstance(media, MovableStorage) else (media,)


async def look(context: StorageContext) -> Stored:
    """How much of what is where, without asking the bucket: what is ready and not in the folder is there."""
    contents, media = context.contents, context.media
    here = [key async for key in context.local.stored_keys() if is_id(key)]
    sizes = [size_bytes for size_bytes in (await contents.sizes(here)).values() if size_bytes]
    in_folder, of_all = Amount(len(sizes), sum(sizes)), await contents.videos()
    to_bucket = isinstance(media, MovableStorage) and media.publishes_to_bucket
    places = [Place(context.local.name, str(context.local.root), not to_bucket, in_folder)]
    if isinstance(media, MovableStorage):
        # Not below nothing: a video may be on its way from one to the other.
        rest = Amount(max(0, of_all.count - in_folder.count), max(0, of_all.size_bytes - in_folder.size_bytes))
        places.append(Place(media.bucket.name, media.bucket.address, to_bucket, rest))
    return Stored(
        places=tuple(places),
        recordings=await contents.recordings(),
        uploads=await contents.uploads(),
        disk=await asyncio.to_thread(disk_of, context.local.root),
        last_check=await contents.last_check(),
    )


async def garbage(context: StorageContext) -> list[Garbage]:
    """What belongs to no video and did not change for :data:`YOUNG`.  Raises ``StorageAway``."""
    found: list[Garbage] = []
    for storage in storages(context.media):
        keys = [key async for key in storage.stored_keys() if is_id(key)]
        # After the list: whoever makes an asset writes its row first.
        known = await context.contents.sizes(keys)
        found += [one for key in keys if (one := await _garbage(context, storage, key, known)) is not None]
    found += [
        Garbage(LocalStorage.name, f".staging/{path.name}", files, size_bytes, "left_over")
        for path, files, size_bytes in await asyncio.to_thread(
            _left_overs, context.local, (context.now - YOUNG).timestamp()
        )
    ]
    return found


async def _garbage(
    context: StorageContext, storage: MediaStorage, key: str, known: Mapping[str, int]
) -> Garbage | None:
    if key in known and (storage.folder(key) is not None or await storage.exists(key)):
        return None
    usage = await storage.usage(key)
    if usage is None or context.now - usage.changed_at < YOUNG:
        return None
    return Garbage(storage.name, key, usage.files, usage.size_bytes, "cut_off" if key in known else "gone")


def _left_overs(local: LocalStorage, before_s: float) -> list[tuple[Path, int, int]]:
    found = []
    for prefix in (MOVING, COPY):
        for folder in sorted(local.staging("any").parent.glob(f"{prefix}*/")):
            files = [path.stat() for path in folder.rglob("*") if path.is_file()]
            if max((each.st_mtime for each in files), default=folder.stat().st_mtime) < before_s:
                found.append((folder, len(files), sum(each.st_size for each in files)))
    return found


def disk_of(folder: Path) -> Disk:
    """The disk that ``folder`` is on, or will be."""
    while not folder.exists():  # before the first video
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Disk(usage.used, usage.free, usage.total)
