"""How a stream went, out of what its player told.  Pure.

Players repeat reports that were not answered, several processes take them down, and some get lost.  So reports are put in order by
the player's clock (``ts``) and counted once by it and their number (``sn``; a player that is made anew within a stream counts from 0
again).  The last :data:`WINDOW` stay open for one that comes late; what is older is summed up, and who comes later than that comes
too late.  Of what a player counts by itself since the session began (``bsa``, ``bsda``, ``dfa``) the largest is true whatever got lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from streaming.origin.qoe.events import MAX_COUNT, MAX_DURATION_MS, PlaybackEvent, PlayerState

WINDOW: Final = 32
"""Reports: two batches of what hls.js tells in a minute of a bad link."""
MAX_GAP_MS: Final = 90_000
"""Three times the interval that CTA-5004-B has for want of another: after that the device slept, and nobody knows what went on."""
MAX_STARTUP_MS: Final = 600_000
MAX_START_GAP_MS: Final = 15_000
"""Between the last request of a player that starts and the first of one that plays: an edge keeps those in between to itself for 30 s
and longer, and when it began to play is then not known."""
FAILED_START_MS: Final = 30_000
"""A start that has no picture by then counts as failed, until one comes."""


class Outcome(StrEnum):
    """How far playback came."""

    WAITING = "waiting"
    """Nothing was played, and nothing is known to be wrong: perhaps nobody pressed play."""
    PLAYED = "played"
    FAILED_START = "failed_start"
    """The first picture did not come within :data:`FAILED_START_MS`, or an error did."""
    FAILED = "failed"
    """Playback ended with an error."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one stream."""

    outcome: Outcome = Outcome.WAITING
    startup_ms: int | None = None
    """From the wish to play to the first picture; ``None``: not known."""
    played_ms: int = 0
    rebuffers: int = 0
    """How often playback stood still for want of data; waiting after a seek is none."""
    rebuffered_ms: int = 0
    mean_bitrate_bps: int | None = None
    """By the time that was played; ``None``: not known."""
    switches: int = 0
    """Changes of quality."""
    dropped_frames: int | None = None
    """``None``: the player does not count them."""
    error: str = ""
    """What the player says went wrong, where it failed."""

    @property
    def rebuffer_ratio(self) -> float | None:
        """The part of the time of watching that was spent waiting, 0 to 1; ``None``: nobody watched."""
        watched_ms = self.played_ms + self.rebuffered_ms
        return self.rebuffered_ms / watched_ms if watched_ms else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known after the last of several reports, and sums over them."""

    last_ms: int | None = None
    state: PlayerState | None = None
    bitrate_bps: int | None = None
    switched_to_bps: int | None = None
    starting_since_ms: int | None = None
    startup_ms: int | None = None
    start_gap_ms: int = 0
    """From the report before the first picture to that of it."""
    has_played: bool = False
    longest_start_ms: int = 0
    played_ms: int = 0
    measured_ms: int = 0
    """Of ``played_ms``, so much at a bitrate that is known."""
    bits: int = 0
    rebuffers: int = 0
    rebuffered_ms: int = 0
    switches: int = 0
    error: str = ""

    def after(self, event: PlaybackEvent) -> "Totals":
        """With one more, which is not earlier than the last."""
        timed = self._with_time_until(event.at_ms)
        state = timed.state if event.state is None else event.state
        if state is PlayerState.REBUFFERING and timed.state is PlayerState.SEEKING:
            state = PlayerState.SEEKING  # players say so, but nobody expects that what they jump to is there already
        starting = timed.starting_since_ms
        startup_ms, start_gap_ms = timed.startup_ms, timed.start_gap_ms
        if state is PlayerState.STARTING and not timed.has_played and starting is None:
            starting = event.at_ms
        plays = state is PlayerState.PLAYING
        if plays and not timed.has_played and starting is not None:
            startup_ms = event.at_ms - starting
            start_gap_ms = event.at_ms - (starting if self.last_ms is None else self.last_ms)
        stalls = state is PlayerState.REBUFFERING and timed.state is not state and timed.has_played
        switched = event.switched_to_bps is not None and event.switched_to_bps != timed.switched_to_bps
        return replace(
            timed,
            state=state,
            bitrate_bps=event.bitrate_bps or timed.bitrate_bps,
            switched_to_bps=event.switched_to_bps or timed.switched_to_bps,
            starting_since_ms=starting,
            startup_ms=startup_ms,
            start_gap_ms=start_gap_ms,
            has_played=timed.has_played or plays,
            rebuffers=timed.rebuffers + stalls,
            switches=timed.switches + (switched and timed.switched_to_bps is not None),
            error=event.error or ("" if plays else timed.error),
        )

    def _with_time_until(self, at_ms: int) -> "Totals":
        took_ms = 0 if self.last_ms is None else at_ms - self.last_ms
        if took_ms > MAX_GAP_MS:
            took_ms = 0
        timed = replace(self, last_ms=at_ms)
        if self.state is PlayerState.PLAYING:
            known = self.bitrate_bps is not None
            return replace(
                timed,
                played_ms=min(self.played_ms + took_ms, MAX_DURATION_MS),
                measured_ms=min(self.measured_ms + known * took_ms, MAX_DURATION_MS),
                bits=min(self.bits + (self.bitrate_bps or 0) * took_ms // 1000, 2**60),
            )
        if self.state is PlayerState.REBUFFERING and self.has_played:
            return replace(timed, rebuffered_ms=min(self.rebuffered_ms + took_ms, MAX_DURATION_MS))
        if self.state is PlayerState.STARTING and not self.has_played:
            return replace(timed, longest_start_ms=min(self.longest_start_ms + took_ms, MAX_DURATION_MS))
        return timed


@dataclass(frozen=True, slots=True)
class Counted:
    """The largest of what the player counts and measures by itself; ``None``: it does not."""

    startup_ms: int | None = None
    rebuffers: int | None = None
    rebuffered_ms: int | None = None
    dropped_frames: int | None = None

    def with_event(self, event: PlaybackEvent) -> "Counted":
        """And of what one more says."""
        return Counted(
            startup_ms=_largest(self.startup_ms, event.startup_ms),
            rebuffers=_largest(self.rebuffers, event.rebuffers),
            rebuffered_ms=_largest(self.rebuffered_ms, event.rebuffered_ms),
            dropped_frames=_largest(self.dropped_frames, event.dropped_frames),
        )


def _largest(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)


_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Observation:
    """What was heard of a stream up to now."""

    open: tuple[PlaybackEvent, ...] = ()
    """The last ones, in order, without what is in ``counted``; at most :data:`WINDOW`."""
    summed_until: _Key | None = None
    """Up to here they are in ``totals``."""
    totals: Totals = field(default_factory=Totals)
    counted: Counted = field(default_factory=Counted)
    by_requests: bool = False
    """Concluded from requests alone, so that all of it is estimated."""

    def with_events(self, events: Iterable[PlaybackEvent]) -> "Observation":
        """With more of them, in whatever order they came; what was heard already changes nothing.

        Many players report in event mode and with their requests.  What they say themselves counts alone, from its first report on.
        """
        events = list(events)
        if not events:
            return self
        reported = [event for event in events if not event.by_request]
        if not reported:
            return self._with(events, by_requests=True) if self._is_estimated_or_empty else self
        return (Observation() if self.by_requests else self)._with(reported, by_requests=False)

    @property
    def _is_estimated_or_empty(self) -> bool:
        return self.by_requests or not (self.open or self.summed_until)

    def _with(self, events: Iterable[PlaybackEvent], *, by_requests: bool) -> "Observation":
        counted = self.counted
        by_key = {_key(event): event for event in self.open}
        for event in events:
            counted = counted.with_event(event)
            if self.summed_until is None or _key(event) > self.summed_until:
                by_key.setdefault(_key(event), _without_counts(event))
        ordered = sorted(by_key)
        totals, summed_until = self.totals, self.summed_until
        for key in ordered[: max(len(ordered) - WINDOW, 0)]:
            totals, summed_until = totals.after(by_key[key]), key
        newest = tuple(by_key[key] for key in ordered[-WINDOW:])
        return Observation(newest, summed_until, totals, counted, by_requests)

    def figures(self) -> Figures:
        """What comes of it."""
        totals, counted = self.totals, self.counted
        for event in self.open:
            totals = totals.after(event)
        startup_ms = totals.startup_ms if counted.startup_ms is None else counted.startup_ms
        if self.by_requests and counted.startup_ms is None and totals.start_gap_ms > MAX_START_GAP_MS:
            startup_ms = None
        return Figures(
            outcome=(outcome := _outcome(totals)),
            startup_ms=startup_ms if startup_ms is not None and startup_ms <= MAX_STARTUP_MS else None,
            played_ms=totals.played_ms,
            rebuffers=min(totals.rebuffers if counted.rebuffers is None else counted.rebuffers, MAX_COUNT),
            rebuffered_ms=totals.rebuffered_ms if counted.rebuffered_ms is None else counted.rebuffered_ms,
            mean_bitrate_bps=round(totals.bits * 1000 / totals.measured_ms) if totals.measured_ms else None,
            switches=totals.switches,
            dropped_frames=counted.dropped_frames,
            error=totals.error if outcome in (Outcome.FAILED, Outcome.FAILED_START) else "",
        )


def _without_counts(event: PlaybackEvent) -> PlaybackEvent:
    return replace(event, startup_ms=None, rebuffers=None, rebuffered_ms=None, dropped_frames=None, by_request=False)


def _key(event: PlaybackEvent) -> _Key:
    return event.at_ms, event.sequence


def _outcome(totals: Totals) -> Outcome:
    failed = totals.state is PlayerState.FATAL_ERROR
    if totals.has_played:
        return Outcome.FAILED if failed else Outcome.PLAYED
    if failed or totals.longest_start_ms >= FAILED_START_MS:
        return Outcome.FAILED_START
    return Outcome.WAITING
