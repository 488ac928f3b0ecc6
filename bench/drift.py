"""Keeps one player in step with the room: what to do with it, from where it is and where it should be.

Small differences are nudged away by the playback rate, too little to hear; large ones are jumped over, rarely.  What
makes such correctors run wild is acting on every wobble and jumping again before the last jump had its effect, hence a
dead zone with hysteresis, one seek in flight, and a pause between seeks that doubles while they do not help.

Call :meth:`DriftCorrector.follow` with every new playback document, and :meth:`DriftCorrector.step` every
``SAMPLE_INTERVAL_MS`` and whenever the player says ``seeked``, ``playing``, ``pause`` or ``waiting``; then do what the
:class:`Steering` says.

``web/src/sync/drift.ts`` is the same in TypeScript; both are held to ``tests/vectors/drift.json``.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from realtime.sync.playback import Playback, position_at, time_at

SAMPLE_INTERVAL_MS = 250.0
"""Often enough that a nudge ends in time, seldom enough not to show up in a profile."""

ENTER_MS = 10.0
"""Nudge from here: two players, one at either edge, are still within 20 ms, half a frame at 24 fps.  Chromium reads its
position to 0.1 ms, and clocks on one network agree within 2 ms, so this is no noise."""
LEAVE_MS = 3.0
"""… until here, or until the other side is reached."""
NUDGE_TIME_MS = 1_000.0
"""A nudge aims to be there in this time: 10 ms off is 1 %."""
MAX_NUDGE = 0.05
"""Pitch is preserved by every browser; 5 % of tempo is not noticed in speech or music."""
NUDGE_STEP = 0.005
"""Each change of rate restarts the time-stretcher of some players, so rates come in steps of half a percent."""
STEP_HYSTERESIS = 0.75
"""… and change only when the wanted rate is clearly nearer to another step, or noise would flip them."""
MEDIAN_OF = 3
"""Reported positions jump by an audio buffer now and then; the middle of three does not."""

SEEK_MS = 1_500.0
"""Beyond this a nudge would take over half a minute."""
JUMP_MS = 100.0
"""The room itself jumped by more than this: somebody sought, and everybody seeks with them."""
PAUSED_SEEK_MS = 80.0
"""Two frames: people who stop to look at a picture look at the same one."""
SEEK_COOLDOWN_MS = 2_000.0
SEEK_COOLDOWN_MAX_MS = 30_000.0
"""The pause between seeks of our own doubles up to this while they do not bring the player into step."""
SEEK_PATIENCE_MS = 10_000.0
"""A seek that takes longer may never end: it went where there is no data, and no player looks for a way on while it rests.  Once more
then, to where the room is by now; after that as seldom as the pause between seeks says."""
SEEK_LEAD_MS = 600.0
SEEK_LEAD_MAX_MS = 3_000.0
"""How long a seek takes, learned from those that were made: a playing room is sought ahead by it, and met there.  A
guess too long costs that much rest; one too short costs twenty times what is missing, in nudging."""
START_LATENCY_MS = 30.0
START_LATENCY_MAX_MS = 300.0
"""How long from saying play to moving, learned likewise."""
SETTLED_MS = 600.0
"""After a start, when its drift tells how late it was."""

PROBE_MS = 2_000.0
PROBE_NUDGE = 0.03
PROBE_SHARE = 0.25
"""A nudge of 3 % or more for two seconds that moved the player by less than a quarter of it: it ignores the rate."""
PROBES = 2
"""One such probe may have met a hiccup."""
SEEK_ONLY_MS = 250.0
"""Players that ignore the rate can only be sought; from where people begin to hear each other's echo."""


class PlayerMode(StrEnum):
    """What the player is doing; the first that applies.

    ``hidden``: a background tab that plays, with timers too coarse to steer by.
    """

    SEEKING = "seeking"
    STALLED = "stalled"
    PAUSED = "paused"
    HIDDEN = "hidden"
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at the player: ``now_ms`` by the device's monotonic clock, ``room_ms`` the same moment in room time."""

    now_ms: float
    room_ms: float
    position_ms: float
    mode: PlayerMode


@dataclass(frozen=True, slots=True)
class Steering:
    """What to do with the player now.

    ``play_in_ms``: 0 to run, more to rest and start then, ``None`` to rest.
    """

    rate: float
    play_in_ms: float | None
    seek_to_ms: float | None = None
    drift_ms: float | None = None
    """Player − room, smoothed, for display and reports; ``None`` where it has no meaning just now."""


class DriftCorrector:
    """The state of one player's corrections."""

    def __init__(self) -> None:
        self.playback: Playback | None = None
        self.honours_rate = True
        self.seeks = 0
        """Seeks asked for so far."""
        self.rate_changes = 0
        """Changes of nudge so far."""
        self._jumped = False
        self._nudge = 0.0
        self._side = 0.0
        self._drifts: list[float] = []
        self._seek_started_ms: float | None = None
        self._seek_ended_ms = -SEEK_COOLDOWN_MAX_MS
        self._seek_cooldown_ms = SEEK_COOLDOWN_MS
        self._seek_lead_ms = SEEK_LEAD_MS
        self._start_latency_ms = START_LATENCY_MS
        self._started_ms: float | None = None
        self._probe_from: tuple[float, float] | None = None
        self._probes_failed = 0

    def follow(self, playback: Playback) -> None:
        """The room's new playback document."""
        before = self.playback
        if before is None or _episode(before) != _episode(playback):
            self._jumped = True
            self.honours_rate, self._probes_failed = True, 0
        elif abs(position_at(before, playback.anchor_ms) - playback.position_ms) > JUMP_MS:
            self._jumped = True
        self.playback = playback
        self._forget_drift()

    def step(self, seen: Observation) -> Steering:
        """What to do now."""
        playback = self.playback
        if playback is None or playback.media is None:
            return Steering(rate=1.0, play_in_ms=None)
        # A player that says it has sought may still wait for the data there: not arrived yet, so not to be started.
        refilling = seen.mode is PlayerMode.STALLED and self._seek_started_ms is not None and not self._jumped
        if seen.mode is PlayerMode.SEEKING or refilling:
            if self._seek_started_ms is None:
                self._seek_started_ms = seen.now_ms
            elif self._gives_up(playback, seen.now_ms):
                return self._seek(playback, seen)
            self._forget_drift()
            return Steering(rate=playback.rate, play_in_ms=None)
        self._note_seek_ended(seen)
        if playback.paused or position_at(playback, seen.room_ms) >= playback.media.duration_ms:
            return self._rest(playback, seen)
        if seen.mode is PlayerMode.STALLED and not self._jumped:
            self._forget_drift()
            return Steering(rate=playback.rate, play_in_ms=max(playback.anchor_ms - seen.room_ms, 0.0))
        resting = seen.mode in (PlayerMode.PAUSED, PlayerMode.STALLED)
        if resting or playback.anchor_ms - seen.room_ms > ENTER_MS:
            return self._start(playback, seen)
        return self._run(playback, seen)

    # The room rests, starts, runs

    def _rest(self, playback: Playback, seen: Observation) -> Steering:
        self._forget_drift()
        drift_ms = seen.position_ms - position_at(playback, seen.room_ms)
        # At the end, a file that is a little shorter than the catalogue says cannot be sought to where the room is.
        limit_ms = PAUSED_SEEK_MS if playback.paused else SEEK_MS
        if abs(drift_ms) <= limit_ms:
            self._jumped = False
            self._seek_cooldown_ms = SEEK_COOLDOWN_MS
        elif self._may_seek(seen.now_ms):
            return self._seek(playback, seen)
        return Steering(rate=playback.rate, play_in_ms=None, drift_ms=drift_ms)

    def _start(self, playback: Playback, seen: Observation) -> Steering:
        """The player rests and the room runs, or is about to: go there if it is far, then start on time."""
        self._forget_drift()
        starts_in_ms = time_at(playback, seen.position_ms) - seen.room_ms
        ahead_ms = seen.position_ms - position_at(playback, seen.room_ms)
        late_ms = max(self._start_latency_ms - starts_in_ms, 0.0) * playback.rate
        limit_ms = JUMP_MS if self._jumped else SEEK_MS
        if max(ahead_ms, late_ms) > limit_ms and self._may_seek(seen.now_ms):
            return self._seek(playback, seen)
        self._jumped = False
        play_in_ms = max(starts_in_ms - self._start_latency_ms, 0.0)
        self._started_ms = seen.now_ms + play_in_ms if late_ms <= ENTER_MS else None
        return Steering(rate=playback.rate, play_in_ms=play_in_ms)

    def _run(self, playback: Playback, seen: Observation) -> Steering:
        self._drifts = [*self._drifts, seen.position_ms - position_at(playback, seen.room_ms)][-MEDIAN_OF:]
        drift_ms = sorted(self._drifts)[len(self._drifts) // 2]
        sure = len(self._drifts) == MEDIAN_OF
        hidden = seen.mode is PlayerMode.HIDDEN
        limit_ms = JUMP_MS if self._jumped else SEEK_MS if self.honours_rate else SEEK_ONLY_MS
        far = abs(drift_ms) > limit_ms
        if far and (self._jumped or (sure and not hidden)) and self._may_seek(seen.now_ms):
            return self._seek(playback, seen)
        if sure and not far:
            self._jumped = False
        if hidden:
            self._nudge = 0.0
            self._probe_from = None
        elif sure:
            self._learn_start(seen.now_ms, drift_ms, playback.rate)
            self._set_nudge(drift_ms)
            self._probe(playback, seen)
        return Steering(rate=playback.rate * (1 + self._nudge), play_in_ms=0.0, drift_ms=drift_ms)

    # Nudging

    def _set_nudge(self, drift_ms: float) -> None:
        """Enter at ENTER_MS; leave at LEAVE_MS, or once past the room; in between proportional, in steps."""
        if self._nudge == 0.0:
            engaged = abs(drift_ms) > ENTER_MS
            self._side = 1.0 if drift_ms > 0 else -1.0
        else:
            engaged = drift_ms * self._side > LEAVE_MS
        nudge = 0.0
        if not engaged:
            self._seek_cooldown_ms = SEEK_COOLDOWN_MS
        elif self.honours_rate:
            wanted = min(abs(drift_ms) / NUDGE_TIME_MS, MAX_NUDGE) / NUDGE_STEP
            if self._nudge != 0.0 and abs(wanted - abs(self._nudge) / NUDGE_STEP) < STEP_HYSTERESIS:
                return
            nudge = -self._side * max(math.floor(wanted + 0.5), 1) * NUDGE_STEP
        if nudge != self._nudge:
            self.rate_changes += 1
            self._nudge = nudge
            self._probe_from = None

    def _probe(self, playback: Playback, seen: Observation) -> None:
        """Whether the player moves as it is told to."""
        if abs(self._nudge) < PROBE_NUDGE:
            self._probe_from = None
        elif self._probe_from is None:
            self._probe_from = (seen.now_ms, seen.position_ms)
        elif (took_ms := seen.now_ms - self._probe_from[0]) >= PROBE_MS:
            moved = (seen.position_ms - self._probe_from[1]) / (took_ms * playback.rate) - 1
            ignored = abs(moved) < PROBE_SHARE * abs(self._nudge)
            self._probes_failed = self._probes_failed + 1 if ignored else 0
            self.honours_rate = self._probes_failed < PROBES
            self._probe_from = None

    # Seeking

    def _may_seek(self, now_ms: float) -> bool:
        return self._seek_started_ms is None and (
            self._jumped or now_ms - self._seek_ended_ms >= self._seek_cooldown_ms
        )

    def _gives_up(self, playback: Playback, now_ms: float) -> bool:
        """Whether the seek in flight is given up; not where the next one would go to the same place."""
        assert self._seek_started_ms is not None
        patience_ms = max(SEEK_PATIENCE_MS, self._seek_cooldown_ms)
        return (self._jumped or not playback.paused) and now_ms - self._seek_started_ms >= patience_ms

    def _seek(self, playback: Playback, seen: Observation) -> Steering:
        """Go where the room will be when the seek is done, and rest there until it comes."""
        if not self._jumped:
            self._seek_cooldown_ms = min(self._seek_cooldown_ms * 2, SEEK_COOLDOWN_MAX_MS)
        self._jumped = False
        self.seeks += 1
        self._seek_started_ms = seen.now_ms
        self._forget_drift()
        seek_to_ms = position_at(playback, seen.room_ms + self._seek_lead_ms)
        return Steering(rate=playback.rate, play_in_ms=None, seek_to_ms=seek_to_ms)

    def _note_seek_ended(self, seen: Observation) -> None:
        if self._seek_started_ms is not None:
            took_ms = seen.now_ms - self._seek_started_ms
            self._seek_lead_ms = min(max(took_ms, (3 * self._seek_lead_ms + took_ms) / 4), SEEK_LEAD_MAX_MS)
            self._seek_started_ms = None
            self._seek_ended_ms = seen.now_ms

    # Remembering

    def _learn_start(self, now_ms: float, drift_ms: float, rate: float) -> None:
        if self._started_ms is not None and now_ms - self._started_ms >= SETTLED_MS:
            learned = self._start_latency_ms - drift_ms / rate / 2
            self._start_latency_ms = min(max(learned, 0.0), START_LATENCY_MAX_MS)
            self._started_ms = None

    def _forget_drift(self) -> None:
        self._drifts = []
        self._nudge = 0.0
        self._started_ms = None
        self._probe_from = None


def _episode(playback: Playback) -> tuple[str, int | None] | None:
    media = playback.media
    # A channel that was put on again counts its positions from another moment.
    return None if media is None else (media.episode_id, None if media.live is None else media.live.begin_ms)
