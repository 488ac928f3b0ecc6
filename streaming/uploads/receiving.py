"""Writes one piece of an upload as it comes in: bounded memory, one writer at a time, durable before it is acknowledged."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiofiles
from aiofiles.threadpool.binary import AsyncBufferedReader
from aiohttp import StreamReader

from streaming.uploads.model import ChecksumMismatch, UploadBusy, WrongOffset
from streaming.uploads.tus import Checksum

CHUNK_BYTES: Final = 1024 * 1024
"""Read from the connection and written at a time; each write is a trip to a thread, so not too small."""

IDLE_S: Final = 60
"""A connection that sends nothing for this long is given up; the client comes back and asks for the offset."""


class TooMuchData(Exception):
    """The body is longer than what the upload still lacks."""


@asynccontextmanager
async def exclusively(path: Path) -> AsyncIterator[AsyncBufferedReader]:
    """The file, locked for this connection alone, across processes too.  Raises :class:`UploadBusy`."""
    async with aiofiles.open(path, "r+b") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy from None
        yield file


async def append(
    file: AsyncBufferedReader, body: StreamReader, *, offset: int, total_bytes: int, checksum: Checksum | None
) -> int:
    """Add ``body`` behind ``offset``, which must be the end of the file; returns the new end.

    What arrived before a connection broke is kept, unless the piece has a checksum, which then cannot be told.
    Raises :class:`WrongOffset`, :class:`TooMuchData`, :class:`ChecksumMismatch`.
    """
    end = await file.seek(0, os.SEEK_END)
    if end != offset:
        raise WrongOffset(offset=end)
    hasher = checksum.hasher() if checksum is not None else None
    kept = end
    try:
        async for chunk in _chunks(body, limit=total_bytes - offset):
            await file.write(chunk)
            end += len(chunk)
            if hasher is None:
                kept = end
            else:
                await asyncio.to_thread(hasher.update, chunk)
        _verify(hasher, checksum)
        kept = end
    finally:
        # Shielded: the connection may be torn down around us, and what is here must be what we say is here.
        await asyncio.shield(_settle(file, kept))
    return kept


async def _chunks(body: StreamReader, *, limit: int) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(IDLE_S):
            chunk = await body.read(CHUNK_BYTES)
        if not chunk:
            return
        limit -= len(chunk)
        if limit < 0:
            raise TooMuchData
        yield chunk


def _verify(hasher: "hashlib._Hash | None", checksum: Checksum | None) -> None:
    if hasher is not None and checksum is not None and hasher.digest() != checksum.digest:
        raise ChecksumMismatch


async def _settle(file: AsyncBufferedReader, length: int) -> None:
    """Leave the file ``length`` bytes long, on the disk: what we say is here survives a power cut."""
    await file.flush()
    await file.truncate(length)
    await asyncio.to_thread(os.fsync, file.fileno())
