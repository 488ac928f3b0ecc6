"""What ``ani up`` keeps in the data folder: who runs it, the passwords between the parts, and what they are started with.

::

    DATA_DIR/
      up/lock           held as long as it runs
      up/secrets.json   passwords of PostgreSQL, Valkey and SeaweedFS, made once
      up/state.json     what runs now: parts, processes, ports
      up/environment    ANI_* lines for other commands (``ani user list``) while it runs
      up/nginx/, up/valkey.conf, up/s3.json
      postgres/, valkey/, seaweedfs/, media/, grants/, uploads/, secret.key
"""

import fcntl
import os
import re
import secrets
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import orjson

from kernel.errors import Conflict, Invalid
from kernel.secrets.private_files import ensure_private_folder, private_opener

_ODD: Final = re.compile(r'["$\\\x00-\x1f]')
"""In a path these mean something else to nginx."""


class AlreadyRunning(Conflict):
    """Another `ani up` (process {pid}) runs on {folder}."""


class FolderUnusable(Invalid):
    """{folder} cannot be used: {reason}."""


class UpFolder:
    """``DATA_DIR/up``."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "up"
        self._lock: IO[str] | None = None

    def lock(self) -> None:
        """Make the folder ours for as long as the process lives.  Raises :class:`AlreadyRunning`, :class:`FolderUnusable`."""
        if _ODD.search(str(self.data_dir)):
            raise FolderUnusable(folder=str(self.data_dir), reason='nginx takes no path with ", $ or \\ in it')
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            ensure_private_folder(self.path)
            self._lock = (self.path / "lock").open("a+")
        except OSError as error:
            raise FolderUnusable(folder=str(self.data_dir), reason=error.strerror or str(error)) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.seek(0)
            raise AlreadyRunning(pid=self._lock.read().strip() or "unknown", folder=str(self.data_dir)) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def password(self, of: str) -> str:
        """The password of a part; made when first asked for, and kept."""
        path = self.path / "secrets.json"
        kept: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
        if of not in kept:
            kept[of] = secrets.token_hex(24)
            self.write("secrets.json", orjson.dumps(kept))
        return kept[of]

    def write(self, name: str, content: bytes) -> Path:
        """A file of ours, whole or not at all, for nobody else to read."""
        path = self.path / name
        staged = path.with_name(f".{path.name}.new")
        staged.unlink(missing_ok=True)
        with open(staged, "xb", opener=private_opener) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
        return path

    def write_state(self, state: Mapping[str, Any]) -> None:
        """What runs now."""
        self.write("state.json", orjson.dumps(state, option=orjson.OPT_INDENT_2))

    def write_environment(self, environment: Mapping[str, str]) -> Path:
        """Lines that a shell takes."""
        return self.write(
            "environment", "".join(f"{name}={shlex.quote(value)}\n" for name, value in environment.items()).encode()
        )

    def forget(self) -> None:
        """Nothing runs any more."""
        for name in ("state.json", "environment"):
            (self.path / name).unlink(missing_ok=True)
