"""What media need of a storage, and what can go wrong with one.

::

    a key          an asset's id: one folder of files, published whole and never changed again
    a path         of one file of it: ``v720/1.m4s``
    checksums      SHA-256 and size of every file, beside them; in a bucket its presence is what makes a key published
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final, Protocol

from kernel.errors import AniError, Invalid, NotFound, Unavailable
from kernel.storage.checksums import Checksums

KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)

Progress = Callable[[float], None]
"""Called with how much is done, from 0 to 1."""


class BadStorageKey(Invalid):
    """{key!r} cannot name stored media."""


class NotStored(NotFound):
    """There is no such file in the storage."""


class StorageAway(Unavailable):
    """The storage of videos does not answer. Try again in a moment."""


class StorageCorrupt(AniError):
    """{path} of {key} is not what was published: its checksum differs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a storage holds of one key."""

    files: int
    size_bytes: int
    changed_at: datetime
    """The newest of its files."""
    is_published: bool
    """Otherwise it is the rest of a transfer that was cut off."""


class StoredFile(Protocol):
    """A published file."""

    source: ClassVar[str]
    """For figures: ``disk``, ``bucket``."""
    size_bytes: int
    etag: str
    """Quoted, for HTTP."""

    def chunks(self, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """The bytes from ``start`` up to ``stop``, in pieces of a few hundred KiB.

        Raises :class:`NotStored` before the first piece where it is gone by now, :class:`StorageAway`.
        """
        ...

    async def signed_url(self, lifetime: timedelta, *, public: bool) -> str | None:
        """An address that anybody may GET for so long (``public``: from anywhere, else from our own machines); ``None``: it has none."""
        ...


class MediaStorage(Protocol):
    """Folders of files by key; a published folder never changes."""

    name: ClassVar[str]
    """What people call it: ``local``, ``s3``."""

    def staging(self, key: str) -> Path:
        """A place on this machine to build ``key`` in.  Not created."""
        ...

    def folder(self, key: str) -> Path | None:
        """The folder on this machine where ``key`` is published, for whoever serves files by themselves; ``None``: it is not here."""
        ...

    async def publish(self, staging: Path, key: str, on_progress: Progress | None = None) -> None:
        """Make the finished folder ``staging`` durable and visible as ``key`` at once; replaces what was there.

        The folder is gone afterwards, and stays where that fails.  Raises :class:`StorageAway`, :class:`StorageCorrupt`, ``OSError``.
        """
        ...

    async def resume(self, key: str, on_progress: Progress | None = None) -> bool:
        """Finish a publishing of ``key`` that was cut off after it was durable on this machine; whether it is published now.

        Raises what :meth:`publish` raises.
        """
        ...

    async def exists(self, key: str) -> bool:
        """Whether ``key`` is published.  Raises :class:`StorageAway`."""
        ...

    async def file(self, key: str, path: str) -> StoredFile:
        """One file of it.  Raises :class:`NotStored`, :class:`StorageAway`."""
        ...

    async def checksums(self, key: str) -> Checksums | None:
        """Of all its files; ``None`` where it was published without.  Raises :class:`NotStored`, :class:`StorageAway`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove ``key``, published or not there at all.  Raises :class:`StorageAway`."""
        ...

    def stored_keys(self) -> AsyncIterator[str]:
        """Everything there is something of, published or not, and perhaps what was deleted a moment ago.  Raises :class:`StorageAway`."""
        ...

    async def usage(self, key: str) -> Usage | None:
        """How much there is of ``key``; ``None``: nothing.  Raises :class:`StorageAway`."""
        ...


async def read(file: StoredFile) -> bytes:
    """All of it; for what is known to be small.  Raises :class:`NotStored`, :class:`StorageAway`."""
    return b"".join([chunk async for chunk in file.chunks(0, file.size_bytes)])


def checked(key: str) -> str:
    """``key``, if it can be one.  Raises :class:`BadStorageKey`."""
    if KEY.fullmatch(key) is None:
        raise BadStorageKey(key=key)
    return key
