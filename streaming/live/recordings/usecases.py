"""Switching recording on and off, and what becomes of recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from kernel.access import Actor, Role
from kernel.jobs import JobView
from streaming.ingest.model import EpisodeUnknown
from streaming.ingest.usecases import IngestTargets
from streaming.keys.model import Protection
from streaming.live.channels.model import PUBLISHES, Channel
from streaming.live.recordings.model import (
    DISK_RESERVE_BYTES,
    UNSEEN_FOR,
    EndedBy,
    Recording,
    RecordingEmpty,
    RecordingGoesOn,
    RecordingInUse,
    RecordingLimits,
    RecordingNotFound,
    RecordingOff,
    RecordingQuotaUsed,
    RecordingsFull,
)

EPISODE_JOB: Final = "recording_episode"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a recording is on the disk."""

    duration_ms: int
    size_bytes: int


class Recordings(Protocol):
    """All recordings."""

    def add(self, recording: Recording) -> None:
        """Keep a new one."""
        ...

    async def get(self, recording_id: str) -> Recording | None:
        """``None`` where there is none with this id."""
        ...

    async def lock(self, recording_id: str) -> Recording | None:
        """The same, and nobody else changes it until the end of the transaction."""
        ...

    async def listed(
        self, owner_id: str, channel_id: str | None, offset: int, limit: int
    ) -> tuple[Sequence[Recording], int]:
        """A page of somebody's, the youngest first; and how many there are."""
        ...

    async def used_bytes(self, owner_id: str) -> int:
        """What all of somebody's take."""
        ...

    async def of_channel(self, channel_id: str) -> Sequence[Recording]:
        """All of one channel."""
        ...

    async def expired(self, before: datetime) -> Sequence[Recording]:
        """Those that expired by ``before``, a bounded number at once."""
        ...

    async def unseen(self, since: datetime) -> Sequence[Recording]:
        """Those that go on, and that no node has said anything about since."""
        ...

    async def remove(self, recording: Recording) -> None:
        """Forget one; its bytes are for :class:`RecordingFiles`."""
        ...


class RecordingFiles(Protocol):
    """The bytes of recordings."""

    async def extent(self, recording_id: str) -> Extent:
        """How much of it is there."""
        ...

    async def free_bytes(self) -> int:
        """What the disk has left."""
        ...

    async def delete(self, recording_id: str) -> None:
        """Remove the bytes; nothing happens where there are none."""
        ...


class EpisodeOrders(Protocol):
    """Where work is ordered (``kernel.jobs.Jobs`` is one)."""

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """Order a job and give its id."""
        ...

    async def get(self, job_id: str) -> JobView:
        """How far it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    recordings: Recordings
    files: RecordingFiles
    targets: IngestTargets
    orders: EpisodeOrders
    limits: RecordingLimits
    now: datetime


async def switch_on(context: RecordingContext, channel: Channel) -> None:
    """Whatever is sent to ``channel`` from now on is recorded.  Raises RecordingOff, RecordingQuotaUsed, RecordingsFull."""
    if context.limits.quota_bytes == 0:
        raise RecordingOff
    if await context.recordings.used_bytes(channel.owner_id) >= context.limits.quota_bytes:
        raise RecordingQuotaUsed(limit_bytes=context.limits.quota_bytes)
    if await context.files.free_bytes() < DISK_RESERVE_BYTES:
        raise RecordingsFull(retry_after_s=3600)
    channel.record_from(context.now)


async def find(context: RecordingContext, caller: Actor, recording_id: str, *, lock: bool = False) -> Recording:
    """A recording of the caller's own (administrators: of anybody's).  Raises RecordingNotFound."""
    found = await (context.recordings.lock if lock else context.recordings.get)(recording_id)
    if found is None or not (found.owner_id == caller.user_id or caller.may(Role.ADMIN)):
        raise RecordingNotFound
    return found


async def delete(context: RecordingContext, caller: Actor, recording_id: str) -> None:
    """Raises RecordingGoesOn, RecordingInUse, RecordingNotFound."""
    recording = await find(context, caller, recording_id, lock=True)
    if not recording.is_ended:
        raise RecordingGoesOn
    if await _at_work(context, recording):
        raise RecordingInUse
    await remove(context, recording)


async def order_episode(
    context: RecordingContext, caller: Actor, recording_id: str, *, episode_id: str, protection: Protection | None
) -> str:
    """Have the recording become the video of an episode; the job's id.

    Raises EpisodeUnknown, RecordingEmpty, RecordingGoesOn, RecordingInUse, RecordingNotFound.
    """
    recording = await find(context, caller, recording_id, lock=True)
    if not recording.is_ended:
        raise RecordingGoesOn
    if await _at_work(context, recording):
        raise RecordingInUse
    if (await context.files.extent(recording.id)).duration_ms == 0:
        raise RecordingEmpty
    if not await context.targets.exists(episode_id):
        raise EpisodeUnknown(episode_id=episode_id)
    payload: dict[str, Any] = {"recording_id": recording.id, "episode_id": episode_id}
    if protection is not None:
        payload["protection"] = protection.value
    job_id = await context.orders.enqueue(EPISODE_JOB, payload, owner_id=caller.user_id)
    recording.ordered(job_id, context.now)
    return job_id


async def end_unseen(context: RecordingContext) -> int:
    """End recordings whose node died: what it wrote is there; how many."""
    left = await context.recordings.unseen(context.now - UNSEEN_FOR)
    for recording in left:
        await end(context, recording, EndedBy.INTERRUPTED, await context.files.extent(recording.id))
    return len(left)


async def end(context: RecordingContext, recording: Recording, by: EndedBy, extent: Extent) -> None:
    """Nothing more comes; one without anything in it is none."""
    if extent.duration_ms == 0:
        await remove(context, recording)
        return
    recording.end(
        by,
        duration_ms=extent.duration_ms,
        size_bytes=extent.size_bytes,
        kept_for=context.limits.kept_for,
        now=context.now,
    )


async def remove_expired(context: RecordingContext) -> int:
    """Remove what has been kept for long enough; how many."""
    expired = await context.recordings.expired(context.now)
    for recording in expired:
        await remove(context, recording)
    return len(expired)


async def remove_of_channel(context: RecordingContext, channel_id: str) -> None:
    """The channel is gone: so are its recordings."""
    for recording in await context.recordings.of_channel(channel_id):
        await remove(context, recording)


async def remove(context: RecordingContext, recording: Recording) -> None:
    """Forget a recording and its bytes."""
    recording.delete(context.now)
    await context.recordings.remove(recording)
    await context.files.delete(recording.id)


def may_record(channel: Channel, owner: Actor | None) -> bool:
    """Whether what is sent to ``channel`` is to be written down."""
    return (
        channel.record_since is not None
        and channel.taken_down_at is None
        and owner is not None
        and owner.may(PUBLISHES)
    )


async def _at_work(context: RecordingContext, recording: Recording) -> bool:
    if recording.job_id is None:
        return False
    return (await context.orders.get(recording.job_id)).state in ("queued", "running")
