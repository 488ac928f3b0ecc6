"""Media in a bucket of an S3-compatible service, through ``obstore``: objects ``PREFIX/KEY/PATH``.

A key is published once its checksums are there, which are written last and removed first.
"""

import asyncio
import hashlib
import math
import shutil
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store
from typing_extensions import override

from kernel.log import Occasionally
from kernel.storage import checksums
from kernel.storage.breaker import REST_S, Breaker
from kernel.storage.bucket import BucketSettings
from kernel.storage.checksums import Checksum, Checksums, ChecksumsUnreadable
from kernel.storage.download import ATTEMPTS, FIRST_DELAY_S, each_file
from kernel.storage.ports import (
    KEY,
    MediaStorage,
    NotStored,
    Progress,
    StorageAway,
    StorageCorrupt,
    StoredFile,
    Usage,
    checked,
)

log = structlog.get_logger()

T = TypeVar("T")

CONNECT_TIMEOUT_S: Final = 2
ANSWER_TIMEOUT_S: Final = 5.0
"""To the first byte of an answer to a viewer, and between two pieces of it."""
LIST_TIMEOUT_S: Final = 60.0
"""For a list of tens of thousands of objects, or as many deletions."""
TRANSFER_TIMEOUT_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 256 * 1024
"""A transfer slower than this is taken for a dead one."""
PART_BYTES: Final = 8 * 1024 * 1024
"""Of one upload; with ``AT_ONCE`` files of :data:`PARTS_AT_ONCE` parts 64 MB of memory at most."""
PARTS_AT_ONCE: Final = 2
CHUNK_BYTES: Final = 256 * 1024
KNOWN_KEYS: Final = 16
"""Checksums kept in memory: a hundred KB for an episode, 3 MB for a long film."""
MAX_SIGNED: Final = timedelta(seconds=120)
"""An address that was signed cannot be taken back."""

CACHE_CONTROL: Final = "public, max-age=31536000, immutable"
TYPES: Final = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True)
class S3File(StoredFile):
    """An object."""

    source: ClassVar[str] = "bucket"
    storage: "S3Storage"
    object_path: str
    size_bytes: int
    etag: str

    @override
    async def chunks(self, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        if start >= stop:
            return
        storage = self.storage
        whole = start == 0 and stop == self.size_bytes
        asked: Any = obstore.get_async(
            storage.store, self.object_path, options=None if whole else {"range": (start, stop)}
        )
        answer = await storage.ask(asked, ANSWER_TIMEOUT_S)
        left = stop - start
        pieces = answer.stream(min_chunk_size=CHUNK_BYTES)
        while left > 0:
            piece = await storage.ask(anext(pieces, None), ANSWER_TIMEOUT_S)
            if piece is None:
                raise ConnectionResetError("the object is shorter than it was; published files never change")
            left -= len(piece)
            yield bytes(piece)

    @override
    async def signed_url(self, lifetime: timedelta, *, public: bool) -> str | None:
        store = self.storage.public_store if public else self.storage.store
        return str(await obstore.sign_async(store, "GET", self.object_path, min(lifetime, MAX_SIGNED)))


class S3Storage(MediaStorage):
    """A bucket, whose staging is in the folder ``staging`` of this machine."""

    name: ClassVar[str] = "s3"

    def __init__(self, settings: BucketSettings, staging: Path) -> None:
        self._staging = staging
        self.address = f"{settings.bucket}/{settings.prefix}".rstrip("/")
        """The bucket, and where in it is what is ours."""
        self.store = store_of(settings)
        self.public_store = store_of(settings, settings.public_endpoint)
        self._known: OrderedDict[str, Checksums] = OrderedDict()
        self._breaker = Breaker()
        self._failures = Occasionally()

    @override
    def staging(self, key: str) -> Path:
        return self._staging / checked(key)

    @override
    def folder(self, key: str) -> Path | None:
        return None

    async def ask(self, answer: Awaitable[T], timeout_s: float, *, patient: bool = False) -> T:
        """``answer``, unless the service is known to be away.  ``patient``: asked anyway, for nobody waits in front of a player.

        Raises :class:`NotStored`, :class:`StorageAway`.
        """
        if not patient and self._breaker.is_open(time.monotonic()):
            if asyncio.iscoroutine(answer):
                answer.close()
            raise StorageAway(retry_after_s=math.ceil(REST_S))
        try:
            async with asyncio.timeout(timeout_s):
                done = await answer
        except FileNotFoundError:
            self._breaker.succeeded()
            raise NotStored from None
        except (BaseError, OSError, TimeoutError) as error:
            now_s = time.monotonic()
            self._breaker.failed(now_s)
            if times := self._failures.count(now_s):
                # Not the whole text: what a service answers to a wrong signature has half a page in it.
                reason = str(error).partition("\n")[0][:300]
                log.warning("the storage does not answer", kind=type(error).__name__, reason=reason, times=times)
            raise StorageAway(retry_after_s=math.ceil(REST_S)) from error
        self._breaker.succeeded()
        return done

    @override
    async def publish(self, staging: Path, key: str, on_progress: Progress | None = None) -> None:
        checked(key)
        wanted = await asyncio.to_thread(_checksums, staging, key)
        present = {path: size async for path, size, _ in self._objects(key)}
        if checksums.NAME in present and await self._stored_checksums(key) != wanted:
            await self._remove(f"{key}/{checksums.NAME}")
            del present[checksums.NAME]

        async def send(path: str, checksum: Checksum) -> None:
            await self._send(staging / path, key, path, checksum, there=present.get(path) == checksum.size_bytes)

        await each_file(wanted, send, on_progress)
        await self._remove(
            *(f"{key}/{path}" for path in present if path not in wanted.files and path != checksums.NAME)
        )
        if checksums.NAME not in present:
            await self._put(f"{key}/{checksums.NAME}", wanted.dumps(), ".json", len(wanted.files) * 128)
        await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)

    async def _send(self, file: Path, key: str, path: str, checksum: Checksum, *, there: bool) -> None:
        """Transfer a file, and read back what arrived.  Raises :class:`StorageCorrupt`, :class:`StorageAway`, ``OSError``."""
        name = f"{key}/{path}"
        for attempt in range(2):
            if not there or attempt:
                await self._put(name, file, file.suffix, checksum.size_bytes)
            if await self._arrived(name, checksum):
                return
        raise StorageCorrupt(key=key, path=path)

    async def _put(self, name: str, content: Path | bytes, suffix: str, size_bytes: int) -> None:
        attributes = {"Content-Type": TYPES.get(suffix, "application/octet-stream"), "Cache-Control": CACHE_CONTROL}
        if isinstance(content, Path) and size_bytes <= PART_BYTES:
            content = await asyncio.to_thread(content.read_bytes)

        def sent() -> Any:
            return obstore.put_async(
                self.store,
                name,
                content,
                attributes=attributes,
                chunk_size=PART_BYTES,
                max_concurrency=PARTS_AT_ONCE,
            )

        await self._repeated(sent, TRANSFER_TIMEOUT_S + size_bytes / SLOWEST_BYTES_PER_S)

    async def _arrived(self, name: str, checksum: Checksum) -> bool:
        async def read() -> bool:
            answer = await obstore.get_async(self.store, name)
            sha256, size_bytes = hashlib.sha256(), 0
            async for piece in answer.stream(min_chunk_size=CHUNK_BYTES):
                sha256.update(piece)
                size_bytes += len(piece)
            return sha256.digest() == checksum.sha256 and size_bytes == checksum.size_bytes

        try:
            return bool(await self._repeated(read, TRANSFER_TIMEOUT_S + checksum.size_bytes / SLOWEST_BYTES_PER_S))
        except NotStored:
            return False

    async def _repeated(self, make: Any, timeout_s: float) -> Any:
        """What ``make()`` comes to, tried :data:`ATTEMPTS` times.  Raises :class:`StorageAway`, :class:`NotStored`."""
        for attempt in range(ATTEMPTS):
            try:
                return await self.ask(make(), timeout_s, patient=True)
            except StorageAway:
                if attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(FIRST_DELAY_S * 2**attempt)
        raise AssertionError

    @override
    async def resume(self, key: str, on_progress: Progress | None = None) -> bool:
        return await self.exists(key)

    @override
    async def exists(self, key: str) -> bool:
        try:
            await self.ask(obstore.head_async(self.store, f"{checked(key)}/{checksums.NAME}"), ANSWER_TIMEOUT_S)
        except NotStored:
            return False
        return True

    @override
    async def file(self, key: str, path: str) -> StoredFile:
        found = (await self.checksums(key)).files.get(path)
        if found is None:
            raise NotStored
        return S3File(self, f"{key}/{path}", found.size_bytes, found.etag)

    @override
    async def checksums(self, key: str) -> Checksums:
        known = self._known.pop(checked(key), None) or await self._stored_checksums(key)
        self._known[key] = known  # last in line for eviction
        if len(self._known) > KNOWN_KEYS:
            self._known.popitem(last=False)
        return known

    async def _stored_checksums(self, key: str) -> Checksums:
        answer = await self.ask(obstore.get_async(self.store, f"{key}/{checksums.NAME}"), ANSWER_TIMEOUT_S)
        if answer.meta["size"] > checksums.MAX_BYTES:
            raise StorageCorrupt(key=key, path=checksums.NAME)
        data = await self.ask(answer.bytes_async(), TRANSFER_TIMEOUT_S)
        try:
            return await asyncio.to_thread(Checksums.loads, bytes(data))
        except ChecksumsUnreadable:
            raise StorageCorrupt(key=key, path=checksums.NAME) from None

    def forget(self, key: str) -> None:
        """Ask again whether ``key`` is there: another process may have moved it."""
        self._known.pop(key, None)

    @override
    async def delete(self, key: str) -> None:
        self.forget(key)
        names = [path async for path, _, _ in self._objects(checked(key))]
        if checksums.NAME in names:
            await self._remove(f"{key}/{checksums.NAME}")
        await self._remove(*(f"{key}/{name}" for name in names if name != checksums.NAME))

    async def _remove(self, *names: str) -> None:
        if names:
            await self._repeated(lambda: obstore.delete_async(self.store, list(names)), LIST_TIMEOUT_S)

    @override
    async def stored_keys(self) -> AsyncIterator[str]:
        listed = await self.ask(obstore.list_with_delimiter_async(self.store), LIST_TIMEOUT_S, patient=True)
        for name in listed["common_prefixes"]:
            if KEY.fullmatch(name) is not None:
                yield name

    @override
    async def usage(self, key: str) -> Usage | None:
        objects = [each async for each in self._objects(checked(key))]
        if not objects:
            return None
        return Usage(
            files=len(objects),
            size_bytes=sum(size for _, size, _ in objects),
            changed_at=max(changed_at for _, _, changed_at in objects),
            is_published=any(path == checksums.NAME for path, _, _ in objects),
        )

    async def _objects(self, key: str) -> AsyncIterator[tuple[str, int, Any]]:
        """Path, size in bytes and time of each object of ``key``."""
        listed = obstore.list(self.store, key)
        while (some := await self.ask(anext(listed, None), LIST_TIMEOUT_S, patient=True)) is not None:
            for each in some:
                yield each["path"].removeprefix(f"{key}/"), each["size"], each["last_modified"]


def _checksums(staging: Path, key: str) -> Checksums:
    try:
        return checksums.recorded(staging) or checksums.record(staging)
    except ChecksumsUnreadable:
        raise StorageCorrupt(key=key, path=checksums.NAME) from None


def store_of(settings: BucketSettings, endpoint: str = "") -> S3Store:
    """The driver's view of a bucket, at another ``endpoint`` than its own if that is given."""
    endpoint = endpoint or settings.endpoint
    return S3Store(
        settings.bucket,
        prefix=settings.prefix or None,
        endpoint=endpoint or None,
        access_key_id=settings.access_key,
        secret_access_key=settings.secret_key,
        region=settings.region,
        # HOST/BUCKET everywhere: BUCKET.HOST needs a name in DNS, which a service of one's own has not.
        virtual_hosted_style_request=False,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_TIMEOUT_S),
            # Over a whole answer; how long it may take is known here better, piece by piece.
            "timeout": timedelta(hours=1),
        },
        retry_config={"max_retries": 0},  # whoever asks knows whether it may wait
    )
