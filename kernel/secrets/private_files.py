"""Files that nobody but the user who runs Ani may read: the database, keys, films that are not published yet."""

import os
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_OF_OTHERS: Final = 0o077
_SQLITE_COMPANIONS: Final = ("-wal", "-shm", "-journal")
"""SQLite makes them with the mode of the database itself; those of a database that was open to all are open, too."""


def ensure_private_file(path: Path) -> None:
    """Make an empty file of mode 600 where there is none, and take away what others may do with one that is there."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE))
    except FileExistsError:
        close_to_others(path)
    except OSError:
        pass  # whoever opens it says what is wrong, with all that is known there


def ensure_private_database(path: Path) -> None:
    """The same for a SQLite database with what lies beside it."""
    ensure_private_file(path)
    for suffix in _SQLITE_COMPANIONS:
        close_to_others(path.with_name(path.name + suffix))


def private_opener(path: str, flags: int) -> int:
    """For ``open(…, opener=private_opener)``: what is made has mode 600 from its first moment on."""
    return os.open(path, flags, FILE_MODE)


def ensure_private_folder(path: Path) -> None:
    """Make a folder of mode 700 where there is none, and take away what others may do with one that is there."""
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    close_to_others(path)


def close_to_others(path: Path) -> None:
    """Take away what others than its owner may do with ``path``; one that is not there is no error."""
    try:
        mode = path.stat().st_mode & 0o7777
        if mode & _OF_OTHERS:
            path.chmod(mode & ~_OF_OTHERS)
            log.warning("closed to other users of this machine", path=str(path), mode=f"{mode:o}")
    except FileNotFoundError:
        pass
    except OSError as error:
        log.warning("other users of this machine may read this", path=str(path), reason=str(error))
