"""Looks at the watched folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from kernel.errors import Invalid
from streaming.ingest.watch_folder.model import MAX_DEPTH, MAX_FILES, VIDEO_SUFFIXES, Reason, Scan, VideoFile

_MAX_UNREAD: Final = 20


class FolderUnreadable(Invalid):
    """The folder {folder} cannot be read: {reason}."""


def scan(root: Path) -> Scan:
    """What lies in ``root`` and below, in the order of names.

    Links to files are followed inside of it, links to folders are not.  Hidden files and folders are others' business: what
    programs copy to comes under its own name when it is whole.

    Raises :class:`FolderUnreadable`.
    """
    try:
        real = root.resolve(strict=True)
        with os.scandir(real):
            pass
    except OSError as error:
        raise FolderUnreadable(folder=str(root), reason=error.strerror or type(error).__name__) from error
    files: list[VideoFile] = []
    unread: list[str] = []
    for file in _files(real, real, "", unread):
        if len(files) == MAX_FILES:
            return Scan(tuple(files), more=True, unread=tuple(unread[:_MAX_UNREAD]))
        files.append(file)
    return Scan(tuple(files), unread=tuple(unread[:_MAX_UNREAD]))


def _files(root: Path, folder: Path, prefix: str, unread: list[str]) -> Iterator[VideoFile]:
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: os.fsencode(entry.name))
    except OSError:
        unread.append(prefix.rstrip("/"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if prefix.count("/") + 1 > MAX_DEPTH:
                unread.append(path)
            else:
                yield from _files(root, folder / entry.name, f"{path}/", unread)
        elif PurePosixPath(entry.name).suffix.lower() in VIDEO_SUFFIXES and not _is_folder(entry):
            yield _file(root, entry, path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _file(root: Path, entry: os.DirEntry[str], path: str) -> VideoFile:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="replace")
        return VideoFile(shown, 0, 0, problem=Reason.ODD_NAME)
    try:
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(root):
            return VideoFile(path, 0, 0, problem=Reason.OUTSIDE)
        facts = Path(entry.path).stat()
        if not stat.S_ISREG(facts.st_mode):
            return VideoFile(path, 0, 0, problem=Reason.UNREADABLE, detail="it is no file")
        if not os.access(entry.path, os.R_OK):
            return VideoFile(path, facts.st_size, facts.st_mtime_ns, problem=Reason.UNREADABLE, detail="no permission")
    except (OSError, RuntimeError) as error:  # a circle of links is a RuntimeError
        detail = getattr(error, "strerror", None) or "a circle of links"
        return VideoFile(path, 0, 0, problem=Reason.UNREADABLE, detail=detail)
    problem = Reason.EMPTY if facts.st_size == 0 else None
    return VideoFile(path, facts.st_size, facts.st_mtime_ns, (facts.st_dev, facts.st_ino), problem)
