"""Uploads in the database, and their bytes in a folder."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, Column, Index, Table, Text, func, select

from kernel.db import Id, JsonOf, Texts, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.secrets.private_files import ensure_private_folder
from streaming.keys.model import Protection
from streaming.uploads.adapters.receiver import claim_path
from streaming.uploads.model import AddedSound, Upload, UploadId, UploadNotFound

uploads = Table(
    "uploads",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, nullable=False),
    Column("episode_id", Id, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("job_id", Id),
    Column("protection", text_enum(Protection, length=16)),
    Column("codecs", Texts),
    Column("sound", JsonOf[AddedSound](asdict, lambda kept: AddedSound(**kept))),
    Index(None, "owner_id"),
    Index(None, "expires_at"),
)

mapper_registry.map_imperatively(Upload, uploads)

_ROOM = 0x75706C6F6164  # "upload": the lock of whoever gives out room on the disk

EXPIRED_AT_ONCE = 100
"""Removed in one transaction; the next run takes the next ones."""


class SqlUploads:
    """Uploads behind the port ``Uploads``."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, upload: Upload) -> None:
        """Keep a new upload."""
        self._session.add(upload)

    async def get(self, upload_id: UploadId) -> Upload | None:
        """The upload, or ``None``."""
        return await self._session.get(Upload, upload_id)

    async def lock(self) -> None:
        """Take PostgreSQL's advisory lock of this transaction."""
        # SQLite has one writer anyway.
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(select(func.pg_advisory_xact_lock(_ROOM)))

    async def unfinished(self) -> Sequence[Upload]:
        """Everybody's that are not complete."""
        return (await self._session.scalars(select(Upload).where(uploads.c.job_id.is_(None)))).all()

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Upload]:
        """All for these episodes, complete or not."""
        return (await self._session.scalars(select(Upload).where(uploads.c.episode_id.in_(episode_ids)))).all()

    async def of_owner(self, owner_id: str) -> Sequence[Upload]:
        """All of an owner's, complete or not."""
        return (await self._session.scalars(select(Upload).where(uploads.c.owner_id == owner_id))).all()

    async def expired(self, before: datetime) -> Sequence[Upload]:
        """Those that expired by ``before``, oldest first and a bounded number at once."""
        query = select(Upload).where(uploads.c.expires_at <= before).order_by(uploads.c.expires_at)
        return (await self._session.scalars(query.limit(EXPIRED_AT_ONCE))).all()

    async def remove(self, upload: Upload) -> None:
        """Delete the row; the file is for :class:`LocalUploads`."""
        await self._session.delete(upload)


class LocalUploads:
    """Upload files in a folder, each named by its id and nothing of its owner's."""

    def __init__(self, root: Path, max_bytes: int, quota_bytes: int) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._quota_bytes = quota_bytes

    @property
    def max_bytes(self) -> int:
        """The largest file an operator allows."""
        return self._max_bytes

    @property
    def quota_bytes(self) -> int:
        """What one person's files may take here at a time."""
        return self._quota_bytes

    def path(self, upload_id: UploadId) -> str:
        """Where the ingest finds the file."""
        return str(self._path(upload_id))

    async def create(self, upload_id: UploadId) -> None:
        """Make the empty file.  Raises ``FileExistsError``."""
        await asyncio.to_thread(self._create, upload_id)

    async def size_bytes(self, upload_id: UploadId) -> int:
        """How much is here.  Raises :class:`UploadNotFound` when the file is gone."""
        try:
            return (await asyncio.to_thread(self._path(upload_id).stat)).st_size
        except FileNotFoundError:
            raise UploadNotFound(upload_id=upload_id) from None

    async def totals(self) -> tuple[int, int]:
        """How many files are here, and their bytes."""
        sizes = await asyncio.to_thread(self._sizes)
        return len(sizes), sum(sizes)

    async def head(self, upload_id: UploadId, length: int) -> bytes:
        """The first ``length`` bytes, or what there is of them."""
        return await asyncio.to_thread(self._head, upload_id, length)

    async def free_bytes(self) -> int:
        """What the file system has left."""
        return await asyncio.to_thread(self._free_bytes)

    async def delete(self, upload_id: UploadId) -> None:
        """Remove the file and its lock; nothing happens where there is none."""
        await asyncio.to_thread(self._delete, upload_id)

    def _path(self, upload_id: UploadId) -> Path:
        return self._root / f"{upload_id}.upload"

    def _create(self, upload_id: UploadId) -> None:
        ensure_private_folder(self._root)
        self._path(upload_id).touch(mode=0o600, exist_ok=False)

    def _delete(self, upload_id: UploadId) -> None:
        for path in (self._path(upload_id), claim_path(self._path(upload_id))):
            path.unlink(missing_ok=True)

    def _head(self, upload_id: UploadId, length: int) -> bytes:
        with self._path(upload_id).open("rb") as file:
            return file.read(length)

    def _sizes(self) -> list[int]:
        sizes = []
        for path in self._root.glob("*.upload"):
            with contextlib.suppress(FileNotFoundError):  # ingested a moment ago
                sizes.append(path.stat().st_size)
        return sizes

    def _free_bytes(self) -> int:
        ensure_private_folder(self._root)
        return shutil.disk_usage(self._root).free
