"""A published folder as files of this machine: whole, checked, and going on where an earlier attempt was cut off."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

from kernel.storage import checksums
from kernel.storage.checksums import Checksum, Checksums
from kernel.storage.ports import MediaStorage, Progress, StorageAway, StorageCorrupt

T = TypeVar("T")

AT_ONCE: Final = 4
ATTEMPTS: Final = 5
FIRST_DELAY_S: Final = 0.5
"""Between two attempts at a file, doubled each time: 7.5 s in all, a restart of the service."""
COPY: Final = "copy-"


@asynccontextmanager
async def on_this_machine(storage: MediaStorage, key: str, *, only: str = "") -> AsyncIterator[Path]:
    """The folder of ``key``, or a copy of it for as long as the block lasts; not to be changed.  ``only``: as :func:`download`, and raises as that."""
    folder = storage.folder(key)
    if folder is not None:
        yield folder
        return
    copy = storage.staging(f"{COPY}{key}-{secrets.token_hex(4)}")
    try:
        await download(storage, key, copy, only=only)
        yield copy
    finally:
        await asyncio.to_thread(shutil.rmtree, copy, ignore_errors=True)


async def download(
    storage: MediaStorage, key: str, folder: Path, on_progress: Progress | None = None, *, only: str = ""
) -> None:
    """Write all files of ``key`` into ``folder``; what is there already and right is kept, and everything else removed.

    ``only``: those whose paths begin so.

    Raises ``NotStored``, :class:`StorageAway`, :class:`StorageCorrupt`, ``OSError``.
    """
    wanted = await storage.checksums(key)
    if wanted is None:
        raise StorageCorrupt(key=key, path=checksums.NAME)
    wanted = Checksums({path: checksum for path, checksum in wanted.files.items() if path.startswith(only)})
    await asyncio.to_thread(_prepare, folder, wanted)

    async def get(path: str, checksum: Checksum) -> None:
        file = folder / path
        for attempt in range(ATTEMPTS):
            if await asyncio.to_thread(is_intact, file, checksum):
                return
            try:
                await _write(storage, key, path, file)
            except (StorageAway, ConnectionResetError) as error:
                if attempt == ATTEMPTS - 1:
                    raise error if isinstance(error, StorageAway) else StorageAway() from error
                await asyncio.sleep(FIRST_DELAY_S * 2**attempt)
        if not await asyncio.to_thread(is_intact, file, checksum):
            raise StorageCorrupt(key=key, path=path)

    await each_file(wanted, get, on_progress)


async def _write(storage: MediaStorage, key: str, path: str, file: Path) -> None:
    stored = await storage.file(key, path)
    with await asyncio.to_thread(file.open, "wb") as out:
        async for chunk in stored.chunks(0, stored.size_bytes):
            await asyncio.to_thread(out.write, chunk)


async def each_file(
    wanted: Checksums, work: Callable[[str, Checksum], Awaitable[None]], on_progress: Progress | None
) -> None:
    """``work`` on every file, :data:`AT_ONCE` at a time; what one raises ends all."""
    done_bytes, total_bytes = 0, max(1, wanted.size_bytes)
    left = list(wanted.files.items())

    async def take() -> None:
        nonlocal done_bytes
        while left:
            path, checksum = left.pop()
            await work(path, checksum)
            done_bytes += checksum.size_bytes
            if on_progress is not None:
                on_progress(done_bytes / total_bytes)

    await _together([asyncio.ensure_future(take()) for _ in range(AT_ONCE)])


async def _together(workers: Sequence["asyncio.Future[None]"]) -> None:
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.wait(workers)


def is_intact(file: Path, checksum: Checksum) -> bool:
    """Whether it is there, and what it should be.  Raises ``OSError``."""
    try:
        return file.stat().st_size == checksum.size_bytes and checksums.digest(file) == checksum
    except FileNotFoundError:
        return False


def _prepare(folder: Path, wanted: Checksums) -> None:
    for parent, _, names in os.walk(folder):
        for name in names:
            if (left := Path(parent, name)).relative_to(folder).as_posix() not in wanted.files:
                left.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for path in wanted.files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
