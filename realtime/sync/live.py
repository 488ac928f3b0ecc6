"""A party around a live channel: where in what was sent it stands, and how far it may go.

Positions count from a moment long before the party began, so that everybody may go back.  Each position is a moment of the
wall clock of whoever made the stream (EXT-X-PROGRAM-DATE-TIME), which is what makes two players show the same picture.

``web/src/sync/live.ts`` has what a client needs of it; both are held to ``tests/vectors/live.json``.
"""

from dataclasses import dataclass

DELAY_MS = 4_000
"""A party that is live is so far behind the publisher: players of Low-Latency HLS have two seconds in store then, and a slow network
empties none of them."""
MARGIN_MS = 10_000
"""What is about to leave the window is gone by the time that somebody has sought there."""
LEAD_MS = 5_000
"""A broadcast has no picture before its first key frame, and no browser plays sound alone: what it began with may not be watchable."""
PAST_MS = 4 * 3600 * 1000
"""Position of the present when a channel is put on: as far back as any server lets viewers go (``ANI_LIVE_DVR_MINUTES``)."""
DURATION_MS = 24 * 3600 * 1000
"""Of a channel, as far as a party goes: the longest that media may be.  20 hours after it was put on, somebody has to put it on again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A live channel as a party watches it."""

    channel_id: str
    begin_ms: int
    """Of the wall clock, in milliseconds since 1970, at position 0."""
    room_begin_ms: int
    """The same moment in room time."""
    first_ms: int
    """The position soon after its broadcast began: there may be no picture before it."""
    window_ms: int
    """How far back one may go."""


def put_on(channel_id: str, *, wall_ms: float, room_ms: float, window_ms: int, live_for_ms: float = PAST_MS) -> Live:
    """A channel as of this moment, which is ``wall_ms`` by the clock that the stream is dated with.  ``live_for_ms``: since when."""
    before_ms = PAST_MS - live_for_ms
    return Live(
        channel_id=channel_id,
        begin_ms=round(wall_ms) - PAST_MS,
        room_begin_ms=round(room_ms) - PAST_MS,
        first_ms=round(before_ms) + LEAD_MS if before_ms > 0 else 0,
        window_ms=window_ms,
    )


def programme_ms(live: Live, position_ms: float) -> int:
    """The moment of the broadcast at ``position_ms``: Unix time, by the clock that the stream is dated with."""
    return live.begin_ms + round(position_ms)


def newest_ms(live: Live, room_ms: float) -> float:
    """The position of a party that is live."""
    return room_ms - live.room_begin_ms - DELAY_MS


def oldest_ms(live: Live, room_ms: float) -> float:
    """The oldest position that a party may go to."""
    beginning = max(float(live.first_ms), room_ms - live.room_begin_ms - live.window_ms + MARGIN_MS)
    return min(beginning, newest_ms(live, room_ms))


def watchable(live: Live, position_ms: float, room_ms: float) -> float:
    """``position_ms``, or the position next to it that can be watched at ``room_ms``."""
    return min(max(position_ms, oldest_ms(live, room_ms)), newest_ms(live, room_ms))
