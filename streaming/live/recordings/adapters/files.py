"""Recordings on the disk: a folder for each, in it a file for each stretch.

A file is whole at every moment but for its last piece: a process that was killed leaves at most that one torn, and reading stops before it.
"""

import asyncio
import os
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from kernel.secrets.private_files import ensure_private_folder
from streaming.live.llhls.fmp4.fragment import span
from streaming.live.llhls.fmp4.init_section import TRACK_ID, VIDEO_TIMESCALE
from streaming.live.recordings.usecases import Extent

_MAX_HEADER_BYTES: Final = 64 * 1024
_MAX_MOOF_BYTES: Final = 1024 * 1024
"""Ours has 12 bytes for each frame of a third of a second."""
_ENTRY: Final = b"avc1"
_SIZE_AT: Final = 28
"""Of the picture, from the beginning of the name of its sample entry (ISO/IEC 14496-12 §12.1.3)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A file of a recording, as far as it is whole."""

    path: Path
    header: bytes
    """Up to its first fragment: the same where two can be joined as they are."""
    size_bytes: int
    duration_ms: int
    width_px: int
    height_px: int


class LocalRecordings:
    """Recordings behind the port ``RecordingFiles``, in a folder that all nodes share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, recording_id: str) -> Path:
        """Where the files of a recording are."""
        return self._root / recording_id

    def create(self, recording_id: str) -> Path:
        """Make its folder."""
        ensure_private_folder(self._root)
        folder = self.folder(recording_id)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    async def stretches(self, recording_id: str) -> list[Stretch]:
        """What there is, in order."""
        return await asyncio.to_thread(self._stretches, recording_id)

    async def trimmed(self, recording_id: str) -> list[Stretch]:
        """The same of a recording that is over, without what is torn at the end of its files."""
        return await asyncio.to_thread(self._trimmed, recording_id)

    async def extent(self, recording_id: str) -> Extent:
        """How much of it is there."""
        found = await self.stretches(recording_id)
        return Extent(sum(each.duration_ms for each in found), sum(each.size_bytes for each in found))

    async def free_bytes(self) -> int:
        """What the file system has left."""
        return await asyncio.to_thread(self._free_bytes)

    async def delete(self, recording_id: str) -> None:
        """Remove the folder; nothing happens where there is none."""
        await asyncio.to_thread(shutil.rmtree, self.folder(recording_id), ignore_errors=True)

    def _stretches(self, recording_id: str) -> list[Stretch]:
        found = [read_stretch(path) for path in sorted(self.folder(recording_id).glob("[0-9]*.mp4"))]
        return [each for each in found if each is not None]

    def _trimmed(self, recording_id: str) -> list[Stretch]:
        stretches = self._stretches(recording_id)
        for each in stretches:
            if each.path.stat().st_size > each.size_bytes:
                os.truncate(each.path, each.size_bytes)
        return stretches

    def _free_bytes(self) -> int:
        ensure_private_folder(self._root)
        return shutil.disk_usage(self._root).free


def stretch_name(number: int) -> str:
    """The file of the ``number``-th stretch, from 0."""
    return f"{number:04d}.mp4"


def read_stretch(path: Path) -> Stretch | None:
    """What is whole of a file; ``None`` where that is no picture.  Reads heads of boxes and fragments alone."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = b"".join(filter(None, (_box(file, size, kind, _MAX_HEADER_BYTES) for kind in (b"ftyp", b"moov"))))
        whole, ticks = file.tell(), 0
        while (moof := _box(file, size, b"moof", _MAX_MOOF_BYTES)) is not None and _skip(file, size, b"mdat"):
            try:
                track_id, _, end = span(moof)
            except struct.error:
                break
            whole = file.tell()
            if track_id == TRACK_ID:
                ticks = max(ticks, end)
    at = header.find(_ENTRY)
    if ticks == 0 or at < 0:
        return None
    width_px, height_px = struct.unpack_from(">HH", header, at + _SIZE_AT)
    return Stretch(path, header, whole, ticks * 1000 // VIDEO_TIMESCALE, width_px, height_px)


def _box(file: BinaryIO, size: int, kind: bytes, limit: int) -> bytes | None:
    """The next box, if it is of ``kind`` and there to its end; otherwise the file stays where it is."""
    begin = file.tell()
    head = file.read(8)
    length = int.from_bytes(head[:4], "big")
    if head[4:] != kind or not 8 <= length <= limit or begin + length > size:
        file.seek(begin)
        return None
    return head + file.read(length - 8)


def _skip(file: BinaryIO, size: int, kind: bytes) -> bool:
    begin = file.tell()
    head = file.read(8)
    length = int.from_bytes(head[:4], "big")
    if head[4:] != kind or length < 8 or begin + length > size:
        return False
    file.seek(begin + length)
    return True
