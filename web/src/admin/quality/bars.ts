/** The hours of a window as bars. Pure. */
import type { QualityHour } from '../../api/streaming/quality';

const HOUR_MS = 3_600_000;

export interface Bar {
  /** The beginning of the hour, Unix milliseconds. */
  readonly hourMs: number;
  /** Null: nothing is known of that hour. */
  readonly value: number | null;
  /** 0 to 1: of the highest. */
  readonly height: number;
}

/** A bar for each hour of the window, those without streams included, which the server leaves out. */
export function barsOf(hours: readonly QualityHour[], sinceMs: number, untilMs: number, valueOf: (hour: QualityHour) => number | null): Bar[] {
  const byHour = new Map(hours.map((hour) => [Date.parse(hour.hour), hour]));
  const values: (readonly [number, number | null])[] = [];
  for (let hourMs = sinceMs; hourMs <= untilMs; hourMs += HOUR_MS) {
    const hour = byHour.get(hourMs);
    values.push([hourMs, hour ? valueOf(hour) : null]);
  }
  const highest = Math.max(0, ...values.map(([, value]) => value ?? 0));
  return values.map(([hourMs, value]) => ({ hourMs, value, height: highest > 0 ? (value ?? 0) / highest : 0 }));
}
