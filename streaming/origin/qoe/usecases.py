"""Keeping how streams go, and summing it up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from streaming.origin.model import StreamSession
from streaming.origin.qoe.events import PlaybackEvent
from streaming.origin.qoe.model import HOUR_S, KEPT, PlaybackQuality, QualitySummary, QualityWindow

MAX_WINDOW_HOURS: Final = int(KEPT / timedelta(hours=1))


class QualityRecords(Protocol):
    """What is kept of streams."""

    def add(self, quality: PlaybackQuality) -> None:
        """Keep a new one."""
        ...

    async def held(self, session_ids: Sequence[str]) -> Mapping[str, PlaybackQuality]:
        """Those there are, by session, which nobody else writes until the transaction ends."""
        ...

    async def page(self, *, failed: bool, offset: int, limit: int) -> tuple[Sequence[PlaybackQuality], int]:
        """Some of them, the newest first, and how many there are; ``failed``: of those that failed."""
        ...

    async def summary(self, since: datetime) -> QualitySummary:
        """Of the streams that began then or later."""
        ...

    async def by_hour(self, since: datetime) -> Mapping[int, QualitySummary]:
        """The same by hours of Unix time; those without streams are left out."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Remove those of streams that began earlier; how many."""
        ...


class Sessions(Protocol):
    """Stream sessions, as far as they are needed here."""

    async def get(self, session_id: str, /) -> StreamSession | None:
        """The session, ended or expired ones included."""
        ...


async def record(
    told: Mapping[str, Sequence[PlaybackEvent]], *, records: QualityRecords, sessions: Sessions, now: datetime
) -> None:
    """Take in what players told, by session."""
    held = await records.held(sorted(told))
    for session_id in sorted(told):
        quality = held.get(session_id)
        if quality is None:
            session = await sessions.get(session_id)
            if session is None:
                continue
            quality = PlaybackQuality.of(session, now)
            records.add(quality)
        quality.observe(told[session_id], now)


async def window(records: QualityRecords, hours: int, now: datetime) -> QualityWindow:
    """How streams went that began in the present hour or the ``hours`` − 1 before; at most :data:`MAX_WINDOW_HOURS`."""
    since = _beginning(int(now.timestamp()) // HOUR_S - hours + 1)
    by_hour = await records.by_hour(since)
    return QualityWindow(
        since=since,
        until=now,
        whole=await records.summary(since),
        hours=tuple((_beginning(hour), by_hour[hour]) for hour in sorted(by_hour)),
    )


def _beginning(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * HOUR_S, UTC)
