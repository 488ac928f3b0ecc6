"""How loud somebody is, whether they speak, and who of several is heard.  Pure; levels are decibels below overload (RFC 6464)."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from kernel.rtc.rtp import SILENCE_DBOV

Key = TypeVar("Key", bound=Hashable)

UNKNOWN_LEVEL_DBOV: Final = 30
"""Taken for a packet that says none: somebody speaks, at an ordinary distance from the microphone."""

SPEAKING_DBOV: Final = 35
"""Louder than this is speech, softer is the room (LiveKit's ``active_level``)."""
SPEAKING_SHARE: Final = 0.4
"""Of a window; a cough or a key is shorter (LiveKit's ``min_percentile``)."""
SMOOTHED_WINDOWS: Final = 4
"""Over which the shown level follows the real one (LiveKit's ``smooth_intervals``)."""
PACKET_MS: Final = 20.0

HOLD_MS: Final = 1_200.0
"""How long a stream stays with somebody who pauses: between two sentences, a little over a breath."""
LOUDER_DB: Final = 6.0
"""How much louder a fourth speaker must be than the softest of three: twice the amplitude, so that two alike do not alternate."""
SMOOTHING: Final = 0.1
"""Of each packet in the level that decides: 200 ms of speech outweigh what was before."""
AUDIBLE_DBOV: Final = 60
"""Softer than this nobody needs a stream for: comfort noise, a fan."""


class LevelMeter:
    """What the others see of somebody's voice, window by window."""

    def __init__(self) -> None:
        self._packets = 0
        self._loud = 0
        self._loudest = SILENCE_DBOV
        self._smooth = 0.0

    def heard(self, level_dbov: int) -> None:
        """One packet of 20 ms."""
        self._packets += 1
        self._loud += level_dbov <= SPEAKING_DBOV
        self._loudest = min(self._loudest, level_dbov)

    def window(self, length_ms: float) -> tuple[bool, float | None]:
        """Whether they spoke in the window that ends now, and their level, 0 to 1; ``None`` where nothing came at all."""
        packets, loud, loudest = self._packets, self._loud, self._loudest
        self._packets, self._loud, self._loudest = 0, 0, SILENCE_DBOV
        speaking = loud * PACKET_MS >= length_ms * SPEAKING_SHARE
        amplitude = 10 ** (-loudest / 20) if packets and loudest < SILENCE_DBOV else 0.0
        self._smooth += (amplitude - self._smooth) * 2 / (SMOOTHED_WINDOWS + 1)
        return speaking, round(min(self._smooth, 1.0), 2) if packets else None


@dataclass(slots=True)
class _Stream(Generic[Key]):
    """One of the streams everybody gets, and whose it is."""

    holder: Key | None = None
    level_dbov: float = SILENCE_DBOV
    audible_at_ms: float = float("-inf")
    turn: int = 0
    """Counts whose turns there were, so that the same holder's next one is told from the last."""


class SpeakerSelection(Generic[Key]):
    """Who is forwarded, on which of a few streams.

    Whoever begins to speak while a stream is free is heard from the first packet on; with all taken, a louder one takes the
    softest one's.
    """

    def __init__(self, streams: int) -> None:
        self._streams = [_Stream[Key]() for _ in range(streams)]
        self._levels: dict[Key, float] = {}

    def admit(self, who: Key, level_dbov: int, now_ms: float) -> tuple[int, int] | None:
        """The stream for a packet of ``who``, and the number of their turn on it; ``None``: it is not forwarded."""
        level = self._levels.get(who, float(SILENCE_DBOV))
        level += (level_dbov - level) * SMOOTHING
        self._levels[who] = level
        audible = level_dbov <= AUDIBLE_DBOV
        for index, stream in enumerate(self._streams):
            if stream.holder == who:
                stream.level_dbov = level
                if audible:
                    stream.audible_at_ms = now_ms
                return index, stream.turn
        if not audible:
            return None
        index = min(range(len(self._streams)), key=lambda at: self._streams[at].audible_at_ms)
        if self._streams[index].audible_at_ms > now_ms - HOLD_MS:
            index = max(range(len(self._streams)), key=lambda at: self._streams[at].level_dbov)
            if level > self._streams[index].level_dbov - LOUDER_DB:
                return None
        stream = self._streams[index]
        stream.holder, stream.level_dbov, stream.audible_at_ms = who, level, now_ms
        stream.turn += 1
        return index, stream.turn

    def holders(self, now_ms: float) -> list[Key | None]:
        """Whose each stream is, ``None`` for those that wait for somebody."""
        return [stream.holder if stream.audible_at_ms > now_ms - HOLD_MS else None for stream in self._streams]

    def release(self, who: Key) -> None:
        """They went, or may not speak any more: their stream is free at once."""
        self._levels.pop(who, None)
        for stream in self._streams:
            if stream.holder == who:
                stream.holder, stream.audible_at_ms = None, float("-inf")
