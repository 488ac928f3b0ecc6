"""What is asked and answered about recordings."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from kernel.http.schemas import PageIn
from streaming.keys.model import Protection
from streaming.live.recordings.model import EndedBy, Recording


class RecordingsIn(PageIn):
    """Which recordings."""

    channel_id: Annotated[str | None, Field(description="Those of one channel alone.", max_length=36)] = None


class RecordingOut(BaseModel):
    """A recording of a live channel."""

    id: str
    channel_id: str
    title: Annotated[str, Field(description="Of the channel when it began.")]
    started_at: datetime
    ended_at: Annotated[datetime | None, Field(description="`null` while it goes on.")]
    ended_by: Annotated[EndedBy | None, Field(description="Why it is over.")]
    expires_at: Annotated[datetime | None, Field(description="When it is removed.")]
    duration_ms: Annotated[int, Field(description="Without the time that nobody sent.")]
    size_bytes: int
    job_id: Annotated[
        str | None, Field(description="The last job that was to make an episode of it: `GET /jobs/{job_id}`.")
    ]
    episode_id: Annotated[str | None, Field(description="Whose video it became.")]

    @classmethod
    def of(cls, recording: Recording) -> Self:
        """See the class."""
        return cls(
            id=recording.id,
            channel_id=recording.channel_id,
            title=recording.title,
            started_at=recording.started_at,
            ended_at=recording.ended_at,
            ended_by=recording.ended_by,
            expires_at=recording.expires_at,
            duration_ms=recording.duration_ms,
            size_bytes=recording.size_bytes,
            job_id=recording.job_id,
            episode_id=recording.episode_id,
        )


class RecordingsOut(BaseModel):
    """A page of recordings, the youngest first, and the room that all of one's own take."""

    items: list[RecordingOut]
    total: int
    page: int
    page_size: int
    used_bytes: int
    quota_bytes: int


class RecordedEpisodeIn(BaseModel):
    """Whose video a recording is to become."""

    model_config = ConfigDict(extra="forbid")

    episode_id: Annotated[str, Field(max_length=36)]
    protection: Annotated[
        Protection | None, Field(description="How to encrypt it; as the operator set where it is left out.")
    ] = None


class EpisodeJobOut(BaseModel):
    """The job that does it; ``GET /api/v1/jobs/{id}`` tells how far it is."""

    job_id: str
