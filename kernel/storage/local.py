"""Media in a folder of this machine, published into as a whole or not at all."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from typing_extensions import override

from kernel.storage import checksums
from kernel.storage.checksums import Checksums, ChecksumsUnreadable
from kernel.storage.ports import KEY, MediaStorage, NotStored, Progress, StorageCorrupt, StoredFile, Usage, checked

CHUNK_BYTES: Final = 256 * 1024
"""Read at a time: four for a typical segment, and all that one slow viewer holds in memory."""


@dataclass(frozen=True, slots=True)
class LocalFile(StoredFile):
    """A file of this machine."""

    source: ClassVar[str] = "disk"
    path: Path
    size_bytes: int
    etag: str

    @override
    async def chunks(self, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        try:
            descriptor = await asyncio.to_thread(os.open, self.path, os.O_RDONLY)
        except OSError:
            raise NotStored from None
        try:
            while start < stop:
                chunk = await asyncio.to_thread(os.pread, descriptor, min(CHUNK_BYTES, stop - start), start)
                if not chunk:
                    raise ConnectionResetError("the file is shorter than it was; published files never change")
                yield chunk
                start += len(chunk)
        finally:
            os.close(descriptor)

    @override
    async def signed_url(self, lifetime: timedelta, *, public: bool) -> str | None:
        return None


class LocalStorage(MediaStorage):
    """A folder of this machine: ``root/KEY`` is published, ``root/.staging/KEY`` is being built."""

    name: ClassVar[str] = "local"

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where ``key`` is, once published."""
        return self.root / checked(key)

    @override
    def staging(self, key: str) -> Path:
        return self.root / ".staging" / checked(key)

    @override
    def folder(self, key: str) -> Path | None:
        path = self.path(key)
        return path if path.is_dir() else None

    @override
    async def publish(self, staging: Path, key: str, on_progress: Progress | None = None) -> None:
        await asyncio.to_thread(self._publish, staging, self.path(key))

    def _publish(self, staging: Path, target: Path) -> None:
        checksums.record(staging)
        for folder, _, names in os.walk(staging):
            for name in names:
                _fsync(Path(folder, name))
            _fsync(Path(folder))
        replaced = target.with_name(f".replaced-{target.name}")
        shutil.rmtree(replaced, ignore_errors=True)
        if target.exists():
            target.rename(replaced)
        staging.rename(target)
        _fsync(target.parent)
        shutil.rmtree(replaced, ignore_errors=True)

    @override
    async def resume(self, key: str, on_progress: Progress | None = None) -> bool:
        return await self.exists(key)

    @override
    async def exists(self, key: str) -> bool:
        return await asyncio.to_thread(self.path(key).is_dir)

    @override
    async def file(self, key: str, path: str) -> StoredFile:
        return await asyncio.to_thread(_file, self.path(key), path)

    @override
    async def checksums(self, key: str) -> Checksums | None:
        folder = self.path(key)
        if not await self.exists(key):
            raise NotStored
        try:
            return await asyncio.to_thread(checksums.recorded, folder)
        except ChecksumsUnreadable:
            raise StorageCorrupt(key=key, path=checksums.NAME) from None

    @override
    async def delete(self, key: str) -> None:
        await asyncio.to_thread(_remove, self.path(key))

    @override
    async def stored_keys(self) -> AsyncIterator[str]:
        for name in await asyncio.to_thread(_folders, self.root):
            yield name

    @override
    async def usage(self, key: str) -> Usage | None:
        return await asyncio.to_thread(_usage, self.path(key))


def _file(folder: Path, path: str) -> LocalFile:
    if checksums.PATH.fullmatch(path) is None:
        raise NotStored
    file = folder / path
    try:
        if not file.resolve(strict=True).is_relative_to(folder.resolve(strict=True)):
            raise NotStored  # a symbolic link out of the folder
        status = file.stat()
    except (OSError, RuntimeError):
        # Missing, a name too long, or (RuntimeError before Python 3.13) a loop of links.
        raise NotStored from None
    if not stat.S_ISREG(status.st_mode):
        raise NotStored
    return LocalFile(file, status.st_size, etag_of(status))


def etag_of(status: os.stat_result) -> str:
    """The tag that nginx gives the same file, so that a download begun at the edge can go on here, and the reverse."""
    return f'"{int(status.st_mtime):x}-{status.st_size:x}"'


def _folders(root: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(root) if entry.is_dir() and KEY.fullmatch(entry.name))
    except FileNotFoundError:
        return []


def _usage(folder: Path) -> Usage | None:
    try:
        files = [path.stat() for path in folder.rglob("*") if path.is_file()]
        changed_s = max((each.st_mtime for each in files), default=folder.stat().st_mtime)
    except FileNotFoundError:
        return None
    return Usage(len(files), sum(each.st_size for each in files), datetime.fromtimestamp(changed_s, UTC), True)


def _remove(folder: Path) -> None:
    # Out of sight at once: of a folder that is being removed nobody is to be given the half.
    removed = folder.with_name(f".replaced-{folder.name}")
    shutil.rmtree(removed, ignore_errors=True)
    try:
        folder.rename(removed)
    except FileNotFoundError:
        return
    except OSError:
        removed = folder
    shutil.rmtree(removed, ignore_errors=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
