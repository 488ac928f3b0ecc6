"""A recording: what a live channel sent from one moment to another, as files.

::

    begun ──► ended ──► removed      when it expires, by its owner, or with its channel
                └──► episode         by an ordinary ingest; it stays until it expires
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Self

from kernel.entity import Entity
from kernel.errors import Conflict, NotFound, Unavailable
from kernel.events import Event
from kernel.ids import new_id

RecordingId = NewType("RecordingId", str)

GAP: Final = timedelta(seconds=120)
"""A publisher that comes back within so long goes on with its recording: an encoder, or a computer, has restarted by then."""
UNSEEN_FOR: Final = timedelta(seconds=60)
"""A recording that its node has said nothing about for so long is over: it says so every 5 s."""
DISK_RESERVE_BYTES: Final = 1024**3
"""Left free whatever is recorded: the database lives on the same disk more often than not."""
MAX_STRETCHES: Final = 1_000
"""Files of one recording; each is a reconnect or another size of the picture."""


class EndedBy(StrEnum):
    """Why a recording is over."""

    STOPPED = "stopped"
    """Its owner switched recording off."""
    LEFT = "left"
    """The publisher went and did not come back, or the channel was taken down or deleted."""
    TIME = "time"
    """It is as long as one may be."""
    QUOTA = "quota"
    """Its owner's recordings take as much room as they may."""
    DISK_FULL = "disk_full"
    """The server has no room left."""
    FAILED = "failed"
    """The files could not be written."""
    INTERRUPTED = "interrupted"
    """The server ended, or died."""


SWITCHES_OFF: Final = frozenset({EndedBy.TIME, EndedBy.QUOTA, EndedBy.DISK_FULL, EndedBy.FAILED})
"""What another recording would run into at once."""


@dataclass(frozen=True, kw_only=True)
class LiveRecordingStarted(Event):
    """What a live channel sends is being written down."""

    recording_id: str
    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class LiveRecordingEnded(Event):
    """A recording of a live channel is complete."""

    recording_id: str
    channel_id: str
    user_id: str
    reason: str
    duration_ms: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class LiveRecordingDeleted(Event):
    """A recording is gone: by somebody's hand, because it expired, or with its channel."""

    recording_id: str
    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class LiveRecordingIngested(Event):
    """A recording became the video of an episode."""

    recording_id: str
    channel_id: str
    user_id: str
    episode_id: str
    asset_id: str


@dataclass(eq=False, kw_only=True)
class Recording(Entity):
    """See the module."""

    id: RecordingId
    channel_id: str
    owner_id: str
    title: str
    """Of the channel when it began."""
    node_id: str
    """Which node writes it."""
    started_at: datetime
    seen_at: datetime
    """When that node last said how far it is."""
    duration_ms: int = 0
    size_bytes: int = 0
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    expires_at: datetime | None = None
    """When it is removed; ``None`` while it goes on."""
    job_id: str | None = None
    """The last job that was to make an episode of it."""
    episode_id: str | None = None
    """Whose video it became last."""

    @classmethod
    def begin(cls, *, channel_id: str, owner_id: str, title: str, node_id: str, now: datetime) -> Self:
        """A new one."""
        made = cls(
            id=RecordingId(new_id()),
            channel_id=channel_id,
            owner_id=owner_id,
            title=title,
            node_id=node_id,
            started_at=now,
            seen_at=now,
        )
        made.record(LiveRecordingStarted(at=now, recording_id=made.id, channel_id=channel_id, user_id=owner_id))
        return made

    @property
    def is_ended(self) -> bool:
        """Whether nothing more is written."""
        return self.ended_at is not None

    def goes_on(self, *, duration_ms: int, size_bytes: int, now: datetime) -> None:
        """Its node says how far it is."""
        self.duration_ms, self.size_bytes, self.seen_at = duration_ms, size_bytes, now

    def end(self, by: EndedBy, *, duration_ms: int, size_bytes: int, kept_for: timedelta, now: datetime) -> None:
        """Nothing more comes.  A second time changes nothing."""
        if self.is_ended:
            return
        self.goes_on(duration_ms=duration_ms, size_bytes=size_bytes, now=now)
        self.ended_at, self.ended_by, self.expires_at = now, by, now + kept_for
        self.record(
            LiveRecordingEnded(
                at=now,
                recording_id=self.id,
                channel_id=self.channel_id,
                user_id=self.owner_id,
                reason=by.value,
                duration_ms=duration_ms,
                size_bytes=size_bytes,
            )
        )

    def ordered(self, job_id: str, now: datetime) -> None:
        """A job is to make an episode of it, and needs it for as long as that takes."""
        self.job_id = job_id
        if self.expires_at is not None:
            self.expires_at = max(self.expires_at, now + timedelta(days=1))

    def became(self, episode_id: str, asset_id: str, now: datetime) -> None:
        """The job is done."""
        self.episode_id = episode_id
        self.record(
            LiveRecordingIngested(
                at=now,
                recording_id=self.id,
                channel_id=self.channel_id,
                user_id=self.owner_id,
                episode_id=episode_id,
                asset_id=asset_id,
            )
        )

    def delete(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(
            LiveRecordingDeleted(at=now, recording_id=self.id, channel_id=self.channel_id, user_id=self.owner_id)
        )


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """What an operator set; bound like a port."""

    quota_bytes: int
    """Of one account, all its recordings together; 0: nobody records."""
    max_duration: timedelta
    """Of one recording."""
    kept_for: timedelta
    """After it ended."""


class RecordingNotFound(NotFound):
    """There is no such recording."""


class RecordingOff(Conflict):
    """This server records no live channels."""


class RecordingsFull(Unavailable):
    """There is not enough room on the server to record."""


class RecordingQuotaUsed(Conflict):
    """Your recordings take all the room that they may ({limit_bytes} bytes). Delete one first."""


class RecordingGoesOn(Conflict):
    """This recording goes on. Stop it first."""


class RecordingInUse(Conflict):
    """An episode is being made of this recording."""


class RecordingEmpty(Conflict):
    """Nothing of this recording is left on the disk."""
