"""What playback keeps of somebody for a while, for the copy of their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

STREAMS_MAX: Final = 5_000
"""Streams in one copy, the newest; they are kept for a day after their end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamKept:
    """Something that was played, and on what."""

    id: str
    episode_id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    region: str | None
    browser: str | None
    platform: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMeasured:
    """What the connection of a device carried when it was measured last."""

    device_key: str
    bps: float
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadKept:
    """A file that was, or is being, sent for an episode."""

    id: str
    episode_id: str
    file_name: str
    size_bytes: int
    created_at: datetime
    expires_at: datetime


class WatchingArchive(Protocol):
    """Playback of one person; bound in ``server/wiring.py``."""

    async def streams(self, user_id: str) -> Sequence[StreamKept]:
        """Up to :data:`STREAMS_MAX`, newest first."""
        ...

    async def links(self, user_id: str) -> Sequence[LinkMeasured]:
        """One for each device."""
        ...

    async def uploads(self, user_id: str) -> Sequence[UploadKept]:
        """Those whose files are not gone."""
        ...
