"""Media of which some lie on this machine and some in a bucket: read where they are, published where the operator wants them.

Where something is follows from what is there, and is written nowhere: on this machine, else in the bucket.  So a transfer that is cut
off between any two steps leaves something that plays.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar, Final

from typing_extensions import override

from kernel.storage.checksums import Checksums
from kernel.storage.download import download
from kernel.storage.local import LocalStorage
from kernel.storage.ports import MediaStorage, NotStored, Progress, StoredFile, Usage, checked
from kernel.storage.s3 import S3Storage

MOVING: Final = "move-"


class MovableStorage(MediaStorage):
    """This machine and a bucket as one storage."""

    name: ClassVar[str] = "local+s3"

    def __init__(self, local: LocalStorage, bucket: S3Storage, *, publishes_to_bucket: bool) -> None:
        self.local = local
        self.bucket = bucket
        self.publishes_to_bucket = publishes_to_bucket

    @override
    def staging(self, key: str) -> Path:
        return self.local.staging(key)

    @override
    def folder(self, key: str) -> Path | None:
        return self.local.folder(key)

    @override
    async def publish(self, staging: Path, key: str, on_progress: Progress | None = None) -> None:
        # On this machine first: what took hours to make outlives a crash, and a bucket that is away.
        await self.local.publish(staging, key)
        if self.publishes_to_bucket:
            await self.to_bucket(key, on_progress)

    @override
    async def resume(self, key: str, on_progress: Progress | None = None) -> bool:
        if not await self.local.exists(key):
            return await self.bucket.exists(key)
        if self.publishes_to_bucket:
            await self.to_bucket(key, on_progress)
        return True

    async def to_bucket(self, key: str, on_progress: Progress | None = None) -> bool:
        """Move ``key`` from this machine; whether it was here.  Raises what ``publish`` raises, and then it is here still."""
        if not await self.local.exists(key):
            return False
        await self.bucket.publish(self.local.path(key), key, on_progress)
        return True

    async def to_local(self, key: str, on_progress: Progress | None = None) -> bool:
        """Move ``key`` to this machine; whether it was in the bucket.  One that is cut off goes on where it was.

        Raises what ``publish`` raises, and then it is in the bucket still.
        """
        if not await self.bucket.exists(key):
            return False
        if not await self.local.exists(key):
            staging = self.local.staging(f"{MOVING}{key}")
            await download(self.bucket, key, staging, on_progress)
            await self.local.publish(staging, key)
        await self.bucket.delete(key)
        return True

    @override
    async def exists(self, key: str) -> bool:
        return await self.local.exists(key) or await self.bucket.exists(key)

    @override
    async def file(self, key: str, path: str) -> StoredFile:
        if await self.local.exists(key):
            try:
                return await self.local.file(key, path)
            except NotStored:
                if await self.local.exists(key):
                    raise
                # Moved to the bucket between the two questions.
        return await self.bucket.file(key, path)

    @override
    async def checksums(self, key: str) -> Checksums | None:
        if await self.local.exists(key):
            return await self.local.checksums(key)
        return await self.bucket.checksums(key)

    @override
    async def delete(self, key: str) -> None:
        await self.bucket.delete(key)
        await self.local.delete(key)
        await asyncio.to_thread(shutil.rmtree, self.local.staging(f"{MOVING}{key}"), ignore_errors=True)

    @override
    async def stored_keys(self) -> AsyncIterator[str]:
        known = set()
        for storage in (self.local, self.bucket):
            async for key in storage.stored_keys():
                if key not in known:
                    known.add(key)
                    yield key

    @override
    async def usage(self, key: str) -> Usage | None:
        checked(key)
        return await self.local.usage(key) or await self.bucket.usage(key)
