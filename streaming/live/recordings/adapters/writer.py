"""Writes one recording, in a thread: the event loop never waits for a disk."""

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from prometheus_client import Counter

from kernel.secrets.private_files import private_opener
from streaming.live.recordings.adapters.files import stretch_name
from streaming.live.recordings.model import MAX_STRETCHES, EndedBy
from streaming.live.recordings.pieces import Piece
from streaming.live.recordings.usecases import Extent

log = structlog.get_logger()

MAX_QUEUED_BYTES: Final = 64 * 1024 * 1024
"""That wait for the disk: a minute at 8 Mbit/s.  What is more is lost, and the next stretch begins behind it."""

DROPPED: Final = Counter(
    "ani_live_recording_pieces_dropped_total", "Pieces of recordings that a slow disk had no time for"
)


class RecordingWriter:
    """See the module.  All methods are of the event loop, but for those of the thread below."""

    def __init__(self, folder: Path, threads: ThreadPoolExecutor) -> None:
        """``threads`` has one thread, or pieces would overtake each other."""
        self._folder = folder
        self._threads = threads
        self._queued_bytes = 0
        self._stretches = 0
        self._file: BinaryIO | None = None
        self._written_bytes = 0
        self._written_ms = 0.0
        self.failure: EndedBy | None = None
        """Why nothing more can be written."""

    @property
    def extent(self) -> Extent:
        """How much is written."""
        return Extent(round(self._written_ms), self._written_bytes)

    def write(self, piece: Piece) -> bool:
        """False where it was dropped, because the disk is slow or takes nothing more: then begin another stretch."""
        size = len(piece.data) + len(piece.header or b"")
        if self.failure is not None:
            return False
        if self._queued_bytes + size > MAX_QUEUED_BYTES:
            DROPPED.inc()
            return False
        self._queued_bytes += size
        self._threads.submit(self._append, piece, size)
        return True

    def close(self, then: Callable[[], None]) -> None:
        """Once all is written, the file is closed and ``then`` called, in the thread."""
        self._threads.submit(self._close, then)

    # In the thread

    def _append(self, piece: Piece, size: int) -> None:
        try:
            if self.failure is None:
                self._put(piece)
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            self.failure = EndedBy.DISK_FULL if full else EndedBy.FAILED
            log.warning("a recording ends, because its file cannot be written", reason=str(error))
        except Exception:
            self.failure = EndedBy.FAILED
            log.exception("a recording ends, because of an error")
        finally:
            self._queued_bytes -= size

    def _put(self, piece: Piece) -> None:
        if piece.header is not None:
            self._end_file()
            if self._stretches >= MAX_STRETCHES:
                self.failure = EndedBy.TIME
                return
            path = self._folder / stretch_name(self._stretches)
            self._stretches += 1
            self._file = open(path, "xb", buffering=0, opener=private_opener)  # noqa: SIM115 - open until the stretch ends
            self._write(piece.header)
        if self._file is None:
            return  # the piece that should have begun it was dropped
        self._write(piece.data)
        os.fdatasync(self._file.fileno())
        self._written_ms += piece.duration_ms

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self._written_bytes += len(data)

    def _end_file(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        file.close()

    def _close(self, then: Callable[[], None]) -> None:
        try:
            self._end_file()
        finally:
            then()
