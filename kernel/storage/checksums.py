"""SHA-256 and size of every file of a published folder, in a file beside them."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAME: Final = "checksums.json"
FORMAT: Final = 1
MAX_BYTES: Final = 32 * 1024 * 1024
"""Of the file: ten hours in eight renditions are 60,000 files of 110 bytes each."""
PATH: Final = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){0,4}[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)


class ChecksumsUnreadable(ValueError):
    """The file is damaged, or of another version."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What one file is."""

    size_bytes: int
    sha256: bytes
    """32 bytes."""

    @property
    def etag(self) -> str:
        """Quoted, for HTTP: half of the hash tells files apart."""
        return f'"{self.sha256[:16].hex()}"'


@dataclass(frozen=True, slots=True)
class Checksums:
    """All files of a folder but this list itself, by their paths."""

    files: Mapping[str, Checksum]

    @property
    def size_bytes(self) -> int:
        """Of all together."""
        return sum(each.size_bytes for each in self.files.values())

    def dumps(self) -> bytes:
        """As it is stored."""
        files = {path: [each.size_bytes, each.sha256.hex()] for path, each in sorted(self.files.items())}
        return json.dumps({"format": FORMAT, "files": files}, separators=(",", ":")).encode()

    @classmethod
    def loads(cls, data: bytes) -> "Checksums":
        """What :meth:`dumps` made.  Raises :class:`ChecksumsUnreadable`, also for paths that would leave the folder."""
        try:
            document = json.loads(data)
            if document["format"] != FORMAT:
                raise ChecksumsUnreadable("of another version")
            files = {
                path: Checksum(int(size), bytes.fromhex(sha256)) for path, (size, sha256) in document["files"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ChecksumsUnreadable(str(error)) from None
        for path, each in files.items():
            if PATH.fullmatch(path) is None or path == NAME or each.size_bytes < 0 or len(each.sha256) != 32:
                raise ChecksumsUnreadable(f"a bad entry {path[:80]!r}")
        return cls(files)


def digest(path: Path) -> Checksum:
    """Of a file, read in pieces.  Raises ``OSError``."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").digest()
        return Checksum(file.tell(), sha256)


def of_folder(folder: Path) -> Checksums:
    """Of every file below ``folder``.  Raises ``OSError``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return Checksums({name: digest(path) for path in files if (name := path.relative_to(folder).as_posix()) != NAME})


def recorded(folder: Path) -> Checksums | None:
    """What is written in ``folder``; ``None`` where nothing is.  Raises :class:`ChecksumsUnreadable`, ``OSError``."""
    try:
        with (folder / NAME).open("rb") as file:
            return Checksums.loads(file.read(MAX_BYTES))
    except FileNotFoundError:
        return None


def record(folder: Path) -> Checksums:
    """Write them into ``folder``, from the files.  Raises ``OSError``."""
    made = of_folder(folder)
    (folder / NAME).write_bytes(made.dumps())
    return made
