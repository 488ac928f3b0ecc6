"""Published files on their way out: which may be asked for, what they are, and the small ones held in memory.

A published asset never changes, so nothing here is ever looked at twice.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from multidict import CIMultiDict

from kernel.errors import NotFound
from kernel.storage import MediaStorage, NotStored, StoredFile
from kernel.storage.ports import read
from streaming.origin.media.adapters.prebuilt import Packed, pack

CONTENT_TYPES: Final[Mapping[str, str]] = {
    ".m3u8": "application/vnd.apple.mpegurl",  # RFC 8216 §4
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
}
"""Everything else in the folder is nobody's business."""

_TEXT: Final = frozenset({".m3u8", ".mpd", ".vtt"})

# Names as our packager gives them; no empty part, none that starts with a dot, nothing percent-encoded or with a backslash.
_SAFE_PATH: Final = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){0,4}[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)

MAX_PATH: Final = 200

SMALL_BYTES: Final = 256 * 1024
"""Held in memory up to here: playlists, init sections, subtitles, posters and sprites, but not segments."""
MEMORY_BYTES: Final = 64 * 1024 * 1024
"""All of them together; a two-hour episode's small files are about 2 MB."""
ENTRY_BYTES: Final = 1_000
"""What an entry weighs besides its bytes, so that names of large files count too."""


class MediaNotFound(NotFound):
    """There is no such file in this stream."""


OPEN_HEADERS: Final[Mapping[str, str]] = {
    # The token in the address is the permission; no cookie takes part, so any page's player may read the answer.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
IMMUTABLE: Final = "public, max-age=31536000, immutable"
"""A year, the longest there is (RFC 9111 §1.2.2 speaks of it as practically for ever)."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A published file."""

    stored: StoredFile
    headers: CIMultiDict[str]
    packed: Packed | None = None
    """All of it, when it is small."""

    @property
    def size_bytes(self) -> int:
        """Of all of it."""
        return self.stored.size_bytes

    @property
    def etag(self) -> str:
        """Quoted."""
        return self.stored.etag

    @property
    def weight_bytes(self) -> int:
        """What it holds in memory."""
        return ENTRY_BYTES + (self.packed.weight_bytes if self.packed else 0)


def is_safe(path: str) -> bool:
    """Whether ``path`` (percent-decoded once) can name a published file at all."""
    return (
        len(path) <= MAX_PATH and _SAFE_PATH.fullmatch(path) is not None and os.path.splitext(path)[1] in CONTENT_TYPES  # noqa: PTH122 - a string, not yet a path
    )


class MediaFiles:
    """The files of published assets, with the small ones in memory."""

    def __init__(self, storage: MediaStorage, *, memory_bytes: int = MEMORY_BYTES) -> None:
        self._storage = storage
        self._memory_bytes = memory_bytes
        self._held: dict[tuple[str, str], MediaFile] = {}
        self._weight = 0

    @property
    def weight_bytes(self) -> int:
        """What is held in memory now."""
        return self._weight

    def held(self, asset_id: str, path: str) -> MediaFile | None:
        """The file if we know it already; never waits."""
        return self._held.get((asset_id, path))

    async def get(self, asset_id: str, path: str) -> MediaFile:
        """The file.  Raises :class:`MediaNotFound`, ``StorageAway``."""
        if not is_safe(path):
            raise MediaNotFound
        key = (asset_id, path)
        found = self._held.pop(key, None)
        if found is not None:
            self._held[key] = found  # last in line for eviction
            return found
        try:
            found = await _load(await self._storage.file(asset_id, path), path)
        except NotStored:
            raise MediaNotFound from None
        if key not in self._held:
            self._weight += found.weight_bytes
        self._held[key] = found
        while self._weight > self._memory_bytes and len(self._held) > 1:
            self._weight -= self._held.pop(next(iter(self._held))).weight_bytes
        return found

    def forget_file(self, asset_id: str, path: str) -> None:
        """It is no longer where it was found: look again."""
        if (found := self._held.pop((asset_id, path), None)) is not None:
            self._weight -= found.weight_bytes


async def _load(stored: StoredFile, path: str) -> MediaFile:
    suffix = os.path.splitext(path)[1]  # noqa: PTH122 - a name in a storage
    headers = CIMultiDict(
        {
            **OPEN_HEADERS,
            "Content-Type": CONTENT_TYPES[suffix],
            "Cache-Control": IMMUTABLE,
            "ETag": stored.etag,
            "Accept-Ranges": "bytes",
        }
    )
    if stored.size_bytes > SMALL_BYTES:
        return MediaFile(stored, headers)
    return MediaFile(stored, headers, pack(await read(stored), headers, compress=suffix in _TEXT))
