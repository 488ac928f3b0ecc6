"""Playback as far as the requests of a player tell of it: CMCD in request mode, versions 1 and 2 (CTA-5004, CTA-5004-B).  Pure.

For players without event mode.  A request says what holds when it is made: with version 1 whether the player starts, seeks or ran dry
(``su``, ``bs``), with version 2 in which state it is and what it counts by itself (``sta``, ``msd``, ``bsa``, ``bsda``, ``dfa``).  Times are ours.
A player asks ahead of what it plays, so the figures are near and not exact: of startup it is the time until the first request of a
player that plays, and what is played after the last request is not seen.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from streaming.origin.cmcd import Keys, flag, number, rate_bps
from streaming.origin.qoe.events import (
    MAX_COUNT,
    MAX_DURATION_MS,
    MAX_ERROR_CHARACTERS,
    PlaybackEvent,
    PlayerState,
    state_of,
)

MAX_SESSIONS: Final = 20_000
"""As many as the gate remembers."""
QUIET_MS: Final = 5_000
"""Requests that say nothing new are taken down so seldom: as often as the figures are written."""

_PICTURES: Final = frozenset({"v", "av"})
"""``ot`` of media whose ``br`` is that of the picture."""
_MEDIA: Final = frozenset({"v", "av", "a"})


@dataclass(slots=True)
class _Stream:
    """What was concluded of one player so far."""

    state: PlayerState | None = None
    bitrate_bps: int | None = None
    starved: int = 0
    """How often ``bs`` was there."""
    has_played: bool = False
    told_at_ms: int = -QUIET_MS
    sequence: int = 0


class RequestObserver:
    """What players tell with their requests, as reports of playback; of streams that are silent in event mode."""

    def __init__(self) -> None:
        self._streams: OrderedDict[str, _Stream | None] = OrderedDict()
        """``None``: it has event mode."""

    def has_event_mode(self, session_id: str) -> None:
        """Its player reports by itself, and says more: its requests count no longer."""
        self._keep(session_id, None)

    def observe(self, session_id: str, keys: Keys, now_ms: int) -> PlaybackEvent | None:
        """What a request at ``now_ms`` (Unix) says of playback; ``None``: nothing, or nothing new."""
        stream = self._streams.get(session_id, _NEW)
        if stream is None:
            return None
        if stream is _NEW:
            stream = _Stream()
        self._keep(session_id, stream)
        return _conclude(stream, keys, now_ms)

    def _keep(self, session_id: str, stream: _Stream | None) -> None:
        self._streams[session_id] = stream
        self._streams.move_to_end(session_id)
        if len(self._streams) > MAX_SESSIONS:
            self._streams.popitem(last=False)


_NEW: Final = _Stream()


def _conclude(stream: _Stream, keys: Keys, now_ms: int) -> PlaybackEvent | None:
    kind, dry = keys.get("ot", ""), flag(keys.get("bs"))
    state = state_of(keys.get("sta", "")) or _inferred(stream, keys, kind)
    switched_to = rate_bps(keys.get("br")) if kind in _PICTURES else None
    stream.has_played |= state is PlayerState.PLAYING
    stream.starved += dry and stream.has_played
    error = keys.get("ec", "").strip('()" ').partition('"')[0][:MAX_ERROR_CHARACTERS]
    news = (
        dry
        or error
        or (state or stream.state) != stream.state
        or (switched_to or stream.bitrate_bps) != stream.bitrate_bps
    )
    stream.state, stream.bitrate_bps = state or stream.state, switched_to or stream.bitrate_bps
    if not news and now_ms - stream.told_at_ms < QUIET_MS:
        return None
    stream.told_at_ms = now_ms
    stream.sequence += 1
    return PlaybackEvent(
        at_ms=now_ms,
        sequence=stream.sequence,
        state=state,
        bitrate_bps=rate_bps(keys.get("pb")) or switched_to,
        switched_to_bps=switched_to,
        startup_ms=number(keys.get("msd"), MAX_DURATION_MS),
        rebuffers=number(keys.get("bsa"), MAX_COUNT) if "bsa" in keys else stream.starved or None,
        rebuffered_ms=number(keys.get("bsda"), MAX_DURATION_MS),
        dropped_frames=number(keys.get("dfa"), MAX_COUNT),
        error=error,
        by_request=True,
    )


def _inferred(stream: _Stream, keys: Keys, kind: str) -> PlayerState | None:
    """The state of a player of version 1, which does not name it."""
    if keys.get("pr") == "0":
        return PlayerState.PAUSED
    if kind not in _MEDIA:  # of a playlist or an init section nothing follows but that it begins
        return None if stream.has_played else PlayerState.STARTING
    if not flag(keys.get("su")):
        return PlayerState.PLAYING
    if not stream.has_played:
        return PlayerState.STARTING
    if flag(keys.get("bs")) or stream.state is PlayerState.REBUFFERING:
        return PlayerState.REBUFFERING
    return PlayerState.SEEKING
