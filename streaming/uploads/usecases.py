"""What editors do with uploads, and what this needs from outside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from kernel.access import Actor, Role
from kernel.ids import new_id
from streaming.keys.model import Protection
from streaming.uploads.model import (
    IDLE_LIFETIME,
    MAX_NAME,
    MAX_OPEN,
    AddedSound,
    TooManyUploads,
    Upload,
    UploadEmpty,
    UploadId,
    UploadNotFound,
    UploadQuotaUsed,
    UploadsFull,
    UploadTarget,
    UploadTooLarge,
)
from streaming.uploads.sniff import SNIFFED_BYTES, foreign_format

INGEST_JOB: Final = "ingest"
SOUND_JOB: Final = "change_tracks"

DISK_RESERVE_BYTES: Final = 1024**3
"""Left free whatever is uploaded: the database lives on the same disk more often than not."""


class Uploads(Protocol):
    """All uploads."""

    def add(self, upload: Upload) -> None:
        """Keep a new upload."""
        ...

    async def get(self, upload_id: UploadId) -> Upload | None:
        """The upload, or ``None``."""
        ...

    async def lock(self) -> None:
        """Until the end of the transaction nobody else makes room: two must not be given the same room."""
        ...

    async def unfinished(self) -> Sequence[Upload]:
        """Everybody's that are not complete."""
        ...

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Upload]:
        """All for these episodes, complete or not."""
        ...

    async def of_owner(self, owner_id: str) -> Sequence[Upload]:
        """All of an owner's, complete or not."""
        ...

    async def expired(self, before: datetime) -> Sequence[Upload]:
        """Those that expired by ``before``, oldest first and a bounded number at once."""
        ...

    async def remove(self, upload: Upload) -> None:
        """Forget the upload; its bytes are for :class:`UploadFiles`."""
        ...


class UploadTargets(Protocol):
    """The catalogue, as far as uploads must know it."""

    async def exists(self, episode_id: str) -> bool:
        """Whether there is such an episode."""
        ...


class UploadFiles(Protocol):
    """The bytes of uploads."""

    @property
    def max_bytes(self) -> int:
        """The largest file an operator allows."""
        ...

    @property
    def quota_bytes(self) -> int:
        """What one person's files may take here at a time, until they are ingested."""
        ...

    async def create(self, upload_id: UploadId) -> None:
        """Make the empty file."""
        ...

    async def size_bytes(self, upload_id: UploadId) -> int:
        """How much is here.  Raises :class:`UploadNotFound` when its file is gone."""
        ...

    async def totals(self) -> tuple[int, int]:
        """How many files are here, and their bytes."""
        ...

    async def head(self, upload_id: UploadId, length: int) -> bytes:
        """The first ``length`` bytes, or what there is of them."""
        ...

    async def free_bytes(self) -> int:
        """What the disk has left."""
        ...

    async def delete(self, upload_id: UploadId) -> None:
        """Remove the bytes; nothing happens where there are none."""
        ...

    def path(self, upload_id: UploadId) -> str:
        """Where the ingest finds the file."""
        ...


class IngestOrders(Protocol):
    """Where work is ordered (``kernel.jobs.Jobs`` is one)."""

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """Order a job and give its id; one with the same ``key`` that waits still is the same job."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    uploads: Uploads
    files: UploadFiles
    targets: UploadTargets
    orders: IngestOrders
    now: datetime


async def create(
    context: UploadContext,
    owner: Actor,
    *,
    episode_id: str,
    file_name: str,
    size_bytes: int,
    protection: Protection | None = None,
    codecs: tuple[str, ...] | None = None,
    sound: AddedSound | None = None,
) -> Upload:
    """Make room for a file of ``size_bytes``: a video, or ``sound`` for one that is there.

    What was declared counts, not what has arrived: whoever began may finish.

    Raises :class:`UploadEmpty`, :class:`UploadTooLarge`, :class:`UploadTarget`, :class:`TooManyUploads`,
    :class:`UploadQuotaUsed`, :class:`UploadsFull`.
    """
    if size_bytes == 0:
        raise UploadEmpty
    if size_bytes > context.files.max_bytes:
        raise UploadTooLarge(size_bytes=size_bytes, limit_bytes=context.files.max_bytes)
    if not await context.targets.exists(episode_id):
        raise UploadTarget(episode_id=episode_id)
    await context.uploads.lock()
    theirs = await context.uploads.of_owner(owner.user_id)
    count = sum(not upload.is_complete for upload in theirs)
    if count >= MAX_OPEN:
        raise TooManyUploads(count=count)
    # Of a whole file as much as is still here: its ingest takes it away.
    used = sum([await _present(context, upload) if upload.is_complete else upload.size_bytes for upload in theirs])
    if used + size_bytes > context.files.quota_bytes:
        raise UploadQuotaUsed(used_bytes=used, limit_bytes=context.files.quota_bytes)
    promised = sum(
        [upload.size_bytes - await _present(context, upload) for upload in await context.uploads.unfinished()]
    )
    if await context.files.free_bytes() - promised < size_bytes + DISK_RESERVE_BYTES:
        raise UploadsFull(retry_after_s=3600)
    upload = Upload(
        id=UploadId(new_id()),
        owner_id=owner.user_id,
        episode_id=episode_id,
        file_name=_clean(file_name),
        size_bytes=size_bytes,
        created_at=context.now,
        expires_at=context.now + IDLE_LIFETIME,
        protection=protection,
        codecs=codecs,
        sound=sound,
    )
    context.uploads.add(upload)
    await context.files.create(upload.id)
    return upload


async def _present(context: UploadContext, upload: Upload) -> int:
    try:
        return await context.files.size_bytes(upload.id)
    except UploadNotFound:
        return 0


async def find(context: UploadContext, caller: Actor, upload_id: str) -> Upload:
    """An upload of the caller's own (administrators: of anybody's).  Raises :class:`UploadNotFound`."""
    upload = await context.uploads.get(UploadId(upload_id))
    allowed = upload is not None and (upload.owner_id == caller.user_id or caller.may(Role.ADMIN))
    if upload is None or not allowed or upload.expires_at <= context.now:
        raise UploadNotFound(upload_id=upload_id)
    return upload


async def received(context: UploadContext, upload: Upload) -> int:
    """Take note of what arrived, order the ingest when it is everything; returns the offset.

    Also called on the way to an answer about the offset: a process may have died between the last byte and the order.
    """
    if upload.is_complete:
        return upload.size_bytes
    offset = await context.files.size_bytes(upload.id)
    upload.received(context.now)
    if offset == upload.size_bytes:
        payload: dict[str, Any] = {
            "file": context.files.path(upload.id),
            "name": upload.file_name,
            "episode_id": upload.episode_id,
            "remove": True,
        }
        if upload.protection is not None:
            payload["protection"] = upload.protection.value
        if upload.codecs is not None:
            payload["codecs"] = list(upload.codecs)
        if upload.sound is not None:
            payload["change"] = {"kind": "add", **asdict(upload.sound)}
        kind = INGEST_JOB if upload.sound is None else SOUND_JOB
        job_id = await context.orders.enqueue(kind, payload, key=f"upload:{upload.id}", owner_id=upload.owner_id)
        upload.complete(job_id, context.now)
    return offset


async def foreign_kind(context: UploadContext, upload: Upload) -> str | None:
    """What the file is instead of a video; ``None``: nothing against it so far, or too little is here to say."""
    head = await context.files.head(upload.id, SNIFFED_BYTES)
    return None if len(head) < min(SNIFFED_BYTES, upload.size_bytes) else foreign_format(head)


async def remove(context: UploadContext, upload: Upload) -> None:
    """Forget an upload and its bytes."""
    await context.uploads.remove(upload)
    await context.files.delete(upload.id)


async def remove_of_owner(context: UploadContext, owner_id: str) -> int:
    """Somebody may upload no longer: nothing they sent waits for another piece, or for its ingest; how many."""
    theirs = await context.uploads.of_owner(owner_id)
    for upload in theirs:
        await remove(context, upload)
    return len(theirs)


async def remove_for_episodes(context: UploadContext, episode_ids: Sequence[str]) -> None:
    """The episodes are gone: nobody needs their videos."""
    for upload in await context.uploads.of_episodes(episode_ids):
        await remove(context, upload)


async def remove_expired(context: UploadContext) -> int:
    """Remove what nobody came back for; how many."""
    expired = await context.uploads.expired(context.now)
    for upload in expired:
        await remove(context, upload)
    return len(expired)


def _clean(file_name: str) -> str:
    """The last part of a path from any system, without anything that does not print."""
    last = file_name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(character for character in last if character.isprintable()).strip()
    return printable[:MAX_NAME] or "upload"
