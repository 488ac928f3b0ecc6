"""Live channels somebody has, and what was recorded of them, for the copy of their data; their keys are known to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChannelKept:
    """One channel, as its owner described it."""

    id: str
    title: str
    description: str
    audience: str
    created_at: datetime
    key_made_at: datetime | None
    taken_down_at: datetime | None
    taken_down_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecordingKept:
    """A recording; its files are not in the copy."""

    id: str
    channel_id: str
    title: str
    started_at: datetime
    duration_ms: int
    size_bytes: int
    ended_at: datetime | None
    expires_at: datetime | None
    """When it is removed; ``None`` while it goes on."""
    episode_id: str | None
    """Whose video it became last."""


RECORDINGS_MAX: Final = 5_000
"""Recordings in one copy, the newest."""


class LiveChannelArchive(Protocol):
    """The channels of one person."""

    async def of_user(self, user_id: str) -> Sequence[LiveChannelKept]:
        """All of them, oldest first."""
        ...

    async def recordings_of_user(self, user_id: str) -> Sequence[LiveRecordingKept]:
        """Up to :data:`RECORDINGS_MAX`, newest first."""
        ...
