"""What streams let others read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from streaming.origin.repository import stream_sessions, viewer_throughput


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream somebody started, and on what."""

    id: str
    episode_id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    region: str | None
    browser: str | None
    platform: str | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """What the link of a device carried when it was measured last."""

    device_key: str
    bps: float
    measured_at: datetime


async def streams_of_user(session: AsyncSession, user_id: str, limit: int) -> Sequence[StreamRow]:
    """The newest of those that are still known, ended ones too."""
    c = stream_sessions.c
    rows = await session.execute(
        select(c.id, c.episode_id, c.title, c.started_at, c.ended_at, c.region, c.browser, c.platform)
        .where(c.user_id == user_id)
        .order_by(c.started_at.desc(), c.id.desc())
        .limit(limit)
    )
    return [StreamRow(*row) for row in rows]


async def links_of_user(session: AsyncSession, user_id: str) -> Sequence[LinkRow]:
    """Of all their devices, by key."""
    c = viewer_throughput.c
    rows = await session.execute(
        select(c.device_key, c.bps, c.measured_at).where(c.user_id == user_id).order_by(c.device_key)
    )
    return [LinkRow(*row) for row in rows]
