"""Writes one piece of an upload as it comes in: bounded memory, one writer at a time, durable before it is acknowledged.

The writer holds a lock on the file.  Whoever comes later is usually the same client, back on another line while the old one
hangs without a word (NAT, VPN, another Wi-Fi), so the newcomer gets the lock: it leaves a claim beside the file, the writer
sees that, keeps what it has and ends.  The claim is a file because the writer may be another process.
"""

import asyncio
import fcntl
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

import aiofiles
from aiofiles.threadpool.binary import AsyncBufferedReader
from aiohttp import StreamReader

from streaming.uploads.model import ChecksumMismatch, UploadBusy, UploadPaused, UploadTakenOver, WrongOffset
from streaming.uploads.tus import Checksum

CHUNK_BYTES: Final = 1024 * 1024
"""Read from the connection and written at a time; each write is a trip to a thread, so not too small."""

IDLE_S: Final = 60
"""A connection that sends nothing for this long is given up; the client comes back and asks for the offset."""


RESTART_S: Final = 3
"""When to come back after a stop: most are restarts, which take about two seconds."""

LOOK_S: Final = 0.25
"""How often a writer looks whether it is to end, and a newcomer whether the file is free; no person notices as much."""

HANDOVER_S: Final = 5
"""A newcomer waits this long for the lock: the writer sees the claim at once, and its disk needs some time to settle."""

RIGHT_CHECK_S: Final = 10
"""Between two looks at whether the sender may still upload: a body can take an hour, and a ban is not to wait for its end."""


class TooMuchData(Exception):
    """The body is longer than what the upload still lacks."""


def claim_path(path: Path) -> Path:
    """The file by which a newcomer asks the writer of ``path`` to end."""
    return path.with_suffix(".claim")


@asynccontextmanager
async def exclusively(path: Path) -> AsyncIterator[AsyncBufferedReader]:
    """The file, locked for this connection alone, across processes too; who holds it is asked to end.

    Raises :class:`UploadBusy` where that takes too long, or another newcomer came later still.
    """
    async with aiofiles.open(path, "r+b") as file:
        await _lock(file.fileno(), claim_path(path))
        yield file


async def _lock(descriptor: int, claim: Path) -> None:
    token = secrets.token_hex(8)
    claimed = False
    deadline_s = asyncio.get_running_loop().time() + HANDOVER_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            # Ours, or of a newcomer that died waiting: from here on only a new one means us.
            await asyncio.to_thread(claim.unlink, missing_ok=True)
            return
        if not claimed:
            await asyncio.to_thread(claim.write_text, token, "ascii")
            claimed = True
        elif await asyncio.to_thread(_read, claim) != token or asyncio.get_running_loop().time() > deadline_s:
            raise UploadBusy
        await asyncio.sleep(LOOK_S / 5)


def _read(claim: Path) -> str | None:
    with suppress(FileNotFoundError):
        return claim.read_text("ascii")
    return None


async def append(
    file: AsyncBufferedReader,
    body: StreamReader,
    *,
    offset: int,
    total_bytes: int,
    checksum: Checksum | None,
    claim: Path,
    stopping: asyncio.Event,
    ensure_allowed: Callable[[], Awaitable[None]],
) -> int:
    """Add ``body`` behind ``offset``, which must be the end of the file; returns the new end.

    What arrived before a connection broke, or this had to end, is kept, unless the piece has a checksum, which then cannot
    be told.  Raises :class:`WrongOffset`, :class:`TooMuchData`, :class:`ChecksumMismatch`, ``TimeoutError`` after
    :data:`IDLE_S`, :class:`UploadTakenOver` once ``claim`` exists, :class:`UploadPaused` once ``stopping`` is set, and what
    ``ensure_allowed`` raises, which is asked every :data:`RIGHT_CHECK_S`.
    """
    end = await file.seek(0, os.SEEK_END)
    if end != offset:
        raise WrongOffset(offset=end)
    hasher = checksum.hasher() if checksum is not None else None
    kept = end
    try:
        checked_at = monotonic()
        async for chunk in _chunks(body, limit=total_bytes - offset, claim=claim, stopping=stopping):
            if monotonic() - checked_at >= RIGHT_CHECK_S:
                await ensure_allowed()
                checked_at = monotonic()
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


async def _chunks(body: StreamReader, *, limit: int, claim: Path, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    look_at_s, idle_at_s = clock(), clock() + IDLE_S
    while True:
        if clock() >= look_at_s:
            if stopping.is_set():
                raise UploadPaused(retry_after_s=RESTART_S)
            if await asyncio.to_thread(claim.exists):
                raise UploadTakenOver
            look_at_s = clock() + LOOK_S
        try:
            # A read that is given up takes nothing out of the stream.
            async with asyncio.timeout_at(look_at_s):
                chunk = await body.read(CHUNK_BYTES)
        except TimeoutError:
            if clock() >= idle_at_s:
                raise
            continue
        if not chunk:
            return
        idle_at_s = clock() + IDLE_S
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
