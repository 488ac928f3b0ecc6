"""Where media lives: a folder on this machine, published into as a whole or not at all."""

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import Protocol

from kernel.errors import Invalid

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


class BadStorageKey(Invalid):
    """{key!r} cannot name stored media."""


class Storage(Protocol):
    """Folders of files by key; a published folder never changes."""

    def staging(self, key: str) -> Path:
        """A place to build ``key`` in, on the same file system as the published folders.  Not created."""
        ...

    def path(self, key: str) -> Path:
        """Where ``key`` is, once published."""
        ...

    async def publish(self, staging: Path, key: str) -> None:
        """Make the finished folder ``staging`` durable and visible as ``key``, in one step; replaces what was there."""
        ...

    async def exists(self, key: str) -> bool:
        """Whether ``key`` is published."""
        ...

    async def delete(self, key: str) -> None:
        """Remove ``key``, published or not there at all."""
        ...


class LocalStorage:
    """A folder of this machine: ``root/KEY`` is published, ``root/.staging/KEY`` is being built."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def staging(self, key: str) -> Path:
        """See ``Storage``."""
        return self.root / ".staging" / _checked(key)

    def path(self, key: str) -> Path:
        """See ``Storage``."""
        return self.root / _checked(key)

    async def publish(self, staging: Path, key: str) -> None:
        """See ``Storage``."""
        await asyncio.to_thread(self._publish, staging, self.path(key))

    def _publish(self, staging: Path, target: Path) -> None:
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

    async def exists(self, key: str) -> bool:
        """See ``Storage``."""
        return await asyncio.to_thread(self.path(key).is_dir)

    async def delete(self, key: str) -> None:
        """See ``Storage``."""
        await asyncio.to_thread(shutil.rmtree, self.path(key), ignore_errors=True)


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise BadStorageKey(key=key)
    return key


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
