"""Low-Latency HLS: its numbers, and what can go wrong.  Section numbers are those of rfc8216bis."""

from typing import Final

from kernel.errors import Invalid, NotFound, Unavailable

PART_TARGET_MS: Final = 350
"""EXT-X-PART-INF (§4.4.3.7).  Parts are as long as whole frames allow within it, 0.33 s at 24, 30 and 60 frames a second, and not
below 85 % of it as long as a frame lasts at most 52 ms.  Shorter parts are more requests than players bear, longer ones delay."""
SEGMENT_MS: Final = 2000
"""After so long a key frame is asked for, with which the next segment begins: what a player that joins has to load at most."""
MIN_SEGMENT_MS: Final = 1000
"""A key frame that somebody else asked for begins a segment no sooner."""
TARGET_DURATION_S: Final = 4
"""EXT-X-TARGETDURATION: a publisher that sends no key frame has its segments cut there all the same."""
HOLD_BACK_PARTS: Final = 3
"""PART-HOLD-BACK in parts: what §4.4.3.8 recommends; with less, jitter empties players."""
SKIP_UNTIL_S: Final = 6 * TARGET_DURATION_S
"""CAN-SKIP-UNTIL (§4.4.3.8 asks for at least six target durations)."""
WINDOW_S: Final = 40
"""Of a playlist, at least: more than SKIP_UNTIL_S, or there were nothing to skip."""
PARTS_KEPT_S: Final = 3 * TARGET_DURATION_S
"""Parts further from the end than that can no longer be had (§4.4.4.9)."""
PARTS_LISTED_SEGMENTS: Final = 3
"""Only so many segments at the end list their parts: several times PART-HOLD-BACK, and strict validators count segments."""
KEPT_S: Final = 2 * WINDOW_S
"""How long a cache in front of us keeps a piece: new viewers ask for none that is older, but for who seeks back."""
MAX_MEMORY_BYTES: Final = 96 * 1024 * 1024
"""Of one rendition: 80 s at 9 Mbit/s.  Above, what can be had becomes less."""
ADVANCE_PARTS: Final = 3
"""The Advance Part Limit where parts are shorter than a second (§6.2.5.2)."""
BLOCK_TIMEOUT_S: Final = 3 * TARGET_DURATION_S
"""A blocked reload is answered after so long, whatever happens (§6.2.5.2)."""
MAX_WAITING: Final = 5_000
"""Blocked requests of one rendition; each is an open connection."""

PICTURE_STALL_MS: Final = 2500
"""A publisher whose picture stands still for so long has stopped it: shared screens that do not move send one frame a second."""
GONE_STALL_MS: Final = 250
"""The same once it has left."""
SLATE_LAG_MS: Final = 150
"""The slate stays so far behind, so that the first key frame that comes back is not in its past."""
SILENCE_LAG_MS: Final = 250
"""Sound is waited for so long before silence takes its place: longer than a lost packet is (``MAX_WAIT_MS`` of the reordering)."""
START_WAIT_MS: Final = 1500
"""A publisher that announced a picture and sends none for so long begins with the slate."""
MIN_CUT_MS: Final = 50
"""Between two segments, whatever happens: longer than a frame of sound, so that none is left without one."""
KEY_FRAME_RETRY_MS: Final = 500
"""Between two requests for a key frame; publishers are asked no more often anyway."""


class BroadcastNotFound(NotFound):
    """This channel is not live."""


class PieceNotFound(NotFound):
    """This piece of the broadcast is not there, or not any more."""


class ReloadNotPossible(Invalid):
    """What this playlist was asked for cannot be waited for: {reason}."""


class ReloadTimedOut(Unavailable):
    """The broadcast did not go on in time."""


class TooManyWaiting(Unavailable):
    """Too many players wait for this broadcast."""
