"""How long a film really is, and what its tracks do in that time: from the times of its packets, whatever its header says.  Pure.

Three times occur.  *Claimed*: what headers and tags promise, which may be stale, damaged or invented.  *Source*: of the packets,
from ffmpeg's zero.  *Film*: the source's with the jumps cut out, which is what is encoded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

MAX_GAP_MS: Final = 60_000
"""A longer time in which no track has anything is a jump of the clock and no scene: nobody waits a minute before nothing."""

MAX_RECORDED_GAP_MS: Final = 10_000
"""The same for what was recorded from the air or from a stream: there nothing is ever meant, and the signal was lost."""

SLOW_FACTOR: Final = 4
"""Slides stay for minutes: in a film that is mostly gaps, only those so many times as long as the usual ones are jumps."""

MAX_STILL_MS: Final = 3_600_000
"""No slide stays for an hour."""

MAX_CUTS: Final = 100
"""Each is a term in ffmpeg's expressions; the longest are cut."""

HOLD_MS: Final = 500
"""Sound that goes on this much longer than the picture is heard out, over the last picture; less is the end of a packet."""

_LONE_PICTURE_MS: Final = 60_000
"""What a single picture may claim for itself, where there is nothing to compare with."""

_USUAL_FACTOR: Final = 3
"""A last picture stays at most this many times as long as the longest before it, or its header is not believed."""

_UNKNOWN_STEP_MS: Final = 40
"""One frame at 25 a second, where a container says nothing."""

_IN_STEP_MS: Final = 40
"""A track that begins so early or late, and has no longer step, has sound all along: packets of AC-3 are of 32 ms."""
_EARLY_END_MS: Final = 100

_PROMISE: Final = 0.05
_PROMISE_MS: Final = 500
"""By so much may a header be wrong before it is told, or taken for the sign of a file that was cut off."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One track by its packets; source times."""

    packets: int
    runs: tuple[tuple[int, int], ...] = ()
    """Where it has something, as begin and end, with at least 10 s of nothing between two."""
    last_ms: int = 0
    """When its last packet begins."""
    last_duration_ms: int = 0
    """How long that one claims to last."""
    longest_ms: int = 0
    """The longest step between two packets, jumps aside."""

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "Measured":
        """From an object that ``packet_times.py`` wrote."""
        runs = tuple((int(begin), int(end)) for begin, end in record["runs"])
        return cls(
            int(record["packets"]),
            runs,
            int(record["last_ms"]),
            int(record["last_duration_ms"]),
            int(record["longest_ms"]),
        )

    @property
    def length_ms(self) -> int:
        """All it has, without what lies between its runs."""
        return sum(end - begin for begin, end in self.runs)

    @property
    def begin_ms(self) -> int:
        """When its first packet is shown; 0 where that is before the film begins."""
        return max(0, min((begin for begin, _ in self.runs), default=0))

    @property
    def is_believed(self) -> bool:
        """Whether the last packet may last as long as it claims."""
        limit_ms = max(1000, _USUAL_FACTOR * self.longest_ms) if self.longest_ms else _LONE_PICTURE_MS
        return 0 < self.last_duration_ms <= limit_ms

    @property
    def end_ms(self) -> int:
        """When the last packet ends."""
        usual_ms = self.longest_ms or _UNKNOWN_STEP_MS
        return max(0, self.last_ms + (self.last_duration_ms if self.is_believed else usual_ms))


@dataclass(frozen=True, slots=True)
class Cut:
    """A jump: ``length_ms`` of nothing from ``at_ms`` on, in source time."""

    at_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The film's own time."""

    duration_ms: int
    picture_ms: int
    """Until here it has pictures of its own; then the last one is held."""
    picture_begin_ms: int = 0
    """Source time of the first picture."""
    packets: Mapping[int, int] = field(default_factory=dict)
    """How many each track of sound has, by index."""
    in_step: frozenset[int] = frozenset()
    """Tracks of sound that need no mending, by index: from the beginning to the end of the film, without a gap."""
    picture_packets: int = 0
    cuts: tuple[Cut, ...] = ()
    restarts: bool = False
    """Whether the clock of a transport stream goes back somewhere; then ffmpeg closes every step of it."""

    @classmethod
    def plain(cls, duration_ms: int) -> "Timeline":
        """A picture from beginning to end, with all sound as long as it."""
        return cls(duration_ms, duration_ms)

    def film_ms(self, source_ms: int) -> int:
        """When what is at ``source_ms`` in the source is shown."""
        return _film_ms(source_ms, self.cuts)


def make(
    picture: Measured, sound: Mapping[int, Measured], *, recorded: bool = False, restarts: bool = False
) -> Timeline:
    """The time of a film of ``picture`` and the tracks of ``sound`` (by index)."""
    max_gap_ms = MAX_RECORDED_GAP_MS if recorded else MAX_GAP_MS
    cuts = _jumps([picture, *sound.values()], picture.packets, max_gap_ms)
    heard_ms = max((_film_ms(track.end_ms, cuts) for track in sound.values()), default=0)
    picture_ms = _film_ms(picture.end_ms, cuts)
    if not picture.is_believed:
        # It claims more than can be true: as much of it as there is sound for, or what a picture alone may have.
        limit_ms = heard_ms if sound else 0 if picture.longest_ms else _LONE_PICTURE_MS
        picture_ms = max(picture_ms, min(picture_ms + picture.last_duration_ms, limit_ms))
    duration_ms = heard_ms if heard_ms - picture_ms > HOLD_MS else picture_ms
    packets = {index: track.packets for index, track in sound.items()}
    steady = {index for index, track in sound.items() if not (cuts or restarts) and _is_steady(track, duration_ms)}
    return Timeline(
        duration_ms, picture_ms, picture.begin_ms, packets, frozenset(steady), picture.packets, cuts, restarts
    )


def _is_steady(track: Measured, duration_ms: int) -> bool:
    return (
        len(track.runs) == 1
        and abs(track.runs[0][0]) <= _IN_STEP_MS
        and track.longest_ms <= _IN_STEP_MS
        and track.end_ms >= duration_ms - _EARLY_END_MS
    )


def most_like_a_film(pictures: Sequence[Measured]) -> int:
    """Which of several tracks of pictures is the film: the first, unless it is a still or a few thumbnails beside a longer one."""
    longest_ms = max((track.length_ms for track in pictures), default=0)
    busiest = max((track.packets for track in pictures), default=0)
    for place, track in enumerate(pictures):
        if track.packets and track.length_ms * 2 >= longest_ms and track.packets * 10 >= busiest:
            return place
    return max(range(len(pictures)), key=lambda place: pictures[place].packets, default=0)


def promises_more(claimed_ms: int | None, found_ms: int) -> bool:
    """Whether a header claims clearly more than there is."""
    return claimed_ms is not None and claimed_ms - found_ms > max(_PROMISE_MS, claimed_ms * _PROMISE)


def clock(time_ms: int) -> str:
    """``1:02:03``, for people."""
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _film_ms(source_ms: int, cuts: Iterable[Cut]) -> int:
    return source_ms - sum(min(cut.length_ms, max(0, source_ms - cut.at_ms)) for cut in cuts)


def _jumps(tracks: Sequence[Measured], pictures: int, max_gap_ms: int) -> tuple[Cut, ...]:
    """The times in which no track has anything, where they are too long to be meant."""
    runs = sorted(run for track in tracks for run in track.runs)
    gaps: list[Cut] = []
    reach_ms = 0
    for begin_ms, end_ms in runs:
        if begin_ms > reach_ms:
            gaps.append(Cut(reach_ms, begin_ms - reach_ms))
        reach_ms = max(reach_ms, end_ms)
    usual_ms = median(gap.length_ms for gap in gaps) if gaps and len(gaps) * 4 >= pictures > 2 else 0
    limit_ms = min(MAX_STILL_MS, max(max_gap_ms, SLOW_FACTOR * usual_ms))
    jumps = [gap for gap in gaps if gap.length_ms > limit_ms]
    jumps = sorted(jumps, key=lambda gap: gap.length_ms)[-MAX_CUTS:]
    return tuple(sorted(jumps, key=lambda gap: gap.at_ms))
