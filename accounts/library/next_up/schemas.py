"""What to go on with, as JSON."""

from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from accounts.library.next_up.model import NextUpEntry
from accounts.library.schemas import AudioOut


class ContinueIn(BaseModel):
    """How many to suggest."""

    limit: int = Field(default=20, ge=1, le=100)


class ContinueOut(BaseModel):
    """What to go on with: an episode that was begun, or the one after the last that was finished."""

    kind: Literal["resume", "next"] = Field(description="An episode begun, or the one after the last that was finished")
    release_id: str
    episode_id: str
    position_ms: int
    duration_ms: int | None
    audio: AudioOut | None = Field(description="The voice-over the series was heard in last")
    updated_at: datetime

    @classmethod
    def of(cls, entry: NextUpEntry) -> Self:
        return cls(
            kind=entry.kind,
            release_id=entry.release_id,
            episode_id=entry.episode_id,
            position_ms=entry.position_ms,
            duration_ms=entry.duration_ms,
            audio=AudioOut.of(entry.audio),
            updated_at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
        )


class ContinueListOut(BaseModel):
    """What to go on with, the latest first."""

    items: list[ContinueOut]
