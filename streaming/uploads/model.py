"""An upload: a file that arrives in pieces, over as many connections and days as it takes.

::

    created ──► receiving ──► complete     handed to the ingest job, which removes the file
       └────────────┴───────► removed      by its owner, or when nothing came for a day
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType

from kernel.entity import Entity
from kernel.errors import AniError, Conflict, Invalid, NotFound, TooLarge, Unavailable
from kernel.events import Event
from streaming.keys.model import Protection

UploadId = NewType("UploadId", str)

IDLE_LIFETIME: Final = timedelta(days=1)
"""How long an unfinished upload waits for its next piece: a night and a working day."""

DONE_LIFETIME: Final = timedelta(days=7)
"""How long a whole file whose ingest did not end is kept for another attempt."""

RENEWAL: Final = timedelta(hours=1)
"""The expiry is moved no more often than this; pieces may come several a second, and each move is a transaction."""

MAX_OPEN: Final = 20
"""Unfinished uploads of one editor: a season at once, not an archive of leftovers."""

MAX_NAME: Final = 200

CODECS: Final = ("h264", "hevc", "av1")
"""What a picture can be encoded with; H.264 is in every video."""

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
"""As much of BCP 47 as tracks of media use."""
LANGUAGE_MAX: Final = 20
LABEL_MAX: Final = 40
"""Of a menu entry; the ingest cuts longer ones off."""
OFFSET_MAX_MS: Final = 10 * 60 * 1000
"""Sound that lies further off is of another film."""


@dataclass(frozen=True, kw_only=True)
class MediaUploaded(Event):
    """A whole file arrived and its ingest is ordered."""

    upload_id: str
    episode_id: str
    owner_id: str
    job_id: str
    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class AddedSound:
    """The file has sound for a video that is there: in which language, called what, and how it lies under the picture."""

    language: str
    """BCP 47, ``und`` where nobody knows."""
    label: str
    """Empty: the language's own name."""
    offset_ms: int
    """By how much it is played later than the file has it."""
    is_default: bool


@dataclass(eq=False, kw_only=True)
class Upload(Entity):
    """One file on its way to us.  How much of it is here, its file knows: the length on disk is the offset."""

    id: UploadId
    owner_id: str
    episode_id: str
    file_name: str
    """As its owner calls it; never part of a path of ours."""
    size_bytes: int
    """When it is whole."""
    created_at: datetime
    expires_at: datetime
    job_id: str | None = None
    """The ingest, once the file is whole."""
    protection: Protection | None = None
    """How its owner wants the video encrypted; ``None``: as the operator set."""
    codecs: tuple[str, ...] | None = None
    """What its owner wants the picture encoded with (:data:`CODECS`); ``None``: as the operator set."""
    sound: AddedSound | None = None
    """What the file is, where it is no video."""

    @property
    def is_complete(self) -> bool:
        """Whether all its bytes are here and an ingest was ordered."""
        return self.job_id is not None

    def received(self, now: datetime) -> None:
        """Another piece arrived: the owner is still at it."""
        if not self.is_complete and self.expires_at < now + IDLE_LIFETIME - RENEWAL:
            self.expires_at = now + IDLE_LIFETIME

    def complete(self, job_id: str, now: datetime) -> None:
        """The file is whole and its ingest ordered."""
        if self.is_complete:
            return
        self.job_id = job_id
        self.expires_at = now + DONE_LIFETIME
        self.record(
            MediaUploaded(
                at=now,
                upload_id=self.id,
                episode_id=self.episode_id,
                owner_id=self.owner_id,
                job_id=job_id,
                file_name=self.file_name,
                size_bytes=self.size_bytes,
            )
        )


class UploadNotFound(NotFound):
    """There is no upload {upload_id}; it was finished, removed, or waited too long."""


class UploadTarget(NotFound):
    """There is no episode {episode_id} to upload for."""


class UploadTooLarge(TooLarge):
    """This file has {size_bytes} bytes; the limit is {limit_bytes}."""


class UploadEmpty(Invalid):
    """An empty file cannot be uploaded."""


class TooManyUploads(Conflict):
    """You have {count} unfinished uploads. Finish or remove some first."""


class UploadQuotaUsed(Conflict):
    """Your files take {used_bytes} bytes of the {limit_bytes} you may have here until they are ingested. Finish or remove some first."""


class WrongOffset(Conflict):
    """This upload stands at byte {offset}, not where you want to go on."""


class UploadBusy(Conflict):
    """Another connection is sending this upload and has not ended yet. Ask for the offset and go on."""


class UploadTakenOver(Conflict):
    """Another connection went on with this upload. What came before that is kept."""


class UploadPaused(Unavailable):
    """The server is being stopped. What came before that is kept: ask for the offset and go on."""


class UploadComplete(Conflict):
    """This upload is complete; it is being made ready to stream."""


class NotVideo(Invalid):
    """{file_name} is no video file: it begins like {kind}."""


class ChecksumMismatch(AniError):
    """The piece arrived changed on the way and was not kept. Send it again."""


class UploadsFull(Unavailable):
    """There is not enough room on the server for this file."""
