"""Where assets are built: a folder and a lock for each, and the sweeping up after processes that died.

The lock is the kernel's (``flock``): it goes with its process, however that ends, so a lock nobody holds beside a folder
means that nobody works there any more.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from kernel.ids import is_id
from streaming.ingest.model import AssetId, IngestRunning

PIPELINE: Final = "3"
"""Counts up when the same file should come out differently, so that it is not taken for done."""

_KEPT: Final = ":kept"

_SAMPLE_BYTES: Final = 1024 * 1024
_LOCK_SUFFIX: Final = ".lock"


def fingerprint(source: Path, side_files: list[Path], *, kept: bool = False, encoding: str = "") -> str:
    """What makes a file this file: size, three samples of a MiB, and the subtitles beside it.

    Reading 8 GB through a hash would take longer than probing it; two different films of equal length in bytes, equal at
    both ends and in the middle, do not exist outside of tests.  With its picture ``kept``, or encoded in another way (``encoding``,
    empty: the usual one), another asset is made of it.
    """
    digest = sha256(f"{PIPELINE}{_KEPT if kept else ''}{encoding}".encode())
    for path in (source, *sorted(side_files)):
        size = path.stat().st_size
        # Of a subtitle the name counts, which tells its language; the film is the same under any name.
        digest.update(f"\0{'' if path is source else path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            for offset in (0, max(0, size // 2 - _SAMPLE_BYTES // 2), max(0, size - _SAMPLE_BYTES)):
                file.seek(offset)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


@contextmanager
def occupied(staging: Path) -> Iterator[None]:
    """Hold the lock of ``staging``; inside, the folder is empty at first, and gone afterwards unless it was moved away.

    Raises :class:`IngestRunning` when another process, or another task of this one, is at it.
    """
    staging.parent.mkdir(parents=True, exist_ok=True)
    path = staging.with_name(staging.name + _LOCK_SUFFIX)
    descriptor = _locked(path)
    if descriptor is None:
        raise IngestRunning
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def abandoned(root: Path) -> Iterator[list[AssetId]]:
    """The assets under the staging folder ``root`` that nobody works on, locked for as long as the block lasts.

    Their folders are removed on the way in, their locks on the way out.
    """
    held: list[tuple[Path, int]] = []
    try:
        for path in sorted(root.glob(f"*{_LOCK_SUFFIX}")):
            if is_id(path.stem) and (descriptor := _locked(path)) is not None:
                held.append((path, descriptor))
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        yield [AssetId(path.stem) for path, _ in held]
    except BaseException:
        # The locks stay behind as marks: what could not be settled now is found again next time.
        for _, descriptor in held:
            os.close(descriptor)
        raise
    for path, descriptor in held:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """A descriptor that holds the lock on ``path``, or ``None`` when somebody else holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it before may have removed the file between our two calls; then this lock guards nothing.
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except BlockingIOError:
        pass
    os.close(descriptor)
    return None
