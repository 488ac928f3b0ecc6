"""Position arithmetic of the playback document.

``web/src/sync/playback.ts`` has what a client needs of it (``position_at``, ``time_at``); both are held to
``tests/vectors/playback.json``.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from realtime.sync.live import Live

MIN_LEAD_MS = 150
"""Under this, a command would reach a member on a mobile network only after it took effect."""
MAX_LEAD_MS = 1_500
"""Over this, a button feels broken; the few members still further away nudge in instead."""
LEAD_PER_RTT = 1.5
"""Half a round trip carries the command; the rest is for jitter and for the player to get going."""
MIN_RATE = 0.25
MAX_RATE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What is on."""

    episode_id: str
    """Empty for a live channel."""
    title: str
    duration_ms: int
    live: Live | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """Where the room stands; ``realtime.sync.playback`` has the arithmetic.

    From ``anchor_ms`` on the position moves from ``position_ms`` at ``rate``; until then it rests there, so that an
    anchor a little in the future makes all players start together.
    """

    media: Media | None = None
    position_ms: int = 0
    rate: float = 1.0
    paused: bool = True
    anchor_ms: int = 0


def position_at(playback: Playback, at_ms: float) -> float:
    """Where the room stands at ``at_ms`` (room time), within the media.

    >>> position_at(Playback(position_ms=1_000, rate=2.0, paused=False, anchor_ms=500), 800)
    1600.0
    """
    position = float(playback.position_ms)
    if not playback.paused:
        position += max(at_ms - playback.anchor_ms, 0.0) * playback.rate
    if playback.media is not None:
        position = min(position, float(playback.media.duration_ms))
    return position


def time_at(playback: Playback, position_ms: float) -> float:
    """When a moving room stands at ``position_ms``: the inverse of :func:`position_at`, in room time.

    For a position before the anchored one this lies before the anchor: when a player that is a little behind has to
    start in order to be in step from the anchor on.
    """
    return playback.anchor_ms + (position_ms - playback.position_ms) / playback.rate


def ends_at(playback: Playback) -> float | None:
    """When the media ends, in room time; ``None`` while paused or without media."""
    if playback.paused or playback.media is None:
        return None
    return time_at(playback, playback.media.duration_ms)


def paused_at(playback: Playback, at_ms: float, position_ms: int | None = None) -> Playback:
    """Stopped at ``position_ms``, or where the room is at ``at_ms``."""
    position = round(position_at(playback, at_ms)) if position_ms is None else position_ms
    return replace(playback, position_ms=position, paused=True, anchor_ms=round(at_ms))


def playing_from(playback: Playback, anchor_ms: float, position_ms: int) -> Playback:
    """Moving from ``position_ms`` as of ``anchor_ms``."""
    return replace(playback, position_ms=position_ms, paused=False, anchor_ms=round(anchor_ms))


def with_rate(playback: Playback, at_ms: float, rate: float) -> Playback:
    """The same position at ``at_ms``, moving at ``rate`` from there (from the anchor, if that is still to come)."""
    anchor = max(round(at_ms), playback.anchor_ms)
    return replace(playback, position_ms=round(position_at(playback, anchor)), rate=rate, anchor_ms=anchor)


def lead_ms(rtts_ms: Iterable[float]) -> float:
    """How far ahead a start is set, so that nearly everyone hears of it in time: 1.5 × p95 of the round trips.

    p95 by the nearest-rank method; without any figure the least lead.
    """
    ordered = sorted(rtts_ms)
    if not ordered:
        return MIN_LEAD_MS
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return min(max(LEAD_PER_RTT * p95, MIN_LEAD_MS), MAX_LEAD_MS)
