"""What an operator said of a stretch of a source, against the detector: these are ads, or these are not.

A stretch is told by the source's own clock, so that it holds for every rendition and every reload: seconds from the beginning of a
complete playlist, dates of a live one that has them, and sequence numbers where there is nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streaming.proxy.detect.dateranges import segment_dates
from streaming.proxy.playlist.playlist import Playlist

#: Corrections of one source; beyond that a rule for its addresses says more.
MAX_CORRECTIONS = 200


class Clock(StrEnum):
    """What times of a playlist are measured by."""

    MEASURED = "measured"  # seconds from its beginning
    DATED = "dated"  # seconds since the epoch
    NUMBERED = "numbered"  # media sequence numbers


@dataclass(frozen=True, slots=True)
class Correction:
    """From ``start`` to before ``end``, on ``clock``, is or is not advertising."""

    id: str
    is_ad: bool
    clock: Clock
    start: float
    end: float
    by: str  # the operator's user id
    at: datetime


def times_of(playlist: Playlist) -> tuple[Clock, list[float]]:
    """The clock of a playlist, when each of its segments begins by it, and last when it ends."""
    if playlist.is_complete or playlist.playlist_type == "EVENT":
        times, now = [], 0.0
        for segment in playlist.segments:
            times.append(now)
            now += segment.duration_s
        return Clock.MEASURED, [*times, now]
    dates = segment_dates(playlist)
    if dates is not None:
        return Clock.DATED, dates
    numbers = [float(segment.msn) for segment in playlist.segments]
    return Clock.NUMBERED, [*numbers, numbers[-1] + 1] if numbers else []


def corrected(playlist: Playlist, corrections: Iterable[Correction]) -> Mapping[int, bool]:
    """Index → whether it is an ad, for the segments whose middle lies in a corrected stretch; the last word wins.

    What was said by numbers holds when dates come later, and the other way round as far as those are known.
    """
    corrections = tuple(corrections)
    if not corrections or not playlist.segments:
        return {}
    clock, own = times_of(playlist)
    clocks = {clock: own}
    if clock is Clock.DATED:
        clocks[Clock.NUMBERED] = [float(segment.msn) for segment in playlist.segments]
        clocks[Clock.NUMBERED].append(clocks[Clock.NUMBERED][-1] + 1)
    middles = {
        clock: [(times[index] + times[index + 1]) / 2 for index in range(len(playlist.segments))]
        for clock, times in clocks.items()
    }
    said: dict[int, bool] = {}
    for correction in corrections:
        for index, middle in enumerate(middles.get(correction.clock, ())):
            if correction.start <= middle < correction.end:
                said[index] = correction.is_ad
    return said
