"""Segments of live channels on the disk, for as long as viewers may seek back to them.

They are of one process and end with it: a folder with a lock, which the kernel lets go of however the process ends.  Folders without
one are removed when the next process begins to keep segments.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Counter
from typing_extensions import override

from kernel.errors import Unavailable
from kernel.secrets.private_files import FOLDER_MODE, ensure_private_folder, private_opener
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.window import DvrWindow, SegmentArchive
from streaming.live.model import ChannelId

log = structlog.get_logger()

DISK_RESERVE_BYTES: Final = 1024**3
"""Left free whatever is kept."""
MAX_QUEUED_BYTES: Final = 64 * 1024 * 1024
"""That wait for the disk; what is more is not kept, and the window begins after it."""
READ_TIMEOUT_S: Final = 10.0
"""A disk that is slower than that serves no film."""

_LOCK: Final = "lock"
_PREFIX: Final = "node-"

UNKEPT: Final = Counter(
    "ani_live_segments_unkept_total", "Segments that could not be kept for those who seek back in a live channel"
)


@dataclass(frozen=True, slots=True)
class DvrLimits:
    """How far back viewers may seek."""

    window_s: float
    """0: not beyond what a player needs."""
    max_bytes: int
    """Of all channels of a process together."""


class SegmentUnreadable(Unavailable):
    """This piece of the broadcast cannot be read at the moment."""


class DvrFolder:
    """Where this process keeps segments; made when the first channel is live."""

    def __init__(self, root: Path, limits: DvrLimits) -> None:
        self.limits = limits
        self.queue = _DiskQueue(root)
        self._archives: set[DvrArchive] = set()
        self._numbers = count()

    def open(self, channel_id: ChannelId) -> "DvrArchive":
        """For a broadcast that begins."""
        archive = DvrArchive(self, f"{channel_id}-{next(self._numbers)}")
        self._archives.add(archive)
        self._share()
        return archive

    def closed(self, archive: "DvrArchive") -> None:
        """One is over."""
        self._archives.discard(archive)
        self._share()

    @property
    def kept_bytes(self) -> int:
        """Of all broadcasts."""
        return sum(each.window.kept_bytes for each in self._archives)

    def _share(self) -> None:
        for archive in self._archives:
            archive.window.max_bytes = max(1, self.limits.max_bytes // len(self._archives))

    def close(self) -> None:
        """Remove everything; does not wait."""
        self.queue.close()


class DvrArchive(SegmentArchive):
    """The segments of one broadcast."""

    def __init__(self, folder: DvrFolder, name: str) -> None:
        self.window = DvrWindow(folder.limits.window_s)
        self._folder = folder
        self._queue = folder.queue
        self._name = name
        self._accepted: dict[tuple[str, int], int] = {}
        self._closed = False

    @override
    def keep(self, rendition: str, segment: Segment) -> None:
        assert segment.body is not None
        size = len(segment.body)
        if self._closed or self._folder.kept_bytes + size > self._folder.limits.max_bytes:
            UNKEPT.inc()
        elif self._queue.write(self._name, f"{rendition}-{segment.msn}.m4s", segment):
            self._accepted[rendition, segment.msn] = size
            self.window.kept_bytes += size

    @override
    def drop(self, rendition: str, segment: Segment) -> None:
        size = self._accepted.pop((rendition, segment.msn), None)
        if size is not None:
            self.window.kept_bytes -= size
            self._queue.remove(self._name, f"{rendition}-{segment.msn}.m4s")

    async def read(self, rendition: str, msn: int) -> bytes | None:
        """A segment that was kept; ``None`` where it is gone.  Raises SegmentUnreadable."""
        folder = self._queue.folder
        if folder is None:
            return None
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await asyncio.to_thread((folder / self._name / f"{rendition}-{msn}.m4s").read_bytes)
        except FileNotFoundError:
            return None
        except (OSError, TimeoutError) as error:
            raise SegmentUnreadable(retry_after_s=1) from error

    def close(self) -> None:
        """Nobody may ask for anything any more."""
        if not self._closed:
            self._closed = True
            self._accepted.clear()
            self._folder.closed(self)
            self._queue.remove(self._name, None)


class _DiskQueue:
    """Writes and removes in one thread, so that what is written is written before it is removed."""

    def __init__(self, root: Path) -> None:
        self.folder: Path | None = None
        """Of this process, where there is one yet."""
        self._root = root
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="live-dvr")
        self._counting = threading.Lock()
        self._queued_bytes = 0
        self._lock: int | None = None
        self._failing = False

    def write(self, broadcast: str, name: str, segment: Segment) -> bool:
        """Begin to write a segment; not where too much waits already."""
        body = segment.body
        assert body is not None
        with self._counting:
            if self._queued_bytes + len(body) > MAX_QUEUED_BYTES:
                UNKEPT.inc()
                return False
            self._queued_bytes += len(body)
        self._submit(lambda: self._write(broadcast, name, segment, body))
        return True

    def remove(self, broadcast: str, name: str | None) -> None:
        """A segment, or all of a broadcast."""
        self._submit(lambda: self._remove(broadcast, name))

    def close(self) -> None:
        """Remove everything; does not wait."""
        self._submit(self._remove_all)
        self._threads.shutdown(wait=False)

    def _submit(self, work: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the process ends
            self._threads.submit(work)

    # In the thread

    def _write(self, broadcast: str, name: str, segment: Segment, body: bytes) -> None:
        try:
            path = self._made() / broadcast
            path.mkdir(mode=FOLDER_MODE, exist_ok=True)
            _ensure_room(path)
            with open(path / name, "wb", opener=private_opener) as file:
                file.write(body)
            segment.is_kept, self._failing = True, False
        except OSError as error:
            UNKEPT.inc()
            if not self._failing:
                log.warning("segments of live channels are not kept for who seeks back", reason=str(error))
            self._failing = True
        finally:
            with self._counting:
                self._queued_bytes -= len(body)

    def _remove(self, broadcast: str, name: str | None) -> None:
        if self.folder is None:
            return
        if name is None:
            shutil.rmtree(self.folder / broadcast, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                (self.folder / broadcast / name).unlink(missing_ok=True)

    def _made(self) -> Path:
        if self.folder is None:
            ensure_private_folder(self._root)
            self._sweep()
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._root))
            self._lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.folder = folder
        return self.folder

    def _sweep(self) -> None:
        """What processes left that are no more."""
        for left in self._root.glob(f"{_PREFIX}*"):
            try:
                lock = os.open(left / _LOCK, os.O_RDWR | os.O_CLOEXEC)
            except OSError:
                continue  # another is just making it
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            except OSError:
                pass  # its process lives
            finally:
                os.close(lock)

    def _remove_all(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _ensure_room(path: Path) -> None:
    """Raises ``OSError`` where the disk is full but for its reserve."""
    if shutil.disk_usage(path).free < DISK_RESERVE_BYTES:
        raise OSError("the disk is full but for its reserve")
