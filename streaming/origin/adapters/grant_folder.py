"""Grants as links in a folder beside the media: ``grants/TOKEN/ASSET`` → ``../../media/ASSET``."""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import structlog

from kernel.ids import is_id
from kernel.log import Occasionally
from kernel.storage import MediaStorage
from streaming.origin.access.grants import Grant
from streaming.origin.access.token import TOKEN_LENGTH, TokenRefused, unverified

log = structlog.get_logger()

FOLDER_MODE: Final = 0o711
"""The edge, which may be another user, goes through it by name; nobody else lists it, for the names are secrets."""
_UNFINISHED: Final = ".new-"
UNFINISHED_S: Final = 600
"""What was begun so long ago was left by a process that died."""


class GrantFolder:
    """Grants behind the ``Grants`` port.  Any number of processes may share the folder: each step is one rename or unlink."""

    def __init__(self, folder: Path, storage: MediaStorage) -> None:
        self._folder = folder
        self._storage = storage
        self._failures = Occasionally()

    async def grant(self, token: str, asset_id: str) -> bool:
        """See ``Grants``."""
        try:
            return await asyncio.to_thread(self._grant, token, asset_id)
        except OSError as error:
            # The edge goes on asking, which is slower and no less right.
            if times := self._failures.count(time.monotonic()):
                log.warning("the edge is granted nothing", reason=error.strerror, times=times)
            return False

    def _grant(self, token: str, asset_id: str) -> bool:
        # Names of nothing but what we sign: neither has a dot or a slash.
        if not is_id(asset_id) or unverified(token).asset_id != asset_id:
            return False
        place = self._folder / token
        if place.is_dir() and os.path.lexists(place / asset_id):
            return False
        media = self._storage.folder(asset_id)
        if media is None:
            return False  # streamed from elsewhere
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self._folder.chmod(FOLDER_MODE)  # whatever the process's umask took
        made = self._folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
        made.mkdir()
        made.chmod(0o755)
        try:
            # Relative, so that both folders may be mounted elsewhere at the edge, side by side.
            (made / asset_id).symlink_to(os.path.relpath(media, place))
            made.rename(place)  # onto one that is there and empty, too; not onto another's grant
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if os.path.lexists(place / asset_id):
                return False
            raise
        return True

    async def revoke(self, session_ids: Collection[str]) -> int:
        """See ``Grants``."""
        return await asyncio.to_thread(self._revoke, frozenset(session_ids)) if session_ids else 0

    def _revoke(self, session_ids: frozenset[str]) -> int:
        count = 0
        for name in self._names():
            with contextlib.suppress(TokenRefused):
                if unverified(name).session_id in session_ids:
                    self._remove(name)
                    count += 1
        return count

    async def remove(self, token: str) -> None:
        """See ``Grants``."""
        await asyncio.to_thread(self._remove, token)

    def _remove(self, name: str) -> None:
        place = self._folder / name
        with contextlib.suppress(FileNotFoundError):
            for entry in list(os.scandir(place)):
                os.unlink(entry.path)  # noqa: PTH108 - the link itself, never what it leads to
            try:
                place.rmdir()
            except OSError as error:
                if error.errno != errno.ENOTEMPTY:  # granted anew meanwhile, by a check that began after this
                    raise

    async def renew(self, token: str) -> None:
        """See ``Grants``."""
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(os.utime, self._folder / token)

    async def held(self) -> Sequence[Grant]:
        """See ``Grants``."""
        return await asyncio.to_thread(self._held)

    def _held(self) -> list[Grant]:
        grants = []
        for name in self._names():
            try:
                changed_s = (self._folder / name).lstat().st_mtime
            except FileNotFoundError:
                continue
            if name.startswith(_UNFINISHED):
                if time.time() - changed_s > UNFINISHED_S:
                    self._remove(name)
            elif len(name) == TOKEN_LENGTH:
                grants.append(Grant(name, changed_s))
        return grants

    def _names(self) -> list[str]:
        try:
            return os.listdir(self._folder)  # noqa: PTH208 - names alone: a hundred thousand paths cost a second
        except FileNotFoundError:
            return []
