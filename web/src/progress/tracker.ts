/**
 * Tells the server how far a signed-in viewer is: every 5 s while it plays, at pause, after a seek, and when the page goes.
 *
 * What could not be delivered is superseded by the next report: only the newest position of an episode counts.
 */
import type { ProgressItem, Voice } from '../api/types';

export const INTERVAL_MS = 5_000;
/** What could not be delivered is tried again, with a newer position, after this time. */
export const RETRY_MS = 2_000;

export interface Report {
  readonly positionMs: number;
  readonly durationMs: number;
  /** What is listened to, where there is a choice. */
  readonly voice?: Voice | null;
}

export interface Surroundings {
  /** Unix ms. */
  readonly now: () => number;
  /** Delivers while the page lives; false if it could not. */
  readonly send: (item: ProgressItem) => Promise<boolean>;
  /** Delivers as the page goes away; must not need an answer. */
  readonly sendLast: (item: ProgressItem) => void;
}

export class ProgressTracker {
  #lastSentAt = -Infinity;
  #lastPositionMs: number | null = null;

  constructor(
    private readonly episodeId: string,
    private readonly around: Surroundings,
  ) {}

  /** Call as often as the position moves; reports at most every 5 s. */
  playing(report: Report): void {
    if (this.around.now() - this.#lastSentAt >= INTERVAL_MS) this.#send(report);
  }

  /** Call at pause, at the end and after a seek: reports at once, unless nothing has moved since the last report. */
  settled(report: Report): void {
    if (this.#lastPositionMs === null || Math.abs(report.positionMs - this.#lastPositionMs) >= 500) this.#send(report);
  }

  /** Call when the page goes. */
  leaving(report: Report): void {
    const item = this.#item(report);
    if (item) this.around.sendLast(item);
  }

  #send(report: Report): void {
    const item = this.#item(report);
    if (!item) return;
    this.#lastSentAt = this.around.now();
    this.#lastPositionMs = report.positionMs;
    void this.around.send(item).then((delivered) => {
      if (!delivered) this.#lastSentAt = this.around.now() - INTERVAL_MS + RETRY_MS;
    });
  }

  #item({ positionMs, durationMs, voice }: Report): ProgressItem | null {
    // Before the metadata is there, a position of 0 would wipe out where the viewer was.
    if (!(durationMs > 0)) return null;
    return {
      episode_id: this.episodeId,
      position_ms: Math.round(Math.min(positionMs, durationMs)),
      duration_ms: Math.round(durationMs),
      at_ms: Math.round(this.around.now()),
      ...(voice ? { audio: voice } : {}),
    };
  }
}
