"""Uploads in memory, as the use cases see them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from streaming.uploads.model import Upload, UploadId, UploadNotFound
from streaming.uploads.usecases import UploadContext

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EPISODE = "the-episode"


class MemoryUploads:
    def __init__(self) -> None:
        self.kept: dict[UploadId, Upload] = {}
        self.locked = False

    def add(self, upload: Upload) -> None:
        assert self.locked, "two must not be given the same room"
        self.kept[upload.id] = upload

    async def get(self, upload_id: UploadId) -> Upload | None:
        return self.kept.get(upload_id)

    async def lock(self) -> None:
        self.locked = True

    async def unfinished(self) -> Sequence[Upload]:
        return [upload for upload in self.kept.values() if not upload.is_complete]

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Upload]:
        return [upload for upload in self.kept.values() if upload.episode_id in episode_ids]

    async def of_owner(self, owner_id: str) -> Sequence[Upload]:
        return [upload for upload in self.kept.values() if upload.owner_id == owner_id]

    async def expired(self, before: datetime) -> Sequence[Upload]:
        found = [upload for upload in self.kept.values() if upload.expires_at <= before]
        return sorted(found, key=lambda upload: upload.expires_at)

    async def remove(self, upload: Upload) -> None:
        del self.kept[upload.id]


class MemoryFiles:
    """The bytes; ``disk_bytes`` is what would be free without them."""

    def __init__(self) -> None:
        self.kept: dict[UploadId, bytes] = {}
        self.max_bytes = 10_000
        self.quota_bytes = 15_000
        self.disk_bytes = 2 * 1024**3

    async def create(self, upload_id: UploadId) -> None:
        self.kept[upload_id] = b""

    async def size_bytes(self, upload_id: UploadId) -> int:
        return len(self._content(upload_id))

    async def totals(self) -> tuple[int, int]:
        return len(self.kept), sum(map(len, self.kept.values()))

    async def head(self, upload_id: UploadId, length: int) -> bytes:
        return self._content(upload_id)[:length]

    async def free_bytes(self) -> int:
        return self.disk_bytes - sum(map(len, self.kept.values()))

    async def delete(self, upload_id: UploadId) -> None:
        self.kept.pop(upload_id, None)

    def path(self, upload_id: UploadId) -> str:
        return f"/uploads/{upload_id}"

    def _content(self, upload_id: UploadId) -> bytes:
        if upload_id not in self.kept:
            raise UploadNotFound(upload_id=upload_id)
        return self.kept[upload_id]


class MemoryOrders:
    """What was ordered, by the key that makes two orders one."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        assert kind == "ingest"
        assert key is not None
        assert owner_id is not None
        self.jobs.setdefault(key, payload)
        return f"job:{key}"


class OneEpisode:
    async def exists(self, episode_id: str) -> bool:
        return episode_id == EPISODE


class Memory:
    """The ports of the use cases."""

    def __init__(self) -> None:
        self.uploads = MemoryUploads()
        self.files = MemoryFiles()
        self.orders = MemoryOrders()
        self.now = NOW

    @property
    def context(self) -> UploadContext:
        return UploadContext(
            uploads=self.uploads, files=self.files, targets=OneEpisode(), orders=self.orders, now=self.now
        )
