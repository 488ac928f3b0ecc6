/**
 * What time is it in the room: an estimate of the server's clock from round trips of the `clock` event.
 *
 * No message arrives before it was sent, so the offset (server − client) is at most `t1 - t0` and at least `t2 - t3`. The
 * filter keeps the least of the one and the greatest of the other, and takes the middle. It bounds its own error, and
 * tells a clock that stepped (server restarted, laptop slept): the bounds then contradict.
 *
 * `realtime/sync/clock_filter.py` is the same in Python, with the reasons; both are held to `tests/vectors/clock.json`.
 * All times in milliseconds of monotonic clocks: `performance.now()` here, room time at the server.
 */

export const BURST_PINGS = 5;
export const BURST_INTERVAL_MS = 75;
export const STEADY_INTERVAL_MS = 10_000;
/** Slower answers were held up by something and say nothing the others do not. */
export const MAX_RTT_MS = 1_000;
const MAX_SAMPLES = 16;
const LOCK_SAMPLES = 3;
/** How fast two clocks may move apart: 100 ppm is two bad crystals. */
const MAX_SKEW = 1e-4;

interface Sample {
  readonly atMs: number;
  readonly lowestMs: number;
  readonly highestMs: number;
}

export class ClockFilter {
  #samples: readonly Sample[] = [];
  #offsetMs = 0;
  #errorMs = Infinity;
  #rttMs: number | null = null;

  /** Room time − client time, by the best knowledge so far. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The offset cannot be further off than this. */
  get errorMs(): number {
    return this.#errorMs;
  }

  /** Of the last good answer. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /** Whether the offset is good enough to start a player by. */
  get locked(): boolean {
    return this.#samples.length >= LOCK_SAMPLES;
  }

  /** How long after the last question to ask the next: quickly at first, and again after the clock stepped. */
  get nextPingInMs(): number {
    return this.#samples.length < BURST_PINGS ? BURST_INTERVAL_MS : STEADY_INTERVAL_MS;
  }

  /** Room time at a moment of the client's clock. */
  roomMs(clientMs: number): number {
    return clientMs + this.#offsetMs;
  }

  /** Takes in one answer; false where it was too slow, or makes no sense, and was left out. */
  add(t0: number, t1: number, t2: number, t3: number): boolean {
    const sample: Sample = { atMs: t3, lowestMs: t2 - t3, highestMs: t1 - t0 };
    const rttMs = sample.highestMs - sample.lowestMs;
    if (!(t0 <= t3 && t1 <= t2 && rttMs >= 0 && rttMs <= MAX_RTT_MS)) return false;
    this.#rttMs = rttMs;
    this.#samples = [...this.#samples, sample].slice(-MAX_SAMPLES);
    if (!this.#intersect(t3)) {
      this.#samples = [sample];
      this.#intersect(t3);
    }
    return true;
  }

  /** Sets the offset to the middle of what all samples allow; false where they contradict. */
  #intersect(nowMs: number): boolean {
    let lowest = -Infinity;
    let highest = Infinity;
    for (const { atMs, lowestMs, highestMs } of this.#samples) {
      const apart = MAX_SKEW * (nowMs - atMs);
      lowest = Math.max(lowest, lowestMs - apart);
      highest = Math.min(highest, highestMs + apart);
    }
    if (lowest > highest) return false;
    this.#offsetMs = (lowest + highest) / 2;
    this.#errorMs = (highest - lowest) / 2;
    return true;
  }
}
