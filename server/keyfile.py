"""The secret keys of an installation that keeps them in a file: one on a line, the newest first.

The first signs.  The others were replaced, at the Unix time in seconds that stands behind each, and are believed until
somebody removes them.
"""

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import Invalid
from kernel.secrets.private_files import close_to_others, private_opener

MIN_SECRET_LENGTH = 32
"""Characters; a key for HMAC-SHA256 shorter than the hash weakens it (RFC 2104 §3)."""

SECRET_BYTES = 48


class KeyFileDamaged(Invalid):
    """{path} is damaged: it should hold a key of 64 characters. Remove it to make a new one."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A secret, and since when (Unix s) another one signs; ``None``: it signs itself."""

    secret: str
    replaced_at_s: int | None = None


def new_secret() -> str:
    """64 random characters, none of which any shell or list of settings minds."""
    return secrets.token_urlsafe(SECRET_BYTES)


class KeyFile:
    """The file at ``path``; made, with one key, when first read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[StoredKey]:
        """The keys, the one that signs first. Raises :class:`KeyFileDamaged`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self._create()
        close_to_others(self.path)
        try:
            keys = [self._key(line) for line in self.path.read_text("ascii").splitlines() if line.strip()]
        except ValueError:  # a UnicodeDecodeError too
            raise KeyFileDamaged(path=str(self.path)) from None
        if not keys:
            raise KeyFileDamaged(path=str(self.path))
        return keys

    def rotate(self, secret: str, now_s: int) -> None:
        """Let ``secret`` sign from the next start on; the key that signed so far is believed still."""
        current, *former = self.read()
        self._write([StoredKey(secret), StoredKey(current.secret, now_s), *former])

    def retire(self, replaced_before_s: int) -> int:
        """Remove what was replaced before then; returns how many keys that were."""
        current, *former = self.read()
        kept = [key for key in former if (key.replaced_at_s or 0) >= replaced_before_s]
        if len(kept) < len(former):
            self._write([current, *kept])
        return len(former) - len(kept)

    def _create(self) -> None:
        # Linked in whole: of two processes that start together one makes the key, and the other never reads half of it.
        descriptor, staged = tempfile.mkstemp(dir=self.path.parent, prefix=".secret-")
        try:
            with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - mkstemp gives a descriptor
                file.write(new_secret())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(staged, self.path)
            except FileExistsError:
                pass
            except OSError:  # a file system without links: exFAT, some network drives
                Path(staged).replace(self.path)
        finally:
            Path(staged).unlink(missing_ok=True)

    def _key(self, line: str) -> StoredKey:
        secret, _, replaced_at_s = line.strip().partition(" ")
        if len(secret) < MIN_SECRET_LENGTH:
            raise ValueError("too short to be a key")
        return StoredKey(secret, int(replaced_at_s) if replaced_at_s else None)

    def _write(self, keys: list[StoredKey]) -> None:
        # Whole or not at all: without its keys an installation has no sessions and no credentials.
        staged = self.path.with_suffix(".new")
        staged.unlink(missing_ok=True)
        with open(staged, "x", encoding="ascii", opener=private_opener) as file:
            file.writelines(f"{key.secret} {key.replaced_at_s or ''}".strip() + "\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self.path)
