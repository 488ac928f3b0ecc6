/**
 * Keeps one player in step with the room: what to do with it, from where it is and where it should be.
 *
 * Call {@link DriftCorrector.follow} with every new playback document, and {@link DriftCorrector.step} every
 * `SAMPLE_INTERVAL_MS` and whenever the player says `seeked`, `playing`, `pause` or `waiting`; then do what the
 * {@link Steering} says.
 *
 * `bench/drift.py` is the same in Python, with the reasons; both are held to `tests/vectors/drift.json`.
 */
import { positionAt, timeAt, type Media, type Playback } from './playback';

export const SAMPLE_INTERVAL_MS = 250;

/** Nudge from here … */
const ENTER_MS = 10;
/** … until here, or until the other side is reached. */
const LEAVE_MS = 3;
const NUDGE_TIME_MS = 1_000;
const MAX_NUDGE = 0.05;
const NUDGE_STEP = 0.005;
const STEP_HYSTERESIS = 0.75;
const MEDIAN_OF = 3;

/** Beyond this a nudge would take over half a minute. */
const SEEK_MS = 1_500;
/** The room itself jumped by more than this: somebody sought, and everybody seeks with them. */
const JUMP_MS = 100;
const PAUSED_SEEK_MS = 80;
const SEEK_COOLDOWN_MS = 2_000;
const SEEK_COOLDOWN_MAX_MS = 30_000;
/** A seek that takes longer may never end: once more, to where the room is by now. */
const SEEK_PATIENCE_MS = 10_000;
const SEEK_LEAD_MS = 600;
const SEEK_LEAD_MAX_MS = 3_000;
const START_LATENCY_MS = 30;
const START_LATENCY_MAX_MS = 300;
const SETTLED_MS = 600;

const PROBE_MS = 2_000;
const PROBE_NUDGE = 0.03;
const PROBE_SHARE = 0.25;
const PROBES = 2;
/** Players that ignore the rate can only be sought. */
const SEEK_ONLY_MS = 250;

/** What the player is doing; the first that applies. `hidden`: plays in a background tab, with timers too coarse to steer by. */
export type PlayerMode = 'seeking' | 'stalled' | 'paused' | 'hidden' | 'playing';

/** One look at the player: `nowMs` is `performance.now()`, `roomMs` the same moment in room time. */
export interface Observation {
  readonly nowMs: number;
  readonly roomMs: number;
  readonly positionMs: number;
  readonly mode: PlayerMode;
}

/** What to do with the player now. */
export interface Steering {
  readonly rate: number;
  /** 0 to run, more to rest and start then, `null` to rest. */
  readonly playInMs: number | null;
  readonly seekToMs: number | null;
  /** Player − room, smoothed, for display and reports; `null` where it has no meaning just now. */
  readonly driftMs: number | null;
}

/** The state of one player's corrections. */
export class DriftCorrector {
  #playback: Playback | null = null;
  #honoursRate = true;
  #seeks = 0;
  #rateChanges = 0;
  #jumped = false;
  #nudge = 0;
  #side = 0;
  #drifts: readonly number[] = [];
  #seekStartedMs: number | null = null;
  #seekEndedMs = -SEEK_COOLDOWN_MAX_MS;
  #seekCooldownMs = SEEK_COOLDOWN_MS;
  #seekLeadMs = SEEK_LEAD_MS;
  #startLatencyMs = START_LATENCY_MS;
  #startedMs: number | null = null;
  #probeFrom: { readonly nowMs: number; readonly positionMs: number } | null = null;
  #probesFailed = 0;

  get playback(): Playback | null {
    return this.#playback;
  }

  /** Whether the player moves at the rate it is told. */
  get honoursRate(): boolean {
    return this.#honoursRate;
  }

  /** Seeks asked for so far. */
  get seeks(): number {
    return this.#seeks;
  }

  /** Changes of nudge so far. */
  get rateChanges(): number {
    return this.#rateChanges;
  }

  /** The room's new playback document. */
  follow(playback: Playback): void {
    const before = this.#playback;
    if (before === null || !sameMedia(before.media, playback.media)) {
      this.#jumped = true;
      this.#honoursRate = true;
      this.#probesFailed = 0;
    } else if (Math.abs(positionAt(before, playback.anchor_ms) - playback.position_ms) > JUMP_MS) {
      this.#jumped = true;
    }
    this.#playback = playback;
    this.#forgetDrift();
  }

  /** What to do now. */
  step(seen: Observation): Steering {
    const playback = this.#playback;
    if (playback === null || playback.media === null) return steering(1, null);
    // A player that says it has sought may still wait for the data there: not arrived yet, so not to be started.
    const refilling = seen.mode === 'stalled' && this.#seekStartedMs !== null && !this.#jumped;
    if (seen.mode === 'seeking' || refilling) {
      this.#seekStartedMs ??= seen.nowMs;
      if (this.#givesUp(playback, seen.nowMs - this.#seekStartedMs)) return this.#seek(playback, seen);
      this.#forgetDrift();
      return steering(playback.rate, null);
    }
    this.#noteSeekEnded(seen);
    if (playback.paused || positionAt(playback, seen.roomMs) >= playback.media.duration_ms) return this.#rest(playback, seen);
    if (seen.mode === 'stalled' && !this.#jumped) {
      this.#forgetDrift();
      return steering(playback.rate, Math.max(playback.anchor_ms - seen.roomMs, 0));
    }
    const resting = seen.mode === 'paused' || seen.mode === 'stalled';
    if (resting || playback.anchor_ms - seen.roomMs > ENTER_MS) return this.#start(playback, seen);
    return this.#run(playback, seen);
  }

  // The room rests, starts, runs

  #rest(playback: Playback, seen: Observation): Steering {
    this.#forgetDrift();
    const driftMs = seen.positionMs - positionAt(playback, seen.roomMs);
    // At the end, a file that is a little shorter than the catalogue says cannot be sought to where the room is.
    const limitMs = playback.paused ? PAUSED_SEEK_MS : SEEK_MS;
    if (Math.abs(driftMs) <= limitMs) {
      this.#jumped = false;
      this.#seekCooldownMs = SEEK_COOLDOWN_MS;
    } else if (this.#maySeek(seen.nowMs)) {
      return this.#seek(playback, seen);
    }
    return steering(playback.rate, null, null, driftMs);
  }

  /** The player rests and the room runs, or is about to: go there if it is far, then start on time. */
  #start(playback: Playback, seen: Observation): Steering {
    this.#forgetDrift();
    const startsInMs = timeAt(playback, seen.positionMs) - seen.roomMs;
    const aheadMs = seen.positionMs - positionAt(playback, seen.roomMs);
    const lateMs = Math.max(this.#startLatencyMs - startsInMs, 0) * playback.rate;
    const limitMs = this.#jumped ? JUMP_MS : SEEK_MS;
    if (Math.max(aheadMs, lateMs) > limitMs && this.#maySeek(seen.nowMs)) return this.#seek(playback, seen);
    this.#jumped = false;
    const playInMs = Math.max(startsInMs - this.#startLatencyMs, 0);
    this.#startedMs = lateMs <= ENTER_MS ? seen.nowMs + playInMs : null;
    return steering(playback.rate, playInMs);
  }

  #run(playback: Playback, seen: Observation): Steering {
    this.#drifts = [...this.#drifts, seen.positionMs - positionAt(playback, seen.roomMs)].slice(-MEDIAN_OF);
    const driftMs = upperMedian(this.#drifts);
    const sure = this.#drifts.length === MEDIAN_OF;
    const hidden = seen.mode === 'hidden';
    const limitMs = this.#jumped ? JUMP_MS : this.#honoursRate ? SEEK_MS : SEEK_ONLY_MS;
    const far = Math.abs(driftMs) > limitMs;
    if (far && (this.#jumped || (sure && !hidden)) && this.#maySeek(seen.nowMs)) return this.#seek(playback, seen);
    if (sure && !far) this.#jumped = false;
    if (hidden) {
      this.#nudge = 0;
      this.#probeFrom = null;
    } else if (sure) {
      this.#learnStart(seen.nowMs, driftMs, playback.rate);
      this.#setNudge(driftMs);
      this.#probe(playback, seen);
    }
    return steering(playback.rate * (1 + this.#nudge), 0, null, driftMs);
  }

  // Nudging

  /** Enter at ENTER_MS; leave at LEAVE_MS, or once past the room; in between proportional, in steps. */
  #setNudge(driftMs: number): void {
    let engaged: boolean;
    if (this.#nudge === 0) {
      engaged = Math.abs(driftMs) > ENTER_MS;
      this.#side = driftMs > 0 ? 1 : -1;
    } else {
      engaged = driftMs * this.#side > LEAVE_MS;
    }
    let nudge = 0;
    if (!engaged) {
      this.#seekCooldownMs = SEEK_COOLDOWN_MS;
    } else if (this.#honoursRate) {
      const wanted = Math.min(Math.abs(driftMs) / NUDGE_TIME_MS, MAX_NUDGE) / NUDGE_STEP;
      if (this.#nudge !== 0 && Math.abs(wanted - Math.abs(this.#nudge) / NUDGE_STEP) < STEP_HYSTERESIS) return;
      nudge = -this.#side * Math.max(Math.floor(wanted + 0.5), 1) * NUDGE_STEP;
    }
    if (nudge !== this.#nudge) {
      this.#rateChanges += 1;
      this.#nudge = nudge;
      this.#probeFrom = null;
    }
  }

  /** Whether the player moves as it is told to. */
  #probe(playback: Playback, seen: Observation): void {
    if (Math.abs(this.#nudge) < PROBE_NUDGE) {
      this.#probeFrom = null;
      return;
    }
    if (this.#probeFrom === null) {
      this.#probeFrom = { nowMs: seen.nowMs, positionMs: seen.positionMs };
      return;
    }
    const tookMs = seen.nowMs - this.#probeFrom.nowMs;
    if (tookMs < PROBE_MS) return;
    const moved = (seen.positionMs - this.#probeFrom.positionMs) / (tookMs * playback.rate) - 1;
    const ignored = Math.abs(moved) < PROBE_SHARE * Math.abs(this.#nudge);
    this.#probesFailed = ignored ? this.#probesFailed + 1 : 0;
    this.#honoursRate = this.#probesFailed < PROBES;
    this.#probeFrom = null;
  }

  // Seeking

  #maySeek(nowMs: number): boolean {
    return this.#seekStartedMs === null && (this.#jumped || nowMs - this.#seekEndedMs >= this.#seekCooldownMs);
  }

  /** Whether the seek in flight is given up; not where the next one would go to the same place. */
  #givesUp(playback: Playback, tookMs: number): boolean {
    return (this.#jumped || !playback.paused) && tookMs >= Math.max(SEEK_PATIENCE_MS, this.#seekCooldownMs);
  }

  /** Go where the room will be when the seek is done, and rest there until it comes. */
  #seek(playback: Playback, seen: Observation): Steering {
    if (!this.#jumped) this.#seekCooldownMs = Math.min(this.#seekCooldownMs * 2, SEEK_COOLDOWN_MAX_MS);
    this.#jumped = false;
    this.#seeks += 1;
    this.#seekStartedMs = seen.nowMs;
    this.#forgetDrift();
    return steering(playback.rate, null, positionAt(playback, seen.roomMs + this.#seekLeadMs));
  }

  #noteSeekEnded(seen: Observation): void {
    if (this.#seekStartedMs === null) return;
    const tookMs = seen.nowMs - this.#seekStartedMs;
    this.#seekLeadMs = Math.min(Math.max(tookMs, (3 * this.#seekLeadMs + tookMs) / 4), SEEK_LEAD_MAX_MS);
    this.#seekStartedMs = null;
    this.#seekEndedMs = seen.nowMs;
  }

  // Remembering

  #learnStart(nowMs: number, driftMs: number, rate: number): void {
    if (this.#startedMs === null || nowMs - this.#startedMs < SETTLED_MS) return;
    const learned = this.#startLatencyMs - driftMs / rate / 2;
    this.#startLatencyMs = Math.min(Math.max(learned, 0), START_LATENCY_MAX_MS);
    this.#startedMs = null;
  }

  #forgetDrift(): void {
    this.#drifts = [];
    this.#nudge = 0;
    this.#startedMs = null;
    this.#probeFrom = null;
  }
}

function steering(rate: number, playInMs: number | null, seekToMs: number | null = null, driftMs: number | null = null): Steering {
  return { rate, playInMs, seekToMs, driftMs };
}

function sameMedia(one: Media | null, other: Media | null): boolean {
  // A channel that was put on again counts its positions from another moment.
  return one?.episode_id === other?.episode_id && one?.live?.begin_ms === other?.live?.begin_ms;
}

/** The middle of a non-empty list; of an even number the later one. */
function upperMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
